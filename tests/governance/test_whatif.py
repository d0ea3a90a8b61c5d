"""What other values would have gained, lost, saved and missed, by the loop's own record."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.bank.memory import arrow_table
from riskloop.detection.run import DetectRequest, detect
from riskloop.detection.whatif import question
from riskloop.governance.models import ModelChange
from riskloop.governance.what_if.computing import what_if
from riskloop.governance.what_if.results import Share, WhatIf
from riskloop.loop import actions
from riskloop.loop.intake import LoopSink
from riskloop.loop.models import Continuation, QuasiEvent
from riskloop.loop.pace import ENOUGH, Pace, pace
from riskloop.organisation.models import User
from tests.loop.conftest import bank, person
from tests.loop.working import finding

__all__ = ["bank", "person"]

FRIDAY, MONDAY = dt.date(2024, 3, 15), dt.date(2024, 3, 18)
Person = Callable[..., User]


def silent(*_done: Any) -> None:
    pass


def journal(lake: Lake, day: dt.date, *rows: tuple[str, str, int, str]) -> None:
    plain = {"posted_at": dt.datetime.combine(day, dt.time(10)), "teller_id": "T1"}
    listed = [
        plain | {"entry_id": e, "debit_account_id": a, "amount": Decimal(amount), "unit_id": unit}
        for e, a, amount, unit in rows
    ]
    lake.write_facts("journal", day, arrow_table("journal", listed, day))


@pytest.fixture
def home(tmp_path: Path, bank: None) -> Home:
    """Six payments over two days in two outlets; E1 and E2 leave one account."""
    home = Home(tmp_path)
    lake = Lake(home)
    accounts = [
        {"account_id": a, "kind": "personal_settlement", "customer_id": f"K{a}", "unit_id": "O1"}
        for a in ("P1", "P2", "P3", "P4")
    ]
    lake.write_standing("accounts", FRIDAY, arrow_table("accounts", accounts, FRIDAY))
    journal(
        lake,
        FRIDAY,
        ("E1", "P1", 600_000, "O1"),
        ("E2", "P1", 700_000, "O1"),
        ("E3", "P2", 800_000, "O2"),
        ("E4", "P3", 400_000, "O1"),
    )
    journal(lake, MONDAY, ("E5", "P4", 500_000, "O1"), ("E6", "P2", 300_000, "O2"))
    return home


def run(home: Home, *settings: str, codes: tuple[str, ...] = ("A11",)) -> None:
    sink = LoopSink(take_volumes=lambda _day, _rows: None)
    detect(home, DetectRequest(codes=codes, settings=settings), sink, silent)


def ask(home: Home, *settings: str, sweep: str = "", minutes: float | None = None) -> WhatIf:
    return what_if(home, question(settings, sweep), None, None, silent, minutes)


def event(entry: str) -> QuasiEvent:
    return QuasiEvent.objects.get(subject_id=entry)


def exclude(entry: str, monitor: User) -> None:
    actions.take(event(entry), monitor)
    actions.exclude(event(entry), monitor, "genuine", "…")


def confirm(entry: str, monitor: User) -> None:
    actions.take(event(entry), monitor)
    actions.pass_on(event(entry), monitor, "rule_broken", "…")
    actions.determine(event(entry), monitor, finding("internal", "P1", "general"))


@pytest.fixture
def judged(home: Home, person: Person) -> Home:
    """E1 was confirmed and E2, of the same account, excluded; E3 confirmed; E5 waits."""
    run(home)
    monitor = person("lin")
    confirm("E1", monitor)
    exclude("E2", monitor)
    confirm("E3", monitor)
    return home


def test_a_higher_limit_says_what_it_would_have_missed_and_saved(judged: Home) -> None:
    answer = ask(judged, "A11.amount=750000")
    (one,) = answer.alternatives
    assert (answer.in_force.hits, one.hits, one.gained, one.lost) == (4, 1, 0, 3)
    assert dict(one.lost_by_fate) == {"confirmed": 1, "excluded": 1, "undecided": 1}
    assert [(e.subject_id, e.outcome, e.unit_id) for e in one.missed] == [("E1", "internal", "O1")]
    assert (one.saved, one.unjudged) == (1, 0)
    assert (answer.in_force.precision, one.precision) == (Share(2, 3), Share(1, 1))
    assert (answer.in_force.recall, one.recall) == (Share(2, 2), Share(1, 2))
    assert {u: c.as_dict() for u, c in one.by_unit.items()} == {
        "O1": {"gained": 0, "lost": 3, "missed": 1, "saved": 1}
    }


def test_a_lower_limit_says_what_it_would_have_gained_and_that_nobody_judged_it(judged: Home) -> None:
    (one,) = ask(judged, "A11.amount=300000").alternatives
    assert (one.hits, one.gained, one.lost, one.unjudged) == (6, 2, 0, 2)
    assert (one.missed, one.saved, one.precision, one.recall) == ([], 0, Share(2, 3), Share(2, 2))
    assert {u: c.gained for u, c in one.by_unit.items()} == {"O1": 1, "O2": 1}


def test_work_is_counted_in_bundles_as_the_loop_joins_them(judged: Home) -> None:
    """E1 and E2 leave one account: one bundle. Without E1 it still is one; it is lost without both."""
    answer = ask(judged, sweep="A11.amount=300000,650000,750000", minutes=30)
    assert [e.bundles for e in (answer.in_force, *answer.alternatives)] == [3, 5, 2, 1]
    assert [(e.bundles_gained, e.bundles_lost) for e in answer.alternatives] == [(2, 0), (0, 1), (0, 2)]
    assert [answer.hours(e.bundles_lost) for e in answer.alternatives] == [0, 0.5, 1]
    there = QuasiEvent.objects.values_list("bundle", "pk")
    assert len({bundle or pk for bundle, pk in there}) == answer.in_force.bundles


def test_what_is_told_beforehand_is_what_then_comes(home: Home) -> None:
    """The preview's count is the count of a run with these values, hit by hit and bundle by bundle."""
    (one,) = ask(home, "A11.amount=350000").alternatives
    run(home, "A11.amount=350000")
    events = QuasiEvent.objects.filter(withdrawn_on=None)
    assert events.count() == one.hits
    assert len({bundle or pk for bundle, pk in events.values_list("bundle", "pk")}) == one.bundles


def test_other_models_hits_hold_a_bundle_together(judged: Home) -> None:
    """A10 sums P1's two payments: its hit stays, and with it the bundle."""
    run(judged, codes=("A10",))
    (one,) = ask(judged, "A11.amount=750000").alternatives
    with_p1 = QuasiEvent.objects.filter(model="A10", subject_id="P1")
    assert with_p1.exists()
    assert one.bundles_lost == 1


def test_an_event_is_missed_only_where_none_of_its_hits_is_left(judged: Home) -> None:
    """An event that stands for a hit of Friday and one of Monday is opened by either."""
    event("E5").delete()
    QuasiEvent.objects.filter(subject_id="E3").update(subject_id="E5")
    plain = {"parameter_version": "1", "count": 1, "evidence": {}}
    Continuation.objects.create(event=event("E5"), booked_on=MONDAY, **plain)
    kept, gone = ask(judged, sweep="A11.amount=500000,550000").alternatives
    assert (kept.missed, kept.recall) == ([], Share(2, 2))
    assert [(e.subject_id, e.booked_on) for e in gone.missed] == [("E5", FRIDAY)]


def test_a_withdrawn_event_was_none(judged: Home) -> None:
    QuasiEvent.objects.filter(subject_id="E1").update(withdrawn_on="2024-03-20T00:00:00Z")
    (one,) = ask(judged, "A11.amount=750000").alternatives
    assert (one.missed, dict(one.lost_by_fate)) == ([], {"unjudged": 1, "excluded": 1, "undecided": 1})


def test_asking_leaves_no_trace(judged: Home) -> None:
    before = list(QuasiEvent.objects.order_by("pk").values())
    files = {file: file.stat().st_mtime_ns for file in judged.runs.rglob("*") if file.is_file()}
    ask(judged, sweep="A11.amount=1,900000")
    assert list(QuasiEvent.objects.order_by("pk").values()) == before
    assert {file: file.stat().st_mtime_ns for file in judged.runs.rglob("*") if file.is_file()} == files


def test_a_share_of_nothing_is_undefined_and_every_other_has_its_interval() -> None:
    assert (Share(0, 0).value, Share(0, 0).interval) == (None, None)
    low, high = Share(2, 3).interval or (0, 0)
    assert (round(low, 4), round(high, 4)) == (0.0943, 0.9916)
    assert Share(0, 5).as_dict()["low"] == 0


def test_what_a_conclusion_takes_is_told_by_the_conclusions(home: Home, person: Person) -> None:
    """From one to the next of the same person and day; who was away did something else meanwhile."""
    run(home)
    assert pace("A11") is None
    one, monitor = QuasiEvent.objects.filter(subject_id="E1").values().get(), person("lin")
    at = dt.datetime(2024, 3, 20, 1, tzinfo=dt.UTC)
    rows = []
    for n in range(ENOUGH + 2):
        at += dt.timedelta(minutes=90 if n == 5 else 4)
        made = {"id": uuid.UUID(int=n), "concluded_by_id": monitor.pk, "concluded_at": at}
        rows.append(QuasiEvent(**one | made))
    QuasiEvent.objects.bulk_create(rows)
    assert pace("A11") == Pace(4.0, ENOUGH, of_the_model=True)
    assert pace("A10") == Pace(4.0, ENOUGH, of_the_model=False)
    assert ask(home, "A11.amount=650000").hours(30) == 2


def test_the_values_in_force_are_those_that_were_decided_for_the_day(judged: Home, bank: None) -> None:
    """A branch's own are among them; an alternative holds for the whole bank."""
    maker = User.objects.get(username="lin")
    plain = {"model": "A11", "state": "approved", "reason": "…", "proposed_by": maker}
    ModelChange.objects.create(kind="values", values={"amount": "750000"}, effective_from=MONDAY, **plain)
    own = {"kind": "values", "values": {"amount": "300000"}, "unit_id": "B"}
    ModelChange.objects.create(effective_from=FRIDAY, **own, **plain)
    answer = ask(judged, "A11.amount=600000")
    (one,) = answer.alternatives
    assert (answer.in_force.hits, one.hits) == (6, 3)
    ModelChange.objects.create(kind="exit", effective_from=FRIDAY, **plain)
    answer = ask(judged, "A11.amount=600000")
    assert (answer.in_force.hits, answer.alternatives[0].gained) == (0, 3)
