"""The pages of the roles: what each may do at which level on a day, who decided so, what must be apart."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from riskloop.bank.text import Text
from riskloop.organisation.forms import OK, ActionForm, answer, read_day
from riskloop.organisation.functions import (
    DECIDE_ROLES,
    FUNCTIONS,
    PROPOSE_ROLES,
    READ_ORGANISATION,
    Function,
)
from riskloop.organisation.gate import needs
from riskloop.organisation.labels import KINDS, check_of, grouped
from riskloop.organisation.models import History, Role, RoleDecision, SegregationPair
from riskloop.organisation.models.units import Level
from riskloop.organisation.request import SignedIn
from riskloop.organisation.role_actions import head_office
from riskloop.organisation.role_forms import DecideForm, ProposeDecisionForm, ProposeRoleForm
from riskloop.organisation.role_scope import decisions_seen_by, roles_seen_by
from riskloop.organisation.roles import functions_in_force, names_of_roles
from riskloop.organisation.scope import may
from riskloop.organisation.telling import history_of, told

Grouped = list[tuple[Text, list[Function]]]


def day_asked(request: SignedIn) -> dt.date:
    """The day as of which the reader asks; today unless he names one."""
    return read_day(request.GET.get("on", "")) or timezone.localdate()


@needs(READ_ORGANISATION)
@require_safe
def roles(request: SignedIn) -> HttpResponse:
    """The roles within reach by level, as of a day, and the duties that must be apart."""
    on = day_asked(request)
    context = {
        "title": _("Roles"),
        "on": on,
        "levels": Level.values,
        "roles": _table(request, on),
        "pairs": _pairs(),
        "waiting": decisions_seen_by(request.user)
        .filter(approved=None)
        .select_related("role")
        .order_by("effective_from"),
        "may_propose": _may_propose_role(request),
    }
    return render(request, "organisation/roles.html", context)


def _table(request: SignedIn, on: dt.date) -> list[tuple[Role, list[tuple[str, Grouped, int]]]]:
    allowed = functions_in_force(on)
    found = roles_seen_by(request.user).select_related("owner", "modelled_on").order_by("modelled_on", "code")
    found = sorted(found, key=lambda role: (role.modelled_on_id is not None, role.pk))
    return [
        (
            role,
            [
                (level, grouped(allowed.get((role.pk, level), ())), len(allowed.get((role.pk, level), ())))
                for level in Level.values
            ],
        )
        for role in found
    ]


def _pairs() -> list[dict[str, Any]]:
    names = names_of_roles()

    def side(codes: list[str]) -> list[tuple[str, Text]]:
        return [(code, names[code].name) for code in codes if code in names]

    return [
        {
            "pair": pair,
            "kind": KINDS[pair.kind],
            "left": side(pair.left),
            "right": side(pair.right),
            "check": check_of(pair.kind, pair.rule),
        }
        for pair in SegregationPair.objects.order_by("number")
    ]


def _may_propose_role(request: SignedIn) -> bool:
    form = ProposeRoleForm(request.user)
    return form.fields["owner"].queryset.exists()  # pyright: ignore[reportAttributeAccessIssue]


@needs(PROPOSE_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def propose_role(request: SignedIn) -> HttpResponse:
    """A first-level branch's own role."""

    def page(form: ActionForm, status: int = OK) -> HttpResponse:
        context = {"title": _("A branch's own role"), "form": form}
        return render(request, "organisation/propose_role.html", context, status=status)

    if request.method != "POST":
        return page(ProposeRoleForm(request.user))
    form = ProposeRoleForm(request.user, request.POST)
    return answer(request, form, page, lambda: reverse("role", args=[form.made.pk]))


@needs(READ_ORGANISATION)
@require_safe
def role(request: SignedIn, code: str) -> HttpResponse:
    """One role: what it may do at each level, and the decisions over time."""
    return _page(request, get_object_or_404(roles_seen_by(request.user), pk=code))


@needs(PROPOSE_ROLES)
@require_http_methods(["GET", "POST"])
def propose_decision(request: SignedIn, code: str) -> HttpResponse:
    """Proposes what a role may do at a level."""
    found = get_object_or_404(roles_seen_by(request.user), pk=code)
    if request.method != "POST":
        return redirect("role", code)
    form = ProposeDecisionForm(request.user, found, request.POST)
    return answer(
        request,
        form,
        lambda form, status: _page(request, found, form, status),
        lambda: reverse("role", args=[code]),
    )


@needs(DECIDE_ROLES)
@require_http_methods(["GET", "POST"])
def decide(request: SignedIn, decision_id: int) -> HttpResponse:
    """Approves or rejects a proposed decision."""
    found = get_object_or_404(decisions_seen_by(request.user).select_related("role"), pk=decision_id)
    if request.method != "POST":
        return redirect("role", found.role_id)
    form = DecideForm(request.user, found, request.POST)
    return answer(
        request,
        form,
        lambda form, status: _page(request, found.role, form, status),
        lambda: reverse("role", args=[found.role_id]),
    )


@dataclass(frozen=True)
class Decided:
    """A decision as the page shows it: its functions, what they add and take away, who decided and why."""

    decision: RoleDecision
    functions: Grouped
    added: list[Function]
    removed: list[Function]
    words: str
    form: ActionForm | None


def _decided(request: SignedIn, of: Role, lines: list[History], given: ActionForm | None) -> list[Decided]:
    """The decisions on a role, the newest first."""
    words = {line.after.get("id"): line.reason for line in lines if line.action == "decide_on_role"}
    may_decide = may(request.user, DECIDE_ROLES, head_office())
    decisions = RoleDecision.objects.filter(role=of).select_related("proposed_by", "decided_by")
    decisions = decisions.order_by("effective_from", "pk")
    before: dict[str, set[str]] = {}
    found: list[Decided] = []
    for one in decisions:
        had, has = before.get(one.level, set[str]()), set(one.functions)
        form: ActionForm | None = None
        if isinstance(given, DecideForm) and given.decision.pk == one.pk:
            form = given
        elif may_decide and one.approved is None:
            form = DecideForm(request.user, one)
        added, removed = _named(has - had), _named(had - has)
        found.append(Decided(one, grouped(has), added, removed, words.get(one.pk, ""), form))
        if one.approved:
            before[one.level] = has
    return found[::-1]


def _named(codes: set[str]) -> list[Function]:
    return [function for code, function in FUNCTIONS.items() if code in codes]


def _page(request: SignedIn, found: Role, given: ActionForm | None = None, status: int = OK) -> HttpResponse:
    """The page of a role; `given` is the form that was sent and not accepted."""
    allowed = functions_in_force(timezone.localdate())
    asked = given["level"].value() if isinstance(given, ProposeDecisionForm) else request.GET.get("level")
    level = asked if asked in Level.values else Level.HEAD_OFFICE.value
    lines = history_of("role", found.pk)
    form = given if isinstance(given, ProposeDecisionForm) else None
    if form is None and may(request.user, PROPOSE_ROLES, found.owner_id or head_office()):
        may_now = allowed.get((found.pk, level), frozenset[str]())
        form = ProposeDecisionForm(request.user, found, level=level, may_now=may_now)
    context = {
        "role": found,
        "levels": Level.values,
        "level": level,
        "rows": _rows(found, allowed),
        "decisions": _decided(request, found, lines, given),
        "form": form,
        "groups": grouped(),
        "lines": told(reversed(lines)),
    }
    return render(request, "organisation/role.html", context, status=status)


def _rows(found: Role, allowed: dict[tuple[str, str], frozenset[str]]) -> list[tuple[Text, list[Any]]]:
    """Function × level: whether the role may, under the groups."""
    return [
        (
            name,
            [
                (f, [f.code in allowed.get((found.pk, level), ()) for level in Level.values])
                for f in functions
            ],
        )
        for name, functions in grouped()
    ]
