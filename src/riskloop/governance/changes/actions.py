"""Asking for a change of a model, and deciding on it: never for a day that is past."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.governance.models import ChangeState, Kind, ModelChange, Trial
from riskloop.governance.notices import CHANGE
from riskloop.governance.proposals.actions import Decide, OnAsked, Propose, Withdraw
from riskloop.governance.proposals.asked import check_evidence
from riskloop.governance.trials.actions import make_real
from riskloop.organisation.action import require
from riskloop.organisation.functions import PROPOSE_MODELS
from riskloop.outgoing.jobs import later

ESTIMATE = "governance.estimate"
"""The job that computes what a proposed change would have done."""


@dataclass
class ProposeChange(Propose[ModelChange]):
    """A maintainer asks for other values, or for a model to enter or to leave supervision.

    Args:
        trial: the trial that this makes real.
    """

    trial: Trial | None = None
    name = "propose_model_change"
    object_type = CHANGE

    def made(self, **columns: Any) -> ModelChange:
        return ModelChange(trial=self.trial, **columns)

    def check_terms(self) -> None:
        require(self.kind in Kind.values, "kind", _("Choose what is asked for from the list."))
        require(
            self.effective_from >= timezone.localdate(),
            "effective_from",
            _("A change takes effect today or later."),
        )

    def check(self) -> None:
        super().check()
        if self.trial is not None:
            check_evidence(self.asked, self.trial, self.model)

    def execute(self) -> None:
        super().execute()
        later(ESTIMATE, change=self.asked.pk)


class _OnChange(OnAsked[ModelChange]):
    """Something done to a change."""

    object_type = CHANGE

    def noted(self) -> dict[str, Any]:
        # The estimate stands with the change; the history says that it was made, and what weighs in it.
        return {name: value for name, value in super().noted().items() if name != "estimate"}


@dataclass
class KeepEstimate(_OnChange):
    """The system keeps what the change would have done."""

    told: dict[str, Any]
    name = "estimate_model_change"
    function = PROPOSE_MODELS

    @property
    def beside(self) -> dict[str, Any]:
        return {"missed": self.asked.missed}

    def check(self) -> None:
        super().check()
        self.check_waiting()

    def execute(self) -> None:
        self.asked.estimate = self.told
        self.asked.save(update_fields=["estimate"])


@dataclass
class WithdrawChange(_OnChange, Withdraw[ModelChange]):
    """Who asked for it takes it back, until it is decided."""

    name = "withdraw_model_change"


@dataclass
class DecideChange(_OnChange, Decide[ModelChange]):
    """Approves or rejects; for what it would have missed, and without its estimate, only with a word why."""

    name = "decide_model_change"

    def lock(self) -> None:
        # One decision after the other, so that each sees what the one before has put in force.
        list(ModelChange.objects.select_for_update().filter(model=self.asked.model).order_by("pk"))
        super().lock()

    def check_approval(self) -> None:
        said, known = bool(self.why.strip()), self.asked.estimate is not None
        require(said or known, "estimate", _("Its estimate is not there yet: wait, or say why not."))
        number = self.asked.missed
        told = _("It would have missed %(number)d confirmed events: say why it is right all the same.")
        require(said or not number, "missed", told % {"number": number})
        late = self.asked.effective_from < timezone.localdate()
        require(not late, "late", _("Its day has passed; propose it anew."))
        super().check_approval()
        same = ModelChange.objects.filter(
            model=self.asked.model,
            unit=self.asked.unit_id,
            effective_from=self.asked.effective_from,
            state=ChangeState.APPROVED,
        )
        values = self.asked.kind == str(Kind.VALUES)
        same = same.filter(kind=Kind.VALUES) if values else same.exclude(kind=Kind.VALUES)
        require(not same.exists(), "twice", _("Another decision takes effect on the same day."))

    def execute(self) -> None:
        super().execute()
        if self.approve and self.asked.trial is not None:
            make_real(self.user, self.asked.trial, self.asked)
