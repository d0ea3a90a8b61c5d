"""The lists that actions choose from."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Schema

from riskloop.loop.deadlines import clock
from riskloop.loop.models import (
    EventType,
    ExclusionReason,
    Grade,
    LiabilityLevel,
    MeasureKind,
    SuspicionReason,
)
from riskloop.loop.models.catalogues import Listed
from riskloop.loop.scores import drivers_in_force
from riskloop.organisation.functions import READ_EVENTS
from riskloop.organisation.operations import Label, Operations, day_of, label
from riskloop.organisation.working_days import days_off

router = Operations(tags=["events"])
Year = Annotated[int, Field(ge=1901, le=2199)]


class Choice(Schema):
    """Something to choose, by its code."""

    code: str
    name: Label


class MeasureKindOut(Choice):
    """A kind of measure; whether it needs a proof, and whether it goes to a department."""

    needs_proof: bool
    to_department: bool


class LimitOut(Schema):
    """Working days that a step may take by grade, and how many before its end one is warned."""

    step: str
    grade: str
    days: int
    warn_before: int


class CalendarOut(Schema):
    """The days of a year on which the bank does not work."""

    year: int
    days_off: list[dt.date]


class DriverOut(Choice):
    """A risk driver with the factor of its score, and whether its internal events are controllable."""

    level1: str
    factor: str
    controllable: bool


def choices(kind: type[Listed]) -> list[Choice]:
    return [
        Choice(code=one.pk, name=label(one.name))
        for one in kind.objects.filter(retired_on=None).order_by("code")
    ]


@router.reads("/reasons", READ_EVENTS, answers=list[Choice])
def list_reasons(request: HttpRequest) -> list[Choice]:  # noqa: ARG001 — ninja's form
    """Reasons for exclusion."""
    return choices(ExclusionReason)


@router.reads("/suspicions", READ_EVENTS, answers=list[Choice])
def list_suspicions(request: HttpRequest) -> list[Choice]:  # noqa: ARG001 — ninja's form
    """Reasons for passing an event on to determination."""
    return choices(SuspicionReason)


@router.reads("/measure_kinds", READ_EVENTS, answers=list[MeasureKindOut])
def list_measure_kinds(request: HttpRequest) -> list[MeasureKindOut]:  # noqa: ARG001 — ninja's form
    """Kinds of measure."""
    found = MeasureKind.objects.filter(retired_on=None).order_by("code")
    return [
        MeasureKindOut(
            code=one.pk,
            name=label(one.name),
            needs_proof=one.needs_proof,
            to_department=one.to_department,
        )
        for one in found
    ]


@router.reads("/event_types", READ_EVENTS, answers=list[Choice])
def list_event_types(request: HttpRequest) -> list[Choice]:  # noqa: ARG001 — ninja's form
    """Event types of the Basel text, level 1."""
    return choices(EventType)


@router.reads("/liability_levels", READ_EVENTS, answers=list[Choice])
def list_liability_levels(request: HttpRequest) -> list[Choice]:  # noqa: ARG001 — ninja's form
    """Levels of responsibility, the heaviest first."""
    return choices(LiabilityLevel)


@router.reads("/drivers", READ_EVENTS, answers=list[DriverOut])
def list_drivers(request: HttpRequest, day: dt.date | None = None) -> list[DriverOut]:  # noqa: ARG001
    """Risk drivers as they stand on a day. Today unless another is given."""
    standing = drivers_in_force(day_of("day", day, timezone.localdate()))
    return [
        DriverOut(
            code=d.code,
            name=label(d.name),
            level1=d.level1,
            factor=f"{d.factor:f}",
            controllable=d.controllable,
        )
        for d in standing
    ]


@router.reads("/time_limits", READ_EVENTS, answers=list[LimitOut])
def list_time_limits(request: HttpRequest) -> list[LimitOut]:  # noqa: ARG001 — ninja's form
    """Time limits in force today."""
    return [
        LimitOut(step=step, grade=grade, days=limit.days, warn_before=limit.warn_before)
        for (step, grade), limit in sorted(clock().limits.items())
    ]


@router.reads("/calendar/{year}", READ_EVENTS, answers=CalendarOut)
def get_calendar(request: HttpRequest, year: Year) -> CalendarOut:  # noqa: ARG001 — ninja's form
    """The days of a year on which the bank does not work. By its own calendar."""
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    return CalendarOut(year=year, days_off=days_off(settings.HOME, first, last))


@router.reads("/grades", READ_EVENTS, answers=list[str])
def list_grades(request: HttpRequest) -> list[str]:  # noqa: ARG001 — ninja's form
    """Grades, from the lightest."""
    return list(Grade.values)
