"""From lists alone: the figures of a branch's report, computed and not copied."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import translation

from riskloop.bank.errors import BadInput
from riskloop.bulletin.actions import import_figures
from riskloop.bulletin.blocks import Bulletin
from riskloop.bulletin.report import bulletin_of
from riskloop.exposure.models import DailyVolume, RiskEvent, UnitVolume
from riskloop.exposure.periods import parse
from riskloop.organisation.history import verify
from riskloop.organisation.models import History
from tests.bulletin.conftest import CONTROLLABLE, EXTERNAL, UNIT, write

pytestmark = pytest.mark.django_db


def bulletin(period: str) -> Bulletin:
    with translation.override("en"):
        return bulletin_of(UNIT, parse(period))


def said(period: str, *names: str) -> list[str]:
    book = bulletin(period).book
    return [str(book[name]) for name in names]


def test_the_changes_of_the_year_are_those_of_the_counts(figures: Path) -> None:
    import_figures(figures)
    assert said("2019", "quasi.itemised.now", "quasi.itemised.previous") == ["23,902", "37,371"]
    names = ("quasi.itemised", "internal_events", "external_events")
    changes = said("2019", *(f"{name}.change.previous" for name in names))
    # The branch printed −37.26 % of external events, which does not follow from its own counts.
    assert changes == ["−36.04 %", "−39.01 %", "−32.93 %"]


def test_two_months_are_compared_with_the_same_two(figures: Path) -> None:
    import_figures(figures)
    names = ("quasi.itemised.change.year_before", "internal_events.change.year_before")
    assert said("2020-01-01..2020-02-29", *names) == ["−5.32 %", "−31.58 %"]


def test_shares_of_drivers(figures: Path) -> None:
    import_figures(figures)
    since_2019 = "2019-01-01..2020-02-29"
    inside = [f"driver.controllable.{d}.share" for d in list(CONTROLLABLE)[:3]]
    assert said(since_2019, *inside) == ["53.23 %", "17.74 %", "11.29 %"]
    outside = [f"driver.external.{d}.share" for d in list(EXTERNAL)[:3]]
    assert said(since_2019, *outside) == ["82.10 %", "15.41 %", "1.68 %"]


def test_confirmed_by_quasi_event(figures: Path) -> None:
    import_figures(figures)
    assert said("2019", "confirmed.internal_events.now", "confirmed.internal_events.previous") == [
        "0.36 %",
        "0.38 %",
    ]


def test_importing_twice_changes_nothing(figures: Path) -> None:
    first = import_figures(figures)
    assert [(t.file, t.rows, t.added) for t in first] == [
        ("risk_events.csv", 4230, 4230),
        ("quasi_events.csv", 6, 6),
        ("volumes.csv", 2, 2),
    ]
    before = [list(m.objects.order_by("pk").values()) for m in (RiskEvent, UnitVolume, DailyVolume)]
    assert [(t.added, t.changed, t.removed) for t in import_figures(figures)] == [(0, 0, 0)] * 3
    assert before == [list(m.objects.order_by("pk").values()) for m in (RiskEvent, UnitVolume, DailyVolume)]


def test_the_history_keeps_what_was_taken_in(figures: Path) -> None:
    import_figures(figures)
    (figures / "quasi_events.csv").unlink()
    write(figures / "volumes.csv", ("period", "unit_id", "volume"), [("2019", UNIT, 5), ("2020", UNIT, 1)])
    import_figures(figures)
    lines = History.objects.filter(object_type="figures").order_by("pk")
    counts = ("rows", "added", "changed", "removed")
    told = [(one.object_id, *(one.after[name] for name in counts)) for one in lines]
    assert told == [
        ("risk_events.csv", 4230, 4230, 0, 0),
        ("quasi_events.csv", 6, 6, 0, 0),
        ("volumes.csv", 2, 2, 0, 0),
        ("risk_events.csv", 4230, 0, 0, 0),
        ("volumes.csv", 2, 1, 1, 0),
    ]
    assert {(one.action, one.actor_id, one.after["folder"]) for one in lines} == {
        ("import_figures", None, "figures")
    }
    assert verify().broken is None


def test_a_refused_import_leaves_no_line(figures: Path) -> None:
    write(figures / "volumes.csv", ("period", "unit_id", "volume"), [("2019", UNIT, "many")])
    with pytest.raises(BadInput):
        import_figures(figures)
    assert not History.objects.filter(object_type="figures").exists()


def test_a_file_replaces_the_years_that_it_names(figures: Path) -> None:
    import_figures(figures)
    write(figures / "volumes.csv", ("period", "unit_id", "volume"), [("2019", UNIT, 5), ("2020", UNIT, 1)])
    taken = import_figures(figures)[-1]
    assert (taken.added, taken.changed, taken.removed) == (1, 1, 0)
    kept = UnitVolume.objects.filter(months=12).order_by("first").values_list("volume", flat=True)
    assert list(kept) == [10_000_000, 5, 1]


def test_a_volume_of_a_year_is_of_no_month(figures: Path) -> None:
    import_figures(figures)
    assert said("2019", "volume.now", "irr.now") == ["8,000,000", "0.11"]
    assert said("2019-06", "volume.now", "irr.now", "internal_events.now") == ["—", "—", "67"]
    # Whole quarters hold nothing of the year's volume either: half of it is not the volume of half a year.
    assert said("2018-07-01..2019-06-30", "volume.now") == ["—"]


def test_a_number_of_quasi_events_is_not_cut(figures: Path) -> None:
    import_figures(figures)
    assert said("2018-Q1", "quasi.itemised.now") == ["—"]
    assert said("2019-Q4", "quasi.itemised.now") == ["19,956"]


def test_lists_of_quasi_events_are_counted(figures: Path) -> None:
    write(figures / "quasi_events.csv", ("period", "unit_id"), [("2019-03-15", UNIT)] * 3)
    import_figures(figures)
    assert said("2019-03", "quasi.itemised.now") == ["3"]


def test_volumes_of_days_are_facts_like_any_other(figures: Path) -> None:
    rows = [("2019-03-15", UNIT, 7, "T1", "1001"), ("2019-03-16", UNIT, 8, "T1", "1001")]
    write(figures / "volumes.csv", ("period", "unit_id", "volume", "teller_id", "business"), rows)
    import_figures(figures)
    assert DailyVolume.objects.count() == 2
    assert said("2019-03", "volume.now") == ["15"]
    assert said("2019-03-15", "volume.now") == ["7"]


@pytest.mark.parametrize(
    ("file", "head", "row", "says"),
    [
        ("risk_events.csv", "event_id,day,unit_id,class", "1,2019-02-30,A,internal", "row 2, column day is"),
        ("risk_events.csv", "event_id,day,unit_id,class", "1,2019-02-03,A,inside", "row 2, column class is"),
        ("risk_events.csv", "event_id,day,unit_id", "1,2019-02-03,A", "row 1 has no column class"),
        (
            "risk_events.csv",
            "event_id,day,unit_id,class,controllable",
            "1,2019-02-03,A,external,yes",
            "column controllable is yes",
        ),
        ("quasi_events.csv", "period,unit_id,count", "2019-H1,A,1", "row 2, column period is 2019-H1"),
        ("quasi_events.csv", "period,unit_id,count", "2019,A,-1", "row 2, column count is -1"),
        ("volumes.csv", "period,unit_id,volume", "2019,,1", "row 2, column unit_id is empty"),
        ("volumes.csv", "period,unit_id,volume", "2019,A,1\n2019-01,A,1", "row 3, column period is 2019-01"),
        ("volumes.csv", "period,unit_id,volume,colour", "2019,A,1,red", "row 1 has a column colour"),
    ],
)
def test_what_is_wrong_is_named(figures: Path, file: str, head: str, row: str, says: str) -> None:
    (figures / file).write_text(f"{head}\n{row}\n", encoding="utf-8")
    with pytest.raises(BadInput, match=f"^{file}, .*{says}"):
        import_figures(figures)
    assert not RiskEvent.objects.exists()


def test_a_folder_without_any_list_is_no_folder_of_figures(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds none of"):
        import_figures(tmp_path)
