"""Assignment by the rule: who is chosen, who is not, and what becomes of many events at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from riskloop.loop import actions
from riskloop.loop.actions import AssignByRule, Refused, SetSkill
from riskloop.loop.assignment.giving import give_out
from riskloop.loop.assignment.monitors import chosen_for
from riskloop.loop.bulk import in_bulk
from riskloop.loop.intake import LoopSink
from riskloop.loop.models import AssignmentRule, QuasiEvent
from riskloop.organisation.action import do
from riskloop.organisation.models import History, Staff, StaffCustomer, User
from riskloop.outgoing.models import Notice
from tests.loop.conftest import DAY, found

Person = Callable[..., User]
NAMED = {"customer_id": None, "teller_id": None, "authoriser_id": None, "account_id": None}


def events(number: int = 1, code: str = "A11", unit_id: str = "O1", **named: Any) -> list[QuasiEvent]:
    """So many events of a model in a unit, that nobody has."""
    named = NAMED | {"unit_id": unit_id} | named
    rows = [
        NAMED
        | {"subject_id": f"{code}-{unit_id}-{n}", "unit_id": unit_id, "entry_ids": [f"{code}{n}"]}
        | named
        for n in range(number)
    ]
    found(*rows, code=code)
    return list(QuasiEvent.objects.filter(model=code, unit_id=unit_id).order_by("subject_id"))


def chosen(event: QuasiEvent) -> User | None:
    monitor = chosen_for(event)
    return monitor.person if monitor else None


def code_of(call: Callable[..., Any], *given: Any, **more: Any) -> str:
    lines = History.objects.count()
    with pytest.raises(Refused) as refusal:
        call(*given, **more)
    assert History.objects.count() == lines
    return refusal.value.code


def skill(by: User, person: User, **how: Any) -> None:
    do(SetSkill(by, person, **{"why": "分工调整。"} | how))


@pytest.fixture
def chief(person: Person) -> User:
    """Assigns, and is given nothing."""
    chief = person("chief")
    other = person("other-chief")
    skill(other, chief, most_in_hand=0)
    skill(chief, other, most_in_hand=0)
    return chief


def test_who_has_least_of_what_he_may_have_is_given_the_next(person: Person, chief: User) -> None:
    many, few = person("many"), person("few")
    skill(chief, few, most_in_hand=4)
    one, two, three, four = events(4)
    actions.take(one, many)
    actions.take(two, few)
    # One of fifty is less than one of four.
    assert chosen(three) == many
    skill(chief, many, most_in_hand=2)
    assert chosen(three) == few
    skill(chief, few, most_in_hand=1)
    assert chosen(three) == many
    actions.take(three, many)
    assert chosen(four) is None


def test_business_and_grade_must_be_his(person: Person, chief: User) -> None:
    only = person("only")
    event = events()[0]
    skill(chief, only, categories=["statistical"])
    assert chosen(event) is None
    skill(chief, only, categories=["fund_movement", "statistical"])
    assert chosen(event) == only
    QuasiEvent.objects.filter(pk=event.pk).update(grade="key_attention")
    event.refresh_from_db()
    skill(chief, only, highest_grade="attention")
    assert chosen(event) is None
    skill(chief, only, highest_grade="key_attention")
    assert chosen(event) == only


@pytest.mark.parametrize("interest", ["handled", "relative", "works there"])
def test_nobody_with_an_interest_is_chosen(person: Person, chief: User, interest: str) -> None:
    staff = {"handled": "G1", "relative": "G9", "works there": "G8"}[interest]
    for staff_id, unit_id in (("G9", "S2"), ("G8", "O1")):
        Staff.objects.create(pk=staff_id, name=staff_id, unit_id=unit_id)
    StaffCustomer.objects.create(staff_id="G9", customer_id="C9", relation="spouse")
    person("interested", staff_id=staff)
    event = events(teller_id="T1", customer_id="C9")[0]
    assert chosen(event) is None
    free = person("free")
    assert chosen(event) == free


def test_who_stands_nearest_comes_first_and_then_the_next_above(person: Person, chief: User) -> None:
    above, near, beside = person("above"), person("near", "R04", "B1"), person("beside", "R04", "B2")
    event = events()[0]
    assert chosen(event) == near
    skill(chief, near, most_in_hand=0)
    assert chosen(event) == above
    skill(chief, above, most_in_hand=0)
    assert chosen(event) is None
    assert chosen(events(unit_id="O2")[0]) == beside


def test_a_bundle_stays_together(person: Person, chief: User) -> None:
    first, second = person("first"), person("second")
    one, two, three = events(3)
    bundle = one.pk
    QuasiEvent.objects.filter(pk__in=[one.pk, three.pk]).update(bundle=bundle)
    actions.take(one, second)
    assert chosen(two) == first
    three.refresh_from_db()
    assert chosen(three) == second


def test_the_rule_assigns_and_says_by_what(person: Person, chief: User) -> None:
    one = person("one")
    event = events()[0]
    do(AssignByRule(event, chief))
    event.refresh_from_db()
    assert (event.state, event.assignee) == ("assigned", one)
    line = History.objects.filter(action="assign_by_rule").latest("pk")
    assert (line.actor, line.after["in_hand_before"], line.after["most_in_hand"]) == (chief, 0, 50)
    assert Notice.objects.filter(person=one, kind="event_given").count() == 1
    assert code_of(do, AssignByRule(event, chief)) == "state"


def test_where_nobody_fits_nothing_is_written(chief: User) -> None:
    event = events()[0]
    assert code_of(do, AssignByRule(event, chief)) == "nobody"
    event.refresh_from_db()
    assert (event.state, event.assignee) == ("new", None)


def test_who_does_not_assign_there_is_refused(person: Person, chief: User) -> None:
    person("one")
    assert code_of(do, AssignByRule(events()[0], person("two", "R04", "B2"))) == "role"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"categories": ["cooking"]}, "categories"),
        ({"highest_grade": "great"}, "grade"),
        ({"most_in_hand": -1}, "most_in_hand"),
        ({"most_in_hand": 10_001}, "most_in_hand"),
        ({"why": " "}, "why"),
    ],
)
def test_what_makes_no_skill_is_refused(person: Person, chief: User, given: Any, code: str) -> None:
    assert code_of(skill, chief, person("one"), **given) == code


def test_nobody_sets_his_own_skill_or_that_of_somebody_above(person: Person, chief: User) -> None:
    near = person("near", "R04", "B1")
    assert code_of(skill, chief, chief) == "own_skill"
    assert code_of(skill, near, chief) == "role"
    assert code_of(skill, chief, person("verifier", "R09", "B1")) == "monitor"
    skill(chief, near, most_in_hand=7)
    line = History.objects.filter(action="set_skill").latest("pk")
    assert (line.object_id, line.after["most_in_hand"], line.reason) == (str(near.pk), 7, "分工调整。")


def test_many_are_given_out_gravest_first_until_nobody_has_room(person: Person, chief: User) -> None:
    one, two = person("one"), person("two")
    for each in (one, two):
        skill(chief, each, most_in_hand=2)
    every = events(6)
    grave = every[4]
    QuasiEvent.objects.filter(pk=grave.pk).update(grade="key_attention")
    answers = give_out(QuasiEvent.objects.all(), chief)
    assert answers[0].event_id == grave.pk
    assert [one.done for one in answers] == [True] * 4
    assert QuasiEvent.objects.filter(state="new").count() == 2
    told = Notice.objects.filter(kind="many_given")
    assert {(n.person, n.parameters["number"]) for n in told} == {(one, 2), (two, 2)}
    assert not Notice.objects.filter(kind="event_given").exists()


def test_after_a_run_the_machine_gives_out_where_the_rule_says_so(person: Person, chief: User) -> None:
    one = person("one")
    event = events()[0]
    sink = LoopSink(lambda day, rows: None)
    sink.finish_day(DAY)
    event.refresh_from_db()
    assert event.assignee is None
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    AssignmentRule.objects.create(most_in_hand=5, automatic=True, effective_from=yesterday)
    sink.finish_day(DAY)
    event.refresh_from_db()
    assert event.assignee == one
    line = History.objects.filter(action="assign_by_rule").latest("pk")
    assert (line.actor, line.role) == (None, "")


def test_ticked_events_are_assigned_by_the_rule_or_to_one(person: Person, chief: User) -> None:
    one, two = person("one"), person("two")
    first, second, third = events(3)
    answers = in_bulk(chief, "assign", [first.pk, second.pk], {"to": str(two.pk)})
    assert all(a.done for a in answers)
    assert in_bulk(chief, "assign_by_rule", [third.pk], {})[0].done
    assert list(QuasiEvent.objects.order_by("subject_id").values_list("assignee", flat=True)) == [
        two.pk,
        two.pk,
        one.pk,
    ]
    for nonsense in ("", "x", "²", "9" * 30):
        assert in_bulk(chief, "assign", [third.pk], {"to": nonsense})[0].code in {"monitor", "state"}
