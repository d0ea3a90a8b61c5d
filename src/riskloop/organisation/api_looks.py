"""The operations on looks at personal data: the looks with their marks, and who has most odd ones."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import override
from ninja import Query, Schema

from riskloop.organisation import odd_looks
from riskloop.organisation.functions import REVIEW_TRACES
from riskloop.organisation.models import Look, User
from riskloop.organisation.operations import (
    Label,
    Limit,
    Offset,
    Operations,
    Page,
    PersonRef,
    paged,
    person_ref,
    require_valid,
    signed_in,
)
from riskloop.organisation.trace_views import RANKED, TraceFilter, query_shown

router = Operations(tags=["looks"])


class LookQuery(Schema):
    """What the looks are narrowed down to.

    From `first` to `last` (both included; the last 30 days unless others are given) at most 366 days.
    `person` is a user name or part of a name, `object` an id or part of what the object is called, `mark` a
    code of `/looks/marks` or `any`.
    """

    first: str = ""
    last: str = ""
    person: str = ""
    kind: str = ""
    object: str = ""
    mark: str = ""


class LookOut(Schema):
    """Who looked, as what, at what, why and from where. `about` and `query` are masked; `marks` are codes."""

    id: int
    at: dt.datetime
    person: PersonRef | None
    role: str
    kind: str
    object_type: str
    object_id: str
    about: str
    unit_id: str | None
    reason: str
    channel: str
    address: str
    rows: int | None
    query: str
    marks: list[str]


class MarkOut(Schema):
    """An odd pattern: a question to the person, no verdict."""

    code: str
    name: Label
    why: Label


class RankedLooks(Schema):
    """A person with how many of his looks bear a mark, and how many bear each."""

    username: str
    name: str
    looks: int
    odd: int
    marks: dict[str, int]


@router.reads("/looks", REVIEW_TRACES, answers=Page[LookOut])
def list_looks(
    request: HttpRequest, query: Query[LookQuery], limit: Limit = 100, offset: Offset = 0
) -> dict[str, Any]:
    """Looks at personal data within reach, the newest first. With their marks."""
    looks = _looks(signed_in(request), query).select_related("user")
    return paged(looks.order_by("-at", "-pk"), limit, offset, _look)


@router.reads("/looks/marks", REVIEW_TRACES, answers=list[MarkOut])
def list_marks(request: HttpRequest) -> list[MarkOut]:  # noqa: ARG001 — ninja's form
    """The odd patterns that there are."""
    with override("zh-hans"):
        chinese = odd_looks.marks()
    with override("en"):
        english = odd_looks.marks()
    return [
        MarkOut(code=zh.code, name=Label(zh=zh.name, en=en.name), why=Label(zh=zh.why, en=en.why))
        for zh, en in zip(chinese, english, strict=True)
    ]


@router.reads("/looks/persons", REVIEW_TRACES, answers=list[RankedLooks])
def rank_persons(request: HttpRequest, query: Query[LookQuery], limit: Limit = RANKED) -> list[RankedLooks]:
    """Who has most odd looks among those that are asked for."""
    return [
        RankedLooks(
            username=one.username,
            name=one.name,
            looks=one.looks,
            odd=one.odd,
            marks=dict(zip(odd_looks.CODES, one.by_mark, strict=True)),
        )
        for one in odd_looks.ranked(_looks(signed_in(request), query), limit)
    ]


def _looks(user: User, query: LookQuery) -> odd_looks.Looks:
    """As the page lists them."""
    form = TraceFilter.of_late({name: value for name, value in query.dict().items() if value})
    require_valid(form)
    return form.looks(user, settings.HOME)


def _look(look: Look) -> LookOut:
    return LookOut(
        id=look.pk,
        at=look.at,
        person=person_ref(look.user),
        role=look.role,
        kind=look.kind,
        object_type=look.object_type,
        object_id=look.object_id,
        about=look.about,
        unit_id=look.unit_id,
        reason=look.reason,
        channel=look.channel,
        address=look.address,
        rows=look.rows,
        query=query_shown(look.query),
        marks=odd_looks.marks_of(look),
    )
