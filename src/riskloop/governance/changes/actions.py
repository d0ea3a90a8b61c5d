"""Asking for a change of a model, and deciding on it: never the same person, never for a day that is past."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.governance.asked import check_admission, check_asked, check_evidence
from riskloop.governance.models import ChangeState, Kind, ModelChange, Trial
from riskloop.governance.notices import OBJECT, tell_decided, tell_proposed
from riskloop.governance.trials.actions import make_real
from riskloop.models.catalogue import AnyModel
from riskloop.organisation.action import Action, require
from riskloop.organisation.functions import ADMIT_MODELS, PROPOSE_MODELS, REVIEW_MODELS
from riskloop.organisation.models import Unit, User
from riskloop.organisation.role_actions import head_office
from riskloop.organisation.scope import nearest_who_may
from riskloop.outgoing.jobs import later

CHANGE = OBJECT
ESTIMATE = "governance.estimate"
"""The job that computes what a proposed change would have done."""


@dataclass
class ProposeChange(Action):
    """A maintainer asks for other values, or for a model to enter or to leave supervision.

    Args:
        branch: whose own values they are to be; None: the whole bank's.
        values: by parameter; those that are not named stay as they are.
        trial: the trial that this makes real.
    """

    user: User  # pyright: ignore[reportIncompatibleVariableOverride] — people decide on models, no machine
    model: AnyModel
    kind: str
    effective_from: dt.date
    why: str
    branch: Unit | None = None
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    trial: Trial | None = None
    change: ModelChange = field(init=False)
    name = "propose_model_change"
    function = PROPOSE_MODELS
    object_type = CHANGE

    def __post_init__(self) -> None:
        self.change = ModelChange(
            model=self.model.code,
            kind=self.kind,
            unit=self.branch,
            effective_from=self.effective_from,
            reason=self.why,
            proposed_by=self.user,
            trial=self.trial,
        )

    @property
    def unit_id(self) -> str | None:
        return head_office() if self.branch is None else self.branch.pk

    @property
    def touched(self) -> ModelChange:
        return self.change

    @property
    def reason(self) -> str:
        return self.why

    def check(self) -> None:
        super().check()
        require(self.kind in Kind.values, "kind", _("Choose what is asked for from the list."))
        require(
            self.effective_from >= timezone.localdate(),
            "effective_from",
            _("A change takes effect today or later."),
        )
        check_asked(self.change, self.model, self.values)
        if self.trial is not None:
            check_evidence(self.change, self.trial, self.model)

    def execute(self) -> None:
        self.change.save()
        later(ESTIMATE, change=self.change.pk)
        tell_proposed(self.change, nearest_who_may(decision_on(self.change).function, self.unit_id))


@dataclass
class _OnChange(Action):
    """Something done to a change that waits for its decision."""

    user: User | None
    change: ModelChange
    object_type = CHANGE

    @property
    def unit_id(self) -> str | None:
        return self.change.unit_id or head_office()

    @property
    def touched(self) -> ModelChange:
        return self.change

    def noted(self) -> dict[str, Any]:
        # The estimate stands with the change; the history says that it was made, and what weighs in it.
        return {name: value for name, value in super().noted().items() if name != "estimate"}

    def lock(self) -> None:
        self.change.refresh_from_db(from_queryset=ModelChange.objects.select_for_update())

    def check(self) -> None:
        super().check()
        waiting = self.change.state == str(ChangeState.PROPOSED)
        require(waiting, "decided", _("It was decided already."))


@dataclass
class KeepEstimate(_OnChange):
    """The system keeps what the change would have done."""

    told: dict[str, Any]
    name = "estimate_model_change"
    function = PROPOSE_MODELS

    @property
    def beside(self) -> dict[str, Any]:
        return {"missed": self.change.missed}

    def execute(self) -> None:
        self.change.estimate = self.told
        self.change.save(update_fields=["estimate"])


@dataclass
class WithdrawChange(_OnChange):
    """Who asked for it takes it back."""

    user: User  # pyright: ignore[reportIncompatibleVariableOverride]
    why: str = ""
    name = "withdraw_model_change"
    function = PROPOSE_MODELS

    @property
    def reason(self) -> str:
        return self.why

    def check(self) -> None:
        super().check()
        own = self.change.proposed_by_id == self.user.pk
        require(own, "person", _("Only who proposed it takes it back."), who=True)
        require(bool(self.why.strip()), "why", _("Say why."))

    def execute(self) -> None:
        self.change.state = ChangeState.WITHDRAWN
        self.change.save()


@dataclass
class _Decide(_OnChange):
    """Approves or rejects; never the person who asked for it."""

    user: User  # pyright: ignore[reportIncompatibleVariableOverride]
    approve: bool
    why: str = ""
    name = "decide_model_change"

    @property
    def reason(self) -> str:
        return self.why

    def lock(self) -> None:
        # One decision after the other, so that each sees what the one before has put in force.
        list(ModelChange.objects.select_for_update().filter(model=self.change.model).order_by("pk"))
        super().lock()

    def check(self) -> None:
        super().check()
        own = self.change.proposed_by_id == self.user.pk
        require(not own, "same_person", _("Who proposed it does not decide on it."), who=True)
        said = bool(self.why.strip())
        require(self.approve or said, "why", _("Say why you reject it."))
        if self.approve:
            known = self.change.estimate is not None
            require(said or known, "estimate", _("Its estimate is not there yet: wait, or say why not."))
            number = self.change.missed
            told = _("It would have missed %(number)d confirmed events: say why it is right all the same.")
            require(said or not number, "missed", told % {"number": number})
            self.check_still_possible()

    def check_still_possible(self) -> None:
        late = self.change.effective_from < timezone.localdate()
        require(not late, "late", _("Its day has passed; propose it anew."))
        check_admission(self.change)
        same = ModelChange.objects.filter(
            model=self.change.model,
            unit=self.change.unit_id,
            effective_from=self.change.effective_from,
            state=ChangeState.APPROVED,
        )
        values = self.change.kind == str(Kind.VALUES)
        same = same.filter(kind=Kind.VALUES) if values else same.exclude(kind=Kind.VALUES)
        require(not same.exists(), "twice", _("Another decision takes effect on the same day."))

    def execute(self) -> None:
        self.change.state = ChangeState.APPROVED if self.approve else ChangeState.REJECTED
        self.change.decided_by = self.user
        self.change.decided_at = timezone.now()
        self.change.decision_note = self.why
        self.change.save()
        if self.approve and self.change.trial is not None:
            make_real(self.user, self.change.trial, self.change)
        tell_decided(self.change)


@dataclass
class DecideValues(_Decide):
    """参数复核: the reviewer of the bank, or of the branch whose own values they are."""

    function = REVIEW_MODELS


@dataclass
class DecideAdmission(_Decide):
    """准入退出: the head office alone."""

    function = ADMIT_MODELS


def decision_on(change: ModelChange) -> type[DecideValues] | type[DecideAdmission]:
    """The decision that a change waits for."""
    return DecideValues if change.kind == str(Kind.VALUES) else DecideAdmission
