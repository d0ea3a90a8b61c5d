"""Running the models: what runs, what is skipped, what goes wrong alone."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from riskloop.bank.errors import BadInput
from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.detection.kept import kept_hits, kept_parameters
from riskloop.detection.ledger import Ledger
from riskloop.detection.plan import Decided, OwnValues
from riskloop.detection.run import DetectReport, DetectRequest, detect, detect_to_file, gaps
from riskloop.models.catalogue import AnyModel, catalogue, model_of
from tests.detection.conftest import FRIDAY, SATURDAY, Remembered, entries


def run(home: Home, sink: Remembered | None = None, **request: Any) -> DetectReport:
    return detect(home, DetectRequest(**request), sink or Remembered(), lambda done, total, day: None)


def states(home: Home) -> dict[tuple[dt.date, str], str]:
    return {(r.day, r.model): r.state for r in Ledger(home).rows()}


@pytest.fixture
def few_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue in which each shape has one model: most of a run's time goes into making its queries."""
    few = {code: model_of(code) for code in ("A10", "A11", "B14", "B16", "C03")}
    monkeypatch.setattr("riskloop.detection.plan.catalogue", lambda: few)


def test_hits_reach_the_sink_and_the_ledger(home: Home) -> None:
    sink = Remembered()
    report = run(home, sink, codes=("A11",))
    assert sink.taken == [(FRIDAY, "A11", ["E1"]), (SATURDAY, "A11", ["E5"])]
    assert report.hits == {"A11": 2}
    friday, _saturday = Ledger(home).rows(model="A11")
    assert (friday.state, friday.hits, friday.rows_read) == ("done", 1, 4)
    assert friday.finished_at is not None
    assert pq.read_table(home.runs / "hits" / "A11" / "2024-03-15.parquet").num_rows == 1


def test_a_window_reaches_back_over_days(home: Home) -> None:
    sink = Remembered()
    run(home, sink, codes=("A10",))
    assert sink.taken == [(FRIDAY, "A10", []), (SATURDAY, "A10", ["P1"])]


def test_evidence_holds_the_rows_behind_a_hit(home: Home) -> None:
    sink = Remembered()
    run(home, sink, codes=("A11",), last=FRIDAY)
    rows = sink.evidence["E1"]
    assert [r["entry_id"] for r in rows["journal"]] == ["E1"]
    assert rows["journal"][0]["amount"] == "600000.00"
    assert rows["accounts"][0]["account_id"] == "P1"
    assert rows["customers"][0]["name"] == "王伟"
    json.dumps(sink.evidence)


@pytest.mark.usefixtures("few_models")
def test_volume_is_what_somebody_started(home: Home) -> None:
    """E3 is automatic and E4 a reversal: neither is anybody's business of the day."""
    sink = Remembered()
    run(home, sink)
    assert sink.volumes[FRIDAY] == [{"unit_id": "U1", "teller_id": "T1", "code": "0000", "volume": 2}]
    assert states(home)[FRIDAY, "VOLUME"] == "done"


@pytest.mark.usefixtures("few_models")
def test_what_ran_is_not_run_again(home: Home) -> None:
    first = run(home)
    sink = Remembered()
    second = run(home, sink)
    assert first.cells_run == second.cells_skipped > 0
    assert (second.cells_run, sink.taken) == (0, [])


def test_other_values_are_another_run(home: Home) -> None:
    run(home, codes=("A11",))
    sink = Remembered()
    run(home, sink, codes=("A11",), settings=("A11.amount=650000",))
    assert sink.taken == [(FRIDAY, "A11", []), (SATURDAY, "A11", ["E5"])]


@pytest.mark.usefixtures("few_models")
def test_late_data_makes_exactly_the_cells_stale_that_it_can_change(home: Home) -> None:
    run(home)
    assert gaps(home) == []
    late = entries(FRIDAY, {"entry_id": "E9", "debit_account_id": "P1", "amount": Decimal(900_000)})
    Lake(home).write_facts("journal", FRIDAY, late)
    stale = {(r.day, r.model) for r in gaps(home)}
    # A11 reads the day alone; A10 looks back from Saturday to Friday.
    assert (FRIDAY, "A11") in stale
    assert (SATURDAY, "A11") not in stale
    assert {(FRIDAY, "A10"), (SATURDAY, "A10")} <= stale
    sink = Remembered()
    run(home, sink, codes=("A11",))
    assert sink.taken == [(FRIDAY, "A11", ["E9"])]


@pytest.mark.usefixtures("few_models")
def test_a_missing_table_or_column_is_the_reason(home: Home) -> None:
    report = run(home)
    assert "table ebank_events" in report.not_applicable["B16"]
    assert "attendance" in report.not_applicable["C03"]
    assert states(home)[FRIDAY, "B16"] == "not_applicable"
    assert "B16" not in {r.model for r in gaps(home)}


@pytest.mark.usefixtures("few_models")
def test_an_absent_column_is_named(home: Home) -> None:
    lake = Lake(home)
    for day in (FRIDAY, SATURDAY):
        rows = pq.read_table(lake.file("journal", day))
        lake.write_facts("journal", day, rows.replace_schema_metadata(None), absent=["teller_id"])
    assert "column journal.teller_id" in run(home).not_applicable["B14"]


def test_one_failure_stops_nobody_else(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(bank: Any, parameters: Any) -> Any:
        raise ZeroDivisionError("a model's own mistake")

    monkeypatch.setitem(model_of("A01").__dict__, "hits", fail)
    report = run(home, codes=("A01", "A11"))
    assert report.failed == [
        (day, "A01", "ZeroDivisionError: a model's own mistake") for day in (FRIDAY, SATURDAY)
    ]
    assert report.hits["A11"] == 2
    assert {r.model for r in gaps(home) if r.state == "failed"} == {"A01"}
    monkeypatch.undo()
    assert run(home, codes=("A01", "A11")).cells_run == 2


def test_a_sink_that_fails_leaves_a_gap(home: Home) -> None:
    class Broken(Remembered):
        def take(self, *given: Any) -> None:
            raise OSError("the database is gone")

    report = run(home, Broken(), codes=("A11",))
    assert [m for _, m, _ in report.failed] == ["A11", "A11"]
    assert states(home)[FRIDAY, "A11"] == "failed"


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_a_file_needs_neither_ledger_nor_database(home: Home, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"hits.{ending}"
    report = detect_to_file(home, DetectRequest(codes=("A11",)), file, lambda done, total, day: None)
    assert report.hits == {"A11": 2}
    assert Ledger(home).rows() == []
    assert not (home.runs / "hits").exists()
    if ending == "parquet":
        assert pq.read_table(file)["entry_ids"].to_pylist() == [["E1"], ["E5"]]
    else:
        assert file.read_text().splitlines()[1].startswith('"A11","entry","E1",2024-03-15,"U1",600000.00,1,')


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"first": SATURDAY, "last": FRIDAY}, "--from 2024-03-16 is after --to 2024-03-15"),
        ({"first": dt.date(2030, 1, 1)}, "in the lake, which has 2024-03-15 to 2024-03-16"),
        ({"codes": ("A99",)}, "there is no model A99"),
        ({"settings": ("A11",)}, "--set is A11"),
        ({"settings": ("A11.amount=",)}, "--set is A11.amount="),
        ({"settings": ("A99.amount=1",)}, "there is no model A99"),
        ({"settings": ("A11.size=1",)}, "model A11 has no parameter size; it has amount"),
        ({"settings": ("A11.amount=0",)}, "A11.amount is 0, and must be from 1 to"),
        ({"settings": ("A10.days=2.5",)}, "A10.days is 2.5, and must be a whole number"),
        ({"settings": ("A11.amount=nan",)}, "A11.amount is nan, and must be a number"),
        ({"codes": ("A10",), "settings": ("A11.amount=5",)}, "--set names A11, which --model leaves out"),
        ({"engine": "abacus"}, "--engine is abacus, and must be duckdb or spark"),
        ({"master": "spark://cluster:7077"}, "--master is spark://cluster:7077, and only --engine spark"),
    ],
)
def test_bad_requests(home: Home, request_: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput) as problem:
        run(home, **request_)
    assert said in str(problem.value)
    assert not home.runs.exists()


def test_an_empty_lake(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there are no facts in"):
        run(Home(tmp_path))


def test_every_model_of_the_catalogue_has_a_cell(home: Home) -> None:
    run(home)
    assert {m for _, m in states(home)} == {*catalogue(), "VOLUME", "BUNDLES"}


@pytest.mark.usefixtures("few_models")
def test_other_values_are_a_gap(home: Home) -> None:
    run(home)
    assert gaps(home) == []
    run(home, codes=("A11",), settings=("A11.amount=650000",))
    assert {(g.day, g.model, g.state) for g in gaps(home)} == {
        (FRIDAY, "A11", "stale"),
        (SATURDAY, "A11", "stale"),
    }


def test_a_window_over_a_derived_table_reaches_as_far(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is derived from a day changes with it, and whoever reads that is stale, and nobody else."""
    model = model_of("A11")
    wide = dataclasses.replace(
        model,
        needs=dict(model.needs) | {"account_days": ("account_id",)},
        lookback={"account_days": 2},
    )
    monkeypatch.setattr("riskloop.detection.plan.catalogue", lambda: {"A11": wide, "B09": model_of("B09")})
    run(home)
    assert gaps(home) == []
    late = [{"entry_id": "E9", "debit_account_id": "P1", "amount": Decimal(1)}]
    Lake(home).write_facts("journal", FRIDAY, entries(FRIDAY, *late))
    found = {(g.day, g.model) for g in gaps(home) if g.model != "VOLUME"}
    assert found == {(FRIDAY, "A11"), (SATURDAY, "A11"), (FRIDAY, "B09")}


@pytest.mark.usefixtures("few_models")
def test_the_sink_finishes_a_day_once_after_its_last_run(home: Home) -> None:
    sink = Remembered()
    run(home, sink)
    run(home, sink)
    assert sink.finished == [FRIDAY, SATURDAY]
    run(home, sink, codes=("A11",), settings=("A11.amount=650000",), last=FRIDAY)
    assert sink.finished == [FRIDAY, SATURDAY, FRIDAY]


@pytest.mark.usefixtures("few_models")
def test_a_day_that_could_not_be_finished_is_a_gap_and_tried_again(home: Home) -> None:
    class Failing(Remembered):
        def finish_day(self, day: dt.date) -> None:
            raise OSError("disk")

    run(home, Failing())
    assert {(g.model, g.note) for g in gaps(home)} == {("BUNDLES", "OSError: disk")}
    run(home)
    assert gaps(home) == []


def test_a_ledger_that_is_only_just_made_is_empty(home: Home) -> None:
    home.runs.mkdir()
    (home.runs / "ledger.sqlite").touch()
    assert Ledger(home).rows() == []


def test_a_model_runs_with_the_values_that_were_decided_for_the_day(home: Home) -> None:
    """From Saturday on the limit is higher; a run of Friday still has the old one."""

    def decisions(model: AnyModel, day: dt.date) -> Decided:
        return Decided({"amount": "750000"} if model.code == "A11" and day >= SATURDAY else {})

    sink = Remembered()
    run(home, sink, codes=("A11",), decisions=decisions)
    assert sink.taken == [(FRIDAY, "A11", ["E1"]), (SATURDAY, "A11", [])]
    assert run(home, codes=("A11",), decisions=decisions).cells_skipped == 2
    assert [r.day for r in gaps(home, decisions) if r.model == "A11"] == []
    assert [r.day for r in gaps(home) if r.model == "A11"] == [SATURDAY]
    sink = Remembered()
    run(home, sink, codes=("A11",), settings=("A11.amount=700000",), decisions=decisions)
    assert sink.taken == [(FRIDAY, "A11", []), (SATURDAY, "A11", ["E5"])]


def test_a_branch_has_values_of_its_own_for_what_is_hit_in_its_units(home: Home) -> None:
    rows = [
        {"entry_id": f"E1{n}", "debit_account_id": "P1", "amount": Decimal(amount), "unit_id": unit}
        for n, (unit, amount) in enumerate(
            [("U1", 600_000), ("U2", 600_000), ("U2", 900_000), (None, 600_000)]
        )
    ]
    Lake(home).write_facts("journal", FRIDAY, entries(FRIDAY, *rows))
    own = OwnValues("B2", frozenset({"U2"}), {"amount": "800000"})
    sink = Remembered()
    run(home, sink, codes=("A11",), last=FRIDAY, decisions=lambda _model, _day: Decided({}, (own,)))
    assert sink.taken == [(FRIDAY, "A11", ["E10", "E12", "E13"])]
    model = model_of("A11")
    by_subject = {hit["subject_id"]: hit for hit in kept_hits(home, "A11", FRIDAY, FRIDAY)}
    used = {s: kept_parameters(home, model, FRIDAY, h["parameter_version"]) for s, h in by_subject.items()}
    assert {s: p.amount for s, p in used.items()} == {"E10": 500_000, "E12": 800_000, "E13": 500_000}


def test_a_model_outside_supervision_neither_runs_nor_is_a_gap(home: Home) -> None:
    def decisions(model: AnyModel, day: dt.date) -> Decided | None:
        return None if (model.code, day) == ("A11", SATURDAY) else Decided()

    sink = Remembered()
    run(home, sink, codes=("A11",), decisions=decisions)
    assert sink.taken == [(FRIDAY, "A11", ["E1"])]
    _friday, saturday = Ledger(home).rows(model="A11")
    assert (saturday.state, saturday.note) == ("not_applicable", "not under supervision on this day")
    assert [r for r in gaps(home, decisions) if r.model == "A11"] == []
