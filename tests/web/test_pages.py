"""Every page answers, in both languages, to those who have signed in and to nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from riskloop.loop.models import QuasiEvent
from tests.web.stage import People

PLAIN_PAGES = ("overview", "events", "models", "runs", "gaps")


def addresses() -> list[str]:
    return [
        *(reverse(name) for name in PLAIN_PAGES),
        reverse("model", args=["A11"]),
        reverse("event", args=[QuasiEvent.objects.order_by("pk").first().pk]),
    ]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_answers(bank: People, as_user: Callable[..., Client], language: str) -> None:
    client = as_user(bank.monitor, language)
    for address in addresses():
        answer = client.get(address)
        assert answer.status_code == 200, address
