"""The pages of the organisation: the tree, a unit, a member of staff, as of any day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from riskloop.organisation import timeline
from riskloop.organisation.forms import MANY_UNITS, OK, ActionForm, answer, read_word
from riskloop.organisation.functions import CHANGE_ORGANISATION, MANAGE_PEOPLE, READ_ORGANISATION
from riskloop.organisation.gate import needs
from riskloop.organisation.models import (
    RoleAssignment,
    Staff,
    StaffCustomer,
    StaffVersion,
    TellerVersion,
    Unit,
    UnitVersion,
    User,
)
from riskloop.organisation.models.dated import on
from riskloop.organisation.people_tables import joiners_of
from riskloop.organisation.request import SignedIn
from riskloop.organisation.role_views import day_asked
from riskloop.organisation.scope import may, units_of, within
from riskloop.organisation.telling import history_of, told
from riskloop.organisation.unit_forms import ON_UNIT, UnitForm
from riskloop.organisation.unit_scope import place_of, versions_within

FOUND = 100
"""So many units a search shows; whoever looks for more narrows it."""
PEOPLE = 500
"""So many members of staff, and tellers' numbers, the page of a unit shows."""


@needs(READ_ORGANISATION)
@require_safe
def units(request: SignedIn) -> HttpResponse:
    """The tree as of a day, within reach; or the units that a search finds."""
    day, text = day_asked(request), read_word(request.GET.get("q", ""))
    seen = _seen(request, day)
    context: dict[str, Any] = {"title": _("Organisation"), "on": day, "q": text}
    if text:
        found = UnitVersion.objects.filter(on(day), versions_within(request.user, READ_ORGANISATION))
        found = found.filter(Q(unit_id__icontains=text) | Q(name__icontains=text)).order_by("unit_id")
        context["found"] = [(v, timeline.is_open(v, day)) for v in found[:FOUND]]
    else:
        reach = units_of(request.user, READ_ORGANISATION).values("unit_id")
        tops = seen.filter(Q(parent_id=None) | ~Q(parent_id__in=reach)).order_by("unit_id")
        context["nodes"] = [(top, _below(request, top.unit_id, day)) for top in tops[:FOUND]]
    return render(request, "organisation/units.html", context)


@needs(READ_ORGANISATION)
@require_safe
def units_below(request: SignedIn, unit_id: str) -> HttpResponse:
    """The part of the tree directly below a unit: loaded when it is opened."""
    day = day_asked(request)
    _known(request, unit_id)
    return render(request, "organisation/branch.html", {"nodes": _below(request, unit_id, day), "on": day})


def _seen(request: SignedIn, day: dt.date) -> QuerySet[UnitVersion]:
    """The units that stood open on a day, with whether any stood below them."""
    below = timeline.open_on(day).filter(parent_id=OuterRef("unit_id"))
    reach = versions_within(request.user, READ_ORGANISATION)
    return timeline.open_on(day).filter(reach).annotate(has_below=Exists(below))


def _below(request: SignedIn, unit_id: str, day: dt.date) -> QuerySet[UnitVersion]:
    return _seen(request, day).filter(parent_id=unit_id).order_by("unit_id")


def _known(request: SignedIn, unit_id: str) -> list[UnitVersion]:
    """The unit's states over time, for whom it exists."""
    reach = versions_within(request.user, READ_ORGANISATION)
    versions = list(UnitVersion.objects.filter(reach, unit_id=unit_id).order_by("valid_from"))
    if not versions:
        raise Http404
    return versions


@needs(READ_ORGANISATION)
@require_safe
def unit(request: SignedIn, unit_id: str) -> HttpResponse:
    """One unit as of a day: what it belonged to, what and who belonged to it, and its states over time."""
    return _page(request, unit_id)


@needs(CHANGE_ORGANISATION)
@require_http_methods(["GET", "POST"])
def change_unit(request: SignedIn, unit_id: str, action: str) -> HttpResponse:
    """Does one of the five changes from a day on."""
    _known(request, unit_id)
    if action not in ON_UNIT:
        raise Http404
    if request.method != "POST":
        return redirect("unit", unit_id)
    form = ON_UNIT[action](request.user, unit_id, request.POST)

    def onward() -> str:
        shown = form.cleaned_data.get("number", unit_id)
        return f"{reverse('unit', args=[shown])}?on={form.cleaned_data['day']}"

    return answer(request, form, lambda form, status: _page(request, unit_id, form, status), onward)


def _page(request: SignedIn, unit_id: str, given: ActionForm | None = None, status: int = OK) -> HttpResponse:
    """The page of a unit; `given` is the form that was sent and not accepted."""
    versions, day = _known(request, unit_id), day_asked(request)
    here = timeline.unit_as_of(unit_id, day)
    path = timeline.path_as_of(unit_id, day)
    may_change = may(request.user, CHANGE_ORGANISATION, place_of(unit_id))
    context = {
        "title": (here or versions[-1]).name,
        "unit_id": unit_id,
        "on": day,
        "here": here,
        "is_open": here is not None and timeline.is_open(here, day),
        "path": _named_on(request, path[:-1], day),
        "into": _named_on(request, [here.merged_into_id], day) if here and here.merged_into_id else [],
        "merged": timeline.merged_from(unit_id, day),
        "below": _below(request, unit_id, day),
        "staff": timeline.staff_as_of(day, [unit_id])[:PEOPLE],
        "tellers": timeline.tellers_as_of(day, unit_id)[:PEOPLE],
        "versions": _with_names(versions[::-1]),
        "lines": told(reversed(history_of("unit", unit_id))),
        "forms": _forms(request, unit_id, given) if may_change else {},
        "units": _offered(request) if may_change else [],
    }
    return render(request, "organisation/unit.html", context, status=status)


def _forms(request: SignedIn, unit_id: str, given: ActionForm | None) -> dict[str, ActionForm]:
    def form(kind: type[UnitForm]) -> ActionForm:
        return given if isinstance(given, kind) else kind(request.user, unit_id)

    return {name: form(kind) for name, kind in ON_UNIT.items()}


def _offered(request: SignedIn) -> list[tuple[str, str]]:
    """The units that may be named in the forms; of a large bank none, their numbers are written."""
    units = units_of(request.user, CHANGE_ORGANISATION).filter(closed_on=None)
    return [] if units.count() > MANY_UNITS else list(units.order_by("path").values_list("unit_id", "name"))


def _named_on(request: SignedIn, unit_ids: list[str], day: dt.date) -> list[tuple[str, str, bool]]:
    """The numbers with the names of that day, and whether the reader reaches the unit."""
    names = dict(UnitVersion.objects.filter(on(day), unit_id__in=unit_ids).values_list("unit_id", "name"))
    reached = set(
        units_of(request.user, READ_ORGANISATION).filter(pk__in=unit_ids).values_list("pk", flat=True)
    )
    return [(unit_id, names.get(unit_id, ""), unit_id in reached) for unit_id in unit_ids]


def _with_names(versions: list[UnitVersion]) -> list[tuple[UnitVersion, str]]:
    """Each state with the name that the unit above bears today."""
    above = {v.parent_id for v in versions if v.parent_id}
    names = dict(Unit.objects.filter(pk__in=above).values_list("unit_id", "name"))
    return [(v, names.get(v.parent_id or "", "")) for v in versions]


@needs(READ_ORGANISATION)
@require_safe
def staff_member(request: SignedIn, staff_id: str) -> HttpResponse:
    """One member of staff: where he belonged over time, his tellers' numbers, his account and roles.

    Of the numbers that he or his relatives have as customers only how many are known is shown.
    """
    day = day_asked(request)
    found = get_object_or_404(Staff.objects.filter(within(request.user, READ_ORGANISATION)), pk=staff_id)
    posts = list(StaffVersion.objects.filter(staff_id=staff_id).order_by("-valid_from"))
    tellers = list(TellerVersion.objects.filter(staff_id=staff_id).order_by("-valid_from", "teller_id"))
    names = dict(
        Unit.objects.filter(pk__in={v.unit_id for v in (*posts, *tellers)}).values_list("unit_id", "name")
    )
    accounts = User.objects.filter(staff_id=staff_id).order_by("-is_active", "username")
    held = RoleAssignment.objects.filter(user__in=accounts).select_related("role", "unit", "user")
    context = {
        "title": found.name,
        "member": found,
        "on": day,
        "then": timeline.staff_member_as_of(staff_id, day),
        "posts": [(v, names.get(v.unit_id or "", "")) for v in posts],
        "tellers": [(v, names.get(v.unit_id or "", "")) for v in tellers],
        "accounts": [(a, may(request.user, MANAGE_PEOPLE, a.unit_id)) for a in accounts],
        "may_join": joiners_of(request.user).filter(pk=staff_id).exists(),
        "held": held.order_by("-from_on", "role_id"),
        "customers": StaffCustomer.objects.filter(staff_id=staff_id).count(),
    }
    return render(request, "organisation/staff_member.html", context)
