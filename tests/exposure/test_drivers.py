"""Drivers: what drove the risk events, with exact shares; the page, and the events behind it."""

import re
from fractions import Fraction
from html import unescape

import pytest
from django.test import Client

from riskloop.exposure.belonging import grouping
from riskloop.exposure.drivers.queries import Asked, By, Pareto, pareto, units_for
from riskloop.exposure.drivers.views import percent
from riskloop.exposure.periods import Period, parse
from riskloop.loop.models import Driver, EvidenceRow, Outcome, QuasiEvent
from riskloop.organisation.models import User
from tests.exposure.conftest import Determined
from tests.exposure.test_page import BACKEND, PERIOD, Person, reader
from tests.loop.conftest import DAY

__all__ = ["reader"]
MARCH = parse("2024-03")


@pytest.fixture
def driven(determined: Determined) -> Determined:
    def make(driver: str = "", **given: object) -> QuasiEvent:
        event = determined(**given)
        event.driver = Driver.objects.filter(code=driver).first()
        event.save()
        return event

    return make


def found(user: User, by: By, measure: str = "events", period: Period = MARCH, **more: object) -> Pareto:
    roots = list(more.pop("roots"))  # type: ignore[call-overload]
    return pareto(Asked(units_for(user, roots, period, by), period, **more), by, measure)  # type: ignore[arg-type]


def lines(of: Pareto) -> dict[str, int]:
    return {line.key: line.events for line in of.lines}


def top(person: Person) -> tuple[User, str]:
    from riskloop.exposure.report import tops_of

    user = person("ann")
    return user, tops_of(user)[0].pk


def test_the_shares_of_the_seed(person: Person, driven: Determined) -> None:
    """`seed_figures.md` G13 to G15: 33, 11 and 7 of 62 controllable events."""
    user, root = top(person)
    for driver, number in (("P1", 33), ("P2", 11), ("P3", 7), ("P4", 11)):
        for _ in range(number):
            driven(driver, controllable=True)
    driven("E1", outcome=Outcome.EXTERNAL)
    of = found(user, By.DRIVER, roots=[root], of="controllable")
    shares = {line.key: line.share for line in of.lines}
    assert shares["P1"] == Fraction(33, 62)
    assert [percent(shares[key]) for key in ("P1", "P2", "P3")] == ["53.23 %", "17.74 %", "11.29 %"]
    assert of.lines[-1].cumulative == 1
    assert of.events == 62


def test_an_event_without_a_driver_is_counted_as_not_told(person: Person, driven: Determined) -> None:
    user, root = top(person)
    driven("", score="4")
    driven("P1", score="1")
    driven("P2", score="1")
    assert lines(found(user, By.DRIVER, roots=[root])) == {"": 1, "P1": 1, "P2": 1}
    assert lines(found(user, By.LEVEL1, roots=[root])) == {"P": 2, "": 1}
    by_score = found(user, By.DRIVER, "score", roots=[root])
    assert by_score.lines[0].share == Fraction(4, 6)
    assert lines(found(user, By.UNIT, roots=[root], driver="")) != {}
    assert found(user, By.MONTH, roots=[root], driver="P").events == 2


def test_every_dimension_counts_all_events(person: Person, driven: Determined) -> None:
    user, root = top(person)
    driven("P1", tellers=("T1", "T2"), businesses=("1001", "2001"))
    driven("E1", outcome=Outcome.EXTERNAL, tellers=(), unit_id="O2")
    for by in By:
        of = found(user, by, roots=[root])
        assert of.events == 2, by
        assert sum(line.events for line in of.lines) == of.counted, by
        assert of.counted == (3 if by in {By.TELLER, By.BUSINESS} else 2), by
    assert lines(found(user, By.TELLER, roots=[root])) == {"": 1, "T1": 1, "T2": 1}
    assert lines(found(user, By.WEEKDAY, roots=[root])) == {str(DAY.isoweekday()): 2}


def test_the_entries_say_hour_and_channel_and_the_event_its_amount(
    person: Person, driven: Determined, client: Client
) -> None:
    user, root = top(person)
    event = driven("P1")
    QuasiEvent.objects.filter(pk=event.pk).update(outcome="", amount="60000")
    for position, (at, channel) in enumerate(
        (("2024-03-15 09:30:00", "counter"), ("2024-03-15 23:05:00", "mobile"), ("2024-03-15 09:59:59", None))
    ):
        row = {"entry_id": f"N{position}", "posted_at": at} | ({"channel": channel} if channel else {})
        EvidenceRow.objects.create(event=event, table="journal", position=position, row=row)
    QuasiEvent.objects.filter(pk=event.pk).update(outcome="internal")
    driven("P2")
    assert lines(found(user, By.HOUR, roots=[root])) == {"": 1, "23": 1, "9": 1}
    assert lines(found(user, By.CHANNEL, roots=[root])) == {"": 1, "counter": 1, "mobile": 1}
    assert lines(found(user, By.AMOUNT, roots=[root])) == {"": 1, "2": 1}
    client.force_login(user, backend=BACKEND)
    html = unescape(client.get("/exposure/drivers/", PERIOD | {"by": "amount"}).content.decode())
    assert "50,000元至200,000元" in html
    for told, value, number in (
        ("hour", "9", 1),
        ("channel", "mobile", 1),
        ("amount", "", 1),
        ("hour", "x", 0),
    ):
        given = PERIOD | {"told": told, "value": value}
        behind = client.get("/exposure/events/", given).content.decode()
        assert len(re.findall(r'<tr data-href="/events/', behind)) == number, (told, value)


def test_the_first_level_of_a_chosen_driver_leads_to_its_events_alone(
    reader: Client, driven: Determined
) -> None:
    driven("P1")
    driven("P2")
    html = unescape(
        reader.get("/exposure/drivers/", PERIOD | {"by": "level1", "driver": "P1"}).content.decode()
    )
    behind = re.findall(r'href="(/exposure/events/\?[^"]*)">1</a>', html)
    assert len(behind) == 1
    assert len(re.findall(r'<tr data-href="/events/', reader.get(behind[0]).content.decode())) == 1


def test_a_change_of_the_driver_follows(person: Person, driven: Determined) -> None:
    user, root = top(person)
    event = driven("P1")
    event.driver = Driver.objects.get(code="P2")
    event.save()
    assert lines(found(user, By.DRIVER, roots=[root])) == {"P2": 1}


def test_what_is_beyond_the_limit_is_counted(person: Person, driven: Determined) -> None:
    user, root = top(person)
    for driver in ("P1", "P1", "P2", "P3"):
        driven(driver)
    of = pareto(Asked(grouping(user, [root], MARCH), MARCH), By.DRIVER, limit=1)
    assert (lines(of), of.total, of.counted, of.lines[0].share) == ({"P1": 2}, 3, 4, Fraction(1, 2))


def test_nothing_is_nothing(person: Person, bank: None) -> None:
    user, root = top(person)
    of = found(user, By.DRIVER, roots=[root])
    assert (of.lines, of.events, of.total) == ([], 0, 0)


def test_a_reader_sees_only_what_he_reaches(person: Person, driven: Determined, client: Client) -> None:
    driven("P1", unit_id="O1")
    assert client.get("/exposure/drivers/").status_code == 302
    client.force_login(person("bob", unit_id="B2"), backend=BACKEND)
    assert "/exposure/events/" not in client.get("/exposure/drivers/", PERIOD).content.decode()
    assert client.get("/exposure/drivers/", PERIOD | {"unit": "O1"}).status_code == 404


def test_one_place_of_the_navigation_is_here(reader: Client, bank: None) -> None:
    context = reader.get("/exposure/drivers/", PERIOD).context
    assert [place.url for place in context["navigation"] if place.here] == ["/exposure/drivers/"]


def test_the_page_leads_to_the_events(reader: Client, driven: Determined) -> None:
    event = driven("P1")
    driven("P2")
    driven("")
    html = reader.get("/exposure/drivers/", PERIOD).content.decode()
    assert "33.33 %" in html
    link = next(
        unescape(one) for one in re.findall(r'href="(/exposure/events/[^"]+)"', html) if "driver=P1" in one
    )
    behind = reader.get(link).content.decode()
    assert str(event.pk) in behind
    assert behind.count("data-href=") == 1
    not_told = next(
        unescape(one)
        for one in re.findall(r'href="(/exposure/events/[^"]+)"', html)
        if unescape(one).endswith("driver=")
    )
    assert reader.get(not_told).content.decode().count("data-href=") == 1


@pytest.mark.parametrize("by", [one.value for one in By])
def test_every_list_has_its_page(reader: Client, driven: Determined, by: str) -> None:
    driven("P1")
    for measure in ("events", "score"):
        given = PERIOD | {"by": by, "measure": measure, "of": "internal", "driver": "P1"}
        response = reader.get("/exposure/drivers/", given, headers={"HX-Request": "true"})
        assert response.status_code == 200
        assert "100.00 %" in response.content.decode()
