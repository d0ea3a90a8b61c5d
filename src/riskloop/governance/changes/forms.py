"""The forms of changes of the models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from riskloop.governance.changes.actions import ProposeChange, WithdrawChange, decision_on
from riskloop.governance.in_force import InForce
from riskloop.governance.inputs import VALUE, branches_of, shown, value_field
from riskloop.governance.models import Kind, ModelChange, Trial
from riskloop.governance.visibility import trials_seen_by
from riskloop.models.catalogue import AnyModel
from riskloop.models.hits import plain_values
from riskloop.organisation.action import do
from riskloop.organisation.forms import ActionForm, VerdictForm, day, reason, today
from riskloop.organisation.functions import PROPOSE_MODELS
from riskloop.organisation.models import Unit, User


class ChangeForm(ActionForm):
    """What is asked of one model; the values stand as they are today, and what differs is asked for.

    `branch` is the number of the branch whose own values they are; "" for the whole bank's. `wanted` are
    values that it begins with in the place of those in force. `trial` is one that is to be made real: the
    form begins with what it tried.
    """

    name = "propose_model_change"
    done = gettext_lazy("The change is proposed. Somebody else decides on it.")
    kind = forms.ChoiceField(
        label=gettext_lazy("What is asked for"), choices=Kind.choices, widget=forms.RadioSelect
    )
    branch = forms.ModelChoiceField(Unit.objects.none(), required=False, widget=forms.HiddenInput)
    effective_from = day(gettext_lazy("In force from"))
    why = reason()
    trial = forms.ModelChoiceField(Trial.objects.none(), required=False, widget=forms.HiddenInput)
    made: ModelChange

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
        self.model = model
        self.supervised = InForce().supervised(model.code, timezone.localdate())
        self.in_force = plain_values(InForce().parameters(model, timezone.localdate(), branch or None))
        super().__init__(user, given)
        begins = {"kind": self.fitting, "branch": branch, "effective_from": today()}
        self.initial = begins | {VALUE + name: shown(value) for name, value in self.in_force.items()}
        self.initial |= {VALUE + name: value for name, value in (wanted or {}).items()}
        if trial is not None:
            self.initial |= {"kind": trial.kind, "trial": trial.pk}
            self.initial |= {VALUE + name: shown(value) for name, value in trial.values.items()}

    @property
    def fitting(self) -> Kind:
        """What it opens with: to a model outside supervision one comes to let it in."""
        return Kind.VALUES if self.supervised else Kind.ADMIT

    def offered(self) -> list[Kind]:
        """What can be asked for, unless a change that is decided already turns it round before the day: then
        the action says so."""
        return [Kind.VALUES, Kind.EXIT if self.supervised else Kind.ADMIT]

    def prepare(self) -> None:
        cast("forms.ModelChoiceField[Unit]", self.fields["branch"]).queryset = branches_of(
            self.user, PROPOSE_MODELS
        )
        cast("forms.ModelChoiceField[Trial]", self.fields["trial"]).queryset = trials_seen_by(self.user)
        offered = [(kind.value, kind.label) for kind in self.offered()]
        cast("forms.ChoiceField", self.fields["kind"]).choices = offered
        values = {VALUE + name: value_field(about) for name, about in self.model.about().items()}
        # The values first: they are what one comes for.
        head = {name: self.fields.pop(name) for name in ("kind", "branch")}
        self.fields = head | values | self.fields

    def asked(self) -> dict[str, Any]:
        """The values that differ from those that the form began with."""
        given = {n: self.cleaned_data[VALUE + n] for n in self.in_force}
        return {n: value for n, value in given.items() if value and value != shown(self.in_force[n])}

    def act(self) -> None:
        given = self.cleaned_data
        values = self.asked() if given["kind"] == Kind.VALUES else {}
        action = ProposeChange(
            self.user,
            self.model,
            given["kind"],
            given["effective_from"],
            given["why"],
            given["branch"] if given["kind"] == Kind.VALUES else None,
            values,
            given["trial"],
        )
        self.made = do(action).change


class DecideChangeForm(VerdictForm):
    def __init__(self, user: User, change: ModelChange, given: Any = None) -> None:
        self.change = change
        super().__init__(user, given)

    def act(self) -> None:
        do(decision_on(self.change)(self.user, self.change, self.approves, self.cleaned_data["why"]))


class WithdrawChangeForm(ActionForm):
    name = "withdraw"
    done = gettext_lazy("The change is taken back.")
    why = reason()

    def __init__(self, user: User, change: ModelChange, given: Any = None) -> None:
        self.change = change
        super().__init__(user, given)

    def act(self) -> None:
        do(WithdrawChange(self.user, self.change, self.cleaned_data["why"]))


ON_CHANGE: Mapping[str, type[DecideChangeForm] | type[WithdrawChangeForm]] = {
    form.name: form for form in (DecideChangeForm, WithdrawChangeForm)
}
"""What can be done with a change that waits, by name."""
