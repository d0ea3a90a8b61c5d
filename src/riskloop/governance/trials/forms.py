"""The forms of trials of the models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from riskloop.governance.changes.forms import ChangeForm
from riskloop.governance.inputs import VALUE
from riskloop.governance.models import Kind, Trial
from riskloop.governance.trials.actions import ProposeTrial, WithdrawTrial, decision_on_trial, earliest
from riskloop.models.catalogue import AnyModel
from riskloop.organisation.action import do
from riskloop.organisation.forms import ActionForm, VerdictForm, day, reason
from riskloop.organisation.models import User


class TrialForm(ChangeForm):
    """What is to be tried of one model: other values of one under supervision, else the model as it is."""

    name = "propose_model_trial"
    done = gettext_lazy("The trial is proposed. Somebody else decides on it.")
    effective_from = day(gettext_lazy("First day"))
    effective_until = day(gettext_lazy("Last day"), required=False)
    tried: Trial

    def __init__(self, user: User, model: AnyModel, given: Any = None, *, branch: str = "") -> None:
        super().__init__(user, model, given, branch=branch)
        self.initial["effective_from"] = earliest().isoformat()

    def offered(self) -> list[Kind]:
        return [Kind.VALUES if self.supervised else Kind.ADMIT]

    def prepare(self) -> None:
        if not self.supervised:
            self.in_force = {}
        super().prepare()
        self.fields.pop("trial")
        if not self.supervised:
            # A model outside supervision is tried as it is.
            for name in [name for name in self.fields if name.startswith(VALUE)]:
                self.fields.pop(name)
        self.fields["why"] = self.fields.pop("why")

    def act(self) -> None:
        given = self.cleaned_data
        action = ProposeTrial(
            self.user,
            self.model,
            given["kind"],
            given["effective_from"],
            given["effective_until"],
            given["why"],
            given["branch"] if given["kind"] == Kind.VALUES else None,
            self.asked(),
        )
        self.tried = do(action).trial


class DecideTrialForm(VerdictForm):
    def __init__(self, user: User, trial: Trial, given: Any = None) -> None:
        self.trial = trial
        super().__init__(user, given)

    def act(self) -> None:
        do(decision_on_trial(self.trial)(self.user, self.trial, self.approves, self.cleaned_data["why"]))


class WithdrawTrialForm(ActionForm):
    name = "withdraw"
    done = gettext_lazy("The trial is taken back.")
    why = reason()

    def __init__(self, user: User, trial: Trial, given: Any = None) -> None:
        self.trial = trial
        super().__init__(user, given)

    def act(self) -> None:
        do(WithdrawTrial(self.user, self.trial, self.cleaned_data["why"]))


ON_TRIAL: Mapping[str, type[DecideTrialForm] | type[WithdrawTrialForm]] = {
    form.name: form for form in (DecideTrialForm, WithdrawTrialForm)
}
"""What can be done with a trial, by name."""
