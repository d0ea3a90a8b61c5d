"""How many are to be drawn, which, and what follows for the error rate."""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import QuerySet
from scipy.stats import norm

from riskloop.loop.deadlines import midnight
from riskloop.loop.intervals import exact_interval
from riskloop.loop.models import Outcome, Part, QuasiEvent, SamplingPlan
from riskloop.models.catalogue import catalogue
from riskloop.organisation.models import Unit
from riskloop.organisation.scope import below

T = TypeVar("T")


def sample_size(population: int, confidence: float, margin: float, expected: float) -> int:
    """How many of a population are to be looked at, so that the error rate is known to within the margin.

    The normal approximation with the correction for a finite population (Cochran, Sampling Techniques, 3rd
    edition, 4.4); of a population that is not larger than that: all.
    """
    if population == 0:
        return 0
    z = float(norm.ppf((1 + confidence) / 2))
    unlimited = z**2 * expected * (1 - expected) / margin**2
    return min(population, math.ceil(unlimited / (1 + (unlimited - 1) / population)))


@dataclass(frozen=True)
class Rate:
    """An error rate with its exact interval; None of both where nothing was checked."""

    wrong: int
    checked: int
    low: float | None
    high: float | None

    @property
    def share(self) -> float | None:
        return self.wrong / self.checked if self.checked else None


def rate(wrong: int, checked: int, confidence: float) -> Rate:
    """Of the random part: what was chosen on purpose says nothing of the whole."""
    low, high = exact_interval(wrong, checked, confidence) or (None, None)
    return Rate(wrong, checked, low, high)


def concluded(unit: Unit, month: dt.date) -> QuerySet[QuasiEvent]:
    """The events of a unit and below that were concluded in a month, and still stand so."""
    following = (month + dt.timedelta(days=31)).replace(day=1)
    return QuasiEvent.objects.filter(
        unit__in=below(unit),
        concluded_at__gte=midnight(month),
        concluded_at__lt=midnight(following),
        concluded_by__isnull=False,
    ).exclude(outcome="")


def draw(plan: SamplingPlan, events: QuerySet[QuasiEvent]) -> list[tuple[QuasiEvent, Part]]:
    """What the plan takes of the events, each once: first the random part, then what is key.

    The same seed and events give the same sample.
    """
    dice = random.Random(plan.seed)  # noqa: S311 — drawn to be drawn again, not to be kept secret
    every = list(events.order_by("pk"))
    categories = {code: model.category for code, model in catalogue().items()}
    parts: Sequence[tuple[Part, list[QuasiEvent]]] = (
        (Part.RANDOM, [e for e in every if e.outcome == str(Outcome.EXCLUDED)]),
        (Part.KEY_MODEL, [e for e in every if e.model in plan.key_models]),
        (Part.KEY_BUSINESS, [e for e in every if categories.get(e.model) in plan.key_categories]),
        (Part.KEY_PERSON, [e for e in every if e.concluded_by_id in plan.key_people]),
    )
    drawn: dict[QuasiEvent, Part] = {}
    for part, stratum in parts:
        size = sample_size(len(stratum), float(plan.confidence), float(plan.margin), float(plan.expected))
        for event in dice.sample(stratum, size):
            drawn.setdefault(event, part)
    return list(drawn.items())
