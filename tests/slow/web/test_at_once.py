"""Two people at the same moment, each with a connection of his own: one wins, the other is told why."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from riskloop.bank.home import Home
from riskloop.loop import actions
from riskloop.loop.models import Measure, QuasiEvent, Query, State
from riskloop.organisation import history
from riskloop.organisation.action import Refused
from riskloop.organisation.models import History, User
from riskloop.organisation.row_security import EVERYTHING, reading
from tests.loop.working import finding
from tests.web import stage
from tests.web.stage import People

TIMES = 5
"""Each race is run so often: one might go well by chance."""
Call = Callable[[], object]


@pytest.fixture
def bank(standing: Home, django_db_blocker: DjangoDbBlocker) -> Iterator[People]:
    """The bank as it stands committed: what is done here stays for the next test."""
    with django_db_blocker.unblock():
        yield stage.present()


def at_once(*calls: Call) -> list[str]:
    """Does all of them at the same moment; of each "ok", or why not."""
    start = threading.Barrier(len(calls))

    def run(call: Call) -> str:
        try:
            with reading(EVERYTHING):
                start.wait(timeout=30)
                call()
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return "ok"

    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(pool.map(run, calls))


def fresh(event: QuasiEvent) -> QuasiEvent:
    """As another page has loaded it."""
    return QuasiEvent.objects.get(pk=event.pk)


def lines(event: QuasiEvent, action: str) -> int:
    return History.objects.filter(object_id=str(event.pk), action=action).count()


def new_events(number: int = TIMES) -> Sequence[QuasiEvent]:
    return QuasiEvent.objects.filter(state=State.NEW, withdrawn_on=None, unit_id="1112").order_by("pk")[
        :number
    ]


def determined(bank: People, event: QuasiEvent, grade: str = "general") -> QuasiEvent:
    actions.take(event, bank.monitor)
    actions.pass_on(event, bank.monitor, "no_papers", "凭证缺失。")
    actions.determine(event, bank.monitor, finding(grade=grade))
    return event


def test_one_of_two_takes_an_event(bank: People) -> None:
    for event in new_events():
        takers: list[tuple[QuasiEvent, User]] = [(fresh(event), bank.monitor), (fresh(event), bank.approver)]
        told = at_once(*(lambda e=e, u=u: actions.take(e, u) for e, u in takers))
        assert told == ["ok", "state"]
        assert (fresh(event).state, lines(event, "take")) == (State.ASSIGNED, 1)
        assert fresh(event).assignee in {bank.monitor, bank.approver}


def test_an_event_is_taken_or_assigned(bank: People) -> None:
    for event in new_events():
        mine, theirs = fresh(event), fresh(event)
        told = at_once(
            lambda e=mine: actions.take(e, bank.monitor),
            lambda e=theirs: actions.assign(e, bank.approver, bank.approver),
        )
        assert told == ["ok", "state"]
        assert lines(event, "take") + lines(event, "assign") == 1


def test_a_determination_is_approved_or_sent_back_once(bank: People) -> None:
    for event in new_events():
        determined(bank, event, "key_attention")
        one, two = fresh(event), fresh(event)
        told = at_once(
            lambda e=one: actions.approve(e, bank.approver),
            lambda e=two: actions.send_back(e, bank.approver, "未核实"),
        )
        assert told == ["ok", "state"]
        assert lines(event, "approve") + lines(event, "send_back") == 1
        counting = event.determinations.filter(standing__in=("proposed", "in_force"))
        assert counting.count() == (fresh(event).state == State.DETERMINED)


def test_an_event_is_determined_once(bank: People) -> None:
    for event in new_events():
        actions.take(event, bank.monitor)
        actions.pass_on(event, bank.monitor, "no_papers", "凭证缺失。")
        one, two = fresh(event), fresh(event)
        told = at_once(*(lambda e=e: actions.determine(e, bank.monitor, finding()) for e in (one, two)))
        assert told == ["ok", "state"]
        assert (event.determinations.count(), lines(event, "determine")) == (1, 1)


def test_a_measure_is_done_verified_and_the_event_closed_once(bank: People) -> None:
    for event in new_events():
        determined(bank, event)
        measure = actions.set_measure(
            event, bank.monitor, "2_management", "补齐凭证", bank.verifier, stage.LAST_DAY
        )
        twice = [Measure.objects.get(pk=measure.pk) for _ in range(2)]
        told = at_once(*(lambda m=m: actions.report_done(m, bank.verifier, "已补齐") for m in twice))
        assert told == ["done", "ok"]
        twice = [Measure.objects.get(pk=measure.pk) for _ in range(2)]
        told = at_once(*(lambda m=m: actions.verify(m, bank.monitor) for m in twice))
        assert told == ["ok", "verified"]
        one, two = fresh(event), fresh(event)
        told = at_once(*(lambda e=e: actions.close(e, bank.monitor) for e in (one, two)))
        assert told == ["ok", "state"]
        assert [lines(event, name) for name in ("report_done", "verify", "close")] == [1, 1, 1]


def test_a_query_is_answered_once(bank: People) -> None:
    for event in new_events():
        actions.take(event, bank.monitor)
        query = actions.ask(event, bank.monitor, words="请核实。")
        twice = [Query.objects.get(pk=query.pk) for _ in range(2)]
        told = at_once(
            *(lambda q=q: actions.answer(q, bank.verifier, "属实", "1_papers", ["是"]) for q in twice)
        )
        assert told == ["ok", "query_state"]
        assert lines(event, "answer") == 1


def test_the_history_of_all_that_is_one_chain(bank: People) -> None:
    assert history.verify().broken is None
