"""The reviewer's page: who looked at what, why, and what is odd about it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django import forms
from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from riskloop.bank.home import Home
from riskloop.organisation import odd_looks
from riskloop.organisation.functions import REVIEW_TRACES
from riskloop.organisation.gate import needs
from riskloop.organisation.masking import masked_text
from riskloop.organisation.models import Look, LookKind, Unit
from riskloop.organisation.request import SignedIn
from riskloop.organisation.roles import names_of_roles
from riskloop.organisation.scope import Person

DAYS = 30
LONGEST = 366
"""Days of one page: the marks are computed over all of them."""
A_PAGE = 50
RANKED = 10
UNPROCESSABLE = 422
EVENT = "quasi_event"


class TraceFilter(forms.Form):
    """Which looks are listed."""

    first = forms.DateField(label=gettext_lazy("From day"))
    last = forms.DateField(label=gettext_lazy("To day"))
    person = forms.CharField(label=gettext_lazy("Person"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[("", gettext_lazy("All")), *LookKind.choices],
        required=False,
    )
    object = forms.CharField(label=gettext_lazy("Object"), required=False)
    mark = forms.ChoiceField(label=gettext_lazy("Odd patterns"), required=False)

    def __init__(self, given: Any) -> None:
        super().__init__(given)
        marks = [(mark.code, mark.name) for mark in odd_looks.marks()]
        choices = [("", _("All")), ("any", _("Only odd")), *marks]
        self.fields["mark"] = forms.ChoiceField(
            label=gettext_lazy("Odd patterns"), choices=choices, required=False
        )
        for name, field in self.fields.items():
            chosen = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = (
                "form-select form-select-sm" if chosen else "form-control form-control-sm"
            )
            if name in {"first", "last"}:
                field.widget.input_type = "date"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first and last and first > last:
            self.add_error("last", _("The last day lies before the first."))
        elif first and last and (last - first).days >= LONGEST:
            self.add_error("last", _("At most %(number)d days at once.") % {"number": LONGEST})
        return given

    @classmethod
    def of_late(cls, given: Mapping[str, str]) -> TraceFilter:
        """What is asked for, of the last days unless others are given."""
        today = timezone.localdate()
        return cls({"first": str(today - dt.timedelta(days=DAYS - 1)), "last": str(today)} | dict(given))

    def looks(self, reviewer: Person, home: Home) -> odd_looks.Looks:
        """The looks that are asked for, within the reviewer's units, with their marks."""
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        return self._narrow(odd_looks.looks_for(reviewer, first, last, home))

    def _narrow(self, looks: odd_looks.Looks) -> odd_looks.Looks:
        given = self.cleaned_data
        if given["person"]:
            name = given["person"].strip()
            looks = looks.filter(Q(user__username=name) | Q(user__display_name__icontains=name))
        if given["kind"]:
            looks = looks.filter(kind=given["kind"])
        if given["object"]:
            looks = _about(looks, given["object"].strip())
        if given["mark"]:
            only = odd_looks.odd() if given["mark"] == "any" else Q(**{f"odd_{given['mark']}": True})
            looks = looks.filter(only)
        return looks


def _about(looks: odd_looks.Looks, text: str) -> odd_looks.Looks:
    return looks.filter(Q(object_id=text) | Q(about__icontains=text))


@dataclass(frozen=True)
class Listing:
    """One page of looks, with what the pager asks for."""

    page: Page[Look]
    paginator: Paginator[Look]
    prefixed_page_field: str = "page"


@dataclass(frozen=True)
class Line:
    """A look as the page lists it."""

    look: Look
    role: str
    unit: str
    event: uuid.UUID | None
    query: str
    marks: list[odd_looks.Mark]


@needs(REVIEW_TRACES)
@require_safe
def traces(request: SignedIn) -> HttpResponse:
    """The looks within the reviewer's units, with their marks, and who has most of them."""
    form = TraceFilter.of_late(request.GET.dict())
    context: dict[str, Any] = {"title": _("Looks at personal data"), "form": form, "marks": odd_looks.marks()}
    if form.is_valid():
        context |= _found(request, form)
    return render(
        request, "organisation/traces.html", context, status=200 if form.is_valid() else UNPROCESSABLE
    )


def _found(request: SignedIn, form: TraceFilter) -> dict[str, Any]:
    looks = form.looks(request.user, settings.HOME)
    paginator = Paginator(looks.select_related("user").order_by("-at", "-pk"), A_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    return {
        "table": Listing(page, paginator),
        "lines": _lines(list(page.object_list)),
        "ranked": odd_looks.ranked(looks, RANKED),
    }


def _lines(looks: list[Look]) -> list[Line]:
    """What the page says of each look."""
    language = get_language()
    roles = names_of_roles()
    units = Unit.objects.in_bulk({look.unit_id for look in looks if look.unit_id})
    marks = odd_looks.marks()
    return [
        Line(
            look,
            roles[look.role].name.in_language(language) if look.role in roles else "",
            units[look.unit_id].name if look.unit_id in units else look.unit_id or "",
            uuid.UUID(look.object_id) if look.object_type == EVENT else None,
            query_shown(look.query),
            [mark for mark in marks if mark.code in odd_looks.marks_of(look)],
        )
        for look in looks
    ]


def query_shown(query: str) -> str:
    """What a list was narrowed down by, numbers that somebody searched for masked."""
    return " ".join(f"{name}={masked_text(value)}" for name, value in parse_qsl(query))
