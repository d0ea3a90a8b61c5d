"""What-ifs on the pages and by the API: asked, shown with their curve, led on to a change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from riskloop.governance.models import WhatIfQuestion
from riskloop.loop.models import QuasiEvent
from riskloop.organisation.assignment_actions import assign_role
from riskloop.organisation.models import Unit, User
from tests.outgoing.conftest import do_jobs
from tests.web.api_cases import a_day_of_data, maintainer, what_if
from tests.web.calling import program
from tests.web.reading import Page
from tests.web.stage import LAST_DAY, People, person

AsUser = Callable[..., Client]


@pytest.fixture
def asking(bank: People, as_user: AsUser) -> Client:
    a_day_of_data()
    return as_user(maintainer())


def ask(client: Client, code: str = "A11", **asked: Any) -> HttpResponse:
    given = {"number": "10"} | asked
    fields = {f"ask_what_if-{name}": value for name, value in given.items()}
    return client.post(reverse("ask_what_if", args=[code]), fields)


def page_of(client: Client, question: WhatIfQuestion, **query: Any) -> str:
    return client.get(reverse("what_if", args=[question.pk]), query).content.decode()


def test_a_sweep_is_asked_computed_and_shown(asking: Client) -> None:
    """The page asks for itself until the answer is there; what the form began with is not asked for."""
    form = asking.get(reverse("ask_what_if", args=["A11"])).content.decode()
    assert str(LAST_DAY) in form
    given = {"swept": "amount", "low": "100000", "high": "900000", "number": "3", "value_on_site": "1000000"}
    answer = ask(asking, **given)
    question = WhatIfQuestion.objects.get()
    assert (answer.status_code, answer.url) == (302, reverse("what_if", args=[question.pk]))
    assert (question.values, question.steps) == ({}, ["100000", "500000", "900000"])
    waiting = page_of(asking, question)
    assert 'hx-trigger="every 3s"' in waiting
    assert "等待试算" in waiting
    assert do_jobs() == []
    done = page_of(asking, question)
    assert "hx-trigger" not in done.partition('id="answer"')[2].partition(">")[0]
    assert "已试算" in done
    assert "what-if-chart" in done
    listed = asking.get(reverse("what_ifs")).content.decode()
    assert reverse("what_if", args=[question.pk]) in listed


def test_the_answer_lists_what_would_be_missed_and_leads_to_a_change(
    bank: People, asking: Client, as_user: AsUser
) -> None:
    """The events themselves open for whoever may read them, and for nobody else."""
    question = what_if()
    event = reverse("event", args=[QuasiEvent.objects.filter(state="closed").earliest("pk").pk])
    first, second = page_of(asking, question), page_of(asking, question, at="1")
    assert "将漏掉 1 个已认定的事件" not in first
    assert "将漏掉 1 个已认定的事件" in second
    assert "解放大道网点" in second
    assert event not in second
    assert "1,177" in second
    user = User.objects.get(username="cai")
    assign_role(user, "R14", Unit.objects.get(pk="HO"))
    assert event in page_of(as_user(user), question, at="1")
    for strange in ("99", "x", "-1"):
        told = asking.get(reverse("what_if", args=[question.pk]), {"at": strange})
        assert told.context["chosen"]["at"] == 0
    to_change = f"{reverse('propose_model_change', args=['A11'])}?value_amount=900000&amp;branch="
    assert to_change in second
    form = asking.get(to_change.replace("&amp;", "&")).content.decode()
    assert 'value="900000"' in form
    chart = asking.get(reverse("what_if", args=[question.pk])).context["chart"]
    assert chart["series"][0]["data"] == [[400000, 1300], [900000, 1177]]
    assert chart["series"][-1]["data"] == [[400000, 2], [900000, 1]]
    assert chart["series"][0]["markLine"]["data"] == [{"xAxis": 500000}]
    assert chart["links"][1] == f"{reverse('what_if', args=[question.pk])}?at=1#chosen"


def test_one_click_asks_again_and_another_asks_differently(asking: Client) -> None:
    question = what_if()
    answer = asking.post(reverse("ask_what_if_again", args=[question.pk]))
    again = WhatIfQuestion.objects.latest("pk")
    assert (answer.status_code, answer.url) == (302, reverse("what_if", args=[again.pk]))
    assert (again.steps, again.swept, again.first) == (question.steps, question.swept, question.first)
    address = reverse("ask_what_if", args=["A11"])
    assert "400000, 900000" in asking.get(address, {"like": question.pk}).content.decode()
    for strange in ("x", "9" * 30, "999"):
        assert "400000, 900000" not in asking.get(address, {"like": strange}).content.decode()
    assert asking.get(reverse("ask_what_if_again", args=[question.pk])).status_code == 405
    WhatIfQuestion.objects.all().delete()
    question = what_if()
    WhatIfQuestion.objects.update(steps=["0", "900000"])
    refused = asking.post(reverse("ask_what_if_again", args=[question.pk]))
    assert (refused.status_code, refused.headers["X-Refused"]) == (409, "values")


@pytest.mark.parametrize(
    ("code", "status", "asked"),
    [
        ("nothing", 409, {}),
        ("values", 409, {"value_amount": "0"}),
        ("values", 409, {"swept": "amount", "low": "0", "high": "5"}),
        ("sweep", 409, {"swept": "amount", "low": "5", "high": "1"}),
        ("sweep", 409, {"swept": "amount", "listed": "1,2", "low": "1", "high": "5"}),
        ("sweep", 409, {"swept": "amount", "low": "1", "high": "5", "number": "51"}),
        ("parameter", 409, {"low": "1", "high": "5"}),
        ("period", 409, {"value_amount": "600000", "last": "2020-01-01"}),
        (None, 422, {"value_amount": "600000", "first": "tomorrow"}),
        (None, 422, {"swept": "colour", "low": "1", "high": "5"}),
        (None, 422, {"value_amount": "600000", "branch": "nowhere"}),
    ],
)
def test_what_will_not_do_comes_back_with_what_was_written(
    asking: Client, code: str | None, status: int, asked: dict[str, str]
) -> None:
    answer = ask(asking, **asked)
    assert (answer.status_code, answer.headers.get("X-Refused")) == (status, code)
    assert all(given in answer.content.decode() for name, given in asked.items() if name != "swept")
    assert not WhatIfQuestion.objects.exists()


@pytest.mark.parametrize(
    ("code", "status", "asked"),
    [
        ("nothing", 409, {}),
        ("parameter", 409, {"values": {"colour": "1"}}),
        ("values", 409, {"values": {"amount": "0"}}),
        ("sweep", 409, {"sweep": {"parameter": "amount", "low": "5", "high": "1"}}),
        ("period", 409, {"values": {"amount": "1"}, "last": "2020-01-01"}),
        ("input", 422, {"values": {"amount": "1"}, "last": "0001-01-01"}),
        ("input", 422, {"sweep": {"parameter": "amount", "values": [str(n) for n in range(51)]}}),
        ("missing", 404, {"values": {"amount": "1"}, "unit_id": "nowhere"}),
    ],
)
def test_the_api_refuses_the_same(asking: Client, code: str, status: int, asked: dict[str, Any]) -> None:
    answer = program(User.objects.get(username="cai")).post("/models/A11/what_ifs", **asked)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not WhatIfQuestion.objects.exists()


def test_a_program_asks_and_reads_the_answer(asking: Client) -> None:
    calling = program(User.objects.get(username="cai"))
    made = calling.post("/models/A11/what_ifs", values={"amount": "550000"}, unit_id="10").json()
    assert (made["state"], made["unit_id"], made["answer"]) == ("waiting", "10", None)
    assert do_jobs() == []
    told = calling.get(f"/what_ifs/{made['id']}").json()
    assert (told["state"], told["answer"]["in_force"]["hits"]) == ("done", 1)
    (listed,) = calling.get("/what_ifs", state="done").json()["items"]
    assert (listed["id"], listed["versions"], "answer" in listed) == (made["id"], told["versions"], False)
    assert calling.get("/what_ifs", model="A12").json()["total"] == 0


def test_whoever_may_not_neither_asks_nor_reads(bank: People, asking: Client, as_user: AsUser) -> None:
    """Of a branch's question its own people know, of the bank's the head office's."""
    question = what_if()
    reader = as_user(bank.monitor)
    assert reverse("ask_what_if", args=["A11"]) not in reader.get("/models/A11/").content.decode()
    for address in ("/what-if/", f"/what-if/{question.pk}/", "/models/A11/what-if/"):
        assert reader.get(address).status_code == 403
    assert program(bank.monitor).get("/what_ifs").status_code == 403
    own = person("bao", "鲍维", "R02", "10")
    client = as_user(own)
    assert client.get(f"/what-if/{question.pk}/").status_code == 404
    assert client.post(f"/what-if/{question.pk}/again/").status_code == 404
    assert program(own).get(f"/what_ifs/{question.pk}").status_code == 404
    refused = ask(client, value_amount="600000")
    assert (refused.status_code, refused.headers["X-Refused"]) == (403, "role")
    assert ask(client, value_amount="600000", branch="10").status_code == 302
    assert program(own).get("/what_ifs").json()["total"] == 1
    assert program(own).post("/models/A11/what_ifs", values={"amount": "1"}).json()["code"] == "role"


def test_an_unknown_model_or_question_is_not_there(asking: Client) -> None:
    for address in ("/models/Z99/what-if/", "/what-if/999/"):
        assert asking.get(address).status_code == 404
    assert asking.get("/what-if/", {"ask": "A11"}).url == reverse("ask_what_if", args=["A11"])
    assert asking.get("/what-if/", {"ask": "Z99"}).status_code == 200


def test_what_failed_says_why(asking: Client) -> None:
    question = what_if()
    WhatIfQuestion.objects.update(state="failed", problem="there are no facts", answer=None)
    said = " ".join(Page(page_of(asking, question)).said)
    assert "无法试算" in said
    assert "there are no facts" in said
