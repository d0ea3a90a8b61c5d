"""The operations of oversight."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Schema

from riskloop.loop.api.answers import EventDetail
from riskloop.loop.api.events import act_on_part
from riskloop.loop.api.lists import Choice, choices
from riskloop.loop.forms.oversight import DrawForm
from riskloop.loop.models import FaultCode, SampleItem, SamplingPlan
from riskloop.loop.oversight.reading import items_of, plans_of, rates_of
from riskloop.loop.oversight.sampling import Rate
from riskloop.organisation.functions import OVERSEE, READ_EVENTS
from riskloop.organisation.operations import (
    Id,
    Number,
    Operations,
    PersonRef,
    Words,
    person_ref,
    require_valid,
    signed_in,
)

router = Operations(tags=["oversight"])


class PlanOut(Schema):
    """A month's sample; shares are of 1, `population` counts what was excluded in the month."""

    id: int
    unit_id: str
    month: dt.date
    confidence: Decimal
    margin: Decimal
    expected: Decimal
    key_models: list[str]
    key_categories: list[str]
    key_people: list[int]
    seed: int
    population: int
    drawn: int
    drawn_by: PersonRef | None
    drawn_at: dt.datetime


class SampleItemOut(Schema):
    """An event that was drawn. `verdict` is `right`, `wrong` or empty; lapsed: it was concluded anew."""

    id: int
    event_id: uuid.UUID
    part: str
    outcome: str
    concluded_by: PersonRef | None
    concluded_at: dt.datetime
    verdict: str
    faults: list[str]
    note: str
    lapsed: bool
    checked_by: PersonRef | None
    checked_at: dt.datetime | None


class RateOut(Schema):
    """Wrong exclusions among those looked at, with the exact interval of the rate, as shares of 1."""

    wrong: int
    checked: int
    share: float | None
    low: float | None
    high: float | None


class SampleOut(PlanOut):
    """With the error rates, by person and model, of the random part alone, and every event drawn."""

    whole: RateOut
    people: dict[str, RateOut]
    models: dict[str, RateOut]
    items: list[SampleItemOut]


class DrawIn(Schema):
    """`month` is its first day; confidence, margin and expected error rate are per cent."""

    unit_id: Id
    month: dt.date
    confidence: Decimal = Decimal(95)
    margin: Decimal = Decimal(5)
    expected: Decimal = Decimal(5)
    key_models: list[str] = Field(default_factory=list[str])
    key_categories: list[str] = Field(default_factory=list[str])
    key_people: list[Number] = Field(default_factory=list[int])


class CheckIn(Schema):
    """`verdict` is `right` or `wrong`, `faults` codes of `/fault_codes`."""

    verdict: str
    faults: list[str] = Field(default_factory=list[str])
    note: Words = ""


@router.reads("/samples", OVERSEE, answers=list[PlanOut])
def list_samples(request: HttpRequest) -> list[PlanOut]:
    """The samples of the units that one oversees."""
    return [PlanOut(**_plan(plan)) for plan in plans_of(signed_in(request))]


@router.reads("/samples/{sample_id}", OVERSEE, answers=SampleOut)
def get_sample(request: HttpRequest, sample_id: Number) -> SampleOut:
    """One sample with its events and error rates."""
    user = signed_in(request)
    plan = get_object_or_404(plans_of(user), pk=sample_id)
    items = list(items_of(user).filter(plan=plan).select_related("event", "concluded_by", "checked_by"))
    rates = rates_of(plan, items)
    return SampleOut(
        **_plan(plan),
        whole=_rate(rates.whole),
        people={line.of: _rate(line.rate) for line in rates.people},
        models={line.of: _rate(line.rate) for line in rates.models},
        items=[_item(one) for one in items],
    )


@router.does("/samples", OVERSEE, answers=PlanOut)
def draw_sample(request: HttpRequest, given: DrawIn) -> PlanOut:
    """Draws the sample of a month in a unit and below. Once, after its end."""
    sent = given.dict() | {"unit": given.unit_id, "month": f"{given.month:%Y-%m}"}
    form = DrawForm(signed_in(request), {f"{DrawForm.name}-{name}": value for name, value in sent.items()})
    require_valid(form)
    form.act()
    return PlanOut(**_plan(form.plan))


@router.does("/sample_items/{item_id}/check_exclusion", OVERSEE, answers=EventDetail)
def check_exclusion(request: HttpRequest, item_id: Number, given: CheckIn) -> EventDetail:
    """Looks at an exclusion once more. What was excluded wrongly begins anew."""
    return act_on_part(request, "sample", item_id, "check_exclusion", given.dict())


@router.does("/sample_items/{item_id}/check_determination", OVERSEE, answers=EventDetail)
def check_determination(request: HttpRequest, item_id: Number, given: CheckIn) -> EventDetail:
    """Looks at a determination once more. It stays as it is."""
    return act_on_part(request, "sample", item_id, "check_determination", given.dict())


@router.reads("/fault_codes", READ_EVENTS, answers=list[Choice])
def list_fault_codes(request: HttpRequest) -> list[Choice]:  # noqa: ARG001 — ninja's form
    """Faults of conclusions."""
    return choices(FaultCode)


def _plan(plan: SamplingPlan) -> dict[str, Any]:
    return {
        "id": plan.pk,
        "unit_id": plan.unit_id,
        "month": plan.month,
        "confidence": plan.confidence,
        "margin": plan.margin,
        "expected": plan.expected,
        "key_models": plan.key_models,
        "key_categories": plan.key_categories,
        "key_people": plan.key_people,
        "seed": plan.seed,
        "population": plan.population,
        "drawn": plan.items.count(),
        "drawn_by": person_ref(plan.drawn_by),
        "drawn_at": plan.drawn_at,
    }


def _item(one: SampleItem) -> SampleItemOut:
    return SampleItemOut(
        id=one.pk,
        event_id=one.event_id,
        part=one.part,
        outcome=one.outcome,
        concluded_by=person_ref(one.concluded_by),
        concluded_at=one.concluded_at,
        verdict=one.verdict,
        faults=one.faults,
        note=one.note,
        lapsed=one.lapsed,
        checked_by=person_ref(one.checked_by),
        checked_at=one.checked_at,
    )


def _rate(one: Rate) -> RateOut:
    return RateOut(wrong=one.wrong, checked=one.checked, share=one.share, low=one.low, high=one.high)
