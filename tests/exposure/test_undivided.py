"""Volumes known only of a whole month, quarter or year: found by whole periods, and never cut."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client

from riskloop.bulletin.models import ListedVolume
from riskloop.exposure.behind import Narrowed, volumes_behind
from riskloop.exposure.belonging import grouping
from riskloop.exposure.figures import Subject, counted, figures, ranked
from riskloop.exposure.measures import Measures
from riskloop.exposure.months import months_of
from riskloop.exposure.periods import Period, parse
from riskloop.exposure.report import (
    exposure_of,
    exposure_of_units,
    latest_day,
    newest_period,
)
from riskloop.organisation.models import User
from tests.exposure.conftest import Determined, volume
from tests.exposure.test_page import BACKEND
from tests.loop.conftest import DAY

Person = Callable[..., User]
DASH = "period shown cuts through it"


def listed(period: str, number: int, unit_id: str = "O1", **of: str) -> None:
    """A volume of a list that tells no shorter time than this."""
    of = {"teller_id": "", "business": ""} | of
    days = parse(period)
    ListedVolume.objects.create(first=days.first, months=days.months, unit_id=unit_id, volume=number, **of)


def told(user: User, period: str, unit_id: str = "B1") -> tuple[int | None, bool]:
    now = exposure_of(user, [unit_id], parse(period)).now
    volume_of = now.value("volume")
    return None if volume_of is None else int(volume_of), now.rr is not None


@pytest.mark.parametrize(
    ("known", "asked", "volume_of"),
    [
        ("2024-03", "2024-03", 100),
        ("2024-03", "2024-Q1", 100),
        ("2024-03", "2024-02-10..2024-04-10", 100),
        ("2024-03", "2024-03-01..2024-03-30", None),
        ("2024-03", "2024-03-15", None),
        ("2024-03", "2024-04", 0),
        ("2024-Q1", "2024-Q1", 100),
        ("2024-Q1", "2024-H1", 100),
        ("2024-Q1", "2024", 100),
        ("2024-Q1", "2024-03", None),
        ("2024-Q1", "2024-02-01..2024-05-31", None),
        ("2024-Q1", "2024-Q2", 0),
        ("2024", "2024", 100),
        ("2024", "2023-07-01..2025-06-30", 100),
        ("2024", "2024-H1", None),
        ("2024", "2023-07-01..2024-06-30", None),
        ("2024", "2023", 0),
    ],
)
def test_a_period_finds_what_it_holds_as_a_whole_and_tells_no_part_of_it(
    person: Person, bank: None, known: str, asked: str, volume_of: int | None
) -> None:
    listed(known, 100)
    assert told(person("ann"), asked) == (volume_of, bool(volume_of))


def test_what_is_known_by_day_does_not_stand_for_the_rest(person: Person, determined: Determined) -> None:
    volume(("O1", "T1", 7), day=dt.date(2024, 3, 15))
    listed("2024-Q1", 100)
    determined("O1", day=dt.date(2024, 3, 15))
    user = person("ann")
    march = exposure_of(user, ["B1"], parse("2024-03"))
    assert (march.now.value("volume"), march.now.events, march.now.rr, march.now.rer) == (None, 1, None, None)
    assert march.now.degree == 1
    assert exposure_of(user, ["B1"], parse("2024-Q1")).now.rr == Fraction(1, 107)
    # Compared with a period of which the volume is not known, nothing is a change.
    quarter = exposure_of(user, ["B1"], Period(dt.date(2024, 4, 1), dt.date(2024, 4, 30)))
    assert (quarter.previous.cut, quarter.on_previous("volume"), quarter.on_previous("rr")) == (
        True,
        None,
        None,
    )


def test_only_the_units_above_are_touched(person: Person, bank: None) -> None:
    listed("2024-Q1", 100, "O1")
    volume(("O2", "T3", 5), day=dt.date(2024, 3, 15))
    user = person("ann")
    rows = exposure_of_units(user, parse("2024-03"), ["B1"]).rows
    by_unit = {
        row.key: row.measures for row in exposure_of_units(user, parse("2024-03"), ["HO"], "outlet").rows
    }
    assert by_unit["O1"] == Measures(cut=True)
    assert by_unit["O2"] == Measures(5)
    assert [row.key for row in rows if row.is_cut] == ["S1"]


@pytest.mark.parametrize("subject", [Subject.TELLER, Subject.BUSINESS])
def test_a_teller_and_a_business_are_cut_only_where_it_is_theirs(
    person: Person, bank: None, subject: Subject
) -> None:
    listed("2024-Q1", 100, teller_id="T1", business="1001")
    volume(("O1", "T2", 5), day=dt.date(2024, 3, 15), business="2002")
    units = grouping(person("ann"), ["HO"], parse("2024-03"))
    mine, other = ("T1", "T2") if subject is Subject.TELLER else ("1001", "2002")
    found = figures(subject, units, [parse("2024-03"), parse("2024-Q1")])
    assert found == {mine: [Measures(cut=True), Measures(100)], other: [Measures(5), Measures(5)]}
    # In order of the volume the unknown stands below all, and is on the list.
    assert ranked(subject, units, parse("2024-03"), "-volume", None) == ([other, mine], 2)
    assert counted(subject, units, parse("2024-03")) == [(mine, 0, 0), (other, 5, 0)]


def test_the_newest_time_is_the_shortest_that_is_known(bank: None) -> None:
    listed("2023", 100)
    assert (newest_period(), latest_day()) == (parse("2023"), dt.date(2023, 12, 31))
    listed("2024-Q2", 10)
    assert (newest_period(), latest_day()) == (parse("2024-Q2"), dt.date(2024, 6, 30))
    listed("2024-07", 10)
    assert (newest_period(), latest_day()) == (parse("2024-07"), dt.date(2024, 7, 31))
    volume(("O1", "T1", 5), day=dt.date(2024, 8, 3))
    assert (newest_period(), latest_day()) == (parse("2024-08"), dt.date(2024, 8, 3))


def test_parts_of_a_volume_that_is_known_as_a_whole_are_dashes(person: Person, bank: None) -> None:
    listed("2024-Q1", 100)
    found = volumes_behind(grouping(person("ann"), ["HO"], parse("2024-Q1")), parse("2024-Q1"), Narrowed())
    assert ([number for _part, number in found.parts], found.whole) == ([None] * 3, 100)
    assert found.is_cut


def test_months_without_a_known_volume_have_no_ratio(person: Person, determined: Determined) -> None:
    for month in (1, 2, 3, 4):
        volume(("O1", "T1", 50), day=dt.date(2024, month, 15))
    listed("2024-Q1", 100)
    months = months_of(person("ann"), ["HO"], parse("2024-05")).months
    assert all(month.rate is None for month in months if month.period.first < dt.date(2024, 4, 1))


@pytest.mark.parametrize(("period", "said"), [("2024-03", True), ("2024-Q1", False)])
def test_the_page_says_so(
    person: Person, determined: Determined, client: Client, period: str, said: bool
) -> None:
    listed("2023-Q4", 300)
    listed("2024-Q1", 100)
    listed("2023-Q1", 100)
    determined("O1", day=DAY)
    client.force_login(person("ann"), backend=BACKEND)
    client.cookies["django_language"] = "en"

    def page(address: str, **given: str) -> str:
        answer: Any = client.get(address, {"period": period, **given})
        assert answer.status_code == 200
        return answer.content.decode()

    for shown in ("compared", "nine", "controllable", "peers"):
        for by in ("units", "tellers", "businesses"):
            html = page("/exposure/", show=shown, by=by)
            assert (DASH in html) is said, (shown, by)
    first, last = parse(period).first, parse(period).last
    volumes = page("/exposure/volumes/", unit="O1", first=str(first), last=str(last))
    assert DASH in volumes
    assert (">100<" in volumes) is not said


def test_a_program_is_told_null(person: Person, bank: None, client: Client) -> None:
    listed("2024-Q1", 100)
    client.force_login(person("ann"), backend=BACKEND)
    answer = client.get("/api/v1/exposure/units", {"period": "2024-03", "unit": "O1"}).json()
    (own,) = answer["items"]
    assert (own["volume"], own["rr"], own["on_previous"]["of"]["volume"]) == (None, None, None)
