"""The history for auditors: every write within reach, narrowed down, exported, and its chain walked along."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters as filters
import django_tables2 as tables
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from riskloop.loop.export import safe
from riskloop.organisation import history, telling
from riskloop.organisation.functions import EXPORT, READ_HISTORY
from riskloop.organisation.gate import needs
from riskloop.organisation.masking import masked_change
from riskloop.organisation.models import History, LookKind
from riskloop.organisation.request import SignedIn
from riskloop.organisation.scope import Person, holds, within
from riskloop.organisation.traces import trace, widest_unit

HISTORY = "history"
ROWS = 50
EXPORTED = 50_000
"""So many lines at most leave by the page; all of them the operator exports at the command line."""
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
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, found in self.form.fields.items():
            kind = "form-select" if name in {"action", "object_type"} else "form-control"
            found.widget.attrs["class"] = f"{kind} {kind}-sm"
            if name in {"first", "last"}:
                found.widget.input_type = "date"


class HistoryTable(tables.Table):
    """One row a line, the newest first; the lines of the page are told together."""

    at = tables.Column(gettext_lazy("When"), attrs={"td": {"class": "tight"}})
    actor = tables.Column(gettext_lazy("Who"), empty_values=())
    origin = tables.Column(gettext_lazy("From where"), accessor="channel", empty_values=())
    action = tables.Column(gettext_lazy("What"))
    subject = tables.Column(gettext_lazy("Object"), accessor="object_type", orderable=False)
    unit_id = tables.Column(gettext_lazy("Unit"), attrs={"td": {"class": "code tight"}})
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

    def render_subject(self, record: History) -> SafeString:
        name = telling.objects().get(record.object_type, record.object_type)
        return format_html('{} <span class="code muted">{}</span>', name, record.object_id[:8])

    def render_changes(self, record: History) -> SafeString:
        rows = ((c.field, c.before or "—", c.after or "—") for c in self.told[record.pk].changes)
        return format_html_join("", "<div>{}: <del>{}</del> <ins>{}</ins></div>", rows)


@needs(READ_HISTORY)
@require_safe
def lines(request: SignedIn) -> HttpResponse:
    """The lines within reach."""
    found = HistoryFilter(request.GET, readable_by(request.user).select_related("actor"))
    table = HistoryTable(found.qs, order_by=request.GET.getlist("sort") or None)
    table.paginate(page=1, per_page=ROWS)
    table.page = table.paginator.get_page(request.GET.get("page"))
    context = {
        "title": _("History"),
        "filter": found,
        "table": table,
        "may_export": holds(request.user, EXPORT),
    }
    return render(request, "web/history.html", context)


@needs(READ_HISTORY)
@require_safe
def chain(request: SignedIn) -> HttpResponse:
    """Walks along the whole chain, and says whether it holds."""
    return render(request, "web/chain.html", {"chain": history.verify()})


@needs(READ_HISTORY)
@require_POST
def export(request: SignedIn) -> HttpResponse:
    """The lines as chosen, for a spreadsheet, with the digests that hold them together.

    Numbers are masked, so that a digest is not to be had from a line of this file: the operator's
    `riskloop admin history` writes the lines whole.
    """
    if not holds(request.user, EXPORT):
        raise PermissionDenied
    found = HistoryFilter(request.POST, readable_by(request.user).select_related("actor"))
    lines = list(found.qs.order_by("id")[:EXPORTED])
    about = request.POST.urlencode()
    unit_id = widest_unit(request.user, READ_HISTORY)
    trace(request.user, LookKind.EXPORT, READ_HISTORY, HISTORY, "", unit_id, rows=len(lines), query=about)
    response = HttpResponse(content_type="text/csv; charset=utf-8-sig")
    response.headers["Content-Disposition"] = 'attachment; filename="history.csv"'
    writer = csv.writer(response)
    writer.writerow(EXPORT_COLUMNS)
    writer.writerows(as_row(line) for line in lines)
    return response


EXPORT_COLUMNS = (
    "id",
    "at",
    "actor",
    "role",
    "channel",
    "address",
    "action",
    "object_type",
    "object_id",
    "unit_id",
    "before",
    "after",
    "reason",
    "previous",
    "digest",
)


def as_row(line: History) -> list[str]:
    """A line as plain values, in the order of `EXPORT_COLUMNS`, masked, and none of them a formula."""
    values = {name: getattr(line, name) for name in EXPORT_COLUMNS}
    values |= {"before": masked_change(line.before), "after": masked_change(line.after)}
    values |= {"at": line.at.isoformat(), "actor": line.actor.username if line.actor else ""}
    return [safe(_flat(value)) for value in values.values()]


def _flat(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, Mapping) else value
