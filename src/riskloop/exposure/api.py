"""The operations of risk exposure: the measures of units, tellers and businesses, as exact fractions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Schema

from riskloop.exposure import beside, report
from riskloop.exposure.figures import ORDERS
from riskloop.exposure.measures import COUNTS, DEGREES, RATIOS, Explained, Measures, shown
from riskloop.exposure.peers import Verdict
from riskloop.exposure.periods import Period, parse
from riskloop.exposure.report import HIGHEST_FIRST, Compared, Page, Row, Subject
from riskloop.exposure.tables import PER
from riskloop.organisation.functions import READ_EXPOSURE
from riskloop.organisation.models.units import Level
from riskloop.organisation.operations import BadValue, Limit, Offset, Operations, day_of, signed_in
from riskloop.organisation.operations import Page as Rows

router = Operations(tags=["exposure"])


class PeriodAsked(Schema):
    """A period as `2024`, `2024-H1`, `2024-Q1`, `2024-03`, `2024-W10` or `2024-03-15`, or from `first` to
    `last`, both included; without any the newest month with volume. Of `unit` and what belongs to it on the
    last day; without, of all within reach.
    """

    period: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    unit: str = ""


class ExposurePeriod(PeriodAsked):
    """`order` is a measure, with "-" the highest first. With `peers` each is also set beside all others of
    the list, and `order` may be `estimate`.
    """

    order: str = HIGHEST_FIRST
    peers: bool = False


class UnitPeriod(ExposurePeriod):
    level: str = ""


class Exact(Schema):
    """An exact fraction."""

    numerator: int
    denominator: int


class Ratio(Exact):
    """An exact fraction, and its value per 10,000 to two decimals."""

    per_10000: str


class Degree(Exact):
    """An exact fraction: score by event, to two decimals as `value`."""

    value: str


class FiguresOut(Schema):
    """Counts, the nine measures and the controllable ones; null where there is no volume, or of a degree no
    event, and the volume itself where some of it is known only of a longer time.
    """

    first: dt.date
    last: dt.date
    volume: int | None
    events: int
    internal_events: int
    external_events: int
    controllable_events: int
    rr: Ratio | None
    irr: Ratio | None
    err: Ratio | None
    crr: Ratio | None
    degree: Degree | None
    ird: Degree | None
    erd: Degree | None
    crd: Degree | None
    rer: Ratio | None
    irer: Ratio | None
    erer: Ratio | None
    crer: Ratio | None


class ReasonOut(Schema):
    """The change of RER, split exactly: by events more or less frequent, and more or less grave."""

    frequency: Ratio
    severity: Ratio


class FigureChangesOut(Schema):
    """By how much of what it was each figure has changed, by name; null: nothing to compare with."""

    of: dict[str, Exact | None]
    explained: ReasonOut | None


class MeasuresOut(FiguresOut):
    """The figures of the period, of the one before it, and of the same a year before, with the changes."""

    previous: FiguresOut
    year_before: FiguresOut
    on_previous: FigureChangesOut
    on_year_before: FigureChangesOut


class StandingOut(Schema):
    """Beside its peers: the risk ratio drawn towards theirs as far as its own volume leaves open, and the
    interval in which the true one lies with 95 %; approximate numbers per 10,000 items, null without volume.

    `own`: how much of the estimate is its own figures, 0 to 1. `verdict`: `higher` or `lower` than its peers
    only where the whole interval is, else `untold`; `few`: of fewer than 4 peers nothing is said.
    """

    estimate: float | None
    low: float | None
    high: float | None
    own: float | None
    verdict: Verdict


class RowOut(MeasuresOut):
    """`standing` is null unless `peers` was asked for, and of what is a unit's own."""

    standing: StandingOut | None


class UnitExposureOut(RowOut):
    """A unit with all that belongs to it; `own`: only what is its own, and of no unit below it."""

    unit_id: str
    name: str
    level: str
    own: bool


class TellerExposureOut(RowOut):
    """A teller by his number, with the person and unit behind it."""

    teller_id: str
    name: str
    unit_id: str
    unit_name: str


class BusinessExposureOut(RowOut):
    """A business by its transaction code; "" of events without an entry, and of volumes without a code."""

    business: str


@router.reads("/exposure/units", READ_EXPOSURE, answers=Rows[UnitExposureOut])
def list_unit_exposure(
    request: HttpRequest, period: Query[UnitPeriod], limit: Limit = 100, offset: Offset = 0
) -> dict[str, Any]:
    """Units of a level by their measures; without a level those directly below the unit, and its own, which
    add up to it; without a unit the highest within reach.
    """
    user, days, order = signed_in(request), days_of(period), _order(period)
    if period.level and period.level not in Level.values:
        raise BadValue("level", _("There is no such level."))
    roots = roots_of(request, period)
    asked = beside.ListAsked(user, Subject.UNIT, days, roots, period.level, tops=not period.unit)
    found = beside.page_of(asked, order, limit, offset, peers=asked.peers() if period.peers else None)
    return _answered(found, limit, offset, [_unit(row, days) for row in found.rows])


def _unit(row: Row, days: Period) -> UnitExposureOut:
    measures = _measured(row, days)
    return UnitExposureOut(unit_id=row.key, name=row.name, level=row.level, own=row.own, **measures)


@router.reads("/exposure/tellers", READ_EXPOSURE, answers=Rows[TellerExposureOut])
def list_teller_exposure(
    request: HttpRequest, period: Query[ExposurePeriod], limit: Limit = 100, offset: Offset = 0
) -> dict[str, Any]:
    """Tellers by what they did within the unit. An event counts for each of its tellers."""
    days = days_of(period)
    asked = beside.ListAsked(signed_in(request), Subject.TELLER, days, roots_of(request, period))
    found = beside.page_of(
        asked, _order(period), limit, offset, peers=asked.peers() if period.peers else None
    )
    rows = [
        TellerExposureOut(
            teller_id=row.key,
            name=row.name,
            unit_id=row.unit_id,
            unit_name=row.unit_name,
            **_measured(row, days),
        )
        for row in found.rows
    ]
    return _answered(found, limit, offset, rows)


@router.reads("/exposure/businesses", READ_EXPOSURE, answers=Rows[BusinessExposureOut])
def list_business_exposure(
    request: HttpRequest, period: Query[ExposurePeriod], limit: Limit = 100, offset: Offset = 0
) -> dict[str, Any]:
    """Businesses (transaction codes) within the unit. An event counts in each business of its entries."""
    days = days_of(period)
    asked = beside.ListAsked(signed_in(request), Subject.BUSINESS, days, roots_of(request, period))
    found = beside.page_of(
        asked, _order(period), limit, offset, peers=asked.peers() if period.peers else None
    )
    rows = [BusinessExposureOut(business=row.key, **_measured(row, days)) for row in found.rows]
    return _answered(found, limit, offset, rows)


def _answered(page: Page, limit: int, offset: int, rows: Sequence[Schema]) -> dict[str, Any]:
    return {"total": page.total, "limit": limit, "offset": offset, "items": rows}


def days_of(asked: PeriodAsked) -> Period:
    if asked.period:
        try:
            found = parse(asked.period)
        except ValueError:
            raise BadValue("period", _("This is no period.")) from None
    else:
        newest = report.newest_period()
        last = day_of("last", asked.last, newest.last)
        first = day_of("first", asked.first, last.replace(day=1) if asked.last else newest.first)
        if first > last:
            raise BadValue("last", _("The last day lies before the first."))
        found = Period(first, last)
    # The year before must be one, too.
    day_of("first", found.year_before.first, found.first)
    return found


def _order(asked: ExposurePeriod) -> str:
    names = [*ORDERS, *([beside.ESTIMATE] if asked.peers else [])]
    if asked.order.removeprefix("-") not in names:
        raise BadValue("order", _("Give one of: %(names)s.") % {"names": ", ".join(names)})
    return asked.order


def roots_of(request: HttpRequest, asked: PeriodAsked) -> list[str]:
    user = signed_in(request)
    if not asked.unit:
        return [unit.pk for unit in report.tops_of(user)]
    unit = report.reached(user, asked.unit)
    if unit is None:
        raise BadValue("unit", _("None of your roles reaches this unit."))
    return [unit.pk]


def _measured(row: Row, days: Period) -> dict[str, Any]:
    of = row.standing
    standing = None
    if of is not None:
        rates = (None if rate is None else rate * PER for rate in (of.estimate, of.low, of.high))
        estimate, low, high = rates
        standing = StandingOut(estimate=estimate, low=low, high=high, own=of.own, verdict=of.verdict)
    return {**_measures(row.figures, days), "standing": standing}


def _measures(of: Compared, days: Period) -> dict[str, Any]:
    before, year = of.explained()
    return {
        **_figures(of.now, days),
        "previous": _figures(of.previous, days.previous),
        "year_before": _figures(of.year_before, days.year_before),
        "on_previous": _changes({name: of.on_previous(name) for name in _NAMES}, before),
        "on_year_before": _changes({name: of.on_year_before(name) for name in _NAMES}, year),
    }


_NAMES = (*COUNTS, *RATIOS, *DEGREES)


def _figures(measures: Measures, days: Period) -> dict[str, Any]:
    return {
        "first": days.first,
        "last": days.last,
        **{name: measures.value(name) for name in COUNTS},
        **{name: _ratio(getattr(measures, name)) for name in RATIOS},
        **{name: _degree(getattr(measures, name)) for name in DEGREES},
    }


def _changes(of: dict[str, Fraction | None], why: Explained | None) -> dict[str, Any]:
    exact = {
        name: None if value is None else Exact(numerator=value.numerator, denominator=value.denominator)
        for name, value in of.items()
    }
    reason = None if why is None else {"frequency": _ratio(why.frequency), "severity": _ratio(why.severity)}
    return {"of": exact, "explained": reason}


def _ratio(value: Fraction | None) -> Ratio | None:
    if value is None:
        return None
    return Ratio(numerator=value.numerator, denominator=value.denominator, per_10000=str(shown(value, PER)))


def _degree(value: Fraction | None) -> Degree | None:
    if value is None:
        return None
    return Degree(numerator=value.numerator, denominator=value.denominator, value=str(shown(value)))
