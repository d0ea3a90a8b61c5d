"""The operations of statistical monitoring: counts, single hits, opening a finding."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Schema

from riskloop.loop import statistics
from riskloop.loop.api.answers import EventDetail, NamedValue, detail_of
from riskloop.loop.statistic_hits import Row, hit_within_reach, open_on, rows_of, trace_rows
from riskloop.loop.visibility import event_for
from riskloop.models.catalogue import AnyModel, catalogue
from riskloop.organisation.functions import DISCRIMINATE, READ_STATISTICS
from riskloop.organisation.models import User
from riskloop.organisation.operations import (
    BadValue,
    Label,
    Limit,
    Operations,
    Words,
    day_of,
    exact,
    label,
    signed_in,
)

DAYS = 30
LONGEST = 3660
"""Days of a period at most: every one of them is a file to look for."""

router = Operations(tags=["statistics"])


class StatisticalModel(Schema):
    """A statistical model with its hits of the newest 30 days, and of the newest day."""

    code: str
    name: Label
    recent: int
    newest: int


class StatisticPeriod(Schema):
    """From `first` to `last`, both included; without them the newest 30 days. A unit has all below."""

    first: dt.date | None = None
    last: dt.date | None = None
    unit: str = ""
    teller: str = ""


class RankedOut(Schema):
    """A unit or a teller with its hits; `days` is on how many days."""

    id: str
    name: str
    hits: int
    days: int
    amount: str | None


class DayOut(Schema):
    day: dt.date
    hits: int


class StatisticOut(Schema):
    """One statistical model over a period: by day, by unit, by teller."""

    code: str
    name: Label
    first: dt.date
    last: dt.date
    total: int
    days: list[DayOut]
    units: list[RankedOut]
    tellers: list[RankedOut]


class HitOut(Schema):
    """One hit, personal data masked; `event_id` where it was opened as a finding."""

    id: uuid.UUID
    subject_id: str
    booked_on: dt.date
    unit_id: str | None
    amount: str | None
    count: int
    teller_ids: list[str]
    compared: list[NamedValue]
    event_id: str | None
    may_open: bool


class OpenIn(Schema):
    """The hit, by its id and day, and what was found in it."""

    day: dt.date
    hit: uuid.UUID
    why: Words


@router.reads("/statistics", READ_STATISTICS, answers=list[StatisticalModel])
def list_statistics(request: HttpRequest) -> list[StatisticalModel]:
    """Every statistical model. With its hits within reach."""
    seen = statistics.statistics_for(signed_in(request))
    last = statistics.newest_day(seen)
    recent: dict[str, int] = {}
    newest: dict[str, int] = {}
    if last is not None:
        recent = statistics.hits_by_model(seen.filter(booked_on__gt=last - dt.timedelta(days=DAYS)))
        newest = statistics.hits_by_model(seen.filter(booked_on=last))
    return [
        StatisticalModel(
            code=m.code, name=label(m.name), recent=recent.get(m.code, 0), newest=newest.get(m.code, 0)
        )
        for m in catalogue().values()
        if m.handling == "statistical"
    ]


@router.reads("/statistics/{code}", READ_STATISTICS, answers=StatisticOut)
def get_statistic(request: HttpRequest, code: str, period: Query[StatisticPeriod]) -> StatisticOut:
    """One statistical model over a period. By day, and by the units and tellers with most hits."""
    model = _statistical(code)
    user = signed_in(request)
    first, last = _days(user, period)
    seen = statistics.statistics_for(user).filter(model=model.code, booked_on__range=(first, last))
    if period.unit:
        seen = seen.filter(statistics.below(period.unit))
    counted = seen.filter(teller_id=period.teller)
    by_day = statistics.hits_by_day(counted)
    return StatisticOut(
        code=model.code,
        name=label(model.name),
        first=first,
        last=last,
        total=sum(by_day.values()),
        days=[DayOut(day=day, hits=hits) for day, hits in by_day.items()],
        units=[_ranked(r) for r in statistics.units_ranked(counted)],
        tellers=[_ranked(r) for r in statistics.tellers_ranked(counted if period.teller else seen)],
    )


def _ranked(ranked: statistics.Ranked) -> RankedOut:
    return RankedOut(
        id=ranked.id, name=ranked.name, hits=ranked.hits, days=ranked.days, amount=exact(ranked.amount)
    )


@router.reads("/statistics/{code}/hits", READ_STATISTICS, answers=list[HitOut])
def list_hits(
    request: HttpRequest,
    code: str,
    period: Query[StatisticPeriod],
    limit: Limit = 100,
) -> list[HitOut]:
    """The single hits of a period, the newest first."""
    model = _statistical(code)
    user = signed_in(request)
    first, last = _days(user, period)
    rows = rows_of(user, model, first, last, period.unit, period.teller)
    seen = list(itertools.islice(rows, limit))
    trace_rows(user, model, period.unit, seen, request.GET.urlencode())
    return [_hit(row) for row in seen]


def _hit(row: Row) -> HitOut:
    hit: dict[str, Any] = row.hit
    return HitOut(
        id=row.id,
        subject_id=row.key,
        booked_on=hit["booked_on"],
        unit_id=hit["unit_id"],
        amount=exact(hit["amount"]),
        count=hit["count"],
        teller_ids=hit["teller_ids"],
        compared=[NamedValue(name=label(name), value=value, unit="") for name, value in row.compared],
        event_id=str(row.event.pk) if row.event else None,
        may_open=row.may_open,
    )


@router.does("/statistics/{code}/open", DISCRIMINATE, answers=EventDetail)
def open_finding(request: HttpRequest, code: str, given: OpenIn) -> EventDetail:
    """Opens a finding on a hit. It enters the loop as any other."""
    model = _statistical(code)
    user = signed_in(request)
    day = day_of("day", given.day, given.day)
    hit = hit_within_reach(user, model, day, str(given.hit))
    if hit is None:
        raise Http404
    opened = open_on(user, model, day, hit, given.why)
    return detail_of(event_for(user, opened.pk), user)


def _statistical(code: str) -> AnyModel:
    model = catalogue().get(code)
    if model is None or model.handling != "statistical":
        raise Http404
    return model


def _days(user: User, period: StatisticPeriod) -> tuple[dt.date, dt.date]:
    newest = statistics.newest_day(statistics.statistics_for(user)) or timezone.localdate()
    last = day_of("last", period.last, newest)
    first = day_of("first", period.first, last - dt.timedelta(days=DAYS - 1))
    if first > last:
        raise BadValue("last", _("The last day lies before the first."))
    if (last - first).days >= LONGEST:
        raise BadValue("first", _("A period has at most %(number)d days.") % {"number": LONGEST})
    return first, last
