"""The history as a file for auditors: the lines as chosen, written while they are read."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Max, QuerySet
from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from riskloop.loop.export import BOM, safe
from riskloop.organisation.action import require
from riskloop.organisation.functions import EXPORT, READ_HISTORY
from riskloop.organisation.masking import masked_change
from riskloop.organisation.models import History, LookKind, User
from riskloop.organisation.scope import holds
from riskloop.organisation.traces import trace, widest_unit

HISTORY = "history"
CSV = "text/csv"
_CHUNK = 2000
COLUMNS = (
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


def handed_out(user: User, lines: QuerySet[History], asked: Mapping[str, Any]) -> StreamingHttpResponse:
    """The lines for a spreadsheet, oldest first, with the digests that hold them together.

    Numbers are masked, so that a digest is not to be had from a line of this file: the operator's
    `riskloop admin history` writes the lines whole. That the file was handed out is traced before.

    Args:
        asked: what the lines were narrowed down by.

    Raises:
        Refused: `function`: he may not export.
    """
    require(holds(user, EXPORT), "function", _("None of your roles allows this."), who=True)
    # What is written meanwhile is not in the file: the trace says how many lines it has.
    there = lines.aggregate(number=Count("pk"), last=Max("pk"))
    query = urlencode({name: value for name, value in asked.items() if value})
    unit_id = widest_unit(user, READ_HISTORY)
    trace(user, LookKind.EXPORT, READ_HISTORY, HISTORY, "", unit_id, rows=there["number"], query=query)
    headers = {"Content-Disposition": 'attachment; filename="history.csv"'}
    return StreamingHttpResponse(
        _written(lines.filter(pk__lte=there["last"] or 0)),
        content_type=f"{CSV}; charset=utf-8",
        headers=headers,
    )


class _Pass:
    """A file that hands on what is written to it."""

    def write(self, text: str) -> str:
        return text


def _written(lines: QuerySet[History]) -> Iterator[str]:
    writer = csv.writer(_Pass())
    yield BOM + writer.writerow(COLUMNS)
    for line in lines.select_related("actor").order_by("id").iterator(chunk_size=_CHUNK):
        yield writer.writerow(_row(line))


def _row(line: History) -> list[str]:
    """A line as plain values, in the order of `COLUMNS`, masked, and none of them a formula."""
    values = {name: getattr(line, name) for name in COLUMNS}
    values |= {"before": masked_change(line.before), "after": masked_change(line.after)}
    values |= {"at": line.at.isoformat(), "actor": line.actor.username if line.actor else ""}
    return [safe(_flat(value)) for value in values.values()]


def _flat(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, Mapping) else value
