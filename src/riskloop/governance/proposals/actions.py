"""Proposing something of a model, deciding on it and taking it back: never decided by who proposed it."""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.governance.models import Asked, ChangeState, Kind
from riskloop.governance.notices import tell_decided, tell_proposed
from riskloop.governance.proposals.asked import check_admission, check_asked
from riskloop.models.catalogue import AnyModel
from riskloop.organisation.action import Action, require
from riskloop.organisation.functions import ADMIT_MODELS, PROPOSE_MODELS, REVIEW_MODELS
from riskloop.organisation.models import Unit, User
from riskloop.organisation.role_actions import head_office
from riskloop.organisation.scope import nearest_who_may

A = TypeVar("A", bound=Asked)
"""What is proposed: a change or a trial."""


def scope_of(asked: Asked) -> str | None:
    """The unit where a role must allow what is done with it: the branch, or the head office."""
    return asked.unit_id or head_office()


def decides(asked: Asked) -> str:
    """The function of who decides on it.

    参数复核 of values: the reviewer of the bank, or of the branch whose own they are. 准入退出 of what
    supervision looks at: the head office alone.
    """
    return REVIEW_MODELS if asked.kind == str(Kind.VALUES) else ADMIT_MODELS


@dataclass
class Propose(Action, Generic[A]):
    """A maintainer asks for something of a model.

    Args:
        branch: whose own values they are to be; None: the whole bank's.
        values: by parameter; those that are not named stay as they are.
    """

    user: User  # pyright: ignore[reportIncompatibleVariableOverride] — people decide on models, no machine
    model: AnyModel
    kind: str
    effective_from: dt.date
    why: str
    branch: Unit | None = None
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    asked: A = field(init=False)
    function = PROPOSE_MODELS

    def __post_init__(self) -> None:
        self.asked = self.made(
            model=self.model.code,
            kind=self.kind,
            unit=self.branch,
            effective_from=self.effective_from,
            reason=self.why,
            proposed_by=self.user,
        )

    @abstractmethod
    def made(self, **columns: Any) -> A:
        """What is asked for, not saved yet."""

    @abstractmethod
    def check_terms(self) -> None:
        """Refuses a kind or days that cannot be asked for."""

    @property
    def unit_id(self) -> str | None:
        return scope_of(self.asked)

    @property
    def touched(self) -> A:
        return self.asked

    @property
    def reason(self) -> str:
        return self.why

    def check(self) -> None:
        super().check()
        self.check_terms()
        check_asked(self.asked, self.model, self.values)

    def execute(self) -> None:
        self.asked.save()
        tell_proposed(self.asked, nearest_who_may(decides(self.asked), self.unit_id))


@dataclass
class OnAsked(Action, Generic[A]):
    """Something done to what was asked for."""

    user: User | None
    asked: A

    @property
    def unit_id(self) -> str | None:
        return scope_of(self.asked)

    @property
    def touched(self) -> A:
        return self.asked

    @property
    def own(self) -> bool:
        """Whether it is done by who proposed it."""
        return self.user is not None and self.asked.proposed_by_id == self.user.pk

    def lock(self) -> None:
        every = type(self.asked)._default_manager.select_for_update()
        self.asked.refresh_from_db(from_queryset=every)

    def check_waiting(self) -> None:
        """Refuses what was decided."""
        waiting = self.asked.state == str(ChangeState.PROPOSED)
        require(waiting, "decided", _("It was decided already."))


@dataclass
class Decide(OnAsked[A]):
    """Approves or rejects; never the person who asked for it."""

    user: User  # pyright: ignore[reportIncompatibleVariableOverride]
    approve: bool
    why: str = ""

    @property
    def function(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride] — by what is decided
        return decides(self.asked)

    @property
    def reason(self) -> str:
        return self.why

    def check(self) -> None:
        super().check()
        self.check_waiting()
        require(not self.own, "same_person", _("Who proposed it does not decide on it."), who=True)
        require(self.approve or bool(self.why.strip()), "why", _("Say why you reject it."))
        if self.approve:
            self.check_approval()

    def check_approval(self) -> None:
        """Refuses to approve what cannot be any more."""
        check_admission(self.asked)

    def execute(self) -> None:
        self.asked.state = ChangeState.APPROVED if self.approve else ChangeState.REJECTED
        self.asked.decided_by = self.user
        self.asked.decided_at = timezone.now()
        self.asked.decision_note = self.why
        self.asked.save()
        tell_decided(self.asked)


@dataclass
class Withdraw(OnAsked[A]):
    """Takes it back; while it waits only who asked for it."""

    user: User  # pyright: ignore[reportIncompatibleVariableOverride]
    why: str = ""
    function = PROPOSE_MODELS

    @property
    def reason(self) -> str:
        return self.why

    def check(self) -> None:
        super().check()
        self.check_open()
        waits = self.asked.state == str(ChangeState.PROPOSED)
        require(self.own or not waits, "person", _("Only who proposed it takes it back."), who=True)
        require(bool(self.why.strip()), "why", _("Say why."))

    def check_open(self) -> None:
        """Refuses where there is nothing to take back any more."""
        self.check_waiting()

    def execute(self) -> None:
        self.asked.state = ChangeState.WITHDRAWN
        self.asked.save(update_fields=["state"])
