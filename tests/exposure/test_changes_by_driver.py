"""Which drivers changed the exposure: what each added is the whole change, exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskloop.exposure import report
from riskloop.exposure.drivers import changes
from riskloop.exposure.drivers.changes import moved
from riskloop.exposure.drivers.queries import Asked, By, Line, Pareto, units_for
from riskloop.exposure.measures import Measures
from riskloop.exposure.periods import parse
from riskloop.organisation.models import User
from tests.exposure.conftest import Determined, volume
from tests.exposure.test_drivers import driven
from tests.exposure.test_page import Person, reader
from tests.loop.conftest import DAY

__all__ = ["driven", "reader"]
MARCH, FEBRUARY = parse("2024-03"), parse("2024-02")
SCORES = st.dictionaries(st.sampled_from(["P1", "P2", "R1", "S1", "E1"]), st.integers(0, 500), max_size=5)


def asked_of(user: User) -> tuple[Asked, report.Compared]:
    root = report.tops_of(user)[0].pk
    return Asked(units_for(user, [root], MARCH, By.DRIVER), MARCH), report.exposure_of(user, [root], MARCH)


def test_drivers_that_come_go_and_stay(person: Person, driven: Determined) -> None:
    volume(("O1", "T1", 1000), day=DAY.replace(month=2))
    volume(("O1", "T1", 500))
    driven("P1", score="10", day=DAY.replace(month=2))
    driven("P2", score="5", day=DAY.replace(month=2))
    driven("P2", score="5")
    driven("E1", score="20", outcome="external")
    asked, whole = asked_of(person("ann"))
    found = moved(asked, By.DRIVER, FEBRUARY, whole.now, whole.previous)
    assert found is not None
    assert [(one.key, one.events_then, one.events, one.added) for one in found] == [
        ("E1", 0, 1, Fraction(20, 500)),
        ("P1", 1, 0, Fraction(-10, 1000)),
        ("P2", 1, 1, Fraction(5, 500) - Fraction(5, 1000)),
    ]
    assert whole.now.rer is not None
    assert whole.previous.rer is not None
    assert sum(one.added for one in found) == whole.now.rer - whole.previous.rer


def test_without_volume_nothing_is_explained(person: Person, driven: Determined) -> None:
    volume(("O1", "T1", 500))
    driven("P1")
    asked, whole = asked_of(person("ann"))
    assert moved(asked, By.DRIVER, FEBRUARY, whole.now, whole.previous) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(now=SCORES, then=SCORES, volumes=st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)))
def test_what_drivers_added_is_the_whole_change(
    monkeypatch: pytest.MonkeyPatch, now: dict[str, int], then: dict[str, int], volumes: tuple[int, int]
) -> None:
    def told(asked: Asked, _by: By) -> Pareto:
        scores = now if asked.period == MARCH else then
        lines = [Line(key, 1, Fraction(score), None, None) for key, score in scores.items()]
        return Pareto(lines, len(lines), Fraction(0), len(lines), Fraction(0), len(lines))

    monkeypatch.setattr(changes, "pareto", told)
    asked: Any = Asked(units=None, period=MARCH)  # type: ignore[arg-type]
    measures = [
        Measures(volume=of, internal_events=len(scores), internal_score=Fraction(sum(scores.values())))
        for of, scores in zip(volumes, (now, then), strict=True)
    ]
    found = moved(asked, By.DRIVER, FEBRUARY, *measures)
    assert found is not None
    assert sum(one.added for one in found) == (measures[0].rer or 0) - (measures[1].rer or 0)


def test_the_page_says_it_and_leads_to_the_repeat_offences(reader: Client, driven: Determined) -> None:
    volume(("O1", "T1", 1000), day=DAY.replace(month=2))
    volume(("O1", "T1", 1000))
    driven("P1", score="10")
    html = reader.get("/exposure/drivers/", {"period": "2024-03"}).content.decode()
    assert "Change of RER on: Previous period" in html
    assert "+100.00" in html
    assert "Change of RER on: Same period last year" not in html
    assert "repeat=yes" in html
    narrowed = reader.get("/exposure/drivers/", {"period": "2024-03", "driver": "P1"}).content.decode()
    assert "Change of RER on" not in narrowed
