"""Oversight: how many are drawn, which, by whom looked at, and the error rates that follow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from riskloop.loop import actions
from riskloop.loop.actions import Refused
from riskloop.loop.deadlines import midnight
from riskloop.loop.models import Part, QuasiEvent, SampleItem, SamplingPlan
from riskloop.loop.oversight.reading import items_of, plans_of, progress_of, rates_of
from riskloop.loop.oversight.sampling import concluded, draw, rate, sample_size
from riskloop.organisation.models import History, Unit, User
from riskloop.outgoing.models import Notice
from tests.loop.conftest import found
from tests.loop.working import determine

Person = Callable[..., User]
FAULTS = ["6_conclusion"]


def last_month() -> dt.date:
    return (timezone.localdate().replace(day=1) - dt.timedelta(days=1)).replace(day=1)


@pytest.fixture
def monitor(person: Person) -> User:
    return person("monitor")


@pytest.fixture
def second(person: Person) -> User:
    return person("second")


@pytest.fixture
def reviewer(person: Person) -> User:
    return person("reviewer", "R06")


def code_of(call: Callable[..., Any], *given_: Any, **more: Any) -> str:
    lines = History.objects.count()
    with pytest.raises(Refused) as refusal:
        call(*given_, **more)
    assert History.objects.count() == lines
    return refusal.value.code


def excluded(number: int, *monitors: User, unit_id: str = "O1") -> list[QuasiEvent]:
    """So many events, excluded last month by one monitor after the other."""
    named = {"customer_id": None, "teller_id": None, "authoriser_id": None, "account_id": None}
    rows = [
        {"subject_id": f"E-{unit_id}-{n}", "unit_id": unit_id, "entry_ids": [f"{unit_id}-{n}"]} | named
        for n in range(number)
    ]
    found(*rows)
    events = list(QuasiEvent.objects.filter(subject_id__startswith=f"E-{unit_id}-").order_by("pk"))
    for n, event in enumerate(events):
        who = monitors[n % len(monitors)]
        actions.take(event, who)
        actions.exclude(event, who, "genuine", "属实")
    in_the_month(events)
    return events


def in_the_month(events: list[QuasiEvent]) -> None:
    at = midnight(last_month()) + dt.timedelta(days=3)
    QuasiEvent.objects.filter(pk__in=[e.pk for e in events]).update(concluded_at=at)


def the(unit_id: str) -> Unit:
    return Unit.objects.get(pk=unit_id)


@pytest.mark.parametrize(
    ("population", "confidence", "margin", "expected", "size"),
    [
        # Without a limit 384.1 are needed (Cochran's figure for 95 per cent, ±5, one half).
        (10**9, 0.95, 0.05, 0.5, 385),
        (10_000, 0.95, 0.05, 0.5, 370),
        (1_000, 0.95, 0.05, 0.05, 69),
        (10, 0.95, 0.05, 0.05, 9),
        (1, 0.95, 0.05, 0.05, 1),
        (0, 0.95, 0.05, 0.05, 0),
    ],
)
def test_how_many_are_drawn(
    population: int, confidence: float, margin: float, expected: float, size: int
) -> None:
    assert sample_size(population, confidence, margin, expected) == size


@given(st.integers(0, 5000), st.floats(0.5, 0.99), st.floats(0.01, 0.5), st.floats(0.01, 0.5))
def test_never_more_than_there_are_and_more_for_more_certainty(
    population: int, confidence: float, margin: float, expected: float
) -> None:
    size = sample_size(population, confidence, margin, expected)
    assert 0 <= size <= population
    assert (size == 0) == (population == 0)
    assert size <= sample_size(population, min(0.995, confidence + 0.05), margin, expected)
    assert size <= sample_size(population, confidence, margin / 2, expected)


def test_the_interval_is_exact() -> None:
    # Clopper and Pearson's interval of 1 in 20 at 95 per cent, as it stands in their tables.
    one = rate(1, 20, 0.95)
    assert (round(one.low or 0, 4), round(one.high or 0, 4)) == (0.0013, 0.2487)
    assert one.share == 0.05
    assert rate(0, 20, 0.95).low == 0
    assert rate(0, 0, 0.95).share is None


def test_the_sample_is_of_the_month_and_the_unit_and_drawn_once(
    monitor: User, second: User, reviewer: User, person: Person
) -> None:
    events = excluded(12, monitor, second)
    beside = excluded(3, monitor, unit_id="O2")
    this_month = events.pop()
    QuasiEvent.objects.filter(pk=this_month.pk).update(concluded_at=timezone.now())
    plan = actions.draw_sample(
        reviewer, the("B1"), last_month(), margin=Decimal("0.1"), expected=Decimal("0.1")
    )
    items = list(plan.items.all())
    assert plan.population == 11
    assert len(items) == sample_size(11, 0.95, 0.1, 0.1)
    assert {i.event for i in items} <= set(events)
    assert not {i.event for i in items} & {this_month, *beside}
    assert code_of(actions.draw_sample, reviewer, the("B1"), last_month()) == "drawn"
    # By its seed anybody draws the same once more.
    again = draw(plan, concluded(the("B1"), last_month()))
    assert {(e.pk, part) for e, part in again} == {(i.event_id, i.part) for i in items}
    assert list(plans_of(person("other", "R06", "B2"))) == []


def test_what_is_key_is_drawn_beside_and_told_apart(
    monitor: User, second: User, reviewer: User, person: Person
) -> None:
    events = excluded(8, monitor, second)
    took = {"key_people": [second.pk], "margin": Decimal("0.5"), "expected": Decimal("0.01")}
    plan = actions.draw_sample(reviewer, the("HO"), last_month(), **took)
    parts = {i.part for i in plan.items.all()}
    assert parts <= {Part.RANDOM, Part.KEY_PERSON}
    whole = {"margin": Decimal("0.001"), "key_models": [events[0].model]}
    third = person("third")
    for event in events[:2]:
        actions.reopen(actions.ask_reopening(event, reviewer, "…"), third, "…")
    of_all = SamplingPlan(seed=1, confidence=0.95, expected=0.5, **whole)
    everything = draw(of_all, concluded(the("HO"), last_month()))
    assert {e for e, _part in everything} == set(events[2:])
    assert {part for _event, part in everything} == {Part.RANDOM}


def test_a_plan_is_sound(reviewer: User, monitor: User) -> None:
    now = timezone.localdate().replace(day=1)
    assert code_of(actions.draw_sample, reviewer, the("B1"), now) == "month"
    assert code_of(actions.draw_sample, reviewer, the("B1"), None) == "month"
    assert code_of(actions.draw_sample, reviewer, None, last_month()) == "unit"
    assert code_of(actions.draw_sample, monitor, the("B1"), last_month()) == "role"
    for name, value in (("confidence", "1"), ("margin", "0"), ("margin", "0.6"), ("expected", "0")):
        assert (
            code_of(actions.draw_sample, reviewer, the("B1"), last_month(), **{name: Decimal(value)}) == name
        )
    plan = actions.draw_sample(reviewer, the("B1"), last_month())
    assert (plan.population, plan.items.count()) == (0, 0)


@pytest.fixture
def items(monitor: User, second: User, reviewer: User) -> list[SampleItem]:
    excluded(6, monitor, second)
    plan = actions.draw_sample(reviewer, the("B1"), last_month(), margin=Decimal("0.01"))
    drawn = list(plan.items.select_related("event").order_by("pk"))
    assert len(drawn) == 6
    return drawn


def test_what_was_excluded_wrongly_begins_anew(items: list[SampleItem], reviewer: User) -> None:
    wrong, right = items[:2]
    assert code_of(actions.check_sample, wrong, reviewer, "") == "verdict"
    assert code_of(actions.check_sample, wrong, reviewer, "wrong") == "faults"
    assert code_of(actions.check_sample, wrong, reviewer, "wrong", FAULTS) == "note"
    assert code_of(actions.check_sample, wrong, reviewer, "wrong", ["?"], "…") == "faults"
    actions.check_sample(wrong, reviewer, "wrong", FAULTS, "未核实资金去向。")
    event = QuasiEvent.objects.get(pk=wrong.event_id)
    assert (event.state, event.outcome, event.clock_from) == ("new", "", timezone.localdate())
    assert [n.person for n in Notice.objects.filter(kind="conclusion_wrong")] == [wrong.concluded_by]
    line = History.objects.get(action="check_exclusion")
    assert (line.after["verdict"], line.after["faults"], line.reason) == ("wrong", FAULTS, "未核实资金去向。")
    actions.check_sample(right, reviewer, "right")
    assert QuasiEvent.objects.get(pk=right.event_id).state == "excluded"
    assert code_of(actions.check_sample, right, reviewer, "right") == "checked"


def test_who_concluded_does_not_look_once_more(
    items: list[SampleItem], monitor: User, person: Person
) -> None:
    assert code_of(actions.check_sample, items[0], monitor, "right") == "role"
    # The function alone is not enough: he was the first.
    first = person("first", "R06")
    SampleItem.objects.filter(pk=items[0].pk).update(concluded_by=first)
    items[0].refresh_from_db()
    assert code_of(actions.check_sample, items[0], first, "right") == "recusal"


def test_what_was_concluded_anew_since_lapses(
    items: list[SampleItem], reviewer: User, monitor: User, second: User, person: Person
) -> None:
    event = items[0].event
    actions.reopen(actions.ask_reopening(event, reviewer, "…"), person("third"), "…")
    fresh = items_of(reviewer).select_related("event").get(pk=items[0].pk)
    assert fresh.lapsed
    assert code_of(actions.check_sample, fresh, reviewer, "right") == "anew"
    assert progress_of(items_of(reviewer).select_related("event")).lapsed == 1


def test_a_determination_found_wrong_stays_as_it_is(monitor: User, reviewer: User, event: QuasiEvent) -> None:
    actions.take(event, monitor)
    determine(event, monitor, "external", "E4")
    in_the_month([event])
    given_ = {"key_models": [event.model], "margin": Decimal("0.01")}
    plan = actions.draw_sample(reviewer, the("B1"), last_month(), **given_)
    item = plan.items.get()
    assert item.part == Part.KEY_MODEL
    actions.check_sample(item, reviewer, "wrong", FAULTS, "驱动因素有误。")
    event.refresh_from_db()
    assert event.state == "determined"


def test_rates_come_from_the_random_part_alone(
    items: list[SampleItem], reviewer: User, monitor: User, second: User
) -> None:
    of_monitor = [i for i in items if i.concluded_by == monitor]
    SampleItem.objects.filter(pk=items[-1].pk).update(part=Part.KEY_PERSON)
    for item in items:
        item.refresh_from_db()
        if item == of_monitor[0]:
            actions.check_sample(item, reviewer, "wrong", FAULTS, "…")
        else:
            actions.check_sample(item, reviewer, "right")
    plan = SamplingPlan.objects.get()
    rates = rates_of(plan, items_of(reviewer).select_related("event", "concluded_by"))
    assert (rates.whole.wrong, rates.whole.checked) == (1, 5)
    by_person = {line.of: (line.rate.wrong, line.rate.checked) for line in rates.people}
    kept = [i for i in items[:-1] if i.concluded_by == monitor]
    assert by_person[str(monitor)] == (1, len(kept))
    assert rates.chosen == [(Part.KEY_PERSON, 0, 1)]
    low, high = rates.whole.low, rates.whole.high
    assert low is not None
    assert high is not None
    assert low < 0.2 < high
