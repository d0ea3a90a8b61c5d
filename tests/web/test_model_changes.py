"""Changes of the models on the pages: asked for by one, decided by another, seen by whoever reads models."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from riskloop.governance.models import ModelChange
from riskloop.governance.what_if.results import Estimate, Share
from riskloop.loop.models import QuasiEvent
from riskloop.organisation.models import User
from tests.web.api_cases import maintainer, reviewer
from tests.web.calling import program
from tests.web.reading import Page
from tests.web.stage import People, person

AsUser = Callable[..., Client]


@pytest.fixture
def proposing(bank: People, as_user: AsUser) -> Client:
    return as_user(maintainer())


@pytest.fixture
def deciding(bank: People, as_user: AsUser) -> Client:
    return as_user(reviewer())


def tomorrow() -> dt.date:
    return timezone.localdate() + dt.timedelta(days=1)


def propose(client: Client, code: str = "A11", **asked: Any) -> HttpResponse:
    given = {"kind": "values", "effective_from": tomorrow(), "why": "误报太多。"} | asked
    fields = {f"propose_model_change-{name}": value for name, value in given.items()}
    return client.post(reverse("propose_model_change", args=[code]), fields)


def act(client: Client, change: ModelChange, action: str, **given: Any) -> HttpResponse:
    fields = {f"{action}-{name}": value for name, value in given.items()}
    return client.post(reverse("act_on_model_change", args=[change.pk, action]), fields)


def text(answer: HttpResponse) -> str:
    return " ".join(Page(answer.content.decode()).said)


def test_values_are_asked_for_and_approved(
    proposing: Client, deciding: Client, bank: People, as_user: AsUser
) -> None:
    """What the form began with and was left alone is not asked for."""
    answer = propose(proposing, value_amount="600000", value_on_site="1000000")
    change = ModelChange.objects.get()
    assert (answer.status_code, change.values) == (302, {"amount": "600000"})
    page = proposing.get(reverse("model_change", args=[change.pk])).content.decode()
    assert "撤回" in page
    assert "decide-verdict" not in page
    reader = as_user(bank.monitor)
    assert "误报太多。" in reader.get(reverse("model_changes")).content.decode()
    assert act(deciding, change, "decide", verdict="approve", why="同意。").status_code == 302
    change.refresh_from_db()
    assert change.state == "approved"
    decided = deciding.get(reverse("model_change", args=[change.pk])).content.decode()
    assert "500,000" in decided
    assert "600,000" in decided
    assert "amount = 600000" in decided


def test_the_models_page_shows_what_is_in_force(bank: People, proposing: Client) -> None:
    plain = {"model": "A11", "state": "approved", "reason": "…", "proposed_by": bank.administrator}
    plain |= {"kind": "values", "effective_from": timezone.localdate()}
    ModelChange.objects.create(values={"amount": "610000"}, **plain)
    ModelChange.objects.create(values={"amount": "620000"}, unit_id="10", **plain)
    page = proposing.get(reverse("model", args=["A11"])).content.decode()
    assert "610,000" in page
    assert "江北分行：620,000" in page
    assert "监督中" in page
    told = program(bank.monitor).get("/models/A11").json()["parameters"][0]
    assert (told["code"], told["value"]) == ("amount", "610000")


def test_whoever_may_not_is_not_offered_it(bank: People, as_user: AsUser, proposing: Client) -> None:
    reader = as_user(bank.monitor)
    assert reverse("propose_model_change", args=["A11"]) not in reader.get("/models/A11/").content.decode()
    assert reader.get(reverse("propose_model_change", args=["A11"])).status_code == 403
    propose(proposing, value_amount="600000")
    change = ModelChange.objects.get()
    answer = act(reader, change, "decide", verdict="approve", why="同意。")
    assert (answer.status_code, answer.headers["X-Refused"]) == (403, "role")
    own = act(proposing, change, "decide", verdict="approve", why="同意。")
    assert (own.status_code, own.headers["X-Refused"]) == (403, "role")
    change.refresh_from_db()
    assert change.state == "proposed"


@pytest.mark.parametrize(
    ("code", "status", "asked"),
    [
        ("values", 409, {"value_amount": "viel"}),
        ("values", 409, {"value_amount": "0"}),
        ("same", 409, {"value_amount": "500000"}),
        ("effective_from", 409, {"value_amount": "600000", "effective_from": "2020-01-01"}),
        (None, 422, {"kind": "admit"}),
        (None, 422, {"value_amount": "600000", "why": ""}),
        (None, 422, {"value_amount": "600000", "effective_from": "tomorrow"}),
        (None, 422, {"value_amount": "600000", "branch": "nowhere"}),
    ],
)
def test_what_will_not_do_comes_back_with_what_was_written(
    proposing: Client, code: str | None, status: int, asked: dict[str, str]
) -> None:
    answer = propose(proposing, **asked)
    assert (answer.status_code, answer.headers.get("X-Refused")) == (status, code)
    assert all(given in answer.content.decode() for given in asked.values())
    assert not ModelChange.objects.exists()


def test_a_form_sent_twice_asks_twice_and_only_one_is_approved(proposing: Client, deciding: Client) -> None:
    for _twice in range(2):
        propose(proposing, value_amount="600000")
    first, second = ModelChange.objects.order_by("pk")
    act(deciding, first, "decide", verdict="approve", why="同意。")
    again = act(deciding, first, "decide", verdict="reject", why="…")
    assert (again.status_code, again.headers["X-Refused"]) == (409, "decided")
    other = act(deciding, second, "decide", verdict="approve", why="同意。")
    assert (other.status_code, other.headers["X-Refused"]) == (409, "twice")


def test_a_branch_proposes_for_itself_alone(bank: People, as_user: AsUser) -> None:
    of_branch: User = person("bao", "鲍维", "R02", "10")
    client = as_user(of_branch)
    page = client.get(reverse("propose_model_change", args=["A11"])).content.decode()
    assert "江北分行" in page
    assert "全行" not in Page(page).said
    refused = propose(client, value_amount="600000")
    assert (refused.status_code, refused.headers["X-Refused"]) == (403, "role")
    assert propose(client, value_amount="600000", branch="10").status_code == 302
    assert ModelChange.objects.get().unit_id == "10"
    outside = as_user(person("wai", "外人", "R14", "HO"))
    assert outside.get(reverse("model_change", args=[ModelChange.objects.get().pk])).status_code == 200


def test_a_model_leaves_supervision(proposing: Client, deciding: Client) -> None:
    propose(proposing, kind="exit", effective_from=timezone.localdate())
    act(deciding, ModelChange.objects.get(), "decide", verdict="approve", why="同意。")
    assert "不在监督范围内" in proposing.get("/models/A11/").content.decode()


def test_an_unknown_model_or_change_is_not_there(proposing: Client) -> None:
    for address in ("/models/Z99/change/", "/changes-of-models/999/", "/changes-of-models/999/decide/"):
        assert proposing.get(address).status_code == 404


def test_the_estimate_stands_with_the_change(bank: People, as_user: AsUser, proposing: Client) -> None:
    """What would be missed is flagged and listed; it leads to the event where the reader may read events."""
    propose(proposing, value_amount="900000")
    change = ModelChange.objects.get()
    address = reverse("model_change", args=[change.pk])
    assert "正在试算" in proposing.get(address).content.decode()
    event = QuasiEvent.objects.filter(state="closed").earliest("pk")
    fate = {"booked_on": "2024-03-29", "unit_id": "1112", "state": "closed", "outcome": "internal"}
    missed = [{"id": str(event.pk), "grade": "general", "score": "10", **fate}]
    plain = {"hours_gained": None, "hours_lost": 1.5}
    before = Estimate({}, hits=1222, recall=Share(2, 2)).as_dict() | plain
    after = Estimate({}, hits=1177, lost=45, recall=Share(1, 2)).as_dict() | plain | {"missed": missed}
    told = {"from": "2024-01-01", "to": "2024-03-29", "days": 60, "in_force": before, "after": after}
    ModelChange.objects.update(estimate=told)
    page = proposing.get(address).content.decode()
    assert "将漏掉 1 个已认定的事件" in page
    assert "1,177" in page
    assert "1 / 2" in page
    assert reverse("event", args=[event.pk]) not in page
    assert reverse("event", args=[event.pk]) in as_user(bank.monitor).get(address).content.decode()
    answer = act(as_user(reviewer()), change, "decide", verdict="approve")
    assert (answer.status_code, answer.headers["X-Refused"]) == (409, "missed")
    ModelChange.objects.update(estimate={"problem": "there are no facts"})
    assert "无法试算" in proposing.get(address).content.decode()
