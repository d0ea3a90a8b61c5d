"""The forms of changes of the models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy

from riskloop.governance.changes.actions import DecideChange, ProposeChange, WithdrawChange
from riskloop.governance.inputs import VALUE, shown
from riskloop.governance.models import Kind, Trial
from riskloop.governance.proposals.forms import DecideForm, OnAskedForms, ProposalForm, WithdrawForm
from riskloop.governance.visibility import trials_seen_by
from riskloop.models.catalogue import AnyModel
from riskloop.organisation.models import Unit, User


class ChangeForm(ProposalForm):
    """Other values of a model, its admission or its exit.

    `wanted` are values that it begins with in the place of those in force. `trial` is one that is to be made
    real: the form begins with what it tried.
    """

    name = "propose_model_change"
    done = gettext_lazy("The change is proposed. Somebody else decides on it.")
    trial = forms.ModelChoiceField(Trial.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        user: User,
        model: AnyModel,
        given: Any = None,
        *,
        branch: str = "",
        wanted: Mapping[str, str] | None = None,
        trial: Trial | None = None,
    ) -> None:
        super().__init__(user, model, given, branch=branch)
        begins: dict[str, Any] = {VALUE + name: value for name, value in (wanted or {}).items()}
        if trial is not None:
            begins |= {"kind": trial.kind, "trial": trial.pk}
            begins |= {VALUE + name: shown(value) for name, value in trial.values.items()}
        self.initial.update(begins)

    def offered(self) -> list[Kind]:
        """What can be asked for, unless a change that is decided already turns it round before the day: then
        the action says so."""
        return [Kind.VALUES, Kind.EXIT if self.supervised else Kind.ADMIT]

    def prepare(self) -> None:
        cast("forms.ModelChoiceField[Trial]", self.fields["trial"]).queryset = trials_seen_by(self.user)
        super().prepare()

    def action(self, branch: Unit | None, values: Mapping[str, Any]) -> ProposeChange:
        given = self.cleaned_data
        day, why = given["effective_from"], given["why"]
        return ProposeChange(
            self.user, self.model, given["kind"], day, why, branch, values, trial=given["trial"]
        )


class DecideChangeForm(DecideForm):
    action = DecideChange


class WithdrawChangeForm(WithdrawForm):
    action = WithdrawChange
    done = gettext_lazy("The change is taken back.")


ON_CHANGE: OnAskedForms = {form.name: form for form in (DecideChangeForm, WithdrawChangeForm)}
"""What can be done with a change that waits, by name."""
