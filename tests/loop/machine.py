"""An event that many people work on in any order: what they may try, and what must hold whatever they do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from riskloop.loop import actions
from riskloop.loop.actions import Action, Refused
from riskloop.loop.history import EVENT
from riskloop.loop.models import (
    Determination,
    Measure,
    MeasureState,
    Objection,
    ObjectionState,
    QuasiEvent,
    Query,
    SampleItem,
    SamplingPlan,
    Standing,
    State,
)
from riskloop.loop.release import release
from riskloop.loop.states import ENDED, IN_HAND, TRANSITIONS
from riskloop.organisation.action import do
from riskloop.organisation.models import History, RoleAssignment, Unit, User
from riskloop.organisation.recusal import Task
from tests.loop.conftest import found
from tests.loop.working import finding

TODAY = timezone.localdate
ROLES = {
    "monitor": ("R04", "HO", ""),
    "second": ("R04", "B", ""),
    "teller": ("R04", "HO", "G1"),
    "verifier": ("R09", "B1", ""),
    "department": ("R09", "HO", ""),
    "outlet": ("R07", "O1", ""),
    "sub_branch": ("R08", "S1", ""),
    "reviewer": ("R06", "HO", ""),
    "other_reviewer": ("R06", "HO", ""),
}
"""Who takes part. The teller handled the transaction himself: he judges nothing of it, whatever his role."""
BY_THE_SYSTEM = {"released"}
"""What nobody does: it follows where a role ends."""
Make = Callable[["TheLoop", User, st.DataObject], Action | None]


def _sample(loop: TheLoop) -> SampleItem | None:
    """The event's open sample; of one that has ended a new one is drawn."""
    event = loop.event
    there = SampleItem.objects.filter(event=event, verdict="", concluded_at=event.concluded_at).first()
    if there or event.concluded_by_id is None or not event.outcome:
        return there
    month = dt.date(2020, 1, 1) + dt.timedelta(days=31 * SamplingPlan.objects.count())
    shares = dict.fromkeys(("confidence", "margin", "expected"), "0.05")
    how = {"seed": 1, "population": 1, "drawn_by": loop.people["reviewer"], "drawn_at": timezone.now()}
    plan = SamplingPlan.objects.create(
        unit=Unit.objects.get(pk="HO"), month=month.replace(day=1), **shares, **how
    )
    first = {"concluded_by_id": event.concluded_by_id, "concluded_at": event.concluded_at}
    return plan.items.create(event=event, part="random", outcome=event.outcome, **first)


def _one_of(*names: str) -> Callable[[TheLoop, st.DataObject], User]:
    """One of these people, now and then one whom it does not fit."""
    return lambda loop, data: loop.people[data.draw(st.sampled_from(names), label="to")]


_monitor = _one_of("monitor", "monitor", "second", "second", "teller", "reviewer")
_owner = _one_of("verifier", "verifier", "department", "department", "outlet", "second")


def _finding(data: st.DataObject) -> actions.Finding:
    outcome = data.draw(st.sampled_from(["internal", "external"]))
    grade = data.draw(st.sampled_from(["general", "key_attention"]))
    return finding(outcome, "P1" if outcome == "internal" else "E1", grade)


def on_event(kind: type[Any], *given: Any) -> Make:
    return lambda loop, user, data: kind(
        loop.event, user, *(one(loop, data) if callable(one) else one for one in given)
    )


def on_part(kind: type[Any], parts: type[Any], *given: Any) -> Make:
    """On any of the event's parts of a kind; None while there is none."""

    def make(loop: TheLoop, user: User, data: st.DataObject) -> Action | None:
        there = list(parts.objects.filter(event=loop.event).order_by("pk"))
        if not there:
            return None
        part = data.draw(st.sampled_from(there), label="part")
        filled = (one(loop, data) if callable(one) else one for one in given)
        return kind(loop.event, user, part, *filled)

    return make


def on_sample(kind: type[Any]) -> Make:
    def make(loop: TheLoop, user: User, data: st.DataObject) -> Action | None:
        item = _sample(loop)
        if item is None:
            return None
        wrong = data.draw(st.booleans(), label="wrong")
        return kind(loop.event, user, item, *(("wrong", ["6_conclusion"], "…") if wrong else ("right",)))

    return make


def _tomorrow(_loop: TheLoop, _data: st.DataObject) -> dt.date:
    return TODAY() + dt.timedelta(days=1)


def _query_of_three(loop: TheLoop, _data: st.DataObject) -> list[str]:
    return ["一", "二", "三", "四"]


MAKE: Mapping[str, Make] = {
    "assign": on_event(actions.Assign, _monitor),
    "assign_by_rule": on_event(actions.AssignByRule),
    "take": on_event(actions.Take),
    "hand_over": on_event(actions.HandOver, _monitor, "…"),
    "hand_back": on_event(actions.HandBack, "…"),
    "snooze": on_event(actions.Snooze, _tomorrow, "…"),
    "wake": on_event(actions.Wake),
    "exclude": on_event(actions.Exclude, "genuine", "…"),
    "pass_on": on_event(actions.PassOn, "rule_broken", "…"),
    "determine": on_event(actions.Determine, lambda loop, data: _finding(data)),
    "approve": on_event(actions.Approve, "…"),
    "send_back": on_event(actions.SendBack, "…"),
    "set_measure": on_event(actions.SetMeasure, "2_management", "…", _owner, _tomorrow),
    "set_owner": on_part(actions.SetOwner, Measure, _owner),
    "report_done": on_part(actions.ReportDone, Measure, "…"),
    "send_measure_back": on_part(actions.SendMeasureBack, Measure, "…"),
    "verify": on_part(actions.Verify, Measure),
    "close": on_event(actions.Close),
    "appeal": on_event(actions.Appeal, "…"),
    "withdraw_appeal": on_part(actions.WithdrawAppeal, Objection, "…"),
    "reject_appeal": on_part(actions.RejectAppeal, Objection, "…"),
    "uphold_appeal": on_part(actions.UpholdAppeal, Objection, "…"),
    "ask_reopening": on_event(actions.AskReopening, "…"),
    "refuse_reopening": on_part(actions.RefuseReopening, Objection, "…"),
    "reopen": on_part(actions.Reopen, Objection, "…"),
    "urge": on_event(actions.Urge, "…"),
    "check_exclusion": on_sample(actions.CheckExclusion),
    "check_determination": on_sample(actions.CheckDetermination),
    "ask": on_event(actions.Ask, "query", "1_transaction", "…"),
    "ask_again": on_part(actions.AskAgain, Query, "2_unclear", "…"),
    "answer": on_part(actions.Answer, Query, "…", "1_papers", _query_of_three),
    "forward": on_part(actions.Forward, Query, lambda loop, data: Unit.objects.get(pk="O1"), "…"),
    "accept_answer": on_part(actions.AcceptAnswer, Query),
    "withdraw_query": on_part(actions.WithdrawQuery, Query, "…"),
}
"""By name of an action how it is tried. One that is missing here fails the test."""


ASKING = [
    ("ask", ""),
    ("answer", "verifier"),
    ("answer", "sub_branch"),
    ("accept_answer", ""),
    ("ask_again", ""),
]
ASKING += [("forward", "verifier"), ("withdraw_query", "")]
HANDS = [("snooze", ""), ("wake", ""), ("hand_over", ""), ("hand_back", "")]
AGAINST = [("appeal", "verifier"), ("uphold_appeal", "reviewer"), ("reject_appeal", "reviewer")]
AGAINST += [("withdraw_appeal", "verifier"), ("check_determination", "other_reviewer")]
REOPENING = [("ask_reopening", "reviewer"), ("reopen", "monitor"), ("reopen", "second")]
REOPENING += [("refuse_reopening", "other_reviewer"), ("refuse_reopening", "second")]
USUAL: Mapping[State, list[tuple[str, str]]] = {
    State.NEW: [
        ("take", "monitor"),
        ("take", "second"),
        ("assign", "monitor"),
        ("assign_by_rule", "monitor"),
    ],
    State.ASSIGNED: [*[("pass_on", "")] * 6, *[("exclude", "")] * 2, *ASKING, *HANDS],
    State.SUSPECTED: [*[("determine", "")] * 8, ("exclude", ""), *ASKING, *HANDS],
    State.RATED: [("approve", "monitor"), ("approve", "second"), ("send_back", "second")],
    State.DETERMINED: [
        *[("set_measure", "")] * 2,
        ("set_owner", ""),
        *[("report_done", "verifier"), ("report_done", "department"), ("verify", ""), ("close", "")] * 3,
        ("send_measure_back", ""),
        *AGAINST,
    ],
    State.EXCLUDED: [*REOPENING, ("check_exclusion", "other_reviewer")],
    State.CLOSED: [*AGAINST, *REOPENING],
}


STRAIGHT = [("take", "monitor"), ("pass_on", "monitor"), ("determine", "monitor"), ("approve", "second")]
STRAIGHT += [("set_measure", "monitor"), ("report_done", "verifier"), ("report_done", "department")]
STRAIGHT += [("verify", "monitor"), ("close", "monitor")]
"""The shortest life, by which an event gets far before anybody goes astray."""


class TheLoop(RuleBasedStateMachine):
    """One event from its finding on. Everybody tries anything; what is refused must leave no trace."""

    people: Mapping[str, User]
    succeeded: set[str]

    def __init__(self) -> None:
        super().__init__()
        self._all = transaction.atomic()
        self._all.__enter__()
        found({})
        self.event = QuasiEvent.objects.get()

    @initialize(
        data=st.data(),
        grade=st.sampled_from(["general", "attention", "key_attention"]),
        steps=st.sampled_from([0, 0, 4, 6, len(STRAIGHT)]),
    )
    def begun(self, data: st.DataObject, grade: str, steps: int) -> None:
        QuasiEvent.objects.filter(pk=self.event.pk).update(grade=grade)
        for name, who in STRAIGHT[:steps]:
            self._try(name, who, data)

    @rule(
        data=st.data(), how=st.sampled_from(["as one does"] * 7 + ["out of turn", "anything", "a role ends"])
    )
    def somebody_acts(self, data: st.DataObject, how: str) -> None:
        self.event.refresh_from_db()
        who = data.draw(st.sampled_from(sorted(ROLES)), label="who")
        if how == "as one does":
            name, who = data.draw(st.sampled_from(self._usual()), label="usual")
            self._try(name, who, data)
        elif how == "out of turn":
            fitting = sorted(name for name in MAKE if self.event.state in TRANSITIONS[name].states)
            self._try(data.draw(st.sampled_from(fitting), label="action"), who, data)
        elif how == "anything":
            self._try(data.draw(st.sampled_from(sorted(MAKE)), label="action"), who, data)
        else:
            self._its_monitor_loses_the_role()

    def _usual(self) -> list[tuple[str, str]]:
        """What people do at this point, most often what leads on; "" stands for who has the event."""
        has_it = self.event.assignee.username if self.event.assignee else "monitor"
        return [(name, who or has_it) for name, who in USUAL[State(self.event.state)]]

    def _its_monitor_loses_the_role(self) -> None:
        self.event.refresh_from_db()
        person = self.event.assignee
        if person is None:
            return
        held = RoleAssignment.objects.filter(user=person)
        yesterday = TODAY() - dt.timedelta(days=1)
        before, state = dict(held.values_list("pk", "from_on")), self.event.state
        held.update(from_on=yesterday - dt.timedelta(days=1), to_on=yesterday)
        went = release(person, "调岗。")
        for pk, from_on in before.items():
            held.filter(pk=pk).update(from_on=from_on, to_on=None)
        self.event.refresh_from_db()
        if state in TRANSITIONS["released"].states:
            assert went
            assert (self.event.state, self.event.assignee) == (State.NEW, None)
        else:
            assert self.event.state == state

    def _try(self, name: str, who: str, data: st.DataObject) -> None:
        user = self.people[who]
        self.event.refresh_from_db()
        before, lines = self.event.state, History.objects.count()
        action = MAKE[name](self, user, data)
        if action is None:
            return
        kept = snapshot(self.event)
        try:
            do(action)
        except Refused:
            self.event.refresh_from_db()
            assert History.objects.count() == lines, f"{name} was refused and wrote"
            assert snapshot(self.event) == kept, f"{name} was refused and changed something"
            return
        self.event.refresh_from_db()
        way = TRANSITIONS[name]
        assert before in way.states, f"{name} was done in {before}"
        assert self.event.state in (*way.to, *(() if moves_always(name) else (before,)))
        assert History.objects.count() > lines, f"{name} left no line"
        assert who != "teller" or action.task is Task.ANSWER, f"the teller did {name}"
        self.succeeded.add(name)

    @invariant()
    def the_state_says_what_is_true(self) -> None:
        event = QuasiEvent.objects.get(pk=self.event.pk)
        in_force = Determination.objects.filter(event=event, standing=Standing.IN_FORCE)
        proposed = Determination.objects.filter(event=event, standing=Standing.PROPOSED)
        assert in_force.count() == (event.state in {State.DETERMINED, State.CLOSED})
        assert proposed.count() == (event.state == State.RATED)
        assert event.state != State.NEW or event.assignee is None
        assert event.state not in IN_HAND or event.assignee is not None
        assert event.snoozed_until is None or event.state in IN_HAND
        if event.state in ENDED:
            assert not Query.objects.filter(event=event, state="asked").exists()
        if event.state == State.CLOSED:
            states = {measure.state for measure in Measure.objects.filter(event=event)}
            assert states <= {MeasureState.VERIFIED, MeasureState.LAPSED}
            assert MeasureState.VERIFIED in states

    @invariant()
    def nobody_judges_himself(self) -> None:
        event = self.event
        for one in Determination.objects.filter(event=event).exclude(decided_by=None):
            assert one.decided_by_id != one.proposed_by_id
        for one in Measure.objects.filter(event=event).exclude(verified_by=None):
            assert one.verified_by_id != one.done_by_id
        decided = Objection.objects.filter(
            event=event, state__in=[ObjectionState.UPHELD, ObjectionState.REJECTED]
        )
        for one in decided:
            assert one.decided_by_id != one.made_by_id
        for one in SampleItem.objects.filter(event=event).exclude(checked_by=None):
            assert one.checked_by_id != one.concluded_by_id

    @invariant()
    def the_history_leads_here_without_a_gap(self) -> None:
        """Every change of state follows the one before, by a way of the table: no step skipped or doubled."""
        lines = History.objects.filter(object_type=EVENT, object_id=str(self.event.pk)).order_by("pk")
        at = str(State.NEW)
        for line in lines:
            way = TRANSITIONS.get(line.action)
            if way is None or not way.to or "state" not in line.after:
                continue
            assert line.before["state"] == at, f"{line.action} began where nobody was"
            at = line.after["state"]
            assert line.before["state"] in way.states
            assert at in way.to
        assert QuasiEvent.objects.get(pk=self.event.pk).state == at

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._all.__exit__(None, None, None)


def moves_always(name: str) -> bool:
    """Whether an action of this name never leaves the event where it was."""
    return bool(TRANSITIONS[name].to) and name not in {"check_exclusion"}


def snapshot(event: QuasiEvent) -> Any:
    """All rows of the event, for comparing."""
    kinds = (Determination, Measure, Objection, Query)
    rows = [list(kind.objects.filter(event=event).order_by("pk").values()) for kind in kinds]
    return [list(QuasiEvent.objects.filter(pk=event.pk).values()), *rows]
