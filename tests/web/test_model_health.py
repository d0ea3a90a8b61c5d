"""The pages and operations of the models' health: the same figures, each within reach, each with its rows."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from riskloop.bank.home import Home
from riskloop.detection.ledger import Ledger, Row
from riskloop.governance.models import ModelChange
from riskloop.loop.models import Continuation, DailyStatistic, QuasiEvent
from riskloop.models.catalogue import catalogue
from riskloop.organisation.models import Unit, User
from riskloop.organisation.row_security import reach_of, reading
from riskloop.web.seen import read_page
from tests.web.api_cases import maintainer
from tests.web.stage import LAST_DAY, People, person

AsUser = Callable[..., Client]
DAYS = 70
LOUD, SILENT, USUAL, COUNTED = "A10", "B02", "A11", "C12"
WEEKLY = 7


@pytest.fixture
def planted(bank: People, tmp_path: Path, settings: Any) -> None:
    """Ten weeks: A11 hits as always, A10 five times as often in the last one, B02 has stopped, C12 counts.

    Half of it is in the second-level branch 12, whose monitor is `bank.branch`; nothing of it is older.
    """
    settings.HOME = home = Home(tmp_path)
    # Of the stage's own hits nothing is to be seen here: they are of the newest week alone.
    QuasiEvent.objects.update(withdrawn_on=timezone.now())
    with Ledger(home) as ledger:
        for back in range(DAYS):
            for code in (LOUD, SILENT, USUAL, COUNTED):
                ledger.write(Row(LAST_DAY - dt.timedelta(days=back), code, "done"))
    numbers = {
        LOUD: lambda back: 10 if back < WEEKLY else 2,
        SILENT: lambda back: 0 if back < 2 * WEEKLY else 2,
        USUAL: lambda _back: 2,
    }
    made = [
        _event(code, back, place, ("1211", "1111")[place % 2])
        for code, number in numbers.items()
        for back in range(DAYS)
        for place in range(number(back))
    ]
    QuasiEvent.objects.bulk_create(made)
    DailyStatistic.objects.bulk_create(
        DailyStatistic(model=COUNTED, booked_on=LAST_DAY - dt.timedelta(days=n), unit_id=unit, hits=3)
        for n in range(DAYS)
        for unit in ("1211", "1111")
    )


def _event(code: str, back: int, place: int, unit: str) -> QuasiEvent:
    day = LAST_DAY - dt.timedelta(days=back)

    return QuasiEvent(
        id=uuid.uuid5(uuid.NAMESPACE_OID, f"{code}{back}.{place}"),
        model=code,
        model_version=1,
        parameter_version="v",
        parameters={},
        subject_kind="account",
        subject_id=f"S{code}{back}.{place}",
        booked_on=day,
        last_on=day,
        unit_id=unit,
        count=1,
        evidence={},
        found_at=timezone.now(),
        grade="general",
    )


def lines_of(client: Client, **given: str) -> dict[str, Any]:
    answer = client.get(reverse("model_healths"), given)
    assert answer.status_code == 200
    return {line.model.code: line for line in answer.context["lines"]}


@pytest.mark.usefixtures("planted")
def test_what_is_planted_is_marked_and_the_rest_is_not(bank: People, as_user: AsUser) -> None:
    lines = lines_of(as_user(bank.monitor))
    assert {code: lines[code].marks for code in (LOUD, SILENT, USUAL, COUNTED)} == {
        LOUD: ("loud",),
        SILENT: ("silent",),
        USUAL: (),
        COUNTED: (),
    }
    assert (lines[LOUD].week.total, lines[LOUD].week.usual) == (70, 14.0)
    assert (lines[SILENT].silence.days, lines[SILENT].silence.last_hit) == (
        14,
        LAST_DAY - dt.timedelta(days=14),
    )
    assert (lines[USUAL].hits, lines[COUNTED].hits) == (60, 180)


@pytest.mark.usefixtures("planted")
def test_a_model_that_never_ran_has_no_figures_and_no_mark(bank: People, as_user: AsUser) -> None:
    line = lines_of(as_user(bank.monitor))["A01"]
    assert (line.hits, line.week.total, line.marks, line.runs.gaps) == (None, None, (), 30)
    page = read_page(as_user(bank.monitor).get(reverse("model_healths")).content.decode())
    (row,) = [row for row in page.tables[0].rows if str(row[0]).startswith("A01")]
    assert row[2:7] == [0, 30, "—", "—", "—"]


@pytest.mark.usefixtures("planted")
def test_a_branch_sees_its_own_hits_alone(bank: People, as_user: AsUser) -> None:
    """Of each day's two hits one is in its outlet."""
    own = lines_of(as_user(bank.branch))
    assert (own[USUAL].hits, own[COUNTED].hits, own[LOUD].week.total) == (30, 90, 35)
    whole = as_user(bank.monitor)
    assert lines_of(whole, unit="12")[USUAL].hits == 30
    assert as_user(bank.branch).get(reverse("model_healths"), {"unit": "11"}).status_code == 422
    assert as_user(bank.branch).get("/api/v1/model_health", {"unit": "11"}).status_code == 422


@pytest.mark.usefixtures("planted")
def test_who_maintains_the_models_sees_figures_without_reading_events(bank: People, as_user: AsUser) -> None:
    maintaining = maintainer()
    with reading(reach_of(maintaining)):
        assert not QuasiEvent.objects.exists()
    client = as_user(maintaining)
    assert lines_of(client)[LOUD].marks == ("loud",)
    page = client.get(reverse("model_health", args=[LOUD]), {"day": str(LAST_DAY)})
    assert "rows" not in page.context
    assert reverse("events") + "?" not in page.content.decode().partition("<main")[2]


@pytest.mark.usefixtures("planted")
def test_every_hit_has_its_row(bank: People, as_user: AsUser) -> None:
    """A hit that continues an older event leads to that event."""
    older = QuasiEvent.objects.get(subject_id=f"S{USUAL}3.0", withdrawn_on=None)
    Continuation.objects.create(event=older, booked_on=LAST_DAY, parameter_version="v", count=1, evidence={})
    client = as_user(bank.monitor)
    answer = client.get(reverse("model_health", args=[USUAL]), {"day": str(LAST_DAY)})
    rows = answer.context["rows"]
    (today,) = [one for one in answer.context["days"] if one.day == LAST_DAY]
    assert today.hits == len(rows) == 3
    assert [row["event"].pk for row in rows if row["extended"]] == [older.pk]
    own = as_user(bank.branch).get(reverse("model_health", args=[USUAL]), {"day": str(LAST_DAY)})
    assert {row["event"].unit_id for row in own.context["rows"]} == {"1211"}


@pytest.mark.usefixtures("planted")
def test_the_figures_lead_to_as_many_events(bank: People, as_user: AsUser) -> None:
    events = list(
        QuasiEvent.objects.filter(model=USUAL, withdrawn_on=None, booked_on__gt=LAST_DAY - dt.timedelta(30))
    )
    for number, event in enumerate(events[:9]):
        event.state = "excluded" if number % 3 else "determined"
        event.save()
    client = as_user(bank.monitor)
    line = lines_of(client)[USUAL]
    assert (line.work.opened, line.work.concluded, line.share.of, line.share.among) == (60, 9, 3, 9)
    period = {
        "model": USUAL,
        "first": str(LAST_DAY - dt.timedelta(29)),
        "last": str(LAST_DAY),
        "withdrawn": "no",
    }
    for state, number in (("", 60), ("concluded", 9), ("confirmed", 3)):
        table = client.get(reverse("events"), period | {"state": state}).context["table"]
        assert len(table.data) == number


@pytest.mark.usefixtures("planted")
def test_first_level_branches_add_up_to_the_whole(bank: People, as_user: AsUser) -> None:
    QuasiEvent.objects.filter(model=USUAL, subject_id=f"S{USUAL}0.0").update(unit_id="nowhere")
    context = as_user(bank.monitor).get(reverse("model_health", args=[USUAL])).context
    found = {unit.pk if unit else None: line.hits for unit, line in context["branches"]}
    assert found == {"10": 59, None: 1}
    assert context["line"].hits == 60


@pytest.mark.usefixtures("planted")
def test_page_and_program_read_the_same_figures(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.branch)
    lines = lines_of(client)
    told = client.get("/api/v1/model_health").json()
    assert (told["first"], told["last"]) == (str(LAST_DAY - dt.timedelta(29)), str(LAST_DAY))
    assert [item["code"] for item in told["items"]] == list(lines)
    for item in told["items"]:
        line = lines[item["code"]]
        assert (item["hits"], item["marks"], item["opened"]) == (
            line.hits,
            list(line.marks),
            line.work.opened,
        )
        assert (item["week"]["hits"], item["week"]["high"]) == (line.week.total, line.week.high)
        assert item["runs"] == vars(line.runs)
    one = client.get(f"/api/v1/model_health/{LOUD}").json()
    shown = client.get(reverse("model_health", args=[LOUD])).context
    assert [day["hits"] for day in one["days"]] == [day.hits for day in shown["days"]]
    assert [b["hits"] for b in one["branches"]] == [line.hits for _unit, line in shown["branches"]]
    assert one["marks"] == ["loud"]


@pytest.mark.usefixtures("planted")
def test_what_is_outside_supervision_stands_apart(bank: People, as_user: AsUser) -> None:
    ModelChange.objects.create(
        model=USUAL,
        kind="exit",
        effective_from=LAST_DAY - dt.timedelta(days=4),
        reason="…",
        state="approved",
        proposed_by=bank.monitor,
    )
    answer = as_user(bank.monitor).get(reverse("model_healths"))
    assert USUAL not in {line.model.code for line in answer.context["lines"]}
    assert [m.code for m in answer.context["outside"]] == [USUAL]
    assert len(answer.context["lines"]) == len(catalogue()) - 1
    one = as_user(bank.monitor).get(reverse("model_health", args=[USUAL])).context
    assert (one["line"].changed_on, one["supervised"]) == (LAST_DAY - dt.timedelta(days=4), False)


@pytest.mark.usefixtures("planted")
@pytest.mark.parametrize(
    "given",
    [
        {"first": "2024-03-02", "last": "2024-03-01"},
        {"first": "2020-01-01", "last": "2024-03-01"},
        {"first": "0001-01-01", "last": "0001-01-02"},
        {"unit": "9999"},
    ],
)
def test_what_cannot_be_asked_is_refused(bank: People, as_user: AsUser, given: dict[str, str]) -> None:
    client = as_user(bank.monitor)
    assert client.get(reverse("model_healths"), given).status_code == 422
    assert client.get(reverse("model_health", args=[USUAL]), given).status_code == 422
    assert client.get("/api/v1/model_health", given).status_code == 422
    assert client.get("/api/v1/model_health/A99").status_code == 404
    assert client.get(reverse("model_health", args=["A99"])).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_models(
    bank: People, as_user: AsUser, django_assert_max_num_queries: Any
) -> None:
    client = as_user(bank.monitor)
    with django_assert_max_num_queries(40):
        client.get(reverse("model_healths"))


def test_an_empty_home_says_nothing_of_its_models(
    bank: People, as_user: AsUser, tmp_path: Path, settings: Any
) -> None:
    settings.HOME = Home(tmp_path)
    lines = lines_of(as_user(bank.monitor))
    assert {(line.hits, line.week.total, line.marks) for line in lines.values()} == {(None, None, ())}


def test_inputs_are_for_who_reads_runs(bank: People, as_user: AsUser) -> None:
    outlet: User = person("xu", "许晴", "R07", Unit.objects.get(pk="1111").pk)
    page = as_user(outlet).get(reverse("model_health", args=[USUAL]))
    assert (page.status_code, page.context["line"].inputs) == (200, None)
    assert as_user(bank.monitor).get(reverse("model_health", args=[USUAL])).context["line"].inputs
