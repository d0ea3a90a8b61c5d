"""Changes of units by hand: every refusal, the history, and the tree of any day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone, translation

from riskloop.organisation import telling, timeline
from riskloop.organisation.action import do
from riskloop.organisation.models import History, Unit, UnitVersion, User
from riskloop.organisation.sync import sync_organisation
from riskloop.organisation.unit_actions import CloseUnit, MergeUnit, MoveUnit, OpenUnit, RenameUnit
from tests.loop.conftest import unit
from tests.organisation.test_people import refused

Person = Callable[..., User]
DAY = dt.timedelta(days=1)


@pytest.fixture
def admin(person: Person) -> User:
    """Changes the units of the first-level branch B."""
    return person("admin", "R01", "B")


@pytest.fixture
def head(person: Person) -> User:
    return person("head", "R01", "HO")


@pytest.fixture
def today() -> dt.date:
    return timezone.localdate()


def opening(by: User, day: dt.date, **more: Any) -> OpenUnit:
    given = {"changed": "O3", "why": "new outlet", "unit_name": "third", "level": "outlet", "parent_id": "S1"}
    return OpenUnit(by, day=day, **(given | more))


def lines(unit_id: str) -> list[tuple[str, str]]:
    found = History.objects.filter(object_type="unit", object_id=unit_id).order_by("id")
    return [(line.action, line.reason) for line in found]


def test_a_unit_opens_on_its_day(admin: User, today: dt.date) -> None:
    do(opening(admin, today + 3 * DAY))
    assert not Unit.objects.filter(pk="O3").exists()
    assert timeline.unit_as_of("O3", today) is None
    timeline.settle(today + 3 * DAY)
    assert Unit.objects.get(pk="O3").path == "HO/B/B1/S1/O3"
    assert lines("O3") == [("open_unit", "new outlet")]


def test_units_that_may_not_be_opened(admin: User, today: dt.date, person: Person) -> None:
    assert refused(opening(person("second", "R01", "B1"), today)) == ("role", True)
    assert refused(opening(admin, today, parent_id="HO")) == ("role", True)
    assert refused(opening(admin, today, why=" "))[0] == "why"
    assert refused(opening(admin, today, unit_name=" "))[0] == "name"
    assert refused(opening(admin, today, changed="O/3"))[0] == "number"
    assert refused(opening(admin, today, changed="O 3"))[0] == "number"
    assert refused(opening(admin, today, changed="O1"))[0] == "taken"
    assert refused(opening(admin, today, level="region"))[0] == "level"
    assert refused(opening(admin, today, parent_id="O1"))[0] == "parent_level"
    do(CloseUnit(admin, "O1", today, "x"))
    do(CloseUnit(admin, "S1", today, "x"))
    assert refused(opening(admin, today))[0] == "parent"


def test_a_unit_is_renamed(admin: User, today: dt.date) -> None:
    assert refused(RenameUnit(admin, "O1", today, "x", " "))[0] == "name"
    assert refused(RenameUnit(admin, "O1", today, "", "new"))[0] == "why"
    assert refused(RenameUnit(admin, "HO", today, "x", "new")) == ("role", True)
    assert refused(RenameUnit(admin, "O9", today, "x", "new")) == ("role", True)
    do(RenameUnit(admin, "O1", today, "as decided", "new"))
    assert Unit.objects.get(pk="O1").name == "new"
    before = timeline.unit_as_of("O1", today - DAY)
    assert before is not None
    assert before.name == "unit O1"
    line = History.objects.latest("id")
    assert (line.before["name"], line.after["name"]) == ("unit O1", "new")
    with translation.override("en"):
        told = {change.field: change.before for change in telling.told([line])[0].changes}
    assert told["In force from"] == "always"


def test_a_unit_moves_with_all_below_it(admin: User, head: User, today: dt.date, person: Person) -> None:
    assert refused(MoveUnit(admin, "S1", today, "x", "O2"))[0] == "parent_level"
    assert refused(MoveUnit(admin, "S1", today, "x", "nowhere"))[0] == "parent"
    assert refused(MoveUnit(admin, "B1", today, "x", "HO")) == ("other_role", True)
    do(MoveUnit(admin, "S1", today, "reorganised", "B2"))
    assert Unit.objects.get(pk="O1").path == "HO/B/B2/S1/O1"
    assert timeline.path_as_of("O1", today) == ["HO", "B", "B2", "S1", "O1"]
    assert timeline.path_as_of("O1", today - DAY) == ["HO", "B", "B1", "S1", "O1"]


def test_a_unit_cannot_move_below_itself(head: User, today: dt.date) -> None:
    # Only levels that are wrong in the bank's own tables make it possible at all.
    UnitVersion.objects.filter(unit_id="S1").update(level="head_office")
    assert refused(MoveUnit(head, "B1", today, "x", "S1"))[0] == "circle"


def test_a_unit_closes_after_what_is_below_it(admin: User, today: dt.date) -> None:
    assert refused(CloseUnit(admin, "S1", today, "x"))[0] == "children"
    do(CloseUnit(admin, "O1", today, "x"))
    do(CloseUnit(admin, "S1", today, "x"))
    assert Unit.objects.get(pk="S1").closed_on == today
    assert refused(CloseUnit(admin, "S1", today, "x"))[0] == "closed"
    open_then = {v.unit_id for v in timeline.units_as_of(today - DAY, below="B1")}
    open_now = {v.unit_id for v in timeline.units_as_of(today, below="B1")}
    assert (open_then, open_now) == ({"B1", "S1", "O1"}, {"B1"})


def test_a_merged_unit_lives_on_in_another(admin: User, today: dt.date, person: Person) -> None:
    second = person("second", "R01", "B")
    assert refused(MergeUnit(admin, "S1", today, "x", "S1"))[0] == "itself"
    assert refused(MergeUnit(admin, "S1", today, "x", "nowhere"))[0] == "into"
    assert refused(MergeUnit(admin, "S1", today, "x", "B2"))[0] == "level"
    do(MergeUnit(admin, "S1", today, "merged", "S2"))
    do(MergeUnit(second, "O1", today, "merged too", "O2"))
    assert Unit.objects.get(pk="O1").path == "HO/B/B2/S2/O1"
    assert timeline.successor_of("S1") == "S2"
    assert timeline.successor_of("O2") == "O2"
    assert [v.unit_id for v in timeline.merged_from("S2", today)] == ["S1"]
    # What moved along says so in its own history.
    assert lines("O1") == [("move_unit", "merged"), ("merge_unit", "merged too")]


def test_a_merger_needs_reach_over_both(head: User, admin: User, today: dt.date) -> None:
    do(opening(head, today, changed="C", level="tier1_branch", parent_id="HO"))
    do(opening(head, today, changed="C1", level="tier2_branch", parent_id="C"))
    assert refused(MergeUnit(admin, "B2", today, "x", "C1")) == ("other_role", True)


def test_a_successor_is_found_through_several_mergers(admin: User, today: dt.date) -> None:
    do(opening(admin, today))
    do(MergeUnit(admin, "O1", today, "x", "O3"))
    do(MergeUnit(admin, "O3", today, "x", "O2"))
    assert timeline.successor_of("O1") == "O2"


def test_the_answers_of_one_unit_agree_with_the_whole_tree(admin: User, today: dt.date) -> None:
    do(MergeUnit(admin, "S1", today - 5 * DAY, "x", "S2"))
    do(opening(admin, today - 3 * DAY, parent_id="S2"))
    do(MoveUnit(admin, "O1", today - 2 * DAY, "x", "B1"))
    for on in (today - n * DAY for n in range(8)):
        whole = timeline.units_as_of(on)
        parents = {v.unit_id: v.parent_id for v in whole}
        for version in whole:
            below = [v.unit_id for v in timeline.children_as_of(version.unit_id, on)]
            assert below == sorted(c for c, p in parents.items() if p == version.unit_id)
            assert timeline.path_as_of(version.unit_id, on)[-2:][0] == (version.parent_id or version.unit_id)


def test_staff_and_tellers_of_a_day(bank: None, today: dt.date) -> None:
    sync_organisation(
        units=[],
        staff=[{"staff_id": "G1", "name": "person G1", "unit_id": "O2", "post": "teller"}],
        tellers=[{"teller_id": "T1", "staff_id": "G1", "unit_id": "O2"}],
        since=today,
    )
    assert [s.staff_id for s in timeline.staff_as_of(today - DAY, ["O1"])] == ["G1", "G2"]
    assert [s.staff_id for s in timeline.staff_as_of(today, ["O1"])] == ["G2"]
    assert [t.teller_id for t in timeline.tellers_as_of(today - DAY, "O1")] == ["T1", "T2"]
    assert [t.teller_id for t in timeline.tellers_as_of(today, "O2")] == ["T1"]
    then, now = timeline.teller_as_of("T1", today - DAY), timeline.staff_member_as_of("G1", today)
    assert then is not None
    assert now is not None
    assert (then.unit_id, now.unit_id) == ("O1", "O2")


def test_the_tables_prevail_where_they_say_something_new(admin: User, today: dt.date) -> None:
    do(RenameUnit(admin, "O1", today, "by hand", "by hand"))
    given: dict[str, Any] = {"staff": [], "tellers": []}
    sync_organisation(units=[unit("O1", "outlet", "S1")], **given)
    assert Unit.objects.get(pk="O1").name == "by hand"
    sync_organisation(units=[unit("O1", "outlet", "S1") | {"name": "by the tables"}], **given)
    assert Unit.objects.get(pk="O1").name == "by the tables"
