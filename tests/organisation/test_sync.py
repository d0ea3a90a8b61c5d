"""The organisation follows what the bank hands over."""

from __future__ import annotations

from typing import Any

import pytest

from riskloop.organisation.models import Teller, Unit
from riskloop.organisation.sync import path_of, sync_organisation
from tests.loop.conftest import unit


def tree(*units: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {u["unit_id"]: u for u in units}


def test_a_path_leads_from_the_root() -> None:
    units = tree(unit("HO", "head_office", None), unit("B", "tier1_branch", "HO"), unit("O", "outlet", "B"))
    assert path_of("O", units) == "HO/B/O"


def test_an_unknown_parent_makes_a_root() -> None:
    assert path_of("O", tree(unit("O", "outlet", "gone"))) == "O"


def test_a_circle_is_cut() -> None:
    units = tree(unit("A", "outlet", "B"), unit("B", "outlet", "A"))
    assert path_of("A", units) == "B/A"


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
