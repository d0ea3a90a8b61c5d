"""Asking for a trial of a model, deciding on it and ending it: it is never in force."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.detection.ledger import Ledger
from riskloop.governance.in_force import InForce
from riskloop.governance.models import Asked, Kind, Trial, TrialState
from riskloop.governance.notices import TRIAL
from riskloop.governance.proposals.actions import Decide, OnAsked, Propose, Withdraw, decides
from riskloop.organisation.action import do, require
from riskloop.organisation.models import User

DAY = dt.timedelta(days=1)
TRIED = (Kind.VALUES, Kind.ADMIT)
"""What can be tried. An exit cannot: that a model finds nothing needs no trial."""


def earliest() -> dt.date:
    """The first day for which a trial can be asked: today, or a business day that no run has reached yet.

    Of the days before, a what-if tells.
    """
    newest = Ledger(settings.HOME).newest()
    today = timezone.localdate()
    return today if newest is None else min(today, newest + DAY)


@dataclass
class ProposeTrial(Propose[Trial]):
    """A maintainer asks to run other values, or a model outside supervision, beside what is in force.

    In the units of `branch` alone it then hits.

    Args:
        effective_until: the last day; None: until it is ended.
    """

    effective_until: dt.date | None = None
    name = "propose_model_trial"
    object_type = TRIAL

    def made(self, **columns: Any) -> Trial:
        return Trial(effective_until=self.effective_until, **columns)

    def check_terms(self) -> None:
        tried = {str(kind) for kind in TRIED}
        require(self.kind in tried, "kind", _("Choose what is tried from the list."))
        begins = _("A trial begins today or later; what a day that has run would have had, the what-if says.")
        require(self.effective_from >= earliest(), "effective_from", begins)
        until = self.effective_until or self.effective_from
        require(until >= self.effective_from, "effective_until", _("The last day lies before the first."))

    def check(self) -> None:
        super().check()
        if self.kind == str(Kind.VALUES):
            inside = InForce().supervised(self.model.code, self.effective_from)
            gone = _("The model is not under supervision on that day.")
            require(inside, "admission", gone)


@dataclass
class DecideTrial(Decide[Trial]):
    """Approves or rejects, as long as some of its days are still to come."""

    name = "decide_model_trial"
    object_type = TRIAL

    def check_approval(self) -> None:
        late = self.asked.is_over(timezone.localdate()) and self.asked.is_over(earliest())
        require(not late, "late", _("Its last day has passed; propose it anew."))
        super().check_approval()


@dataclass
class WithdrawTrial(Withdraw[Trial]):
    """Takes a trial back: until it is decided who asked for it, then whoever could ask for it there."""

    name = "withdraw_model_trial"
    object_type = TRIAL

    def check_open(self) -> None:
        waits = self.asked.state == str(TrialState.PROPOSED)
        ended = not waits and self.asked.phase not in {"waiting", "running"}
        require(not ended, "ended", _("It has ended already."))


@dataclass
class MakeReal(OnAsked[Trial]):
    """A change that came out of a trial is approved: the trial ends the day before it takes effect."""

    change: Asked
    name = "make_trial_real"
    object_type = TRIAL

    @property
    def function(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride] — by what is decided
        return decides(self.change)

    @property
    def beside(self) -> dict[str, Any]:
        return {"change": self.change.pk}

    def execute(self) -> None:
        before = self.change.effective_from - DAY
        until = self.asked.effective_until
        self.asked.effective_until = before if until is None else min(before, until)
        self.asked.state = TrialState.ADOPTED
        self.asked.save(update_fields=["state", "effective_until"])


def make_real(user: User, trial: Trial, change: Asked) -> None:
    """Ends the trial that a change was proposed from. One that was taken back stays so."""
    if trial.state == str(TrialState.APPROVED):
        do(MakeReal(user, trial, change))
