"""The sums that triggers keep are those that the facts give, whatever was done to them, in any order."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskloop.exposure.actions import record_volumes
from riskloop.exposure.belonging import Grouping
from riskloop.exposure.figures import Subject, figures
from riskloop.exposure.measures import Measures
from riskloop.exposure.models import DailyVolume, RiskEvent, TellerVolume, UnitVolume
from riskloop.exposure.periods import Period
from riskloop.exposure.report import exposure_of
from riskloop.loop.actions import Approve, Take, do
from riskloop.loop.actions.anew import begin_anew
from riskloop.loop.models import Outcome, QuasiEvent, State
from riskloop.organisation.models import User
from riskloop.organisation.row_security import NOTHING, reading
from tests.exposure.conftest import Determined, volume
from tests.loop.conftest import DAY, found
from tests.loop.working import determine

Person = Callable[..., User]
DAYS = [
    dt.date(2023, 12, 31),
    dt.date(2024, 1, 1),
    dt.date(2024, 2, 29),
    dt.date(2024, 3, 31),
    dt.date(2024, 4, 1),
]
UNITS, TELLERS, CODES = ["O1", "O2", "B1"], ["", "T1", "T2"], ["1001", "1002"]
PERIODS = [
    Period(dt.date(2023, 12, 31), dt.date(2024, 4, 1)),
    Period(dt.date(2024, 1, 1), dt.date(2024, 12, 31)),
    Period(dt.date(2024, 1, 1), dt.date(2024, 3, 31)),
    Period(dt.date(2024, 2, 29), dt.date(2024, 3, 31)),
    Period(dt.date(2024, 2, 1), dt.date(2024, 4, 1)),
]

keys = st.tuples(st.sampled_from(UNITS), st.sampled_from(TELLERS), st.sampled_from(CODES))
volumes = st.tuples(
    st.just("volume"), st.sampled_from(DAYS), st.dictionaries(keys, st.integers(0, 10**6), max_size=4)
)
states = st.tuples(
    st.just("event"),
    st.integers(0, 3),
    st.fixed_dictionaries(
        {
            "outcome": st.sampled_from(["", "excluded", "internal", "external", "case_clue"]),
            "withdrawn": st.booleans(),
            "controllable": st.sampled_from([None, True, False]),
            "score": st.decimals(0, 1000, places=2),
            "booked_on": st.sampled_from(DAYS),
            "unit_id": st.sampled_from(UNITS),
            "teller_ids": st.lists(st.sampled_from(["T1", "T2"]), max_size=2),
        }
    ),
)
gone = st.tuples(st.just("gone"), st.integers(0, 3), st.none())


def _event(number: int, said: dict[str, Any]) -> QuasiEvent:
    plain = {name: value for name, value in said.items() if name != "withdrawn"}
    return QuasiEvent(
        id=uuid.UUID(int=number),
        model="A11",
        model_version=1,
        parameter_version="1",
        parameters={},
        subject_kind="entry",
        subject_id=f"E{number}",
        last_on=said["booked_on"],
        count=1,
        evidence={},
        found_at=timezone.now(),
        withdrawn_on=timezone.now() if said["withdrawn"] else None,
        state=State.NEW,
        grade="general",
        **plain,
    )


def _done(steps: list[tuple[str, Any, Any]]) -> None:
    for kind, which, said in steps:
        if kind == "volume":
            rows = [
                {"unit_id": u, "teller_id": t or None, "code": c, "volume": v}
                for (u, t, c), v in said.items()
            ]
            record_volumes(which, rows)
        elif kind == "event":
            _event(which, said).save()
        else:
            QuasiEvent.objects.filter(pk=uuid.UUID(int=which)).delete()


def _plainly(subject: Subject, period: Period) -> dict[str, Measures]:
    """The same figures from the events and the volumes, one by one."""
    sums: defaultdict[str, Measures] = defaultdict(Measures)
    for row in DailyVolume.objects.filter(day__range=(period.first, period.last)):
        key = {Subject.UNIT: row.unit_id, Subject.TELLER: row.teller_id, Subject.BUSINESS: row.business}[
            subject
        ]
        if key or subject is not Subject.TELLER:
            sums[key] += Measures(row.volume)
    counts = QuasiEvent.objects.filter(
        outcome__in=["internal", "external"], withdrawn_on=None, booked_on__range=(period.first, period.last)
    )
    for event in counts:
        score, internal = Fraction(event.score or 0), event.outcome == "internal"
        one = Measures(
            0,
            int(internal),
            int(not internal),
            score if internal else Fraction(0),
            Fraction(0) if internal else score,
            int(bool(event.controllable)),
            score if event.controllable else Fraction(0),
        )
        names = {
            Subject.UNIT: {str(event.unit_id)},
            Subject.TELLER: set(event.teller_ids),
            Subject.BUSINESS: {""},
        }[subject]
        for key in names:
            sums[key] += one
    return {key: measures for key, measures in sums.items() if not measures.is_nothing}


@pytest.fixture
def rolled_back(bank: None) -> Callable[[Callable[[], None]], None]:
    """Each example of hypothesis begins with an empty bank."""

    def run(example: Callable[[], None]) -> None:
        with transaction.atomic():
            example()
            transaction.set_rollback(True)

    return run


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(st.one_of(volumes, states, states, gone), max_size=9))
def test_what_is_summed_up_is_what_the_facts_give(
    rolled_back: Callable[[Callable[[], None]], None], steps: list[tuple[str, Any, Any]]
) -> None:
    def example() -> None:
        _done(steps)
        units = Grouping(("O1", "O2", "B1"), "whole", DAY, DAY, None)
        for subject in Subject:
            told = figures(subject, units, PERIODS)
            for n, period in enumerate(PERIODS):
                summed = {key: of[n] for key, of in told.items() if not of[n].is_nothing}
                assert summed == _plainly(subject, period), (subject, str(period))

    rolled_back(example)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data(), steps=st.lists(states, min_size=2, max_size=4, unique_by=lambda s: s[1]))
def test_the_order_of_determination_makes_no_difference(
    rolled_back: Callable[[Callable[[], None]], None], data: st.DataObject, steps: list[tuple[str, Any, Any]]
) -> None:
    other = data.draw(st.permutations(steps))
    told: list[list[tuple[Any, ...]]] = []

    def example(of: list[tuple[str, Any, Any]]) -> Callable[[], None]:
        def run() -> None:
            # Each is determined, taken back and determined again: what was in between leaves nothing.
            _done([*of, *((kind, n, said | {"outcome": ""}) for kind, n, said in of), *of])
            told.append(
                list(RiskEvent.objects.order_by("pk").values_list("pk", "internal", "score", "unit_id"))
            )
            units = Grouping(("HO",), "whole", DAY, DAY, None)
            told[-1] += list(figures(Subject.UNIT, units, PERIODS).items())

        return run

    rolled_back(example(steps))
    rolled_back(example(other))
    assert told[0] == told[1]


def test_an_event_counts_from_its_determination_until_it_begins_anew(person: Person, bank: None) -> None:
    found({}, evidence={"E1": {"journal": [{"entry_id": "E1", "code": "1101"}]}})
    event, user, day = QuasiEvent.objects.get(), person("ann"), Period(DAY, DAY)
    do(Take(event, user))
    determine(event, user, Outcome.EXTERNAL, "E1", "key_attention", "breach of agreement")
    assert exposure_of(user, ["HO"], day).now.events == 0
    do(Approve(event, person("approver")))
    assert exposure_of(user, ["HO"], day).now.events == 1
    assert RiskEvent.objects.get().businesses == ["1101"]
    event.refresh_from_db()
    begin_anew(event, "uphold_appeal")
    assert exposure_of(user, ["HO"], day).now == Measures()
    assert not RiskEvent.objects.exists()


def test_sums_are_kept_also_where_the_one_who_acts_reaches_less(
    person: Person, determined: Determined
) -> None:
    determined("O2", score="2")
    said = {"outcome": "internal", "withdrawn": False, "controllable": None, "score": "5"}
    with reading(NOTHING):
        where = {"booked_on": DAY, "unit_id": "O2", "teller_ids": []}
        _event(1, said | where).save(force_insert=True)
    both = Measures(0, 2, 0, Fraction(7))
    assert exposure_of(person("ann"), ["O2"], Period(DAY, DAY)).now == both
    assert exposure_of(person("bob"), ["HO"], Period(DAY, DAY)).now == both


def test_a_day_counted_anew_leaves_the_sums_of_the_others(bank: None) -> None:
    volume(("O1", "T1", 10), day=DAY)
    volume(("O1", "T1", 5), day=DAY + dt.timedelta(days=1))
    volume(("O1", "T2", 7), day=DAY)
    kept = TellerVolume.objects.filter(months=1).exclude(volume=0).order_by("teller_id")
    assert list(kept.values_list("teller_id", "volume")) == [("T1", 5), ("T2", 7)]
    assert set(UnitVolume.objects.values_list("months", "volume")) == set(
        itertools.product((1, 3, 12), (12,))
    )
