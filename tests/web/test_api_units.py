"""Units by the API, those among them that are still to come: the same as on their pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from riskloop.organisation.models import History, Unit, UnitVersion, User
from tests.web.calling import Program, program
from tests.web.stage import People
from tests.web.test_people_pages import account

NEW = {"unit_id": "1212", "name": "新", "level": "outlet", "parent_id": "121"}
WHY = {"why": "总行文件"}


@pytest.fixture
def opening() -> dt.date:
    return timezone.localdate() + dt.timedelta(days=9)


@pytest.fixture
def branch(bank: People) -> User:
    """Changes units below the first-level branch 10."""
    return account("branch", "10", "R01")


@pytest.fixture
def caller(branch: User, opening: dt.date) -> Program:
    """By him an outlet is to open below 121 in some days."""
    caller = program(branch)
    assert caller.post("/units", **NEW, **WHY, day=str(opening)).status_code == 200
    assert not Unit.objects.filter(pk="1212").exists()
    return caller


@pytest.mark.parametrize(
    ("change", "given", "state"),
    [
        ("rename", {"name": "更新"}, {"name": "更新"}),
        ("move", {"parent_id": "111"}, {"parent_id": "111"}),
        ("merge", {"into": "1211"}, {"merged_into": "1211"}),
        ("close", {}, {}),
    ],
)
def test_a_unit_to_come_is_changed_by_whom_its_branch_belongs_to(
    caller: Program, branch: User, opening: dt.date, change: str, given: dict[str, str], state: dict[str, str]
) -> None:
    answer = caller.post(f"/units/1212/{change}", **given, **WHY, day=str(opening + dt.timedelta(days=1)))
    assert answer.status_code == 200, answer.content.decode()
    told = answer.json()
    assert told["unit_id"] == "1212"
    assert state.items() <= told.items()
    line = History.objects.filter(object_type="unit", object_id="1212").latest("pk")
    assert (line.actor, line.role, line.unit_id) == (branch, "R01", "121")


def test_others_move_and_merge_into_a_unit_to_come(caller: Program, opening: dt.date) -> None:
    when = str(opening)
    assert caller.post("/units/1211/merge", into="1212", **WHY, day=when).status_code == 200
    below = {"unit_id": "131", "name": "支行", "level": "sub_branch", "parent_id": "13"}
    above = {"unit_id": "13", "name": "二级分行", "level": "tier2_branch", "parent_id": "10"}
    for unit in (above, below):
        assert caller.post("/units", **unit, **WHY, day=when).status_code == 200, unit
    assert caller.post("/units/1112/move", parent_id="131", **WHY, day=when).status_code == 200
    assert caller.get("/units/131", day=when).json()["parent_id"] == "13"


def test_a_unit_to_come_is_told_to_whom_its_branch_is(
    caller: Program, bank: People, opening: dt.date
) -> None:
    for unit_id, is_there in (("HO", True), ("10", True), ("12", True), ("121", True), ("11", False)):
        reader = program(account(f"reader-{unit_id}", unit_id, "R14"))
        for path in ("/units/1212", "/units/1212/staff", "/units/1212/tellers"):
            expected = 200 if is_there else 404
            assert reader.get(path, day=str(opening)).status_code == expected, (unit_id, path)
        listed = [u["unit_id"] for u in reader.get("/units", day=str(opening)).json()["items"]]
        assert ("1212" in listed) == is_there
        assert "1212" not in [u["unit_id"] for u in reader.get("/units").json()["items"]]


def test_who_does_not_reach_the_branch_changes_nothing(
    caller: Program, bank: People, opening: dt.date
) -> None:
    more: dict[str, Any] = {"opened_on": None, "valid_from": dt.date(2024, 1, 1)}
    UnitVersion.objects.create(unit_id="20", name="江南分行", level="tier1_branch", parent_id="HO", **more)
    Unit.objects.create(pk="20", name="江南分行", level="tier1_branch", parent_id="HO", path="HO/20")
    stranger = program(account("stranger", "20", "R01"))
    when = str(opening)
    for path, given in (("/units/1212/close", {}), ("/units/1212/move", {"parent_id": "20"})):
        assert stranger.post(path, **given, **WHY, day=when).status_code == 404
    assert UnitVersion.objects.get(unit_id="1212").closed_on is None
