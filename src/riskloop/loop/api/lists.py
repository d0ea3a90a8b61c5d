"""The lists that actions choose from."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest
from django.utils import timezone
from ninja import Schema

from riskloop.loop.models import EventType, ExclusionReason, Grade, LiabilityLevel, SuspicionReason
from riskloop.loop.models.catalogues import Listed
from riskloop.loop.scores import drivers_in_force
from riskloop.organisation.functions import READ_EVENTS
from riskloop.organisation.operations import Label, Operations, day_of, label

router = Operations(tags=["events"])


class Choice(Schema):
    """Something to choose, by its code."""

    code: str
    name: Label


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


@router.reads("/grades", READ_EVENTS, answers=list[str])
def list_grades(request: HttpRequest) -> list[str]:  # noqa: ARG001 — ninja's form
    """Grades, from the lightest."""
    return list(Grade.values)
