"""The history for auditors: every write within reach, narrowed down, exported, and its chain walked along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters as filters
import django_tables2 as tables
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from riskloop.organisation import history, naming, telling
from riskloop.organisation.functions import EXPORT, READ_HISTORY
from riskloop.organisation.gate import needs
from riskloop.organisation.models import History
from riskloop.organisation.request import SignedIn
from riskloop.organisation.scope import Person, holds, within
from riskloop.web.history_file import handed_out

ROWS = 50
UNPROCESSABLE = 422
CHANNELS: Mapping[str, Any] = {
    "page": gettext_lazy("Page"),
    "api": gettext_lazy("API"),
    "command": gettext_lazy("Command line"),
    "job": gettext_lazy("Job"),
}


def readable_by(user: Person) -> QuerySet[History]:
    """The gate of the history: lines about the units where the reader's roles let him read it."""
    return History.objects.filter(within(user, READ_HISTORY))


def _actions() -> list[tuple[str, Any]]:
    return [(name, deed.name) for name, deed in telling.actions().items()]


def _objects() -> list[tuple[str, Any]]:
    return list(telling.objects().items())


class HistoryForm(forms.Form):
    """What of the choice can be read."""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first and last and first > last:
            self.add_error("last", _("The last day lies before the first."))
        return given


class HistoryFilter(filters.FilterSet):
    """What an auditor narrows the history down to."""

    actor = filters.CharFilter(field_name="actor__username", label=gettext_lazy("User name"))
    action = filters.ChoiceFilter(
        choices=_actions, label=gettext_lazy("What"), empty_label=gettext_lazy("All")
    )
    object_type = filters.ChoiceFilter(
        choices=_objects, label=gettext_lazy("Object"), empty_label=gettext_lazy("All")
    )
    object_id = filters.CharFilter(label=gettext_lazy("Number of the object"))
    unit_id = filters.CharFilter(label=gettext_lazy("Unit"))
    first = filters.DateFilter(field_name="at", lookup_expr="date__gte", label=gettext_lazy("From day"))
    last = filters.DateFilter(field_name="at", lookup_expr="date__lte", label=gettext_lazy("To day"))

    class Meta:
        model = History
        form = HistoryForm
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, found in self.form.fields.items():
            kind = "form-select" if name in {"action", "object_type"} else "form-control"
            found.widget.attrs["class"] = f"{kind} {kind}-sm"
            if name in {"first", "last"}:
                found.widget.input_type = "date"


def chosen(user: Person, given: Mapping[str, Any]) -> HistoryFilter:
    """The lines within reach, narrowed by `given`; where its form is not valid, nobody is shown them."""
    return HistoryFilter(given, readable_by(user).select_related("actor"))


class HistoryTable(tables.Table):
    """One row a line, the newest first; the lines of the page are told together."""

    at = tables.Column(gettext_lazy("When"), attrs={"td": {"class": "tight"}})
    actor = tables.Column(gettext_lazy("Who"), empty_values=())
    origin = tables.Column(gettext_lazy("From where"), accessor="channel", empty_values=())
    action = tables.Column(gettext_lazy("What"))
    subject = tables.Column(gettext_lazy("Object"), accessor="object_type", orderable=False)
    unit_id = tables.Column(gettext_lazy("Unit"))
    changes = tables.Column(
        gettext_lazy("Before and after"), accessor="after", orderable=False, empty_values=()
    )
    reason = tables.Column(gettext_lazy("In his words"), orderable=False)

    class Meta:
        order_by = ("-at",)
        attrs: ClassVar = {"class": "table table-hover card-table"}
        empty_text = gettext_lazy("Nothing was written within your reach that fits this choice.")

    @cached_property
    def told(self) -> Mapping[int, telling.Line]:
        """The lines of the page as people read them, by number."""
        lines: list[History] = [row.record for row in self.paginated_rows]
        return {line.pk: told for line, told in zip(lines, telling.told(lines, whole=True), strict=True)}

    def order_at(self, lines: QuerySet[History], descending: bool) -> tuple[QuerySet[History], bool]:
        """By number: the order in which the lines were written."""
        return lines.order_by("-id" if descending else "id"), True

    def render_at(self, record: History) -> str:
        return f"{localtime(record.at):%Y-%m-%d %H:%M:%S}"

    def render_actor(self, record: History) -> SafeString:
        told = self.told[record.pk]
        return format_html('{} <small class="muted">{}</small>', told.who, told.role)

    def render_origin(self, record: History) -> str:
        return f"{CHANNELS.get(record.channel, record.channel)} {record.address}".strip()

    def render_action(self, record: History) -> str:
        return self.told[record.pk].what

    @cached_property
    def accounts(self) -> Mapping[int, str]:
        """Whose accounts the lines of the page are about, by number."""
        lines: list[History] = [row.record for row in self.paginated_rows]
        numbers = {line.object_id for line in lines if line.object_type == "user"}
        return naming.people({int(number) for number in numbers if number.isdecimal()})

    @cached_property
    def units(self) -> Mapping[str, str]:
        """The units of the page's lines, by number."""
        lines: list[History] = [row.record for row in self.paginated_rows]
        return naming.units({line.unit_id for line in lines if line.unit_id})

    def render_subject(self, record: History) -> SafeString:
        name = telling.objects().get(record.object_type, record.object_type)
        number = record.object_id
        account = record.object_type == "user" and number.isdecimal()
        shown = self.accounts.get(int(number), number) if account else number[:8]
        return format_html('{} <span class="{}muted">{}</span>', name, "" if account else "code ", shown)

    def render_unit_id(self, record: History) -> str:
        return self.units.get(record.unit_id or "", record.unit_id or "—")

    def render_changes(self, record: History) -> SafeString:
        rows = ((c.field, c.before or "—", c.after or "—") for c in self.told[record.pk].changes)
        return format_html_join("", "<div>{}: <del>{}</del> <ins>{}</ins></div>", rows)


@needs(READ_HISTORY)
@require_safe
def lines(request: SignedIn) -> HttpResponse:
    """The lines within reach."""
    return _page(request, chosen(request.user, request.GET))


def _page(request: SignedIn, found: HistoryFilter) -> HttpResponse:
    """The page of what was chosen; of what cannot be chosen it says why, and shows no line."""
    context: dict[str, Any] = {
        "title": _("History"),
        "filter": found,
        "may_export": holds(request.user, EXPORT),
    }
    if not found.form.is_valid():
        return render(request, "web/history.html", context, status=UNPROCESSABLE)
    table = HistoryTable(found.qs, order_by=request.GET.getlist("sort") or None)
    table.paginate(page=1, per_page=ROWS)
    table.page = table.paginator.get_page(request.GET.get("page"))
    return render(request, "web/history.html", context | {"table": table})


@needs(READ_HISTORY)
@require_safe
def chain(request: SignedIn) -> HttpResponse:
    """Walks along the whole chain, and says whether it holds."""
    return render(request, "web/chain.html", {"chain": history.verify()})


@needs(READ_HISTORY)
@require_POST
def export(request: SignedIn) -> HttpResponseBase:
    """The lines as chosen, as a file."""
    if not holds(request.user, EXPORT):
        raise PermissionDenied
    found = chosen(request.user, request.POST)
    if not found.form.is_valid():
        return _page(request, found)
    return handed_out(request.user, found.qs, {name: request.POST.get(name) for name in found.form.fields})
