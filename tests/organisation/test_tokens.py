"""Tokens: issued by whom, with what, for how long; and when they let nobody in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from riskloop.organisation.account_actions import CreateAccount, Deactivate, Reactivate
from riskloop.organisation.action import Refused, do
from riskloop.organisation.assignment_actions import AssignRole, assign_role
from riskloop.organisation.functions import (
    CARRY_OUT,
    DISCRIMINATE,
    EXPORT,
    MANAGE_PEOPLE,
    READ_EVENTS,
    READ_HISTORY,
    REVIEW_TRACES,
)
from riskloop.organisation.models import History, Role, Token, TokenLife, Unit, User
from riskloop.organisation.row_security import EVERYTHING, NOTHING, Reach, reach_of
from riskloop.organisation.scope import authority_of, kept_authority, narrowed_to
from riskloop.organisation.tokens import (
    MARK,
    IssueToken,
    RevokeToken,
    digest_of,
    narrowing_of,
    person_of,
)

Person = Callable[..., User]


def issue(user: User, person: User | None = None, days: int = 30, *functions: str) -> IssueToken:
    return do(IssueToken(user, person or user, "nightly", functions or (READ_EVENTS,), days))


def code_of(action: IssueToken | RevokeToken) -> str:
    with pytest.raises(Refused) as refused:
        do(action)
    return refused.value.code


def service(person: Person) -> User:
    made = do(CreateAccount(None, "robot", "Robot", Unit.objects.get(pk="B1"), None, "", True)).person
    assign_role(made, "R14", Unit.objects.get(pk="B1"))
    return made


def test_a_secret_lets_its_person_in_and_is_kept_nowhere(person: Person) -> None:
    monitor = person("lin")
    issued = issue(monitor)
    token = person_of(issued.secret)
    assert token is not None
    assert token.user == monitor
    assert issued.secret.startswith(MARK)
    assert issued.secret.startswith(token.prefix)
    assert len(token.prefix) < 10 < len(issued.secret)
    assert token.digest == digest_of(issued.secret) != issued.secret
    assert issued.secret not in repr(issued)


def test_issue_and_revocation_are_in_the_history_without_the_digest(person: Person) -> None:
    monitor = person("lin")
    token = issue(monitor).token
    do(RevokeToken(monitor, token, "lost"))
    issued, revoked = History.objects.filter(object_type="token", object_id=str(token.pk)).order_by("pk")
    assert (issued.action, issued.actor, issued.after["functions"]) == ("issue_token", monitor, [READ_EVENTS])
    assert token.digest not in str(issued.after)
    assert (revoked.action, revoked.reason, [*revoked.after]) == ("revoke_token", "lost", ["revoked_at"])


def test_its_use_is_noted_once_a_minute(person: Person) -> None:
    secret = issue(person("lin")).secret
    assert person_of(secret) is not None
    first = Token.objects.get().last_used_at
    assert first is not None
    assert person_of(secret) is not None
    assert Token.objects.get().last_used_at == first
    Token.objects.update(last_used_at=first - dt.timedelta(hours=1))
    assert person_of(secret) is not None
    assert Token.objects.get().last_used_at > first


@pytest.mark.parametrize(
    ("functions", "days", "label", "code"),
    [
        ([READ_HISTORY], 30, "t", "beyond"),
        (["all"], 30, "t", "functions"),
        ([], 30, "t", "functions"),
        ([READ_EVENTS], 0, "t", "life"),
        ([READ_EVENTS], 91, "t", "life"),
        ([READ_EVENTS], 10**12, "t", "life"),
        ([READ_EVENTS], 30, " ", "name"),
        ([READ_EVENTS], 30, "t" * 101, "name"),
    ],
)
def test_what_a_token_may_not_be(
    person: Person, functions: list[str], days: int, label: str, code: str
) -> None:
    monitor = person("lin")
    assert code_of(IssueToken(monitor, monitor, label, functions, days)) == code


def test_how_long_tokens_live_is_dated(person: Person) -> None:
    monitor = person("lin")
    TokenLife.objects.create(kind="personal", days=7, effective_from=timezone.localdate())
    assert code_of(IssueToken(monitor, monitor, "t", [READ_EVENTS], 8)) == "life"
    assert issue(monitor, days=7).token.expires_at < timezone.now() + dt.timedelta(days=7, minutes=1)


def test_who_gave_a_service_account_its_roles_does_not_issue_its_token(person: Person) -> None:
    """Else an administrator alone could read business by way of a program."""
    administrator, other = person("admin", "R01"), person("other", "R01")
    robot = do(
        CreateAccount(administrator, "robot", "Robot", Unit.objects.get(pk="B1"), is_service=True)
    ).person
    role, unit = Role.objects.get(pk="R14"), Unit.objects.get(pk="B1")
    do(AssignRole(administrator, robot, role, unit, why="报表"))
    with pytest.raises(Refused) as refusal:
        issue(administrator, robot, 30)
    assert (refusal.value.code, refusal.value.who) == ("same_person", True)
    assert issue(other, robot, 30).token.kind == "service"


def test_of_a_service_account_the_token_lives_a_year_and_comes_from_who_manages_it(person: Person) -> None:
    robot, administrator = service(person), person("admin", "R01", "B1")
    assert issue(administrator, robot, 365).token.kind == "service"
    assert code_of(IssueToken(administrator, robot, "t", [READ_EVENTS], 366)) == "life"
    assert code_of(IssueToken(administrator, robot, "t", [DISCRIMINATE], 30)) == "beyond"
    elsewhere = person("gu", "R01", "B2")
    assert code_of(IssueToken(elsewhere, robot, "t", [READ_EVENTS], 30)) == "role"
    assert code_of(IssueToken(person("lin"), robot, "t", [READ_EVENTS], 30)) == "role"


def test_nobody_issues_or_revokes_for_another_person(person: Person) -> None:
    monitor, administrator = person("lin"), person("admin", "R01")
    assert code_of(IssueToken(administrator, monitor, "t", [READ_EVENTS], 30)) == "personal"
    token = issue(monitor).token
    assert code_of(RevokeToken(person("zhou", "R09"), token)) == "role"
    do(RevokeToken(administrator, token))
    assert code_of(RevokeToken(monitor, token)) == "revoked"


def test_a_token_brings_no_longer_one(person: Person) -> None:
    administrator, robot = person("admin", "R01"), service(person)
    narrowing = narrowing_of(issue(administrator, None, 10, MANAGE_PEOPLE).token)
    with narrowed_to(narrowing):
        assert code_of(IssueToken(administrator, robot, "t", [READ_EVENTS], 10)) == "life"
        assert code_of(IssueToken(administrator, administrator, "t", ["runs.read"], 5)) == "beyond"
        assert issue(administrator, robot, 9).token.expires_at < narrowing.until


def test_what_a_person_may_is_narrowed_and_nobody_elses_is(person: Person) -> None:
    monitor, verifier = person("lin"), person("zhou", "R09")
    with narrowed_to(narrowing_of(issue(monitor, None, 1, READ_EVENTS).token)), kept_authority():
        assert authority_of(monitor).functions == {READ_EVENTS}
        assert CARRY_OUT in authority_of(verifier).functions
    assert DISCRIMINATE in authority_of(monitor).functions


def test_row_level_security_obeys_the_token_too(person: Person) -> None:
    """Without a function of the loop the database shows no event, whatever a query forgets; nor looks."""
    reviewer = person("he", "R06")
    assert reach_of(reviewer) == EVERYTHING
    for function, reach in (
        (EXPORT, NOTHING),
        (READ_EVENTS, Reach(EVERYTHING.rows, "")),
        (REVIEW_TRACES, Reach("", EVERYTHING.looks)),
    ):
        with narrowed_to(narrowing_of(issue(reviewer, None, 1, function).token)):
            assert reach_of(reviewer) == reach


def test_whom_no_secret_lets_in(person: Person) -> None:
    secret = issue(person("lin")).secret
    for strange in ("", "rl_", secret[:-1], secret + "x", "\0", "\ud800", digest_of(secret)):
        assert person_of(strange) is None
    Token.objects.update(expires_at=timezone.now())
    assert person_of(secret) is None


def test_an_account_that_opens_again_brings_no_token_back(person: Person) -> None:
    monitor, administrator = person("lin"), person("admin", "R01")
    User.objects.filter(pk=monitor.pk).update(unit="HO")
    secret = issue(monitor).secret
    do(Deactivate(administrator, monitor, "left"))
    assert person_of(secret) is None
    do(Reactivate(administrator, monitor, "back"))
    assert person_of(secret) is None
    assert Token.objects.get().state == "revoked"
