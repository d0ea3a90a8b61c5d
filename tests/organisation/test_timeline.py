"""What is true from a day on: any sequence of feeds and changes by hand, in any order of days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from riskloop.organisation import timeline
from riskloop.organisation.feeding import feed
from riskloop.organisation.models import Fed, UnitVersion
from riskloop.organisation.models.dated import Source

BEGIN = dt.date(2024, 3, 1)
DAYS = 8
FIELDS = ("name", "parent_id")
FEW = 15
"""Cases of each property here; tests/slow tries many."""

pytestmark = pytest.mark.django_db


def day(number: int) -> dt.date:
    return BEGIN + dt.timedelta(days=number)


def full(said: dict[str, str]) -> dict[str, Any]:
    return {"level": "outlet", "opened_on": None, "closed_on": None, "merged_into_id": None} | said


@dataclass
class Replayed:
    """The same, day by day: what each field is on each day, and what the tables said."""

    values: dict[str, list[str]]
    said: dict[int, dict[str, str]] = field(default_factory=dict)

    def set(self, on: int, news: dict[str, str], until: int = DAYS) -> None:
        for name, value in news.items():
            days = self.values[name]
            before = days[on]
            at = on
            while at < until and days[at] == before:
                days[at] = value
                at += 1

    def feed(self, on: int, state: dict[str, str]) -> None:
        before = self.said[max(n for n in self.said if n <= on)]
        news = {name: value for name, value in state.items() if before[name] != value}
        if news:
            self.set(on, news, min([n for n in self.said if n > on], default=DAYS))
            self.said[on] = state


STATES = st.fixed_dictionaries({name: st.sampled_from("ABC") for name in FIELDS})
HAND = st.tuples(st.just("hand"), st.integers(0, DAYS - 1), STATES)
FEED = st.tuples(st.just("feed"), st.integers(0, DAYS - 1), STATES)


def play(steps: list[tuple[str, int, dict[str, str]]]) -> Replayed:
    first = {"name": "A", "parent_id": "A"}
    feed(UnitVersion, day(0), {"U": full(first)})
    replayed = Replayed({name: ["A"] * DAYS for name in FIELDS}, {0: first})
    for what, on, state in steps:
        if what == "hand":
            timeline.set_from(UnitVersion, "U", day(on), state, Source.HAND)
            replayed.set(on, state)
        else:
            feed(UnitVersion, day(on), {"U": full(state)})
            replayed.feed(on, state)
    return replayed


def as_of(name: str) -> list[str]:
    found = [timeline.unit_as_of("U", day(n)) for n in range(DAYS)]
    return [getattr(version, name) for version in found]


def any_day_answers_as_replaying_does(steps: list[Any]) -> None:
    replayed = play(steps)
    for name in FIELDS:
        assert as_of(name) == replayed.values[name]


def states_follow_each_other_without_gap_or_overlap(steps: list[Any]) -> None:
    play(steps)
    versions = list(UnitVersion.objects.filter(unit_id="U").order_by("valid_from"))
    assert versions[0].valid_from == timeline.ALWAYS
    assert [v.valid_to for v in versions] == [*(v.valid_from for v in versions[1:]), None]


def a_feed_that_repeats_itself_changes_nothing(steps: list[Any], on: int, by_hand: dict[str, str]) -> None:
    replayed = play(steps)
    timeline.set_from(UnitVersion, "U", day(on), by_hand, Source.HAND)
    before = {name: as_of(name) for name in FIELDS}
    for again in range(DAYS):
        said = replayed.said[max(n for n in replayed.said if n <= again)]
        assert feed(UnitVersion, day(again), {"U": full(said)}) == 0
    assert {name: as_of(name) for name in FIELDS} == before


def where_the_tables_say_something_new_they_prevail(steps: list[Any], state: dict[str, str]) -> None:
    replayed = play(steps)
    last = replayed.said[max(replayed.said)]
    feed(UnitVersion, day(DAYS - 1), {"U": full(state)})
    for name in FIELDS:
        if state[name] != last[name]:
            assert as_of(name)[-1] == state[name]


STEPS = st.lists(HAND | FEED, max_size=7)
FEWER = st.lists(HAND | FEED, max_size=6)
PROPERTIES: dict[Callable[..., None], tuple[st.SearchStrategy[Any], ...]] = {
    any_day_answers_as_replaying_does: (STEPS,),
    states_follow_each_other_without_gap_or_overlap: (STEPS,),
    a_feed_that_repeats_itself_changes_nothing: (FEWER, st.integers(0, DAYS - 1), STATES),
    where_the_tables_say_something_new_they_prevail: (FEWER, STATES),
}
"""What holds of any sequence, and what it is tried with."""


def prove(claim: Callable[..., None], cases: int) -> None:
    """Holds a property against so many random cases, each in a transaction of its own."""

    @settings(max_examples=cases)
    @given(st.tuples(*PROPERTIES[claim]))
    def on_random_sequences(case: tuple[Any, ...]) -> None:
        with transaction.atomic():
            claim(*case)
            transaction.set_rollback(True)

    on_random_sequences()


@pytest.mark.parametrize("claim", PROPERTIES)
def test_it_holds_of_any_sequence(claim: Callable[..., None]) -> None:
    prove(claim, FEW)


def names(*days: int) -> list[str]:
    return [as_of("name")[n] for n in days]


def test_a_change_by_hand_outlives_a_feed_that_changes_something_else() -> None:
    play([("hand", 2, {"parent_id": "Q"}), ("feed", 3, {"name": "B", "parent_id": "A"})])
    feed(UnitVersion, day(4), {"U": full({"name": "B", "parent_id": "A"})})
    assert as_of("parent_id")[4] == "Q"


def test_a_change_by_hand_on_the_day_of_a_feed_outlives_its_repetition() -> None:
    play([("feed", 2, {"name": "B", "parent_id": "A"}), ("hand", 2, {"name": "C"})])
    feed(UnitVersion, day(3), {"U": full({"name": "B", "parent_id": "A"})})
    assert names(2, 3) == ["C", "C"]


def test_a_feed_that_says_what_is_so_by_hand_already_counts_as_said() -> None:
    play(
        [("hand", 1, {"name": "B"}), ("feed", 2, {"name": "B", "parent_id": "A"}), ("hand", 3, {"name": "C"})]
    )
    feed(UnitVersion, day(4), {"U": full({"name": "B", "parent_id": "A"})})
    assert names(4) == ["C"]


def test_a_change_outlives_a_later_one_of_another_field() -> None:
    """A unit renamed from the 6th on is closed from the 3rd: it does not open again on the 6th."""
    play([("hand", 5, {"name": "B"})])
    timeline.set_from(UnitVersion, "U", day(2), {"closed_on": day(2)}, Source.HAND)
    on_the_6th = timeline.unit_as_of("U", day(5))
    assert on_the_6th is not None
    assert (on_the_6th.name, on_the_6th.closed_on) == ("B", day(2))


def test_what_was_fed_before_is_remembered_by_the_migration() -> None:
    """An installation that was there before knows what its tables said last: repeating it changes nothing."""
    play([("feed", 2, {"name": "B", "parent_id": "A"})])
    timeline.set_from(UnitVersion, "U", day(3), {"name": "C", "closed_on": day(3)}, Source.HAND)
    Fed.objects.all().delete()
    import_module("riskloop.organisation.migrations.0008_what_the_tables_said").remember(apps, None)
    assert feed(UnitVersion, day(4), {"U": full({"name": "B", "parent_id": "A"})}) == 0
    assert names(2, 4) == ["B", "C"]
