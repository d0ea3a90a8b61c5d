"""The organisation follows what the bank hands over."""

from __future__ import annotations

from typing import Any

import pytest

from riskloop.organisation.models import Teller, Unit
from riskloop.organisation.sync import sync_organisation
from riskloop.organisation.timeline import path_of
from tests.loop.conftest import unit


def test_a_path_leads_from_the_root() -> None:
    assert path_of("O", {"HO": None, "B": "HO", "O": "B"}) == "HO/B/O"


def test_an_unknown_parent_makes_a_root() -> None:
    assert path_of("O", {"O": "gone"}) == "O"


def test_a_circle_is_cut() -> None:
    assert path_of("A", {"A": "B", "B": "A"}) == "B/A"


@pytest.mark.django_db
def test_a_second_time_changes_only_what_changed() -> None:
    given: dict[str, Any] = {
        "units": [unit("HO", "head_office", None), unit("O", "outlet", "HO")],
        "staff": [{"staff_id": "G1", "name": "n", "unit_id": "O", "post": "p"}],
        "tellers": [{"teller_id": "T1", "staff_id": "G1", "unit_id": "O"}],
    }
    sync_organisation(**given)
    before = list(Unit.objects.order_by("pk").values())
    sync_organisation(**given)
    assert list(Unit.objects.order_by("pk").values()) == before
    given["units"][1]["name"] = "renamed"
    sync_organisation(**given)
    assert Unit.objects.get(pk="O").name == "renamed"
    assert Teller.objects.count() == 1
