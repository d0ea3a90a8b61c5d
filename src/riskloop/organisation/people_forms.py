"""The forms of the people's pages."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy

from riskloop.organisation import account_actions, assignment_actions
from riskloop.organisation.action import do
from riskloop.organisation.forms import (
    ActionForm,
    UnitField,
    day,
    open_units,
    read_day,
    read_word,
    reason,
    today,
)
from riskloop.organisation.functions import MANAGE_PEOPLE
from riskloop.organisation.models import Role, RoleAssignment, Staff, Unit, User
from riskloop.organisation.roles import functions_in_force


class CreateAccountForm(ActionForm):
    name = "create_account"
    done = gettext_lazy("The account is created. Now give it a role.")
    username = forms.CharField(label=gettext_lazy("User name"), max_length=150)
    display_name = forms.CharField(label=gettext_lazy("Full name"), max_length=100)
    staff_id = forms.CharField(label=gettext_lazy("Staff number"), max_length=100, required=False)
    unit = UnitField(gettext_lazy("Unit"))
    is_service = forms.BooleanField(label=gettext_lazy("Service account of a program"), required=False)
    password = forms.CharField(
        label=gettext_lazy("One-time password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    made: User

    def __init__(self, user: User, given: Any = None, *, staff: Staff | None = None) -> None:
        super().__init__(user, given)
        if staff is not None:
            known = {"username": staff.pk, "display_name": staff.name, "staff_id": staff.pk}
            self.initial = known | {"unit": staff.unit_id}

    def prepare(self) -> None:
        cast("UnitField", self.fields["unit"]).offer(open_units(self.user, MANAGE_PEOPLE))

    def act(self) -> None:
        given = self.cleaned_data
        action = account_actions.CreateAccount(
            self.user,
            given["username"],
            given["display_name"],
            given["unit"],
            given["password"] or None,
            given["staff_id"],
            given["is_service"],
        )
        self.made = do(action).person


class OnPersonForm(ActionForm):
    """A form of the page of one person."""

    def __init__(self, user: User, person: User, given: Any = None) -> None:
        self.person = person
        super().__init__(user, given)


class AssignRoleForm(OnPersonForm):
    """The roles offered are those that exist at the level of the chosen unit on the chosen day."""

    name = "assign_role"
    done = gettext_lazy("The role is given.")
    unit = UnitField(gettext_lazy("Unit"))
    from_on = day(gettext_lazy("From day"))
    to_on = day(gettext_lazy("Last day"), required=False)
    role = forms.ChoiceField(label=gettext_lazy("Role"))
    why = reason()

    def prepare(self) -> None:
        units = open_units(self.user, MANAGE_PEOPLE)
        cast("UnitField", self.fields["unit"]).offer(units)
        self.initial = {"unit": self.person.unit_id, "from_on": today()}
        unit = units.filter(pk=self._said("unit") or "").first()
        begins = read_day(self._said("from_on")) or timezone.localdate()
        offered = roles_at(unit, begins) if unit else []
        language = get_language()
        cast("forms.ChoiceField", self.fields["role"]).choices = [
            ("", gettext_lazy("Choose…")),
            *((role.pk, f"{role.pk} {role.name.in_language(language)}") for role in offered),
        ]

    def _said(self, name: str) -> str:
        if self.is_bound:
            return read_word(str(self.data.get(self.add_prefix(name), "")))
        return str(self.initial.get(name) or "")

    def act(self) -> None:
        given = self.cleaned_data
        role = Role.objects.get(pk=given["role"])
        do(
            assignment_actions.AssignRole(
                self.user, self.person, role, given["unit"], given["from_on"], given["to_on"], given["why"]
            )
        )


def roles_at(unit: Unit, on: dt.date) -> list[Role]:
    """The roles that exist in a unit on a day: the head office's, and its own branch's."""
    there = {role for (role, level), able in functions_in_force(on).items() if level == unit.level and able}
    roles = Role.objects.filter(pk__in=there).select_related("owner").order_by("code")
    return [r for r in roles if r.owner is None or f"{unit.path}/".startswith(f"{r.owner.path}/")]


class EndRoleForm(OnPersonForm):
    name = "end_role"
    done = gettext_lazy("The role has ended.")
    assignment = forms.ModelChoiceField(RoleAssignment.objects.none(), widget=forms.HiddenInput)
    why = reason()

    def prepare(self) -> None:
        held = RoleAssignment.objects.filter(user=self.person).select_related("user")
        cast("forms.ModelChoiceField[RoleAssignment]", self.fields["assignment"]).queryset = held

    def act(self) -> None:
        do(assignment_actions.EndRole(self.user, self.cleaned_data["assignment"], self.cleaned_data["why"]))


class DeactivateForm(OnPersonForm):
    name = "deactivate"
    done = gettext_lazy("The account is inactive, and its roles have ended.")
    why = reason()

    def act(self) -> None:
        do(account_actions.Deactivate(self.user, self.person, self.cleaned_data["why"]))


class ReactivateForm(OnPersonForm):
    name = "reactivate"
    done = gettext_lazy("The account is active again. Roles are given anew.")
    why = reason()

    def act(self) -> None:
        do(account_actions.Reactivate(self.user, self.person, self.cleaned_data["why"]))


class SetPasswordForm(OnPersonForm):
    name = "set_password"
    done = gettext_lazy("The password is set. Tell it to its person and nobody else.")
    password = forms.CharField(
        label=gettext_lazy("One-time password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    why = reason()

    def act(self) -> None:
        given = self.cleaned_data
        do(account_actions.SetPassword(self.user, self.person, given["why"], given["password"]))


class SetEmailForm(OnPersonForm):
    name = "set_email"
    done = gettext_lazy("The e-mail address is set.")
    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254, required=False)
    why = reason(required=False)

    def prepare(self) -> None:
        self.initial = {"email": self.person.email}

    def act(self) -> None:
        given = self.cleaned_data
        do(account_actions.SetEmail(self.user, self.person, given["why"], given["email"]))


ON_PERSON: dict[str, type[OnPersonForm]] = {
    form.name: form
    for form in (
        AssignRoleForm,
        EndRoleForm,
        DeactivateForm,
        ReactivateForm,
        SetPasswordForm,
        SetEmailForm,
    )
}
