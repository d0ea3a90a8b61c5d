"""Sampling plans as their reader sees them: what was drawn, how far one is, the error rates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from riskloop.loop.models import FaultCode, Part, QuasiEvent, SampleItem, SamplingPlan, Verdict
from riskloop.loop.oversight.sampling import Rate, rate
from riskloop.loop.visibility import visible_to
from riskloop.organisation.functions import OVERSEE
from riskloop.organisation.models import User
from riskloop.organisation.scope import within


def plans_of(reader: User) -> QuerySet[SamplingPlan]:
    """The plans of the units that he oversees, the newest first."""
    found = SamplingPlan.objects.filter(within(reader, OVERSEE)).select_related("unit", "drawn_by")
    return found.order_by("-month", "unit__path", "pk")


def items_of(reader: User) -> QuerySet[SampleItem]:
    """What was drawn by these plans of events that he sees."""
    return SampleItem.objects.filter(plan__in=plans_of(reader), event__in=visible_to(reader))


def items_on(event: QuasiEvent, reader: User) -> list[SampleItem]:
    """The times that an event was drawn, the newest first."""
    found = items_of(reader).filter(event=event).select_related("plan", "concluded_by", "checked_by")
    return list(found.order_by("-plan__month", "pk"))


def faults_of(item: SampleItem) -> list[FaultCode]:
    """What the second look found wrong, as the list calls it."""
    return list(FaultCode.objects.filter(pk__in=item.faults).order_by("pk")) if item.faults else []


@dataclass(frozen=True)
class Progress:
    """How far a plan is: of what still stands how much is checked, and what was found wrong."""

    drawn: int
    checked: int
    wrong: int
    lapsed: int

    @property
    def open(self) -> int:
        return self.drawn - self.checked - self.lapsed


@dataclass(frozen=True)
class RateLine:
    """The error rate of one person or model."""

    of: str
    rate: Rate


@dataclass(frozen=True)
class Rates:
    """Error rates of a month's exclusions, from the random part alone; of parts chosen on purpose counts."""

    whole: Rate
    people: Sequence[RateLine]
    models: Sequence[RateLine]
    chosen: Sequence[tuple[Part, int, int]]
    """Of each part that was chosen on purpose: wrong, checked."""


def progress_of(items: Iterable[SampleItem]) -> Progress:
    every = list(items)
    return Progress(
        drawn=len(every),
        checked=sum(bool(one.verdict) for one in every),
        wrong=sum(one.verdict == str(Verdict.WRONG) for one in every),
        lapsed=sum(one.lapsed for one in every),
    )


def rates_of(plan: SamplingPlan, items: Iterable[SampleItem]) -> Rates:
    """What the checked items say; the confidence of the intervals is the plan's."""
    checked = [one for one in items if one.verdict]
    random = [one for one in checked if one.part == str(Part.RANDOM)]
    confidence = float(plan.confidence)
    return Rates(
        whole=_rate(random, confidence),
        people=_by(random, lambda one: str(one.concluded_by), confidence),
        models=_by(random, lambda one: one.event.model, confidence),
        chosen=[
            (part, sum(one.verdict == str(Verdict.WRONG) for one in of), len(of))
            for part in Part
            if part != Part.RANDOM and (of := [one for one in checked if one.part == str(part)])
        ],
    )


def _by(items: Sequence[SampleItem], key: Callable[[SampleItem], str], confidence: float) -> list[RateLine]:
    groups = defaultdict[str, list[SampleItem]](list)
    for one in items:
        groups[key(one)].append(one)
    return [RateLine(name, _rate(of, confidence)) for name, of in sorted(groups.items())]


def _rate(items: Sequence[SampleItem], confidence: float) -> Rate:
    wrong = sum(one.verdict == str(Verdict.WRONG) for one in items)
    return rate(wrong, len(items), confidence)
