"""Asking for a trial of a model, deciding on it and ending it: never the same person, and never in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.detection.ledger import Ledger
from riskloop.governance.asked import check_admission, check_asked
from riskloop.governance.in_force import InForce
from riskloop.governance.models import Asked, Kind, Trial, TrialState
from riskloop.governance.notices import TRIAL, tell_trial_decided, tell_trial_proposed
from riskloop.models.catalogue import AnyModel
from riskloop.organisation.action import Action, do, require
from riskloop.organisation.functions import ADMIT_MODELS, PROPOSE_MODELS, REVIEW_MODELS
from riskloop.organisation.models import Unit, User
from riskloop.organisation.role_actions import head_office
from riskloop.organisation.scope import nearest_who_may

DAY = dt.timedelta(days=1)
TRIED = (Kind.VALUES, Kind.ADMIT)
"""What can be tried. An exit cannot: that a model finds nothing needs no trial."""


def earliest() -> dt.date:
    """The first day for which a trial can be asked: today, or a business day that no run has reached yet.

    Of the days before, `whatif` tells.
    """
    newest = Ledger(settings.HOME).newest()
    today = timezone.localdate()
    return today if newest is None else min(today, newest + DAY)


@dataclass
class ProposeTrial(Action):
    """A maintainer asks to run other values, or a model outside supervision, beside what is in force.

    Args:
        effective_until: the last day; None: until it is ended.
        branch: in whose units alone it is to hit, with values of their own; None: the whole bank.
        values: by parameter; those that are not named are as in force.
    """

    user: User  # pyright: ignore[reportIncompatibleVariableOverride] — people decide on models, no machine
    model: AnyModel
    kind: str
    effective_from: dt.date
    effective_until: dt.date | None
    why: str
    branch: Unit | None = None
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    trial: Trial = field(init=False)
    name = "propose_model_trial"
    function = PROPOSE_MODELS
    object_type = TRIAL

    def __post_init__(self) -> None:
        self.trial = Trial(
            model=self.model.code,
            kind=self.kind,
            unit=self.branch,
            effective_from=self.effective_from,
            effective_until=self.effective_until,
            reason=self.why,
            proposed_by=self.user,
        )

    @property
    def unit_id(self) -> str | None:
        return scope_of(self.trial)

    @property
    def touched(self) -> Trial:
        return self.trial

    @property
    def reason(self) -> str:
        return self.why

    def check(self) -> None:
        super().check()
        tried = {str(kind) for kind in TRIED}
        require(self.kind in tried, "kind", _("Choose what is tried from the list."))
        begins = _("A trial begins today or later; what a day that has run would have had, the what-if says.")
        require(self.effective_from >= earliest(), "effective_from", begins)
        until = self.effective_until or self.effective_from
        require(until >= self.effective_from, "effective_until", _("The last day lies before the first."))
        check_asked(self.trial, self.model, self.values)
        if self.kind == str(Kind.VALUES):
            inside = InForce().supervised(self.model.code, self.effective_from)
            gone = _("The model is not under supervision on that day.")
            require(inside, "admission", gone)

    def execute(self) -> None:
        self.trial.save()
        people = nearest_who_may(decision_on_trial(self.trial).function, self.unit_id)
        tell_trial_proposed(self.trial, people)


def scope_of(asked: Asked) -> str | None:
    """The unit where a role must allow what is done with it: the branch, or the head office."""
    return asked.unit_id or head_office()


@dataclass
class _OnTrial(Action):
    """Something done to a trial that is there."""

    user: User  # pyright: ignore[reportIncompatibleVariableOverride]
    trial: Trial
    object_type = TRIAL

    @property
    def unit_id(self) -> str | None:
        return scope_of(self.trial)

    @property
    def touched(self) -> Trial:
        return self.trial

    def lock(self) -> None:
        self.trial.refresh_from_db(from_queryset=Trial.objects.select_for_update())


@dataclass
class _Decide(_OnTrial):
    """Approves or rejects; never the person who asked for it."""

    approve: bool
    why: str = ""
    name = "decide_model_trial"

    @property
    def reason(self) -> str:
        return self.why

    def check(self) -> None:
        super().check()
        waiting = self.trial.state == str(TrialState.PROPOSED)
        require(waiting, "decided", _("It was decided already."))
        own = self.trial.proposed_by_id == self.user.pk
        require(not own, "same_person", _("Who proposed it does not decide on it."), who=True)
        require(self.approve or bool(self.why.strip()), "why", _("Say why you reject it."))
        if self.approve:
            late = self.trial.is_over(timezone.localdate()) and self.trial.is_over(earliest())
            require(not late, "late", _("Its last day has passed; propose it anew."))
            check_admission(self.trial)

    def execute(self) -> None:
        self.trial.state = TrialState.APPROVED if self.approve else TrialState.REJECTED
        self.trial.decided_by = self.user
        self.trial.decided_at = timezone.now()
        self.trial.decision_note = self.why
        self.trial.save()
        tell_trial_decided(self.trial)


@dataclass
class DecideTrialOfValues(_Decide):
    """参数复核: the reviewer of the bank, or of the branch in whose units it hits."""

    function = REVIEW_MODELS


@dataclass
class DecideTrialOfModel(_Decide):
    """准入: what a model outside supervision looks at is the head office's alone to decide."""

    function = ADMIT_MODELS


def decision_on_trial(trial: Trial) -> type[DecideTrialOfValues] | type[DecideTrialOfModel]:
    """The decision that a trial waits for."""
    return DecideTrialOfValues if trial.kind == str(Kind.VALUES) else DecideTrialOfModel


@dataclass
class WithdrawTrial(_OnTrial):
    """Takes a trial back: until it is decided who asked for it, then whoever could ask for it there."""

    why: str = ""
    name = "withdraw_model_trial"
    function = PROPOSE_MODELS

    @property
    def reason(self) -> str:
        return self.why

    def check(self) -> None:
        super().check()
        waits = self.trial.state == str(TrialState.PROPOSED)
        ended = not waits and self.trial.phase not in {"waiting", "running"}
        require(not ended, "ended", _("It has ended already."))
        own = self.trial.proposed_by_id == self.user.pk
        require(own or not waits, "person", _("Only who proposed it takes it back."), who=True)
        require(bool(self.why.strip()), "why", _("Say why."))

    def execute(self) -> None:
        self.trial.state = TrialState.WITHDRAWN
        self.trial.save(update_fields=["state"])


@dataclass
class MakeReal(_OnTrial):
    """A change that came out of a trial is approved: the trial ends the day before it takes effect."""

    change: Asked
    name = "make_trial_real"
    function = REVIEW_MODELS

    @property
    def beside(self) -> dict[str, Any]:
        return {"change": self.change.pk}

    def execute(self) -> None:
        before = self.change.effective_from - DAY
        until = self.trial.effective_until
        self.trial.effective_until = before if until is None else min(before, until)
        self.trial.state = TrialState.ADOPTED
        self.trial.save(update_fields=["state", "effective_until"])


@dataclass
class MakeModelReal(MakeReal):
    """The same of a model that is admitted for good."""

    function = ADMIT_MODELS


def make_real(user: User, trial: Trial, change: Asked) -> None:
    """Ends the trial that a change was proposed from. One that was taken back stays so."""
    if trial.state == str(TrialState.APPROVED):
        kind = MakeReal if change.kind == str(Kind.VALUES) else MakeModelReal
        do(kind(user, trial, change))
