"""The pages of the models are made from the models' own files."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from riskloop.models.catalogue import catalogue
from tests.web.reading import Page
from tests.web.stage import People

AsUser = Callable[..., Client]


def test_every_model_is_listed_under_its_class(bank: People, as_user: AsUser) -> None:
    listed = as_user(bank.monitor).get(reverse("models")).context["categories"]
    assert {entry.model.code for _category, entries in listed for entry in entries} == set(catalogue())
    assert all(entry.model.category == category for category, entries in listed for entry in entries)


@pytest.mark.parametrize(("language", "code"), [("zh-hans", "zh"), ("en", "en")])
def test_a_page_says_all_that_the_file_says(bank: People, as_user: AsUser, language: str, code: str) -> None:
    client = as_user(bank.monitor, language)
    # Every second model in the one language, the others in the other: the page is the same for all.
    for model in list(catalogue().values())[code == "en" :: 2]:
        html = client.get(reverse("model", args=[model.code])).content.decode()
        said = " ".join(Page(html).said)
        texts = [model.name, model.definition, model.purpose, model.false_positives]
        texts += [text for about in model.about().values() for text in (about.name, about.why)]
        texts += [*model.compared.values(), *(example.title for example in model.examples)]
        texts += [model.decided] if model.decided else []
        lacking = [getattr(t, code) for t in texts if " ".join(getattr(t, code).split()) not in said]
        assert lacking == [], model.code
        assert all(driver in said for driver in model.drivers)


def test_hits_are_those_of_the_last_thirty_days(bank: People, as_user: AsUser) -> None:
    answer = as_user(bank.monitor).get(reverse("model", args=["A11"]))
    assert answer.context["entry"].hits == sum((back * 7 + 3 * 13 + ord("1")) % 40 for back in range(30))


def test_there_is_no_page_of_no_model(bank: People, as_user: AsUser) -> None:
    assert as_user(bank.monitor).get(reverse("model", args=["Z99"])).status_code == 404
