"""What is known only of a part of the period, volume or quasi-events, is never taken for the whole."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.utils import translation

from riskloop.bulletin.actions import import_figures
from riskloop.bulletin.blocks import Bulletin, Words
from riskloop.bulletin.report import bulletin_of
from riskloop.exposure.models import RiskEvent
from riskloop.exposure.periods import parse
from riskloop.organisation import timeline
from riskloop.organisation.models import UnitVersion
from riskloop.organisation.sync import sync_organisation
from tests.bulletin.conftest import UNIT, write
from tests.exposure.conftest import volume
from tests.loop.conftest import unit

pytestmark = pytest.mark.django_db
TOLD = re.compile("known|no list tells")
MONTHS = tuple(f"2019-{month:02}" for month in range(1, 13))


def listed(folder: Path, *rows: tuple[str, str, int]) -> None:
    """Takes in volumes by period and unit, and an event of every unit in February and in August 2019."""
    folder.mkdir(exist_ok=True)
    write(folder / "volumes.csv", ("period", "unit_id", "volume"), rows)
    units = sorted({row[1] for row in rows})
    events = [(f"{u}{day}", day, u, "internal") for u in units for day in ("2019-02-15", "2019-08-15")]
    write(folder / "risk_events.csv", ("event_id", "day", "unit_id", "class"), events)
    import_figures(folder)


def event(day: dt.date, unit_id: str = UNIT) -> None:
    RiskEvent.objects.create(
        event_id=uuid.uuid4(), booked_on=day, unit_id=unit_id, internal=True, controllable=False, score=1
    )


def bulletin(period: str, unit_id: str = UNIT) -> Bulletin:
    with translation.override("en"):
        return bulletin_of(unit_id, parse(period))


def said(of: Bulletin, *names: str) -> list[str]:
    return [str(of.book[name]) for name in names]


def words(of: Bulletin) -> Sequence[str]:
    """What is said of days that are known."""
    return [b.text for s in of.sections for b in s.blocks if isinstance(b, Words) and TOLD.search(b.text)]


def tree(*outlets: str) -> None:
    units = [unit("HO", "head_office", None), *(unit(o, "outlet", "HO") for o in outlets)]
    sync_organisation(units=units, staff=[], tellers=[])


# ── lists ──


def test_a_year_is_not_the_volume_of_a_year_and_a_half(tmp_path: Path) -> None:
    listed(tmp_path / "figures", ("2019", UNIT, 8000))
    made = bulletin("2018-07-01..2019-12-31")
    assert said(made, "internal_events.now", "volume.now", "irr.now") == ["2", "—", "—"]
    assert words(made)[-1] == (
        "2018-07-01 – 2019-12-31: the online volume is known only from 2019-01-01 to 2019-12-31;"
        " what needs it shows a dash."
    )
    assert said(bulletin("2019"), "volume.now", "irr.now") == ["8,000", "2.50"]


def test_three_months_are_not_the_volume_of_a_year(tmp_path: Path) -> None:
    listed(tmp_path / "figures", *((month, UNIT, 1000) for month in MONTHS[:3]))
    made = bulletin("2019")
    assert said(made, "volume.now", "irr.now", "internal_events.now") == ["—", "—", "2"]
    assert "known only from 2019-01-01 to 2019-03-31" in words(made)[0]
    quarter = bulletin("2019-Q1")
    assert said(quarter, "volume.now", "irr.now") == ["3,000", "3.33"]
    assert words(quarter) == []


def test_months_with_a_hole_are_told_as_two_times(tmp_path: Path) -> None:
    listed(tmp_path / "figures", *((m, UNIT, 1000) for m in (*MONTHS[:3], *MONTHS[6:])))
    assert (
        "known only from 2019-01-01 to 2019-03-31, from 2019-07-01 to 2019-12-31"
        in words(bulletin("2019"))[0]
    )


def test_every_unit_below_that_has_lists_must_have_all_days(tmp_path: Path) -> None:
    tree("O1", "O2", "O3")
    rows = [(month, "O1", 1000) for month in MONTHS] + [(month, "O2", 1000) for month in MONTHS[:3]]
    listed(tmp_path / "figures", *rows)
    whole = bulletin("2019", "HO")
    assert said(whole, "volume.now", "irr.now") == ["—", "—"]
    assert "known only from 2019-01-01 to 2019-03-31" in words(whole)[0]
    assert said(bulletin("2019-Q1", "HO"), "volume.now") == ["6,000"]
    assert said(bulletin("2019", "O1"), "volume.now") == ["12,000"]


def test_units_of_which_never_the_same_days_are_known(tmp_path: Path) -> None:
    tree("O1", "O2")
    rows = [(month, "O1", 1000) for month in MONTHS[:6]] + [(month, "O2", 1000) for month in MONTHS[6:]]
    listed(tmp_path / "figures", *rows)
    made = bulletin("2019", "HO")
    assert said(made, "volume.now") == ["—"]
    assert words(made) == [
        "2019: of no day the online volume of all units is known; what needs it shows a dash."
    ]


def test_a_unit_needs_no_volume_of_days_on_which_it_was_not_there(tmp_path: Path) -> None:
    units = [
        unit("HO", "head_office", None),
        unit("O1", "outlet", "HO"),
        unit("O2", "outlet", "HO") | {"opened_on": dt.date(2019, 4, 1)},
        unit("O3", "outlet", "HO"),
    ]
    sync_organisation(units=units, staff=[], tellers=[])
    merged = dt.date(2019, 10, 1)
    timeline.set_from(UnitVersion, "O3", merged, {"closed_on": merged, "merged_into_id": "O1"}, "hand")
    timeline.settle_units()
    rows = [(m, "O1", 1000) for m in MONTHS] + [(m, "O2", 1000) for m in MONTHS[3:]]
    listed(tmp_path / "figures", *rows, *((m, "O3", 1000) for m in MONTHS[:9]))
    made = bulletin("2019", "HO")
    assert said(made, "volume.now") == ["30,000"]
    assert words(made) == []


def test_lists_and_the_journal_after_them_are_one_time(tmp_path: Path) -> None:
    listed(tmp_path / "figures", *((month, UNIT, 1000) for month in MONTHS))
    for day in (dt.date(2020, 1, 3), dt.date(2020, 3, 31)):
        volume((UNIT, "T1", 10), day=day)
    # The first days of January are a holiday, and February has no row at all.
    assert said(bulletin("2019-07-01..2020-01-03"), "volume.now") == ["6,010"]
    assert said(bulletin("2019-07-01..2020-03-31"), "volume.now") == ["—"]


# ── the journal ──


def test_a_journal_that_begins_in_the_period_is_told(db: None) -> None:
    volume((UNIT, "T1", 100), day=dt.date(2019, 6, 3))
    for month in range(7, 13):
        volume((UNIT, "T1", 100), day=dt.date(2019, month, 28))
    for month in range(1, 13):
        volume((UNIT, "T1", 100), day=dt.date(2020, month, 28))
    volume((UNIT, "T1", 100), day=dt.date(2020, 12, 31))
    event(dt.date(2019, 8, 1))
    event(dt.date(2020, 8, 3))
    event(dt.date(2020, 8, 4))
    first = bulletin("2019")
    assert said(first, "volume.now", "irr.now") == ["700", "14.29"]
    assert words(first) == [
        "2019: the online volume is known from 2019-06-03 to 2019-12-31; it is the sum of these days, and"
        " numbers are not compared with those of whole periods."
    ]
    second = bulletin("2020")
    assert said(second, "volume.now", "volume.previous") == ["1,300", "700"]
    changes = ("volume.change.previous", "internal_events.change.previous", "irr.change.previous")
    assert said(second, *changes) == ["—", "—", "+7.69 %"]
    assert words(second)[0].startswith("2019: the online volume is known from 2019-06-03")


def test_events_outside_the_known_days_are_not_divided_by_their_volume(db: None) -> None:
    volume((UNIT, "T1", 100), day=dt.date(2019, 6, 3))
    event(dt.date(2019, 2, 1))
    made = bulletin("2019")
    assert said(made, "volume.now", "irr.now", "rer.now") == ["100", "—", "—"]
    assert "Without the volume of the period nothing can be ranked." in [
        b.text for s in made.sections for b in s.blocks if isinstance(b, Words)
    ]


def test_a_holiday_is_no_hole_and_a_weekend_no_end(db: None) -> None:
    # 2024-03-01 is a Friday, 2024-03-31 a Sunday; of O1 itself no volume is known in the last week.
    tree("O1", "O2")
    volume(("O1", "T1", 100), day=dt.date(2024, 3, 1))
    volume(("O2", "T2", 100), day=dt.date(2024, 3, 29))
    for one in ("HO", "O1", "O2"):
        made = bulletin("2024-03", one)
        assert words(made) == []
    assert said(bulletin("2024-03", "HO"), "volume.now") == ["200"]


def test_a_month_that_is_not_over_is_told(db: None) -> None:
    volume((UNIT, "T1", 100), day=dt.date(2024, 2, 1))
    volume((UNIT, "T1", 100), day=dt.date(2024, 3, 15))
    made = bulletin("2024-03")
    assert said(made, "volume.now", "volume.change.previous") == ["100", "—"]
    assert "known from 2024-03-01 to 2024-03-15" in words(made)[0]


# ── quasi-events ──


def test_quasi_events_of_three_months_are_not_those_of_a_year(tmp_path: Path) -> None:
    rows = [(month, UNIT, 10) for month in MONTHS[:3]]
    write(tmp_path / "quasi_events.csv", ("period", "unit_id", "count"), rows)
    write(
        tmp_path / "risk_events.csv",
        ("event_id", "day", "unit_id", "class"),
        [("1", "2019-02-15", UNIT, "internal")],
    )
    import_figures(tmp_path)
    made = bulletin("2019")
    assert said(made, "quasi.itemised.now", "confirmed.internal_events.now") == ["—", "—"]
    assert words(made) == [
        "2019: the number of quasi-events is known only from 2019-01-01 to 2019-03-31; what needs it shows"
        " a dash."
    ]
    assert said(bulletin("2019-Q1"), "quasi.itemised.now") == ["30"]
    assert said(bulletin("2018-10-01..2019-03-31"), "quasi.itemised.now") == ["—"]


def test_a_month_between_without_quasi_events_had_none(tmp_path: Path) -> None:
    tree("O1", "O2")
    rows = [("2019-01", "O1", 10), ("2019-02", "O2", 5), ("2019-12", "O1", 1)]
    write(tmp_path / "quasi_events.csv", ("period", "unit_id", "count"), rows)
    import_figures(tmp_path)
    assert said(bulletin("2019", "HO"), "quasi.itemised.now") == ["16"]
    assert said(bulletin("2019", "O2"), "quasi.itemised.now") == ["5"]


# ── events ──


def test_events_of_one_year_are_not_those_of_two(tmp_path: Path) -> None:
    """The volumes and quasi-events of both years are told, the events of 2019 alone."""
    folder = tmp_path / "figures"
    listed(folder, ("2018", UNIT, 8000), ("2019", UNIT, 8000))
    rows = [("2018", UNIT, 10), ("2019", UNIT, 10)]
    write(folder / "quasi_events.csv", ("period", "unit_id", "count"), rows)
    import_figures(folder)
    made = bulletin("2018-01-01..2019-12-31")
    asked = ("volume.now", "internal_events.now", "irr.now", "confirmed.internal_events.now", "ird.now")
    assert said(made, *asked) == ["16,000", "2", "—", "—", "—"]
    assert words(made) == [
        "2018-01-01 – 2019-12-31: of 2018 no list tells risk events; their numbers are of the rest, and are"
        " neither compared nor divided by what is of the whole."
    ]
    assert said(bulletin("2019"), "irr.now", "internal_events.change.previous") == ["2.50", "—"]


def test_the_loop_tells_the_events_of_the_years_after_the_lists(tmp_path: Path) -> None:
    listed(tmp_path / "figures", *((month, UNIT, 1000) for month in MONTHS))
    for day in (dt.date(2020, 1, 2), dt.date(2020, 1, 31)):
        volume((UNIT, "T1", 10), day=day)
    made = bulletin("2019-01-01..2020-01-31")
    assert said(made, "volume.now", "irr.now") == ["12,020", "1.66"]
    assert words(made) == []
