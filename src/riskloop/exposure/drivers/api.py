"""The operation of drivers: a Pareto of risk events, with exact shares."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Schema

from riskloop.exposure import report
from riskloop.exposure.api import Exact, PeriodAsked, days_of, roots_of
from riskloop.exposure.drivers.changes import moved
from riskloop.exposure.drivers.queries import Asked, By, pareto, units_for
from riskloop.organisation.functions import READ_EXPOSURE
from riskloop.organisation.operations import BadValue, Operations, signed_in

router = Operations(tags=["exposure"])
MOST = 1000


class DriversAsked(PeriodAsked):
    """`by` is what events are put together by, `of` which events count, `measure` what puts the lines in
    order and what shares are of. `driver`: only events of this driver, or of this first level of drivers; ""
    where none is known.
    """

    by: By = By.DRIVER
    of: Literal["", "internal", "external", "controllable"] = ""
    measure: Literal["events", "score"] = "events"
    driver: str | None = None
    limit: int = 100


class LineOut(Schema):
    """`key`: "" where it is not told. Shares are null where all lines add up to 0."""

    key: str
    events: int
    score: Exact
    share: Exact | None
    cumulative: Exact | None


class ParetoOut(Schema):
    """Lines, the greatest first, of `total` in all. `events` and `score` count each event once; `counted`
    is what all lines add up to: more where an event has several tellers or businesses.
    """

    events: int
    score: Exact
    counted: int
    counted_score: Exact
    total: int
    items: list[LineOut]


@router.reads("/exposure/drivers", READ_EXPOSURE, answers=ParetoOut)
def list_exposure_by_driver(request: HttpRequest, asked: Query[DriversAsked]) -> dict[str, Any]:
    """Risk events by driver, unit, teller, business, month, weekday, hour, model, channel or band of amounts,
    with cumulative shares.
    """
    if not 1 <= asked.limit <= MOST:
        raise BadValue("limit", _("Give a number from 1 to %(most)s.") % {"most": MOST})
    days, roots = days_of(asked), roots_of(request, asked)
    units = units_for(signed_in(request), roots, days, asked.by)
    found = pareto(Asked(units, days, asked.of, asked.driver), asked.by, asked.measure, asked.limit)
    return {
        "events": found.events,
        "score": _exact(found.score),
        "counted": found.counted,
        "counted_score": _exact(found.counted_score),
        "total": found.total,
        "items": [
            {
                "key": line.key,
                "events": line.events,
                "score": _exact(line.score),
                "share": None if line.share is None else _exact(line.share),
                "cumulative": None if line.cumulative is None else _exact(line.cumulative),
            }
            for line in found.lines
        ],
    }


class ChangeAsked(PeriodAsked):
    """`by`: drivers, or their first level. `of`: which events count. `on`: what it is compared with."""

    by: Literal["driver", "level1"] = "driver"
    of: Literal["", "internal", "external", "controllable"] = ""
    on: Literal["previous", "year_before"] = "previous"


class MovedOut(Schema):
    """What a driver added to the change of RER: score by item of online volume."""

    key: str
    events_then: int
    events: int
    score_then: Exact
    score: Exact
    added: Exact


class ChangeOut(Schema):
    """`total` is the change of RER, and what all `items` added together; null, and no items, where the volume
    of one of the periods is not known, or nothing.
    """

    first: dt.date
    last: dt.date
    total: Exact | None
    items: list[MovedOut]


@router.reads("/exposure/drivers/change", READ_EXPOSURE, answers=ChangeOut)
def explain_exposure_by_driver(request: HttpRequest, asked: Query[ChangeAsked]) -> dict[str, Any]:
    """Which drivers changed the exposure against the period before or the same one last year."""
    user, days, roots = signed_in(request), days_of(asked), roots_of(request, asked)
    by = By(asked.by)
    whole = report.exposure_of(user, roots, days)
    then = days.previous if asked.on == "previous" else days.year_before
    found = moved(
        Asked(units_for(user, roots, days, by), days, asked.of), by, then, whole.now, getattr(whole, asked.on)
    )
    return {
        "first": then.first,
        "last": then.last,
        "total": None if found is None else _exact(sum((one.added for one in found), Fraction(0))),
        "items": [
            {
                "key": one.key,
                "events_then": one.events_then,
                "events": one.events,
                "score_then": _exact(one.score_then),
                "score": _exact(one.score),
                "added": _exact(one.added),
            }
            for one in found or ()
        ],
    }


def _exact(value: Fraction) -> Exact:
    return Exact(numerator=value.numerator, denominator=value.denominator)
