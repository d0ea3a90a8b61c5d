"""The monitors: what each knows, what he has in hand, and to whom the rule gives an event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Count
from django.utils import timezone

from riskloop.loop.candidates import possible_monitors
from riskloop.loop.models import RANKS, AssignmentRule, Grade, MonitorSkill, QuasiEvent
from riskloop.loop.states import IN_HAND
from riskloop.models.catalogue import catalogue
from riskloop.organisation.functions import DISCRIMINATE
from riskloop.organisation.models import User
from riskloop.organisation.row_security import EVERYTHING, reading
from riskloop.organisation.scope import nearness


@dataclass(frozen=True)
class Monitor:
    """One monitor as the rule knows him; `categories` empty: every business."""

    person: User
    categories: frozenset[str]
    highest_grade: Grade
    most_in_hand: int
    in_hand: int

    @property
    def has_room(self) -> bool:
        return self.in_hand < self.most_in_hand

    def knows(self, event: QuasiEvent) -> bool:
        """Whether the event's business and grade are his."""
        model = catalogue().get(event.model)
        of_his = not self.categories or (model is not None and model.category in self.categories)
        return of_his and RANKS[Grade(event.grade)] <= RANKS[self.highest_grade]


def monitors(people: Iterable[User]) -> list[Monitor]:
    """How these people stand today. What each has in hand counts whole, wherever in the bank it is."""
    everybody = list(people)
    rule = AssignmentRule.in_force(timezone.localdate())
    skills = MonitorSkill.objects.in_bulk([one.pk for one in everybody])
    load = in_hand_of(everybody)
    return [_monitor(one, skills.get(one.pk), rule, load[one.pk]) for one in everybody]


def in_hand_of(people: Iterable[User]) -> Counter[int]:
    """By person how many events he has in hand."""
    with reading(EVERYTHING):
        taken = QuasiEvent.objects.filter(assignee__in=list(people), state__in=IN_HAND, withdrawn_on=None)
        counted = taken.order_by().values_list("assignee").annotate(Count("pk"))
        return Counter(dict(counted))


def _monitor(person: User, skill: MonitorSkill | None, rule: AssignmentRule, in_hand: int) -> Monitor:
    skill = skill or MonitorSkill()
    most = rule.most_in_hand if skill.most_in_hand is None else skill.most_in_hand
    return Monitor(person, frozenset(skill.categories), Grade(skill.highest_grade), most, in_hand)


def chosen_for(event: QuasiEvent) -> Monitor | None:
    """To whom the rule gives an event; None where nobody is free of interest, knows it and has room.

    First who has an event of its bundle in hand, then whose role stands nearest above the unit, then who has
    least of what he may have.
    """
    free = list(possible_monitors(event))
    near = nearness(DISCRIMINATE, event.unit_id)
    together = _holders_of_bundle(event)
    fit = [one for one in monitors(free) if one.has_room and one.knows(event)]
    return min(
        fit,
        key=lambda one: (
            one.person.pk not in together,
            -near[one.person.pk],
            Fraction(one.in_hand, one.most_in_hand),
            one.person.pk,
        ),
        default=None,
    )


def _holders_of_bundle(event: QuasiEvent) -> set[int]:
    if event.bundle is None:
        return set()
    others = QuasiEvent.objects.filter(bundle=event.bundle, state__in=IN_HAND)
    return set(others.exclude(assignee=None).values_list("assignee_id", flat=True))
