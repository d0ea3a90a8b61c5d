"""The forms of the five changes of a unit, from a day on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from riskloop.organisation import unit_actions
from riskloop.organisation.action import do
from riskloop.organisation.forms import ActionForm, day, reason, today
from riskloop.organisation.models import User
from riskloop.organisation.models.units import Level

LISTED = {"list": "units", "autocomplete": "off"}


class UnitForm(ActionForm):
    """A form of the page of one unit. Other units are named by their numbers."""

    day = day(gettext_lazy("From day"))
    why = reason()

    def __init__(self, user: User, unit_id: str, given: Any = None) -> None:
        self.unit_id = unit_id
        super().__init__(user, given)
        self.initial = {"day": today()}
        self.order_fields([*(n for n in self.fields if n not in {"day", "why"}), "day", "why"])


def _number(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=60, widget=forms.TextInput(attrs=LISTED))


class OpenUnitForm(UnitForm):
    name = "open_unit"
    done = gettext_lazy("The unit is entered.")
    number = forms.CharField(label=gettext_lazy("Unit number"), max_length=60)
    unit_name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    level = forms.ChoiceField(label=gettext_lazy("Level"), choices=Level.choices[1:])

    def act(self) -> None:
        given = self.cleaned_data
        do(
            unit_actions.OpenUnit(
                self.user,
                given["number"],
                given["day"],
                given["why"],
                given["unit_name"],
                given["level"],
                self.unit_id,
            )
        )


class RenameUnitForm(UnitForm):
    name = "rename_unit"
    done = gettext_lazy("The new name is entered.")
    unit_name = forms.CharField(label=gettext_lazy("New name"), max_length=200)

    def act(self) -> None:
        given = self.cleaned_data
        do(unit_actions.RenameUnit(self.user, self.unit_id, given["day"], given["why"], given["unit_name"]))


class MoveUnitForm(UnitForm):
    name = "move_unit"
    done = gettext_lazy("The move is entered.")
    parent_id = _number(gettext_lazy("New unit above"))

    def act(self) -> None:
        given = self.cleaned_data
        do(unit_actions.MoveUnit(self.user, self.unit_id, given["day"], given["why"], given["parent_id"]))


class CloseUnitForm(UnitForm):
    name = "close_unit"
    done = gettext_lazy("The closure is entered.")

    def act(self) -> None:
        given = self.cleaned_data
        do(unit_actions.CloseUnit(self.user, self.unit_id, given["day"], given["why"]))


class MergeUnitForm(UnitForm):
    name = "merge_unit"
    done = gettext_lazy("The merger is entered.")
    into = _number(gettext_lazy("Merged into"))

    def act(self) -> None:
        given = self.cleaned_data
        do(unit_actions.MergeUnit(self.user, self.unit_id, given["day"], given["why"], given["into"]))


ON_UNIT: dict[str, type[UnitForm]] = {
    form.name: form for form in (OpenUnitForm, RenameUnitForm, MoveUnitForm, CloseUnitForm, MergeUnitForm)
}
