"""Queries: to whom they go, what an answer needs, and what may be done with them when."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from riskloop.bank.home import Home
from riskloop.loop import actions
from riskloop.loop.actions import Refused
from riskloop.loop.actions.queries import current_round
from riskloop.loop.attachments.files import received
from riskloop.loop.models import Attachment, QuasiEvent, Query, QueryState, State
from riskloop.loop.queries.addressing import addressees, owed_by
from riskloop.organisation.assignment_actions import end_all_roles
from riskloop.organisation.models import History, Unit, User
from riskloop.outgoing.models import Notice
from tests.loop.attached import PDF, PROGRAM
from tests.loop.working import finding

Person = Callable[..., User]
ANSWERS = ["本人办理。", "货款。", "齐全。"]


@pytest.fixture
def monitor(person: Person, event: QuasiEvent) -> User:
    user = person("monitor")
    actions.take(event, user)
    return user


@pytest.fixture
def sub_branch(person: Person) -> User:
    return person("sub", "R08", "S1")


@pytest.fixture
def branch(person: Person) -> User:
    return person("branch", "R09", "B1")


@pytest.fixture
def query(event: QuasiEvent, monitor: User, sub_branch: User, branch: User) -> Query:
    return actions.ask(event, monitor, "1_transaction", "请核实。")


def code_of(call: Callable[..., Any], *given: Any) -> str:
    lines = History.objects.count()
    with pytest.raises(Refused) as refusal:
        call(*given)
    assert History.objects.count() == lines
    return refusal.value.code


def answered(query: Query, user: User) -> Query:
    actions.answer(query, user, "凭证齐全，属实。", "1_papers", ANSWERS)
    return query


def told(user: User) -> set[str]:
    return set(Notice.objects.filter(person=user).values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("grade", "kind", "unit"),
    [
        ("general", "query", "S1"),
        ("attention", "query", "S1"),
        ("key_attention", "query", "B1"),
        ("general", "assistance", "B1"),
        ("general", "due_diligence", "B1"),
    ],
)
@pytest.mark.usefixtures("sub_branch", "branch")
def test_the_grade_says_who_verifies(
    event: QuasiEvent, monitor: User, person: Person, grade: str, kind: str, unit: str
) -> None:
    person("outlet", "R07", "O1")
    event.grade = grade
    event.save()
    assert addressees(event, kind)[0].pk == unit
    query = actions.ask(event, monitor, words="请协查。", kind=kind)
    assert query.unit_id == unit
    outlet = Unit.objects.get(pk="O1")
    assert code_of(lambda: actions.ask(event, monitor, words="?", kind=kind, unit=outlet)) == "unit"


def test_where_nobody_answers_at_the_right_level_whoever_is_above_does(
    event: QuasiEvent, monitor: User, branch: User
) -> None:
    assert actions.ask(event, monitor, words="请核实。").unit_id == "B1"


def test_where_nobody_is_above_the_outlet_answers_and_without_anybody_nothing_is_sent(
    event: QuasiEvent, monitor: User, person: Person
) -> None:
    assert code_of(actions.ask, event, monitor, "", "请核实。") == "nobody"
    person("outlet", "R07", "O1")
    assert actions.ask(event, monitor, words="请核实。").unit_id == "O1"


def test_of_an_event_of_attention_the_branch_is_told_too(
    event: QuasiEvent, monitor: User, sub_branch: User, branch: User
) -> None:
    event.grade = "attention"
    event.save()
    actions.ask(event, monitor, words="请核实。")
    assert told(sub_branch) == {"query_sent"}
    assert told(branch) == {"query_copied"}


def test_a_query_asks_what_the_template_and_the_model_ask(
    event: QuasiEvent, monitor: User, query: Query
) -> None:
    assert [one["required"] for one in current_round(query).questions] == [True] * 3
    event.model = "B02"
    event.save()
    again = actions.ask(event, monitor, "1_transaction")
    assert len(current_round(again).questions) == 4
    assert again.number == 2


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "words"),
        ({"template": "none"}, "template"),
        ({"template": "3_assistance"}, "template"),
        ({"kind": "letter", "words": "?"}, "kind"),
    ],
)
def test_what_is_asked_must_be_said(
    event: QuasiEvent, query: Query, given: dict[str, Any], code: str
) -> None:
    assert code_of(lambda: actions.ask(event, query.asked_by, **given)) == code


def test_an_answer_goes_to_who_has_the_event(
    event: QuasiEvent, query: Query, person: Person, sub_branch: User
) -> None:
    other = person("other")
    actions.hand_over(event, query.asked_by, other, "休假")
    answered(query, sub_branch)
    assert "query_answered" in told(other)
    assert "query_answered" not in told(query.asked_by)
    assert query.state == QueryState.ANSWERED
    last = current_round(query)
    assert (last.answers, last.method_id, last.answered_by) == (ANSWERS, "1_papers", sub_branch)


@pytest.mark.parametrize(
    ("findings", "method", "answers", "code"),
    [
        ("", "1_papers", ANSWERS, "findings"),
        ("属实", "", ANSWERS, "method"),
        ("属实", "guess", ANSWERS, "method"),
        ("属实", "1_papers", ANSWERS[:2], "answers"),
        ("属实", "1_papers", ["", "二", "三"], "answers"),
    ],
)
def test_an_answer_is_whole(
    query: Query, sub_branch: User, findings: str, method: str, answers: list[str], code: str
) -> None:
    assert code_of(actions.answer, query, sub_branch, findings, method, answers) == code
    assert query.rounds.get().answered_at is None


def test_who_answers(query: Query, person: Person, sub_branch: User, branch: User) -> None:
    for username, role, unit, code in (
        ("outlet", "R07", "O1", "role"),
        ("beside", "R08", "S2", "role"),
        ("viewer", "R14", "HO", "role"),
    ):
        assert code_of(answered, query, person(username, role, unit)) == code
    assert code_of(answered, query, person("handler", "R08", "S1", staff_id="G1")) == "recusal"
    # Whoever is above may answer in the absence of those below.
    answered(query, branch)


def test_of_two_answers_the_first_counts(query: Query, sub_branch: User, branch: User) -> None:
    other = Query.objects.get(pk=query.pk)
    answered(query, sub_branch)
    assert code_of(answered, other, branch) == "query_state"
    assert current_round(query).answered_by == sub_branch


def test_a_closed_query_takes_no_answer(query: Query, sub_branch: User) -> None:
    actions.withdraw_query(query, query.asked_by, "已查明。")
    assert code_of(answered, query, sub_branch) == "query_state"
    assert "query_withdrawn" in told(sub_branch)
    assert code_of(actions.ask_again, query, query.asked_by, "2_unclear", "?") == "query_state"


def test_a_poor_answer_comes_back_with_its_fault(query: Query, sub_branch: User) -> None:
    monitor = query.asked_by
    assert code_of(actions.accept_answer, query, monitor) == "query_state"
    answered(query, sub_branch)
    assert code_of(actions.ask_again, query, monitor, "none", "请补充") == "fault"
    assert code_of(actions.ask_again, query, monitor, "2_unclear", " ") == "words"
    assert code_of(actions.ask_again, query, sub_branch, "2_unclear", "请补充") == "role"
    actions.ask_again(query, monitor, "2_unclear", "来源未说明。")
    last = current_round(query)
    assert (last.number, last.fault_id, len(last.questions)) == (2, "2_unclear", 3)
    answered(query, sub_branch)
    actions.accept_answer(query, monitor)
    assert query.state == QueryState.ACCEPTED
    assert [one.answered_at is not None for one in query.rounds.order_by("number")] == [True, True]
    assert code_of(actions.ask_again, query, monitor, "2_unclear", "再查") == "query_state"


def test_it_is_forwarded_downwards_only(query: Query, person: Person, sub_branch: User, branch: User) -> None:
    outlet_verifier = person("outlet", "R07", "O1")
    outlet, above = Unit.objects.get(pk="O1"), Unit.objects.get(pk="B1")
    assert code_of(actions.forward, query, sub_branch, above, "请核实") == "to"
    assert code_of(actions.forward, query, sub_branch, outlet, "") == "words"
    assert list(owed_by(sub_branch)) == [query]
    actions.forward(query, sub_branch, outlet, "请网点核实。")
    assert list(owed_by(outlet_verifier)) == [query]
    assert list(owed_by(sub_branch)) == []
    assert "query_sent" in told(outlet_verifier)
    answered(query, outlet_verifier)


def test_while_an_answer_is_owed_nothing_is_concluded(
    event: QuasiEvent, query: Query, sub_branch: User
) -> None:
    monitor = query.asked_by
    assert code_of(actions.exclude, event, monitor, "genuine") == "open_query"
    actions.pass_on(event, monitor, "no_papers", "凭证缺失。")
    assert code_of(actions.determine, event, monitor, finding()) == "open_query"
    answered(query, sub_branch)
    actions.determine(event, monitor, finding())
    assert event.state == State.DETERMINED
    assert code_of(actions.ask, event, monitor, "", "?") in {"state", "assignee"}


def test_a_query_survives_its_people(
    event: QuasiEvent, query: Query, person: Person, sub_branch: User
) -> None:
    """Who asked loses his role, and the event goes back; who was to answer moves: another answers there."""
    end_all_roles(None, query.asked_by, "调离")
    event.refresh_from_db()
    assert event.state == State.NEW
    end_all_roles(None, sub_branch, "调离")
    assert code_of(answered, query, sub_branch) == "role"
    answered(query, person("successor", "R08", "S1"))
    assert "query_answered" in told(query.asked_by)
    next_monitor = person("next")
    actions.take(event, next_monitor)
    actions.accept_answer(query, next_monitor)


def test_files_come_with_the_answer_or_nothing_does(
    query: Query, sub_branch: User, settings: Any, tmp_path: Path
) -> None:
    settings.HOME = Home(tmp_path)
    with closing(received(settings.HOME, "说明.pdf", [PROGRAM], 20)) as disguised:
        given = (query, sub_branch, "属实", "1_papers", ANSWERS, [disguised])
        assert code_of(actions.answer, *given) == "content"
    query.refresh_from_db()
    assert (query.state, Attachment.objects.count()) == (QueryState.ASKED, 0)
    with closing(received(settings.HOME, "说明.pdf", [PDF], 20)) as incoming:
        actions.answer(query, sub_branch, "属实", "1_papers", ANSWERS, [incoming])
    attached = Attachment.objects.get()
    assert (attached.purpose, attached.object_id) == ("query_round", str(current_round(query).pk))
