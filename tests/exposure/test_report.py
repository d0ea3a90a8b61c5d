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
from riskloop.exposure.report import exposure_of_tellers, exposure_of_units, latest_day
from riskloop.loop.actions import Approve, Take, do
from riskloop.loop.models import Outcome, QuasiEvent
from riskloop.organisation.models import User
from riskloop.organisation.sync import sync_organisation
from tests.exposure.conftest import Determined, volume
from tests.loop.conftest import DAY, found, unit
from tests.loop.working import determine

Person = Callable[..., User]
NEXT = DAY + dt.timedelta(days=1)


def units(user: User, first: dt.date = DAY, last: dt.date = DAY) -> dict[str, Measures]:
    return {row.unit_id: row.measures for row in exposure_of_units(user, first, last)}


def tellers(user: User, first: dt.date = DAY, last: dt.date = DAY) -> dict[str, Measures]:
    return {row.teller_id: row.measures for row in exposure_of_tellers(user, first, last)}


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
    assert list(all_units) == ["HO", "B", "B1", "S1", "O1", "B2", "S2", "O2"]


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
    rows = exposure_of_units(person("ann"), DAY, DAY)
    assert [(r.unit_id, r.name, r.level, r.measures) for r in rows[-2:]] == [
        ("", "", "", Measures(0, 1, 0, Fraction(1))),
        ("X9", "", "", Measures(7, 1, 0, Fraction(1))),
    ]
    assert rows[0].measures == Measures(100)
    assert set(units(person("bob", unit_id="B"))) == {"B", "B1", "S1", "O1", "B2", "S2", "O2"}


# ── tellers ──


def test_an_event_counts_for_each_of_its_tellers(person: Person, determined: Determined) -> None:
    volume(("O1", "T1", 100), ("O2", "T1", 1), ("O1", None, 50), ("O1", "T8", 9))
    determined("O1", Outcome.INTERNAL, "3", tellers=("T1", "T2", "T1"))
    determined("O1", Outcome.EXTERNAL, "1", tellers=())
    rows = exposure_of_tellers(person("ann"), DAY, DAY)
    assert [(r.teller_id, r.name, r.unit_id, r.unit_name) for r in rows] == [
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
        exposure_of_units(user, DAY, DAY)
        exposure_of_tellers(user, DAY, DAY)

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
    assert _queries(both) == few
    assert few <= 16
