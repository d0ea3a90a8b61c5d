"""Accounts and roles: every refusal, what is done otherwise, and no order of doing joins what is apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from riskloop.organisation.account_actions import CreateAccount, Deactivate, Reactivate, SetPassword
from riskloop.organisation.action import Action, Refused, do
from riskloop.organisation.assignment_actions import AssignRole, EndRole, assign_role
from riskloop.organisation.lifecycle import follow_staff, joiners
from riskloop.organisation.models import History, Role, RoleAssignment, Staff, Unit, User
from riskloop.organisation.segregation import broken_by, static_pairs
from tests.loop.conftest import PASSWORD

Person = Callable[..., User]
DAY = dt.timedelta(days=1)


@pytest.fixture
def admin(person: Person) -> User:
    """Administers the second-level branch B1."""
    made = person("admin", "R01", "B1")
    made.unit = Unit.objects.get(pk="B1")
    made.save()
    return made


@pytest.fixture
def clerk(bank: None) -> User:
    """An account in outlet O1, without a role."""
    return do(CreateAccount(None, "clerk", "Clerk", Unit.objects.get(pk="O1"), PASSWORD)).person


def refused(action: Action) -> tuple[str, bool]:
    """The code with which the action is refused, and whether it refuses the person; no line is left."""
    lines = History.objects.count()
    with pytest.raises(Refused) as caught:
        do(action)
    assert History.objects.count() == lines
    assert str(caught.value)
    return caught.value.code, caught.value.who


def unit(unit_id: str) -> Unit:
    return Unit.objects.get(pk=unit_id)


def assign(admin: User | None, person: User, role: str, unit_id: str, **more: Any) -> AssignRole:
    return AssignRole(admin, person, Role.objects.get(pk=role), unit(unit_id), **({"why": "new post"} | more))


# ── accounts ──


def test_an_account_of_a_member_of_staff_belongs_to_his_unit(admin: User) -> None:
    made = do(CreateAccount(admin, "G1", "Person", unit("B1"), PASSWORD, "G1")).person
    assert made.unit_id == "O1"
    assert made.check_password(PASSWORD)
    line = History.objects.get(action="create_account", object_id=str(made.pk))
    assert (line.actor, line.role, line.unit_id) == (admin, "R01", "O1")
    assert not {"password"} & (line.after.keys() | line.before.keys())
    assert "G1" not in joiners().values_list("pk", flat=True)


def test_accounts_that_may_not_be_created(admin: User) -> None:
    def create(username: str = "new", **more: Any) -> CreateAccount:
        given: dict[str, Any] = {"unit": unit("O1"), "password": PASSWORD} | more
        return CreateAccount(admin, username, "New", **given)

    do(create("G1", staff_id="G1"))
    assert refused(create(unit=unit("O2"))) == ("role", True)
    assert refused(create(unit=None)) == ("role", True)
    assert refused(create("  "))[0] == "username"
    assert refused(create("two words"))[0] == "username"
    assert refused(create("n" * 151))[0] == "username"
    assert refused(create("G1"))[0] == "taken"
    assert refused(create(staff_id="G9"))[0] == "no_staff"
    assert refused(create("other", staff_id="G1"))[0] == "staff"
    assert refused(create(is_service=True))[0] == "service"
    assert refused(create(password="short"))[0] == "password"  # noqa: S106
    Staff.objects.filter(pk="G2").update(left_on=timezone.localdate())
    assert refused(create(staff_id="G2"))[0] == "left"


def test_a_service_account_has_no_password(admin: User) -> None:
    made = do(CreateAccount(admin, "feeder", "Feeder", unit("B1"), None, is_service=True)).person
    assert made.is_service
    assert not made.has_usable_password()


def test_a_password_set_is_in_no_history(admin: User, clerk: User) -> None:
    other = "quite another password"
    do(SetPassword(admin, clerk, "forgotten", other))
    clerk.refresh_from_db()
    assert clerk.check_password(other)
    line = History.objects.latest("id")
    assert (line.action, line.reason) == ("set_password", "forgotten")
    assert line.before == {"must_change_password": False}
    assert line.after == {"must_change_password": True}


def test_passwords_that_may_not_be_set(admin: User, clerk: User, person: Person) -> None:
    good = "quite another password"
    assert refused(SetPassword(admin, clerk, " ", good))[0] == "why"
    assert refused(SetPassword(admin, clerk, "forgotten", "short"))[0] == "password"
    assert refused(SetPassword(admin, admin, "forgotten", good)) == ("himself", True)
    assert refused(SetPassword(person("other", "R01", "B2"), clerk, "x", good)) == ("role", True)
    feeder = do(CreateAccount(admin, "feeder", "Feeder", unit("B1"), None, is_service=True)).person
    assert refused(SetPassword(admin, feeder, "forgotten", good))[0] == "service"
    do(Deactivate(admin, clerk, "left"))
    assert refused(SetPassword(admin, clerk, "forgotten", good))[0] == "inactive"


def test_deactivating_ends_all_roles_and_reactivating_gives_none_back(admin: User, clerk: User) -> None:
    do(assign(admin, clerk, "R07", "O1"))
    do(assign(admin, clerk, "R14", "O1", from_on=timezone.localdate() + 9 * DAY))
    do(Deactivate(admin, clerk, "on leave"))
    assert not clerk.is_active
    assert refused(Deactivate(admin, clerk, "again"))[0] == "inactive"
    do(Reactivate(admin, clerk, "back"))
    assert clerk.is_active
    assert all(a.to_on == timezone.localdate() - DAY for a in RoleAssignment.objects.filter(user=clerk))


def test_deactivating_and_reactivating_that_is_refused(admin: User, clerk: User, person: Person) -> None:
    elsewhere = person("elsewhere", "R01", "B2")
    assert refused(Deactivate(admin, clerk, " "))[0] == "why"
    assert refused(Deactivate(admin, admin, "x")) == ("himself", True)
    assert refused(Deactivate(elsewhere, clerk, "x")) == ("role", True)
    assert refused(Reactivate(admin, clerk, "x"))[0] == "active"
    do(Deactivate(admin, clerk, "x"))
    assert refused(Reactivate(admin, clerk, ""))[0] == "why"


def test_a_person_never_has_two_active_accounts(admin: User) -> None:
    """Two accounts of one person could hold the two halves of a pair."""
    first = do(CreateAccount(admin, "first", "One", None, PASSWORD, "G1")).person
    do(Deactivate(admin, first, "x"))
    do(CreateAccount(admin, "second", "One", None, PASSWORD, "G1"))
    assert refused(Reactivate(admin, first, "x"))[0] == "staff"


def test_who_has_left_the_bank_is_not_let_in_again(admin: User) -> None:
    gone = do(CreateAccount(admin, "gone", "One", None, PASSWORD, "G1")).person
    Staff.objects.filter(pk="G1").update(left_on=timezone.localdate())
    assert follow_staff().left == 1
    gone.refresh_from_db()
    assert not gone.is_active
    assert refused(Reactivate(admin, gone, "x"))[0] == "left"


def test_a_mover_begins_anew(admin: User) -> None:
    mover = do(CreateAccount(admin, "G1", "One", None, PASSWORD, "G1")).person
    held = do(assign(admin, mover, "R07", "O1")).assignment
    Staff.objects.filter(pk="G1").update(unit_id="O2")
    assert follow_staff().moved == 1
    assert follow_staff().moved == 0
    mover.refresh_from_db()
    held.refresh_from_db()
    assert mover.unit_id == "O2"
    assert held.to_on is not None
    assert held.to_on < timezone.localdate()


# ── roles ──


def test_roles_that_may_not_be_given(admin: User, clerk: User, person: Person) -> None:
    today = timezone.localdate()
    assert refused(assign(admin, clerk, "R07", "O2")) == ("role", True)
    assert refused(assign(admin, admin, "R14", "B1")) == ("himself", True)
    assert refused(assign(admin, clerk, "R07", "O1", why=" "))[0] == "why"
    assert refused(assign(admin, clerk, "R07", "O1", from_on=today - DAY))[0] == "past"
    assert refused(assign(admin, clerk, "R07", "O1", to_on=today - DAY))[0] == "dates"
    assert refused(assign(admin, clerk, "R07", "B1"))[0] == "level"
    Role.objects.create(code="B-R1", name_zh="一", name_en="one", owner=unit("B2"), modelled_on_id="R14")
    _allow("B-R1", "outlet", ["events.read"])
    assert refused(assign(admin, clerk, "B-R1", "O1"))[0] == "owner"
    do(assign(admin, clerk, "R07", "O1"))
    assert refused(assign(admin, clerk, "R07", "O1"))[0] == "doubled"
    assert refused(assign(admin, clerk, "R04", "B1"))[0] == "segregation"
    Unit.objects.filter(pk="O1").update(closed_on=today)
    assert refused(assign(admin, clerk, "R14", "O1"))[0] == "closed"
    do(Deactivate(admin, clerk, "x"))
    assert refused(assign(admin, clerk, "R14", "B1"))[0] == "inactive"


def _allow(role: str, level: str, functions: list[str]) -> None:
    Role.objects.get(pk=role).decisions.create(
        level=level, functions=functions, effective_from=dt.date(2020, 1, 1), approved=True
    )


def test_a_refusal_names_the_pair_and_its_basis(admin: User, clerk: User) -> None:
    do(assign(admin, clerk, "R07", "O1"))
    with pytest.raises(Refused, match=r"3.*答复"):
        do(assign(admin, clerk, "R04", "B1"))


def test_the_same_role_twice_in_time_is_doubled_also_where_it_begins_later(admin: User, clerk: User) -> None:
    later = timezone.localdate() + 9 * DAY
    do(assign(admin, clerk, "R07", "O1", from_on=later))
    assert refused(assign(admin, clerk, "R07", "O1"))[0] == "doubled"
    do(assign(admin, clerk, "R07", "O1", to_on=later - DAY))


def test_a_role_is_ended_with_its_reason(admin: User, clerk: User, person: Person) -> None:
    held = do(assign(admin, clerk, "R07", "O1")).assignment
    assert refused(EndRole(admin, held, " "))[0] == "why"
    assert refused(EndRole(clerk, held, "x")) == ("role", True)
    own = RoleAssignment.objects.get(user=admin)
    assert refused(EndRole(admin, own, "x")) == ("himself", True)
    do(EndRole(admin, held, "moved on"))
    assert refused(EndRole(admin, held, "again"))[0] == "over"
    line = History.objects.get(action="end_role")
    assert (line.object_id, line.reason) == (str(clerk.pk), "moved on")
    assert (line.after["id"], line.after["role_id"]) == (held.pk, "R07")


STEPS = st.tuples(
    st.sampled_from(["R02", "R03", "R04", "R09", "R06", "R13"]),
    st.integers(0, 6),
    st.one_of(st.none(), st.integers(0, 6)),
    st.booleans(),
)


def prove_that_nothing_joins_what_is_apart(clerk: User, cases: int) -> None:
    """Gives and ends roles in so many random orders, each in a transaction of its own."""

    @settings(max_examples=cases)
    @given(st.lists(STEPS, max_size=8))
    def in_any_order(steps: list[Any]) -> None:
        with transaction.atomic():
            _nothing_joins_what_is_apart(clerk, steps)
            transaction.set_rollback(True)

    in_any_order()


def _nothing_joins_what_is_apart(clerk: User, steps: list[Any]) -> None:
    today = timezone.localdate()
    codes: set[str] = set()
    for role, begins, lasts, end_one in steps:
        from_on = today + begins * DAY
        to_on = None if lasts is None else from_on + lasts * DAY
        try:
            do(AssignRole(None, clerk, Role.objects.get(pk=role), unit("B"), from_on, to_on))
        except Refused as problem:
            codes.add(problem.code)
        held = RoleAssignment.objects.filter(user=clerk).exclude(to_on__lt=today).order_by("pk").first()
        if end_one and held is not None:
            do(EndRole(None, held, "x"))
    for on in (today + n * DAY for n in range(14)):
        duties = {
            a.role_id
            for a in RoleAssignment.objects.filter(user=clerk, from_on__lte=on)
            if a.to_on is None or a.to_on >= on
        }
        assert all(broken_by(d, duties - {d}, static_pairs(on)) is None for d in duties)
    assert codes <= {"segregation", "doubled"}


def test_no_order_of_giving_and_ending_joins_what_is_apart(clerk: User) -> None:
    """A few orders; tests/slow tries many."""
    prove_that_nothing_joins_what_is_apart(clerk, 10)


def test_the_operator_gives_a_role_once(clerk: User) -> None:
    first = assign_role(clerk, "R07", unit("O1"))
    assert assign_role(clerk, "R07", unit("O1")) == first
