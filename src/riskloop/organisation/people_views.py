"""The administrator's pages over people: accounts, who has which role, and who has no account yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from riskloop.organisation.forms import OK, ActionForm, answer, read_word
from riskloop.organisation.functions import MANAGE_PEOPLE
from riskloop.organisation.gate import needs
from riskloop.organisation.models import History, RoleAssignment, User
from riskloop.organisation.people_forms import ON_PERSON, AssignRoleForm, CreateAccountForm, OnPersonForm
from riskloop.organisation.people_tables import (
    JoinersTable,
    PeopleFilter,
    PeopleTable,
    joiners_of,
    people_of,
)
from riskloop.organisation.request import SignedIn
from riskloop.organisation.telling import history_of, told

ROWS = 50


@needs(MANAGE_PEOPLE)
@require_safe
@vary_on_headers("HX-Request")
def people(request: SignedIn) -> HttpResponse:
    """The accounts within reach; HTMX gets the table alone."""
    found = PeopleFilter(request.GET, request.user)
    table = PeopleTable(found.qs, order_by=_sorting(request, PeopleTable))
    _paginate(table, request)
    context = {
        "title": _("People"),
        "filter": found,
        "table": table,
        "joiners": joiners_of(request.user).count(),
    }
    page = "organisation/people_table.html" if request.htmx else "organisation/people.html"
    return render(request, page, context)


@needs(MANAGE_PEOPLE)
@require_safe
def joiners(request: SignedIn) -> HttpResponse:
    """The members of staff within reach who have no account yet."""
    table = JoinersTable(joiners_of(request.user), order_by=_sorting(request, JoinersTable))
    _paginate(table, request)
    return render(
        request, "organisation/joiners.html", {"title": _("Staff without an account"), "table": table}
    )


@needs(MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def create_account(request: SignedIn) -> HttpResponse:
    """A new account; for a member of staff with what the bank says of him filled in."""

    def page(form: ActionForm, status: int = OK) -> HttpResponse:
        context = {"title": _("New account"), "form": form}
        return render(request, "organisation/create_account.html", context, status=status)

    if request.method == "POST":
        form = CreateAccountForm(request.user, request.POST)
        return answer(request, form, page, lambda: reverse("person", args=[form.made.pk]))
    asked = read_word(request.GET.get("staff_id", ""))
    staff = get_object_or_404(joiners_of(request.user), pk=asked) if asked else None
    return page(CreateAccountForm(request.user, staff=staff))


@needs(MANAGE_PEOPLE)
@require_safe
def person(request: SignedIn, user_id: int) -> HttpResponse:
    """One account: its roles over time, what was done to it, and what can be done now."""
    return _page(request, get_object_or_404(people_of(request.user), pk=user_id))


@needs(MANAGE_PEOPLE)
@require_http_methods(["GET", "POST"])
def act_on_person(request: SignedIn, user_id: int, action: str) -> HttpResponse:
    """Does one action on an account; HTMX gets the roles that a unit has on a day."""
    found = get_object_or_404(people_of(request.user), pk=user_id)
    if action not in ON_PERSON:
        raise Http404
    if request.htmx and request.method == "GET" and action == AssignRoleForm.name:
        form = AssignRoleForm(request.user, found, request.GET)
        return render(request, "organisation/roles_offered.html", {"field": form["role"]})
    onward = reverse("person", args=[found.pk])
    if request.method != "POST":
        return redirect(onward)

    def page(form: ActionForm, status: int) -> HttpResponse:
        return _page(request, get_object_or_404(people_of(request.user), pk=user_id), form, status)

    return answer(request, ON_PERSON[action](request.user, found, request.POST), page, lambda: onward)


@dataclass(frozen=True)
class Held:
    """A role that somebody has, had, or will have: who gave and who ended it, and why."""

    assignment: RoleAssignment
    given: History | None
    ended: History | None

    def state(self, today: dt.date) -> str:
        """`now`, `to_come` or `ended`."""
        to_on = self.assignment.to_on
        if to_on is not None and (to_on < today or to_on < self.assignment.from_on):
            return "ended"
        return "now" if self.assignment.from_on <= today else "to_come"


def held_by(person: User, lines: Iterable[History]) -> list[Held]:
    """All roles of a person, the newest first, with their lines of his history."""
    given: dict[Any, History] = {}
    ended: dict[Any, History] = {}
    for line in lines:
        kept = {"assign_role": given, "end_role": ended}.get(line.action)
        if kept is not None:
            kept[line.after.get("id")] = line
    held = RoleAssignment.objects.filter(user=person).select_related("role", "unit")
    held = held.order_by("-from_on", "role_id", "unit__path")
    return [Held(one, given.get(one.pk), ended.get(one.pk)) for one in held]


def _page(request: SignedIn, found: User, given: ActionForm | None = None, status: int = OK) -> HttpResponse:
    """The page of an account; `given` is the form that was sent and not accepted."""
    lines = history_of("user", found.pk)
    today = timezone.localdate()
    held = held_by(found, lines)

    def form(kind: type[OnPersonForm]) -> ActionForm:
        return given if isinstance(given, kind) else kind(request.user, found)

    context = {
        "title": str(found),
        "person": found,
        "groups": [
            (state, [one for one in held if one.state(today) == state])
            for state in ("now", "to_come", "ended")
        ],
        "forms": {name: form(kind) for name, kind in ON_PERSON.items()},
        "himself": found.pk == request.user.pk,
        "lines": told(reversed(lines)),
    }
    return render(request, "organisation/person.html", context, status=status)


def _sorting(request: SignedIn, table: Any) -> list[str] | None:
    return [n for n in request.GET.getlist("sort") if n.removeprefix("-") in table.base_columns] or None


def _paginate(table: Any, request: SignedIn) -> None:
    table.paginate(page=1, per_page=ROWS)
    table.page = table.paginator.get_page(request.GET.get("page"))
