"""The operations on the history: its lines, whether its chain holds, and the auditors' file."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Schema

from riskloop.organisation import history
from riskloop.organisation.functions import READ_HISTORY
from riskloop.organisation.masking import masked_change
from riskloop.organisation.models import History, User
from riskloop.organisation.operations import (
    Limit,
    Number,
    Offset,
    Operations,
    Page,
    PersonRef,
    day_of,
    paged,
    person_ref,
    require_valid,
    signed_in,
)
from riskloop.web.history_file import CSV, handed_out
from riskloop.web.history_page import chosen, readable_by

router = Operations(tags=["history"])


class HistoryLine(Schema):
    """Who did what, as what and from where; the fields that changed, before and after, numbers masked."""

    id: int
    at: dt.datetime
    actor: PersonRef | None
    role: str
    channel: str
    address: str
    action: str
    object_type: str
    object_id: str
    unit_id: str | None
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str
    digest: str


class HistoryQuery(Schema):
    """What the lines are narrowed down to: days in the bank's time, both included; `actor` is an account."""

    actor: Number | None = None
    action: str = ""
    object_type: str = ""
    object_id: str = ""
    unit_id: str = ""
    first: str = ""
    last: str = ""
    day: dt.date | None = None


class BreakOut(Schema):
    """The first line at which the chain does not hold, and why not."""

    line_id: int
    why: str


class ChainOut(Schema):
    """What a walk along the whole chain found. `digest` is that of `last_id`, the last line that holds."""

    lines: int
    last_id: int
    digest: str
    broken: BreakOut | None


@router.reads("/history", READ_HISTORY, answers=Page[HistoryLine])
def list_history(
    request: HttpRequest, query: Query[HistoryQuery], limit: Limit = 100, offset: Offset = 0
) -> dict[str, Any]:
    """Lines of the history within reach, the newest first."""
    return paged(_chosen(signed_in(request), query).order_by("-id"), limit, offset, _line)


@router.reads("/history/chain", READ_HISTORY, answers=ChainOut)
def verify_history(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001 — ninja's form
    """Walks along the whole chain and says whether it holds. Reads every line, and takes its time."""
    return dataclasses.asdict(history.verify())


@router.hands_out("/history/file", READ_HISTORY, media_types=[CSV])
def get_history_file(request: HttpRequest, query: Query[HistoryQuery]) -> HttpResponseBase:
    """Lines of the history within reach as a file for auditors, the oldest first. Takes also the function
    data.export, and leaves a line among the looks at personal data.
    """
    user = signed_in(request)
    return handed_out(user, _chosen(user, query), query.dict())


@router.reads("/history/{line_id}", READ_HISTORY, answers=HistoryLine)
def get_history_line(request: HttpRequest, line_id: Number) -> HistoryLine:
    """One line of the history."""
    return _line(get_object_or_404(readable_by(signed_in(request)).select_related("actor"), pk=line_id))


def _chosen(user: User, query: HistoryQuery) -> QuerySet[History]:
    """As the page narrows them down, but for the person, who is named by his account's id."""
    own = {"actor", "day"}
    found = chosen(user, {name: value for name, value in query.dict(exclude=own).items() if value})
    require_valid(found.form)
    lines = found.qs
    if query.actor is not None:
        lines = lines.filter(actor=query.actor)
    if query.day is not None:
        begin = timezone.make_aware(dt.datetime.combine(day_of("day", query.day, query.day), dt.time()))
        lines = lines.filter(at__gte=begin, at__lt=begin + dt.timedelta(days=1))
    return lines


def _line(line: History) -> HistoryLine:
    return HistoryLine(
        id=line.pk,
        at=line.at,
        actor=person_ref(line.actor),
        role=line.role,
        channel=line.channel,
        address=line.address,
        action=line.action,
        object_type=line.object_type,
        object_id=line.object_id,
        unit_id=line.unit_id,
        before=masked_change(line.before),
        after=masked_change(line.after),
        reason=line.reason,
        digest=line.digest,
    )
