"""The forms by which something is proposed of a model, decided on and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from riskloop.governance.in_force import InForce
from riskloop.governance.inputs import VALUE, branches_of, shown, value_field
from riskloop.governance.models import Asked, Kind
from riskloop.governance.proposals.actions import Decide, Propose, Withdraw
from riskloop.models.catalogue import AnyModel
from riskloop.models.hits import plain_values
from riskloop.organisation.action import do
from riskloop.organisation.forms import ActionForm, VerdictForm, day, reason, today
from riskloop.organisation.functions import PROPOSE_MODELS
from riskloop.organisation.models import Unit, User


class ProposalForm(ActionForm):
    """What is asked of one model; the values stand as they are today, and what differs is asked for.

    `branch` is the number of the branch whose own values they are; "" for the whole bank's.
    """

    kind = forms.ChoiceField(
        label=gettext_lazy("What is asked for"), choices=Kind.choices, widget=forms.RadioSelect
    )
    branch = forms.ModelChoiceField(Unit.objects.none(), required=False, widget=forms.HiddenInput)
    effective_from = day(gettext_lazy("In force from"))
    why = reason()
    made: Asked

    def __init__(self, user: User, model: AnyModel, given: Any = None, *, branch: str = "") -> None:
        self.model = model
        self.supervised = InForce().supervised(model.code, timezone.localdate())
        self.in_force = plain_values(InForce().parameters(model, timezone.localdate(), branch or None))
        super().__init__(user, given)
        begins = {"kind": self.fitting, "branch": branch, "effective_from": today()}
        self.initial = begins | {VALUE + name: shown(value) for name, value in self.in_force.items()}

    @property
    def fitting(self) -> Kind:
        """What it opens with: to a model outside supervision one comes to let it in."""
        return Kind.VALUES if self.supervised else Kind.ADMIT

    def offered(self) -> list[Kind]:
        """What can be asked for."""
        raise NotImplementedError

    def action(self, branch: Unit | None, values: Mapping[str, Any]) -> Propose[Any]:
        """That asks for it, with the other fields of the form."""
        raise NotImplementedError

    def prepare(self) -> None:
        branches = branches_of(self.user, PROPOSE_MODELS)
        cast("forms.ModelChoiceField[Unit]", self.fields["branch"]).queryset = branches
        offered = [(kind.value, kind.label) for kind in self.offered()]
        cast("forms.ChoiceField", self.fields["kind"]).choices = offered
        values = {VALUE + name: value_field(about) for name, about in self.model.about().items()}
        # The values first: they are what one comes for.
        head = {name: self.fields.pop(name) for name in ("kind", "branch")}
        self.fields = head | values | self.fields

    def differing(self) -> dict[str, Any]:
        """The values that differ from those that the form began with."""
        given = {n: self.cleaned_data[VALUE + n] for n in self.in_force}
        return {n: value for n, value in given.items() if value and value != shown(self.in_force[n])}

    def act(self) -> None:
        of_values = self.cleaned_data["kind"] == Kind.VALUES
        branch = self.cleaned_data["branch"] if of_values else None
        self.made = do(self.action(branch, self.differing() if of_values else {})).asked


class DecideForm(VerdictForm):
    """Decides on what was asked for, by the action of its kind."""

    action: ClassVar[type[Decide[Any]]]

    def __init__(self, user: User, asked: Asked, given: Any = None) -> None:
        self.asked = asked
        super().__init__(user, given)

    def act(self) -> None:
        do(self.action(self.user, self.asked, self.approves, self.cleaned_data["why"]))


class WithdrawForm(ActionForm):
    """Takes it back."""

    name = "withdraw"
    action: ClassVar[type[Withdraw[Any]]]
    why = reason()

    def __init__(self, user: User, asked: Asked, given: Any = None) -> None:
        self.asked = asked
        super().__init__(user, given)

    def act(self) -> None:
        do(self.action(self.user, self.asked, self.cleaned_data["why"]))


OnAskedForms = Mapping[str, type[DecideForm] | type[WithdrawForm]]
"""What can be done with what was asked for, by name."""
