"""The lists of people: what they are narrowed by, and their columns."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as filters
import django_tables2 as tables
from django import forms
from django.db.models import Prefetch, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from riskloop.organisation.forms import MANY_UNITS
from riskloop.organisation.functions import MANAGE_PEOPLE
from riskloop.organisation.lifecycle import joiners
from riskloop.organisation.models import Role, Staff, Unit, User
from riskloop.organisation.scope import below, running, units_of, within

People = QuerySet[User]
STATES = [("active", _("Active")), ("inactive", _("Inactive")), ("service", _("Service accounts"))]


def people_of(administrator: User) -> People:
    """The accounts that he sees to: those kept in the units where he manages people."""
    return User.objects.filter(within(administrator, MANAGE_PEOPLE)).select_related("unit")


def joiners_of(administrator: User) -> QuerySet[Staff]:
    """The members of staff of his units who have no account."""
    return joiners().filter(within(administrator, MANAGE_PEOPLE)).select_related("unit")


def _roles() -> list[tuple[str, str]]:
    language = get_language()
    return [(r.pk, f"{r.pk} {r.name.in_language(language)}") for r in Role.objects.order_by("code")]


class PeopleFilter(filters.FilterSet):
    """What the list of people may be narrowed down to."""

    text = filters.CharFilter(method="by_text", label=_("Search"))
    unit = filters.CharFilter(method="by_unit", label=_("Unit and below"))
    role = filters.ChoiceFilter(method="by_role", choices=_roles, label=_("Role"), empty_label=_("All"))
    state = filters.ChoiceFilter(method="by_state", choices=STATES, label=_("Account"), empty_label=_("All"))

    class Meta:
        model = User
        fields: tuple[str, ...] = ()

    def __init__(self, given: QueryDict, reader: User) -> None:
        held = Prefetch("assignments", running().select_related("role", "unit"), to_attr="held")
        super().__init__(given, queryset=people_of(reader).prefetch_related(held))
        units = units_of(reader, MANAGE_PEOPLE)
        offered = units.order_by("path") if units.count() <= MANY_UNITS else units.none()
        # A large bank's units are asked for by their numbers.
        self.units = list(offered.values_list("unit_id", "name"))
        for name, field in self.form.fields.items():
            kind = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
            field.widget.attrs["class"] = f"{kind} {kind}-sm"
            if name == "unit":
                field.widget.attrs["list"] = "units"

    def by_text(self, people: People, _name: str, given: str) -> People:
        text = given.strip()
        return people.filter(
            Q(username__icontains=text) | Q(display_name__icontains=text) | Q(staff_id__icontains=text)
        )

    def by_unit(self, people: People, _name: str, unit_id: str) -> People:
        unit = Unit.objects.filter(pk=unit_id.strip()).first()
        return people.filter(unit__in=below(unit)) if unit else people.none()

    def by_role(self, people: People, _name: str, role: str) -> People:
        return people.filter(pk__in=running().filter(role_id=role).values("user_id"))

    def by_state(self, people: People, _name: str, state: str) -> People:
        if state == "service":
            return people.filter(is_service=True)
        return people.filter(is_active=state == "active")


def _column(name: Any, *order: str) -> tables.Column:
    return tables.Column(verbose_name=name, order_by=order, empty_values=(), orderable=bool(order))


class PeopleTable(tables.Table):
    """One row an account; `organisation/people_table.html` draws the cells."""

    hx_target = "#people"

    username = _column(_("User name"), "username")
    display_name = _column(_("Full name"), "display_name", "username")
    staff_id = _column(_("Staff number"), "staff_id", "username")
    unit = _column(_("Unit"), "unit__path", "username")
    roles = _column(_("Roles now"))
    state = _column(_("Account"), "-is_active", "is_service", "username")
    last_login = _column(_("Last sign-in"), "last_login", "username")

    class Meta:
        attrs: ClassVar = {"class": "table table-hover card-table", "data-rows": "yes"}
        empty_text = _("Nobody here with these filters.")
        order_by = ("username",)


class JoinersTable(tables.Table):
    """One row a member of staff without an account; `organisation/joiners.html` draws the cells."""

    staff_id = _column(_("Staff number"), "staff_id")
    name = _column(_("Full name"), "name", "staff_id")
    unit = _column(_("Unit"), "unit__path", "staff_id")
    post = _column(_("Post"), "post", "staff_id")
    joined_on = _column(_("Joined on"), "joined_on", "staff_id")
    account = _column("")

    class Meta:
        attrs: ClassVar = {"class": "table table-hover card-table"}
        empty_text = _("Every member of staff within your reach has an account.")
        order_by = ("staff_id",)
