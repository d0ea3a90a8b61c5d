"""The pages and the API know the models of the bank's own, and say whose they are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from riskloop.detection.model_tests import record
from riskloop.governance.models import ModelChange
from riskloop.models.catalogue import model_of
from riskloop.web.startup import _own_models
from tests.models.own_folder import EXAMPLE, Put, folder, put
from tests.web.api_cases import maintainer, reviewer
from tests.web.calling import program
from tests.web.reading import Page
from tests.web.stage import People

__all__ = ["folder", "put"]

AsUser = Callable[..., Client]


@pytest.fixture
def own(put: Put) -> None:
    """The worked example is one of the bank's own, and passed its tests."""
    put()
    record([model_of("X01")])


def said(client: Client, *address: str) -> str:
    return " ".join(Page(client.get(reverse(address[0], args=address[1:])).content.decode()).said)


def test_the_catalogue_lists_it_under_its_class(own: None, bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    listed = client.get(reverse("models")).context["categories"]
    codes = {category: [entry.model.code for entry in entries] for category, entries in listed}
    assert list(codes) == ["fund_movement", "non_fund_movement", "statistical"]
    assert codes["fund_movement"][-2:] == ["A16", "X01"]
    assert said(client, "models").count("本行自有") == 1
    page = said(client, "model", "X01")
    assert "来源 本行自有" in page
    assert "不在监督范围内" in page
    assert "本行自有" not in said(client, "model", "A11")


def test_programs_are_told_whose_it_is(own: None, bank: People) -> None:
    listed = program(bank.monitor).get("/models").json()
    assert [one["code"] for one in listed if one["own"]] == ["X01"]
    told = program(bank.monitor).get("/models/X01").json()
    assert (told["own"], told["supervised"]) == (True, False)
    assert program(bank.monitor).get("/models/A11").json()["supervised"] is True


def test_it_is_admitted_by_two_people_on_the_pages(own: None, bank: People, as_user: AsUser) -> None:
    proposing, deciding = as_user(maintainer()), as_user(reviewer())
    form = proposing.get(reverse("propose_model_change", args=["X01"])).context["form"]
    assert form.initial["kind"] == "admit"
    assert [kind for kind, _label in form.fields["kind"].choices] == ["values", "admit"]
    given = {"kind": "admit", "effective_from": timezone.localdate(), "why": "分行反映。"}
    fields = {f"propose_model_change-{name}": value for name, value in given.items()}
    assert proposing.post(reverse("propose_model_change", args=["X01"]), fields).status_code == 302
    change = ModelChange.objects.get()
    verdict = {"decide-verdict": "approve", "decide-why": "同意。"}
    address = reverse("act_on_model_change", args=[change.pk, "decide"])
    assert proposing.post(address, verdict).status_code == 403
    assert "不在监督范围内" in said(proposing, "model", "X01")
    assert deciding.post(address, verdict).status_code == 302
    assert "不在监督范围内" not in said(proposing, "model", "X01")


def test_programs_are_refused_what_has_not_passed(put: Put, bank: People) -> None:
    put()
    given = {"kind": "admit", "effective_from": str(timezone.localdate()), "why": "分行反映。"}
    answer = program(maintainer()).post("/models/X01/changes", **given)
    assert (answer.status_code, answer.json()["code"]) == (409, "untested")
    assert not ModelChange.objects.exists()


def test_the_check_tells_what_is_wrong(put: Put) -> None:
    assert (_own_models().ok, _own_models().detail) == (True, "0 found")
    file = put()
    assert _own_models().detail == "X01 is not recorded as having passed its tests"
    record([model_of("X01")])
    assert (_own_models().ok, _own_models().detail) == (True, "1 found")
    put(EXAMPLE.name, ("MODEL = Model(", "MODELL = Model("))
    assert (_own_models().ok, _own_models().detail) == (False, f"{file}: it defines no MODEL")
