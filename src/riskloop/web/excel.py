"""Every page with a table as an Excel file, as it is seen: for a reason, and traced."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from riskloop.loop import queue
from riskloop.loop.export import AT_MOST, COLUMNS
from riskloop.loop.export_views import ExportForm
from riskloop.loop.models import QuasiEvent
from riskloop.organisation.functions import EXPORT
from riskloop.organisation.gate import functions_of, needs
from riskloop.organisation.models import LookKind
from riskloop.organisation.request import SignedIn
from riskloop.organisation.scope import authority_of, within
from riskloop.organisation.traces import trace, widest_unit
from riskloop.web.seen import SeenPage, SeenTable, read_page
from riskloop.web.workbook import Cell, Sheet, TooLong, workbook

QUEUE = "events"
PAGES = frozenset(
    {
        QUEUE,
        "queries",
        "statistics",
        "statistic",
        "exposure",
        "exposure_glance",
        "exposure_drivers",
        "exposure_events",
        "exposure_volumes",
        "exposure_map",
        "inspection_samples",
        "inspection_sample",
        "models",
        "model_changes",
        "model_change",
        "what_ifs",
        "what_if",
        "model_trials",
        "model_trial",
        "model_healths",
        "model_health",
        "runs",
        "gaps",
        "history",
        "traces",
        "people",
        "joiners",
        "roles",
        "role",
        "units",
        "unit",
        "staff_member",
        "person",
        "calendar",
        "exceptions",
        "assignment",
        "oversight",
        "sample",
    }
)
"""The names of the pages that have tables."""
OF_THE_WHOLE_BANK = frozenset(
    {"models", "model_changes", "model_change", "model_trials", "runs", "gaps", "roles", "role"}
)
"""What they show belongs to no unit."""
MOST_ROWS = 10_000
"""Rows of a file that is read from pages."""
OK, UNPROCESSABLE = 200, 422
CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Unfit(Exception):
    """Why there is no file, for the person who asked."""


@needs(EXPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def excel(request: SignedIn) -> HttpResponseBase:
    """Asks why the file of a page (`page`: its address) is needed; then gives it."""
    address = request.GET.get("page", "")
    match, given = _asked(address)
    form = ExportForm(request.POST or None)
    problem = "" if _may_export_all(request, match) else _beyond()
    if request.method == "POST" and form.is_valid() and not problem:
        try:
            return _file(request, match, given, form.cleaned_data["why"])
        except Unfit as unfit:
            problem = str(unfit)
    context = {"title": _("To Excel"), "form": form, "address": address, "problem": problem}
    refused = bool(problem) or (form.is_bound and not form.is_valid())
    return render(request, "web/excel.html", context, status=UNPROCESSABLE if refused else OK)


def _beyond() -> str:
    return _("The page shows units where none of your roles allows an export.")


def _asked(address: str) -> tuple[ResolverMatch, QueryDict]:
    parts = urlsplit(address)
    try:
        match = resolve(parts.path)
    except Resolver404:
        raise Http404 from None
    if parts.netloc or match.url_name not in PAGES:
        raise Http404
    given = QueryDict(parts.query, mutable=True)
    for name in ("page", "per_page"):
        given.pop(name, None)
    return match, given


def _may_export_all(request: SignedIn, match: ResolverMatch) -> bool:
    """Whether he may export wherever the page reads. The queue is cut down to where he may."""
    if match.url_name == QUEUE or match.url_name in OF_THE_WHOLE_BANK:
        return True
    authority = authority_of(request.user)
    allowed = authority.having((EXPORT,))
    reads = authority.having(functions_of(match.func) or ())
    return all(any(one.reaches(read.path) for one in allowed) for read in reads)


def _file(request: SignedIn, match: ResolverMatch, given: QueryDict, why: str) -> HttpResponse:
    if match.url_name == QUEUE:
        title, filters, sheets, rows = _queue(request, given)
    else:
        title, filters, sheets, rows = _page(request, match, given)
    now = timezone.localtime()
    trace(
        request.user,
        LookKind.EXPORT,
        EXPORT,
        match.url_name or "",
        "/".join(str(value) for value in match.kwargs.values()),
        widest_unit(request.user, EXPORT),
        reason=why,
        rows=rows,
        query=given.urlencode(),
    )
    head: list[tuple[str, Cell]] = [
        (_("What it is"), title),
        (_("Exported at"), now),
        (_("Exported by"), f"{request.user} ({request.user.username})"),
        (_("Reason"), why),
        (_("Number of rows"), rows),
        *(filters or [(_("Filters"), _("none"))]),
    ]
    name = f"{match.url_name}-{now:%Y%m%d-%H%M%S}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    try:
        with workbook(head, sheets) as file:
            return HttpResponse(file.read(), content_type=CONTENT, headers=headers)
    except TooLong:
        raise Unfit(_("A text of this page is too long for a cell of Excel.")) from None


Found = tuple[str, list[tuple[str, str]], list[Sheet], int]


def _too_many(most: int) -> Unfit:
    return Unfit(_("These are more than %(number)d rows: narrow the list down first.") % {"number": most})


def _queue(request: SignedIn, given: QueryDict) -> Found:
    """The queue's rows of the units where the reader may export, in its order."""
    found = queue.event_filter(request, given)
    events = queue.event_table(found, given).data.data.filter(within(request.user, EXPORT))
    total = events.count()
    if total > AT_MOST:
        raise _too_many(AT_MOST)
    fields = found.form.fields
    chosen = [
        (str(field.label), _chosen(field, str(given[name])))
        for name, field in fields.items()
        if given.get(name)
    ]
    title = _("Quasi-risk events")
    headings = [str(heading) for heading, _of in COLUMNS]
    rows = (_row(event) for event in events[:AT_MOST].iterator(chunk_size=1000))
    return title, chosen, [Sheet(title, [headings], rows)], total


def _row(event: QuasiEvent) -> list[Cell]:
    values: list[Any] = [of(event) for _heading, of in COLUMNS]
    return [value if _is_plain(value) else str(value) for value in values]


def _is_plain(value: Any) -> bool:
    return value is None or not hasattr(value, "pk")


def _chosen(field: Any, value: str) -> str:
    choices = {str(key): str(name) for key, name in getattr(field, "choices", ())}
    return choices.get(value, value).strip()


def _page(request: SignedIn, match: ResolverMatch, given: QueryDict) -> Found:
    """The tables of a page, read from all its parts."""
    first: SeenPage | None = None
    for part in _parts(request, match, given):
        if first is None:
            first = part
        else:
            _append(first.tables, part.tables)
        if sum(len(table.rows) for table in first.tables) > MOST_ROWS:
            raise _too_many(MOST_ROWS)
    if first is None or not first.tables:
        raise Unfit(_("This page shows no rows now."))
    sheets = [Sheet(table.name, table.headings, table.rows) for table in first.tables]
    return first.title, first.filters, sheets, sum(len(table.rows) for table in first.tables)


def _append(whole: list[SeenTable], more: list[SeenTable]) -> None:
    """Adds the rows of a page's next part; tables that are the same on every part stay as they are."""
    for table, part in zip(whole, more, strict=False):
        if table.headings == part.headings and table.rows[: len(part.rows)] != part.rows:
            table.rows += part.rows


def _parts(request: SignedIn, match: ResolverMatch, given: QueryDict) -> Iterator[SeenPage]:
    query: str | None = given.urlencode()
    while query is not None:
        answer = match.func(_as_read(request, match, query), *match.args, **match.kwargs)
        if answer.status_code != OK or not isinstance(answer, HttpResponse):
            raise Unfit(_("The page cannot be read with these filters."))
        part = read_page(answer.content.decode())
        yield part
        query = part.next_query


def _as_read(request: SignedIn, match: ResolverMatch, query: str) -> SignedIn:
    """The request by which the same reader would read the page itself: its own gate stands before it."""
    asked = copy.copy(request)
    asked.method = "GET"
    asked.GET, asked.POST = QueryDict(query), QueryDict()  # pyright: ignore[reportAttributeAccessIssue]
    asked.META = {**request.META, "REQUEST_METHOD": "GET", "QUERY_STRING": query}
    asked.path = asked.path_info = urlsplit(request.GET["page"]).path
    asked.resolver_match = match
    return asked
