"""The operations of risk exposure: the nine measures of units and tellers, as exact fractions."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Schema

from riskloop.exposure.measures import Measures, shown
from riskloop.exposure.report import (
    TellerExposure,
    UnitExposure,
    exposure_of_tellers,
    exposure_of_units,
    latest_day,
)
from riskloop.exposure.tables import PER
from riskloop.organisation.functions import READ_EXPOSURE
from riskloop.organisation.operations import (
    BadValue,
    Limit,
    Offset,
    Operations,
    Page,
    day_of,
    paged,
    signed_in,
)

DAYS = 30

router = Operations(tags=["exposure"])


class ExposurePeriod(Schema):
    """From `first` to `last`, both included; without them the 30 days up to the newest with volume."""

    first: dt.date | None = None
    last: dt.date | None = None


class UnitPeriod(ExposurePeriod):
    level: str = ""


class Ratio(Schema):
    """An exact fraction, and its value per 10,000 to two decimals."""

    numerator: int
    denominator: int
    per_10000: str


class Degree(Schema):
    """An exact fraction: score by event, to two decimals as `value`."""

    numerator: int
    denominator: int
    value: str


class MeasuresOut(Schema):
    """The nine measures; null where there is no volume, or of a degree no event."""

    first: dt.date
    last: dt.date
    volume: int
    internal_events: int
    external_events: int
    rr: Ratio | None
    irr: Ratio | None
    err: Ratio | None
    degree: Degree | None
    ird: Degree | None
    erd: Degree | None
    rer: Ratio | None
    irer: Ratio | None
    erer: Ratio | None


class UnitExposureOut(MeasuresOut):
    """A unit with all below it."""

    unit_id: str
    name: str
    level: str


class TellerExposureOut(MeasuresOut):
    """A teller by his number, with the person and unit behind it."""

    teller_id: str
    name: str
    unit_id: str
    unit_name: str


@router.reads("/exposure/units", READ_EXPOSURE, answers=Page[UnitExposureOut])
def list_unit_exposure(
    request: HttpRequest, period: Query[UnitPeriod], limit: Limit = 100, offset: Offset = 0
) -> dict[str, Any]:
    """Units within reach by their measures. In the order of the tree."""
    first, last = _days(period)
    rows = [u for u in exposure_of_units(signed_in(request), first, last) if period.level in ("", u.level)]

    def line(unit: UnitExposure) -> UnitExposureOut:
        measures = _measures(unit.measures, first, last)
        return UnitExposureOut(unit_id=unit.unit_id, name=unit.name, level=unit.level, **measures)

    return paged(rows, limit, offset, line)


@router.reads("/exposure/tellers", READ_EXPOSURE, answers=Page[TellerExposureOut])
def list_teller_exposure(
    request: HttpRequest, period: Query[ExposurePeriod], limit: Limit = 100, offset: Offset = 0
) -> dict[str, Any]:
    """Tellers within reach by their measures. By number."""
    first, last = _days(period)

    def line(teller: TellerExposure) -> TellerExposureOut:
        return TellerExposureOut(
            teller_id=teller.teller_id,
            name=teller.name,
            unit_id=teller.unit_id,
            unit_name=teller.unit_name,
            **_measures(teller.measures, first, last),
        )

    return paged(exposure_of_tellers(signed_in(request), first, last), limit, offset, line)


def _days(period: ExposurePeriod) -> tuple[dt.date, dt.date]:
    last = day_of("last", period.last, latest_day() or timezone.localdate())
    first = day_of("first", period.first, last - dt.timedelta(days=DAYS - 1))
    if first > last:
        raise BadValue("last", _("The last day lies before the first."))
    return first, last


def _measures(measures: Measures, first: dt.date, last: dt.date) -> dict[str, Any]:
    ratios = ("rr", "irr", "err", "rer", "irer", "erer")
    degrees = ("degree", "ird", "erd")
    return {
        "first": first,
        "last": last,
        "volume": measures.volume,
        "internal_events": measures.internal_events,
        "external_events": measures.external_events,
        **{name: _ratio(getattr(measures, name)) for name in ratios},
        **{name: _degree(getattr(measures, name)) for name in degrees},
    }


def _ratio(value: Fraction | None) -> Ratio | None:
    if value is None:
        return None
    return Ratio(numerator=value.numerator, denominator=value.denominator, per_10000=str(shown(value, PER)))


def _degree(value: Fraction | None) -> Degree | None:
    if value is None:
        return None
    return Degree(numerator=value.numerator, denominator=value.denominator, value=str(shown(value)))
