"""Exposure of units and tellers: what counts, where, and for whom."""

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from riskloop.exposure.actions import record_volumes
from riskloop.exposure.measures import Measures
from riskloop.exposure.models import DailyVolume
from riskloop.exposure.periods import Period
from riskloop.exposure.report import (
    exposure_of,
    exposure_of_businesses,
    exposure_of_strangers,
    exposure_of_tellers,
    exposure_of_units,
    latest_day,
    tops_of,
)
from riskloop.loop.actions import Approve, Take, do
from riskloop.loop.models import Outcome, QuasiEvent
from riskloop.organisation.models import User
from riskloop.organisation.scope import kept_authority
from riskloop.organisation.sync import sync_organisation
from tests.exposure.conftest import Determined, volume
from tests.loop.conftest import DAY, found, unit
from tests.loop.working import determine

Person = Callable[..., User]
NEXT = DAY + dt.timedelta(days=1)


def units(user: User, first: dt.date = DAY, last: dt.date = DAY) -> dict[str, Measures]:
    """Every unit within reach, each with all below it."""
    period, roots = Period(first, last), [top.pk for top in tops_of(user)]
    levels = ("head_office", "tier1_branch", "tier2_branch", "sub_branch", "outlet")
    pages = (exposure_of_units(user, period, roots, level) for level in levels)
    return {row.key: row.measures for page in pages for row in page.rows}


def tellers(user: User, first: dt.date = DAY, last: dt.date = DAY) -> dict[str, Measures]:
    page = exposure_of_tellers(user, Period(first, last), [top.pk for top in tops_of(user)], "key")
    return {row.key: row.measures for row in page.rows}


# ── writing down ──


def test_volumes_of_a_day_replace_those_before(db: None) -> None:
    volume(("O1", "T1", 10), ("O1", None, 5))
    volume(("O1", "T1", 7), day=NEXT)
    volume(("O1", "T1", 11))
    kept = DailyVolume.objects.order_by("day").values_list("day", "unit_id", "teller_id", "volume")
    assert list(kept) == [(DAY, "O1", "T1", 11), (NEXT, "O1", "T1", 7)]
    assert latest_day() == NEXT


def test_volumes_that_cannot_be_written_leave_the_old_ones(db: None) -> None:
    volume(("O1", "T1", 10))
    twice = [{"unit_id": "O1", "teller_id": "T1", "volume": 1}] * 2
    with pytest.raises(IntegrityError), transaction.atomic():
        record_volumes(DAY, twice)
    assert [v.volume for v in DailyVolume.objects.all()] == [10]


# ── units ──


def test_a_unit_includes_all_below_it(person: Person, determined: Determined) -> None:
    volume(("O1", "T1", 100), ("O1", None, 50), ("S1", "T2", 30), ("O2", "T3", 20))
    determined("O1", Outcome.INTERNAL, "3")
    determined("S1", Outcome.EXTERNAL, "2")
    determined("O2", Outcome.INTERNAL, "0.5")
    all_units = units(person("ann"))
    below_s1 = Measures(180, 1, 1, Fraction(3), Fraction(2))
    below_o2 = Measures(20, 1, 0, Fraction(1, 2))
    assert all_units == {
        "HO": below_s1 + below_o2,
        "B": below_s1 + below_o2,
        "B1": below_s1,
        "S1": below_s1,
        "O1": Measures(150, 1, 0, Fraction(3)),
        "B2": below_o2,
        "S2": below_o2,
        "O2": below_o2,
    }


def test_directly_below_a_unit_the_rows_add_up_to_it(person: Person, determined: Determined) -> None:
    volume(("O1", "T1", 100), ("B", None, 50), ("B1", "T2", 30), ("O2", "T3", 20))
    determined("O1", Outcome.INTERNAL, "3", controllable=True)
    determined("B", Outcome.EXTERNAL, "2")
    user = person("ann")
    page = exposure_of_units(user, Period(DAY, DAY), ["B"])
    assert {row.key: (row.own, row.measures.volume) for row in page.rows} == {
        "B": (True, 50),
        "B1": (False, 130),
        "B2": (False, 20),
    }
    whole = exposure_of(user, ["B"], Period(DAY, DAY)).now
    assert sum((row.measures for row in page.rows), Measures()) == whole
    assert (whole.controllable_events, whole.controllable_score) == (1, 3)


def test_a_page_of_rows_in_the_order_of_a_measure(person: Person, determined: Determined) -> None:
    volume(("O1", "T1", 100), ("O2", "T3", 300))
    determined("O2")
    user, day = person("ann"), Period(DAY, DAY)
    first = exposure_of_units(user, day, ["HO"], "outlet", "-rer", 1)
    second = exposure_of_units(user, day, ["HO"], "outlet", "-rer", 1, 1)
    assert [(page.rows[0].key, page.total) for page in (first, second)] == [("O2", 2), ("O1", 2)]
    assert [row.key for row in exposure_of_units(user, day, ["HO"], "outlet", "volume").rows] == ["O1", "O2"]


def test_only_determined_events_of_the_period_count(person: Person, determined: Determined) -> None:
    volume(("O1", "T1", 100))
    volume(("O1", "T1", 10), day=NEXT)
    determined(outcome="")
    determined(outcome=Outcome.EXCLUDED)
    determined(withdrawn=True)
    determined(day=NEXT)
    user = person("ann")
    assert units(user)["O1"] == Measures(100)
    assert units(user, NEXT, NEXT)["O1"] == Measures(10, 1, 0, Fraction(1))
    assert units(user, DAY, NEXT)["O1"] == Measures(110, 1, 0, Fraction(1))


def test_an_event_counts_with_the_score_of_its_determination(person: Person, bank: None) -> None:
    found({})
    event = QuasiEvent.objects.get()
    user = person("ann")
    do(Take(event, user))
    determine(event, user, Outcome.EXTERNAL, "E1", "key_attention", "breach of agreement")
    # What awaits a second person is no risk event yet.
    assert units(user)["HO"] == Measures()
    do(Approve(event, person("approver")))
    assert event.score is not None
    assert event.score > 0
    assert units(user)["HO"] == Measures(0, 0, 1, Fraction(0), Fraction(event.score))


def test_a_reader_sees_the_units_of_his_roles(person: Person, determined: Determined) -> None:
    volume(("O1", "T1", 100), ("O2", "T3", 20))
    determined("O2")
    assert units(person("ann", unit_id="B1")) == dict.fromkeys(["B1", "S1", "O1"], Measures(100))
    assert units(person("bob", role="R02")) == {}


def test_unknown_units_stand_after_the_tree_for_those_who_reach_a_whole_one(
    person: Person, determined: Determined
) -> None:
    volume(("O1", "T1", 100), ("X9", "T1", 7))
    determined("X9")
    determined(None)
    user = person("ann")
    rows = exposure_of_strangers(user, Period(DAY, DAY)).rows
    assert [(r.key, r.name, r.level, r.measures) for r in rows] == [
        ("", "", "", Measures(0, 1, 0, Fraction(1))),
        ("X9", "", "", Measures(7, 1, 0, Fraction(1))),
    ]
    assert exposure_of(user, ["HO"], Period(DAY, DAY)).now == Measures(100)
    assert exposure_of_strangers(person("bob", unit_id="B"), Period(DAY, DAY)).rows == []


# ── tellers ──


def test_an_event_counts_for_each_of_its_tellers(person: Person, determined: Determined) -> None:
    volume(("O1", "T1", 100), ("O2", "T1", 1), ("O1", None, 50), ("O1", "T8", 9))
    determined("O1", Outcome.INTERNAL, "3", tellers=("T1", "T2", "T1"))
    determined("O1", Outcome.EXTERNAL, "1", tellers=())
    rows = exposure_of_tellers(person("ann"), Period(DAY, DAY), ["HO"], "key").rows
    assert [(r.key, r.name, r.unit_id, r.unit_name) for r in rows] == [
        ("T1", "person G1", "O1", "unit O1"),
        ("T2", "person G2", "O1", "unit O1"),
        ("T8", "", "", ""),
    ]
    assert [r.measures for r in rows] == [
        Measures(101, 1, 0, Fraction(3)),
        Measures(0, 1, 0, Fraction(3)),
        Measures(9),
    ]


def test_a_reader_sees_tellers_by_what_they_did_in_his_units(person: Person, determined: Determined) -> None:
    volume(("O1", "T1", 100), ("O2", "T1", 1), ("O2", "T3", 5))
    determined("O2", tellers=("T1",))
    assert tellers(person("ann", unit_id="B1")) == {"T1": Measures(100)}


# ── businesses ──


def test_an_event_counts_in_each_business_of_its_entries(person: Person, determined: Determined) -> None:
    volume(("O1", "T1", 100), business="1001")
    volume(("O1", "T1", 40), day=NEXT, business="1002")
    determined("O1", Outcome.INTERNAL, "3", businesses=("1001", "1002", "1001"))
    determined("O1", Outcome.EXTERNAL, "1")
    page = exposure_of_businesses(person("ann"), Period(DAY, NEXT), ["HO"], "key")
    assert {row.key: row.measures for row in page.rows} == {
        "": Measures(0, 0, 1, Fraction(0), Fraction(1)),
        "1001": Measures(100, 1, 0, Fraction(3)),
        "1002": Measures(40, 1, 0, Fraction(3)),
    }


# ── compared ──


def test_a_period_is_compared_with_the_one_before_and_the_year_before(
    person: Person, determined: Determined
) -> None:
    march = Period(dt.date(2024, 3, 1), dt.date(2024, 3, 31))
    february, year_before = dt.date(2024, 2, 29), dt.date(2023, 3, 31)
    for day, number, events in ((DAY, 100, 3), (february, 50, 1), (year_before, 400, 4)):
        volume(("O1", "T1", number), day=day)
        for _ in range(events):
            determined("O1", score="2", day=day)
    found = exposure_of(person("ann"), ["O1"], march)
    assert [m.volume for m in (found.now, found.previous, found.year_before)] == [100, 50, 400]
    assert (found.on_previous("rr"), found.on_year_before("rr")) == (Fraction(1, 2), 2)
    assert (found.on_previous("volume"), found.on_year_before("volume")) == (1, Fraction(-3, 4))
    assert found.on_previous("err") is None
    frequency, _year = found.explained()
    assert frequency is not None
    assert (frequency.frequency, frequency.severity) == (Fraction(2, 100), 0)


# ── queries ──


def _queries(call: Callable[[], Any]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        call()
    return len(queries)


def test_more_units_and_tellers_ask_no_more_queries(person: Person, determined: Determined) -> None:
    user = person("ann")
    volume(("O1", "T1", 100))
    determined("O1")

    def both() -> None:
        with kept_authority():
            exposure_of_units(user, Period(DAY, DAY), ["HO"], "outlet")
            exposure_of_tellers(user, Period(DAY, DAY), ["HO"])

    both()  # The first answer works out the tree.
    few = _queries(both)
    outlets = [f"N{n}" for n in range(60)]
    sync_organisation(
        units=[unit("HO", "head_office", None), *(unit(o, "outlet", "HO") for o in outlets)],
        staff=[],
        tellers=[],
    )
    volume(*((o, f"T{o}", 3) for o in outlets))
    for o in outlets:
        determined(o, tellers=(f"T{o}",))
    both()
    # Of outlets of which nothing was known on the day the names are looked up once more.
    assert _queries(both) <= few + 1
    assert few <= 16
