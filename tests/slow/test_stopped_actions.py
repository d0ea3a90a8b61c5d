"""An action that is stopped between two of its statements leaves nothing behind, at whichever of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from riskloop.loop import actions
from riskloop.loop.models import Measure, QuasiEvent
from riskloop.organisation.models import History, User
from riskloop.outgoing.models import Delivery, Endpoint, Notice
from riskloop.outgoing.signing import seal
from tests.loop.conftest import bank, event, person
from tests.loop.working import finding

__all__ = ["bank", "event", "person"]

Person = Callable[..., User]
WRITES = ("INSERT", "UPDATE", "DELETE")
MOST_WRITES = 60


class Stopped(Exception):
    """The machine is gone."""


class StopAt:
    """Lets so many writes through and then stops."""

    def __init__(self, writes: int) -> None:
        self.left = writes

    def __call__(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.lstrip("( ").startswith(WRITES):
            if self.left == 0:
                raise Stopped(sql)
            self.left -= 1
        return execute(sql, *rest)


def everything() -> dict[type[Model], list[dict[str, Any]]]:
    """All rows that the loop, the history and the notices have."""
    kinds = [*apps.get_app_config("loop").get_models(), History, Notice, Delivery]
    return {kind: list(kind._default_manager.order_by("pk").values()) for kind in kinds}


def life(event: QuasiEvent, person: Person) -> Iterator[tuple[str, Callable[[], object]]]:
    """A whole life, with a query, four eyes, an appeal, a reopening, and an end."""
    monitor, second, verifier = person("monitor"), person("second"), person("verifier", "R09", "B1")
    reviewer, third = person("reviewer", "R06"), person("third")
    due = timezone.localdate() + dt.timedelta(days=1)
    answers = ["一", "二", "三", "四"]

    def measure() -> Measure:
        return event.measures.latest("pk")

    yield "take", lambda: actions.take(event, monitor)
    yield "ask", lambda: actions.ask(event, monitor, "1_transaction", "请核实。")
    query = event.queries.get()
    yield "answer", lambda: actions.answer(query, verifier, "属实。", "1_papers", answers)
    yield "ask_again", lambda: actions.ask_again(query, monitor, "2_unclear", "请补充。")
    yield "answer", lambda: actions.answer(query, verifier, "属实。", "1_papers", answers)
    yield "pass_on", lambda: actions.pass_on(event, monitor, "rule_broken", "…")
    for _round in ("first", "after the appeal"):
        yield "determine", lambda: actions.determine(event, monitor, finding(grade="key_attention"))
        yield "approve", lambda: actions.approve(event, second, "同意。")
        yield (
            "set_measure",
            lambda: actions.set_measure(event, monitor, "2_management", "…", verifier, due),
        )
        yield "report_done", lambda: actions.report_done(measure(), verifier, "已整改。")
        yield "verify", lambda: actions.verify(measure(), monitor)
        yield "close", lambda: actions.close(event, monitor)
        if _round == "first":
            yield "appeal", lambda: actions.appeal(event, verifier, "客户已补签。")
            yield "uphold_appeal", lambda: actions.uphold_appeal(event.objections.get(), reviewer, "成立。")
            yield "take", lambda: actions.take(event, monitor)
            yield "pass_on", lambda: actions.pass_on(event, monitor, "rule_broken", "…")
    yield "ask_reopening", lambda: actions.ask_reopening(event, verifier, "新线索。")
    yield "reopen", lambda: actions.reopen(event.objections.latest("pk"), third, "同意。")
    yield "take", lambda: actions.take(event, monitor)
    yield "exclude", lambda: actions.exclude(event, monitor, "genuine", "属实。")


def test_wherever_an_action_is_stopped_nothing_is_left_of_it(event: QuasiEvent, person: Person) -> None:
    QuasiEvent.objects.update(grade="key_attention")
    Endpoint.objects.create(
        name="工单系统",
        url="https://orders.bank.example/in",
        events=["event.opened", "event.determined", "event.closed"],
        sealed=seal("secret"),
    )
    stops = 0
    for name, step in life(event, person):
        before = everything()
        for writes in range(MOST_WRITES):
            event.refresh_from_db()
            try:
                with connection.execute_wrapper(StopAt(writes)):
                    step()
                break
            except Stopped:
                stops += 1
                assert everything() == before, f"{name} left something after {writes} writes"
        else:
            pytest.fail(f"{name} never came to its end")
        assert everything() != before, name
    event.refresh_from_db()
    assert event.state == "excluded"
    # Every action writes the event or its part, and the history, at least.
    assert stops > 2 * 20
