"""The forms of trials of the models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from riskloop.governance.inputs import VALUE
from riskloop.governance.models import Kind
from riskloop.governance.proposals.forms import DecideForm, OnAskedForms, ProposalForm, WithdrawForm
from riskloop.governance.trials.actions import DecideTrial, ProposeTrial, WithdrawTrial, earliest
from riskloop.models.catalogue import AnyModel
from riskloop.organisation.forms import day
from riskloop.organisation.models import Unit, User


class TrialForm(ProposalForm):
    """What is to be tried of one model: other values of one under supervision, else the model as it is."""

    name = "propose_model_trial"
    done = gettext_lazy("The trial is proposed. Somebody else decides on it.")
    effective_from = day(gettext_lazy("First day"))
    effective_until = day(gettext_lazy("Last day"), required=False)

    def __init__(self, user: User, model: AnyModel, given: Any = None, *, branch: str = "") -> None:
        super().__init__(user, model, given, branch=branch)
        self.initial["effective_from"] = earliest().isoformat()

    def offered(self) -> list[Kind]:
        return [self.fitting]

    def prepare(self) -> None:
        if not self.supervised:
            self.in_force = {}
        super().prepare()
        if not self.supervised:
            # A model outside supervision is tried as it is.
            for name in [name for name in self.fields if name.startswith(VALUE)]:
                self.fields.pop(name)
        self.fields["why"] = self.fields.pop("why")

    def action(self, branch: Unit | None, values: Mapping[str, Any]) -> ProposeTrial:
        given = self.cleaned_data
        first, last, why = given["effective_from"], given["effective_until"], given["why"]
        return ProposeTrial(
            self.user, self.model, given["kind"], first, why, branch, values, effective_until=last
        )


class DecideTrialForm(DecideForm):
    action = DecideTrial


class WithdrawTrialForm(WithdrawForm):
    action = WithdrawTrial
    done = gettext_lazy("The trial is taken back.")


ON_TRIAL: OnAskedForms = {form.name: form for form in (DecideTrialForm, WithdrawTrialForm)}
"""What can be done with a trial, by name."""
