"""The operations of samples for inspection."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, Schema

from riskloop.exposure.beside import ESTIMATE, ListAsked
from riskloop.exposure.figures import ORDERS
from riskloop.exposure.models import Chosen, InspectionSample, InspectionState, Listed
from riskloop.exposure.peers import Verdict
from riskloop.exposure.periods import Period
from riskloop.exposure.report import HIGHEST_FIRST, reached
from riskloop.exposure.samples.actions import MOST, SUBJECTS, DrawInspection, MarkInspection
from riskloop.exposure.samples.reading import samples_of
from riskloop.organisation.action import do
from riskloop.organisation.functions import DRAW_INSPECTIONS, READ_EXPOSURE
from riskloop.organisation.models.units import Level
from riskloop.organisation.operations import (
    BadValue,
    Id,
    Limit,
    Number,
    Offset,
    Operations,
    Page,
    PersonRef,
    Words,
    day_of,
    exact,
    paged,
    person_ref,
    signed_in,
)

router = Operations(tags=["inspection samples"])


class InspectionOut(Schema):
    """A sample for inspection: `rows` of the `total` of a list of exposure, and why they are inspected.

    The list: `listed` within the unit from `first` to `last`, of units those of `level` ("": directly below),
    in `order`. `chosen`: `rows` that were ticked, the `first`, or those `higher` than their peers.
    """

    id: int
    unit_id: str
    listed: Listed
    first: dt.date
    last: dt.date
    level: str
    order: str
    chosen: Chosen
    rows: int
    total: int
    reason: str
    made_by: PersonRef | None
    made_at: dt.datetime
    state: InspectionState
    remark: str
    marked_by: PersonRef | None
    marked_at: dt.datetime | None


class SampledOut(Schema):
    """A row with its figures as they were when the sample was made; scores as decimal digits, `volume` null
    where it was not known. `estimate`, `low`, `high` (events by item) and `verdict`: beside its peers, null
    where the list was not asked so. `own`: what is the unit's own alone.
    """

    place: int
    key: str
    name: str
    own: bool
    volume: int | None
    internal_events: int
    external_events: int
    controllable_events: int
    internal_score: str | None
    external_score: str | None
    controllable_score: str | None
    estimate: float | None
    low: float | None
    high: float | None
    verdict: Verdict | None


class InspectionWhole(InspectionOut):
    items: list[SampledOut]


class DrawInspectionIn(Schema):
    """`chosen` says which rows: `rows` those of `keys` (units, tellers or transaction codes), `first` as many
    as `number`, `higher` all that are higher than their peers. `peers` also keeps how they stand.
    """

    unit_id: Id
    listed: Listed
    first: dt.date
    last: dt.date
    level: str = ""
    order: str = HIGHEST_FIRST
    chosen: Chosen
    number: int = Field(default=0, ge=0, le=MOST)
    keys: list[str] = Field(default_factory=list[str], max_length=MOST)
    peers: bool = False
    why: Words


class MarkInspectionIn(Schema):
    """`state` is `planned`, `done` or `dropped`; what is dropped needs a remark."""

    state: InspectionState
    remark: Words = ""


@router.reads("/inspection_samples", READ_EXPOSURE, answers=Page[InspectionOut])
def list_inspection_samples(
    request: HttpRequest, state: str = "", limit: Limit = 100, offset: Offset = 0
) -> dict[str, Any]:
    """Samples for inspection of the units whose exposure one reads, the newest first."""
    found = samples_of(signed_in(request))
    if state:
        if state not in InspectionState.values:
            raise BadValue("state", _("There is no such state."))
        found = found.filter(state=state)
    return paged(found, limit, offset, lambda one: InspectionOut(**_sample(one)))


@router.reads("/inspection_samples/{sample_id}", READ_EXPOSURE, answers=InspectionWhole)
def get_inspection_sample(request: HttpRequest, sample_id: Number) -> InspectionWhole:
    """One sample for inspection with its rows."""
    return _whole(_found(request, sample_id))


@router.does("/inspection_samples", DRAW_INSPECTIONS, answers=InspectionWhole)
def draw_inspection_sample(request: HttpRequest, given: DrawInspectionIn) -> InspectionWhole:
    """Makes a sample for inspection of a list of exposure, with its figures of this moment and the reason."""
    user = signed_in(request)
    unit = reached(user, given.unit_id)
    if unit is None:
        raise BadValue("unit_id", _("None of your roles reaches this unit."))
    action = DrawInspection(
        user,
        unit,
        ListAsked(user, SUBJECTS[given.listed], _period(given), [unit.pk], _level(given)),
        _order(given),
        given.chosen,
        given.why,
        given.number,
        given.keys,
        given.peers,
    )
    return _whole(samples_of(user).get(pk=do(action).sample.pk))


@router.does("/inspection_samples/{sample_id}/mark", DRAW_INSPECTIONS, answers=InspectionWhole)
def mark_inspection_sample(
    request: HttpRequest, sample_id: Number, given: MarkInspectionIn
) -> InspectionWhole:
    """Says that a sample for inspection is planned, was inspected, or is dropped."""
    sample = _found(request, sample_id)
    do(MarkInspection(signed_in(request), sample, given.state, given.remark))
    return _whole(_found(request, sample_id))


def _found(request: HttpRequest, sample_id: int) -> InspectionSample:
    return get_object_or_404(samples_of(signed_in(request)), pk=sample_id)


def _period(given: DrawInspectionIn) -> Period:
    first, last = day_of("first", given.first, given.first), day_of("last", given.last, given.last)
    if first > last:
        raise BadValue("last", _("The last day lies before the first."))
    period = Period(first, last)
    # The year before must be one, too.
    day_of("first", period.year_before.first, first)
    return period


def _level(given: DrawInspectionIn) -> str:
    if given.level and (given.level not in Level.values or given.listed != Listed.UNITS):
        raise BadValue("level", _("There is no such level."))
    return given.level


def _order(given: DrawInspectionIn) -> str:
    names = [*ORDERS, ESTIMATE]
    if given.order.removeprefix("-") not in names:
        raise BadValue("order", _("Give one of: %(names)s.") % {"names": ", ".join(names)})
    return given.order


def _sample(one: InspectionSample) -> dict[str, Any]:
    names = ("unit_id", "listed", "first", "last", "level", "order", "chosen", "total", "reason")
    return {
        "id": one.pk,
        **{name: getattr(one, name) for name in (*names, "made_at", "state", "remark", "marked_at")},
        "rows": one.row_count,
        "made_by": person_ref(one.made_by),
        "marked_by": person_ref(one.marked_by),
    }


def _whole(one: InspectionSample) -> InspectionWhole:
    plain = ("place", "key", "name", "own", "volume", "estimate", "low", "high")
    counts = ("internal_events", "external_events", "controllable_events")
    scores = ("internal_score", "external_score", "controllable_score")
    items: list[SampledOut] = []
    for row in one.rows.order_by("place"):
        told: dict[str, Any] = {name: getattr(row, name) for name in (*plain, *counts)}
        told |= {name: exact(getattr(row, name)) for name in scores}
        items.append(SampledOut(**told, verdict=Verdict(row.verdict) if row.verdict else None))
    return InspectionWhole(**_sample(one), items=items)
