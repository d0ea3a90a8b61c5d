"""Exposure at a glance, on the overview: the newest period, its trend, and who moved it most."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction

import pytest
from django.test import Client

from riskloop.exposure.glance import glance
from riskloop.organisation.models import User
from tests.exposure.conftest import Determined, volume
from tests.loop.conftest import DAY

Person = Callable[..., User]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
MONTH_BEFORE = DAY - dt.timedelta(days=29)


def test_without_volume_there_is_nothing_to_tell(person: Person, client: Client) -> None:
    ann = person("ann")
    assert glance(ann) is None
    client.force_login(ann, backend=BACKEND)
    assert "尚无联机业务量" in client.get("/exposure/glance/").content.decode()


def test_the_newest_month_and_those_before_it(person: Person, determined: Determined) -> None:
    volume(("O1", "T1", 1000), day=MONTH_BEFORE)
    volume(("O1", "T1", 2000))
    determined("O1", score="4")
    found = glance(person("ann"))
    assert found is not None
    assert [str(period) for period, _of in found.trend] == ["2024-02", "2024-03"]
    assert [of.rer for _period, of in found.trend] == [0, Fraction(4, 2000)]
    assert found.figures.now == found.trend[-1][1]


def test_what_is_not_concluded_yet_is_counted_beside(person: Person, determined: Determined) -> None:
    volume(("O1", "T1", 10), day=MONTH_BEFORE)
    volume(("O1", "T1", 10))
    determined("O1", score="4")
    for unit_id, day in (("O1", DAY), ("O1", DAY), ("O2", DAY), ("O1", MONTH_BEFORE)):
        determined(unit_id, outcome="", day=day)
    determined("O1", outcome="", withdrawn=True)
    found = glance(person("ann", unit_id="B1"))
    assert found is not None
    assert found.undecided == [1, 2]


def test_of_one_month_alone_the_weeks_are_told(person: Person) -> None:
    for day in (DAY, DAY - dt.timedelta(days=7)):
        volume(("O1", "T1", 10), day=day)
    found = glance(person("ann"))
    assert found is not None
    assert [(p.kind, of.volume) for p, of in found.trend] == [("week", 10), ("week", 10)]


def test_one_event_does_not_make_a_small_outlet_the_first_mover(
    person: Person, determined: Determined
) -> None:
    # O1 doubles on a large volume; O2 goes from 10 to 20 per 10 items, of which nothing follows.
    volume(("O1", "T1", 10_000), ("O2", "T2", 10), day=MONTH_BEFORE)
    volume(("O1", "T1", 10_000), ("O2", "T2", 10))
    for _n in range(5):
        determined("O1", score="10", day=MONTH_BEFORE)
    for _n in range(10):
        determined("O1", score="10")
    determined("O2", score="10", day=MONTH_BEFORE)
    determined("O2", score="20")
    found = glance(person("ann", unit_id="B"))
    assert found is not None
    assert [(m.row.key, m.beyond) for m in found.movers] == [("B1", 50), ("B2", 10)]


@pytest.mark.parametrize(("unit_id", "score"), [("B1", 4), ("B2", 0), ("HO", 4)])
def test_one_sees_the_units_of_ones_roles_alone(
    person: Person, determined: Determined, unit_id: str, score: int
) -> None:
    volume(("O1", "T1", 10), ("O2", "T2", 10))
    determined("O1", score="4")
    found = glance(person("ann", unit_id=unit_id))
    assert found is not None
    assert found.figures.now.score == score


def test_a_reader_of_several_units_sees_them_together(person: Person, determined: Determined) -> None:
    from riskloop.organisation.assignment_actions import assign_role
    from riskloop.organisation.models import Unit

    ann = person("ann", unit_id="B1")
    assign_role(ann, "R04", Unit.objects.get(pk="B2"))
    volume(("O1", "T1", 10), ("O2", "T2", 30))
    determined("O1", score="4")
    found = glance(ann)
    assert found is not None
    assert (found.figures.now.volume, found.figures.now.rer) == (40, Fraction(4, 40))


def test_the_overview_has_it_for_who_reads_exposure(person: Person, client: Client) -> None:
    for name, role, there in (("ann", "R04", True), ("eve", "R01", False)):
        client.force_login(person(name, role), backend=BACKEND)
        assert ("/exposure/glance/" in client.get("/").content.decode()) is there
    assert client.get("/exposure/glance/").status_code == 403


def test_htmx_gets_the_part_alone(person: Person, determined: Determined, client: Client) -> None:
    volume(("O1", "T1", 10), day=MONTH_BEFORE)
    volume(("O1", "T1", 10))
    determined("O1", score="4")
    client.force_login(person("ann", unit_id="B"), backend=BACKEND)
    part = client.get("/exposure/glance/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "glance-chart" in part
    assert "4,000.00" in part
    assert "/exposure/?first=2024-03-01&amp;last=2024-03-31&amp;unit=B1" in part
