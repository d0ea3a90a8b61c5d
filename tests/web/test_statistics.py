"""The pages of the statistical models: trend, ranking, rows, and a finding opened from a row."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from django.test import Client
from django.urls import reverse

from riskloop.bank.home import Home
from riskloop.detection.kept import keep_hits
from riskloop.loop.models import QuasiEvent
from riskloop.loop.statistics import record_statistics
from riskloop.models.catalogue import model_of, parameters_of
from riskloop.models.hits import event_id, to_hits
from tests.web.reading import Page
from tests.web.stage import LAST_DAY, People

AsUser = Callable[..., Client]


@pytest.fixture
def hits(bank: People, standing: Home) -> list[dict[str, Any]]:
    """Two accounts overdrawn on the last day, in the branches 11 and 12."""
    model = model_of("C12")
    rows = [
        {"subject_id": f"N{unit}", "unit_id": unit, "amount": Decimal(5), "account_id": f"N{unit}"}
        for unit in ("1111", "1211")
    ]
    found = to_hits(model, parameters_of(model), LAST_DAY, pa.Table.from_pylist(rows))
    keep_hits(standing, "C12", LAST_DAY, found, {})
    record_statistics(LAST_DAY, "C12", found.to_pylist())
    return found.to_pylist()


def hit_id(subject: str) -> str:
    return str(event_id("C12", "account", subject, LAST_DAY))


def said(client: Client, *address: Any, **given: Any) -> set[str]:
    answer = client.get(reverse(*address), given)
    assert answer.status_code == 200
    return set(Page(answer.content.decode()).said)


@pytest.mark.usefixtures("hits")
def test_all_statistical_models_are_listed_with_their_hits(bank: People, as_user: AsUser) -> None:
    answer = as_user(bank.monitor).get(reverse("statistics"))
    lines = {line["model"].code: (line["newest"], line["recent"]) for line in answer.context["lines"]}
    assert lines["C12"] == (2, 2)
    assert all(code.startswith("C") for code in lines)


@pytest.mark.usefixtures("hits")
def test_a_model_shows_trend_ranking_and_rows(bank: People, as_user: AsUser) -> None:
    answer = as_user(bank.monitor).get(reverse("statistic", args=["C12"]))
    context = answer.context
    assert context["chart"]["series"][0]["data"][-1] == 2
    assert [u.id for u in context["units"]] == ["1111", "1211"]
    assert [row.key for row in context["rows"]] == ["***11", "***11"]


@pytest.mark.usefixtures("hits")
def test_a_reader_sees_the_rows_of_his_units(bank: People, as_user: AsUser) -> None:
    context = as_user(bank.branch).get(reverse("statistic", args=["C12"])).context
    assert [row.hit["subject_id"] for row in context["rows"]] == ["N1211"]
    assert context["total"] == 1


@pytest.mark.usefixtures("hits")
@pytest.mark.parametrize(
    ("given", "rows"), [({"unit": "11"}, ["N1111"]), ({"unit": "none"}, []), ({"teller": "T"}, [])]
)
def test_rows_are_narrowed_down(
    bank: People, as_user: AsUser, given: dict[str, str], rows: list[str]
) -> None:
    context = as_user(bank.monitor).get(reverse("statistic", args=["C12"]), given).context
    assert [row.hit["subject_id"] for row in context["rows"]] == rows


def test_a_period_that_cannot_be_is_named(bank: People, as_user: AsUser) -> None:
    given = {"first": "2024-02-02", "last": "2024-02-01"}
    answer = as_user(bank.monitor).get(reverse("statistic", args=["C12"]), given)
    assert answer.status_code == 422
    assert "早于" in answer.content.decode()


@pytest.mark.parametrize("code", ["A11", "Z99"])
def test_only_statistical_models_have_statistics(bank: People, as_user: AsUser, code: str) -> None:
    assert as_user(bank.monitor).get(reverse("statistic", args=[code])).status_code == 404


@pytest.mark.usefixtures("hits")
def test_a_finding_is_opened_from_a_row(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    given = {"day": str(LAST_DAY), "hit": hit_id("N1111"), "why": "连续透支"}
    answer = client.post(reverse("open_finding", args=["C12"]), given)
    event = QuasiEvent.objects.get(model="C12")
    assert answer.headers["Location"] == reverse("event", args=[event.pk])
    assert "连续透支" in client.get(answer.headers["Location"]).content.decode()
    again = client.get(reverse("statistic", args=["C12"])).content.decode()
    assert reverse("event", args=[event.pk]) in again


@pytest.mark.usefixtures("hits")
@pytest.mark.parametrize(
    ("given", "status"),
    [({"hit": "N1111"}, 404), ({"hit": ""}, 404), ({"day": "yesterday"}, 404), ({"why": " "}, 302)],
)
def test_what_cannot_be_opened(bank: People, as_user: AsUser, given: dict[str, str], status: int) -> None:
    plain = {"day": str(LAST_DAY), "hit": hit_id("N1111"), "why": "…"}
    answer = as_user(bank.monitor).post(reverse("open_finding", args=["C12"]), plain | given)
    assert answer.status_code == status
    assert not QuasiEvent.objects.filter(model="C12").exists()


@pytest.mark.usefixtures("hits")
def test_a_reader_without_the_role_opens_nothing(bank: People, as_user: AsUser) -> None:
    plain = {"day": str(LAST_DAY), "hit": hit_id("N1111"), "why": "…"}
    as_user(bank.branch).post(reverse("open_finding", args=["C12"]), plain)
    assert not QuasiEvent.objects.filter(model="C12").exists()
