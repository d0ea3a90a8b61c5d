"""What the tests of the API need: a call of every operation that does what it says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.bank.memory import arrow_table
from riskloop.detection.kept import keep_hits
from riskloop.exposure.beside import ListAsked
from riskloop.exposure.models import InspectionSample
from riskloop.exposure.periods import around
from riskloop.exposure.report import Subject
from riskloop.exposure.samples.actions import DrawInspection
from riskloop.governance.changes.actions import ProposeChange
from riskloop.governance.models import ModelChange, Trial, WhatIfQuestion
from riskloop.governance.trials.actions import ProposeTrial
from riskloop.governance.what_if.results import Estimate, Share
from riskloop.loop import actions
from riskloop.loop.attachments.files import received
from riskloop.loop.models import (
    Attachment,
    Driver,
    ExceptionReport,
    ExclusionReason,
    Measure,
    Objection,
    QuasiEvent,
    Query,
    SampleItem,
    SamplingPlan,
    SavedFilter,
)
from riskloop.loop.personal import unmask
from riskloop.loop.saved_filters import SaveFilter
from riskloop.loop.statistics import record_statistics
from riskloop.models.catalogue import catalogue, model_of, parameters_of
from riskloop.models.hits import event_id, to_hits
from riskloop.organisation.account_actions import CreateAccount, create_user
from riskloop.organisation.action import do
from riskloop.organisation.assignment_actions import assign_role
from riskloop.organisation.functions import READ_EVENTS
from riskloop.organisation.models import History, Role, RoleAssignment, RoleDecision, Token, Unit, User
from riskloop.organisation.role_actions import ProposeDecision
from riskloop.outgoing.models import Delivery, Notice
from riskloop.outgoing.webhook_actions import AddEndpoint
from tests.loop import attached
from tests.loop.working import determine
from tests.web.stage import LAST_DAY, People


def overseer() -> User:
    """Who reviews: he alone reads the history."""
    return of_head_office("he", "何监理", "R06")


def maintainer() -> User:
    """Who proposes changes of the models; the same for all that one test looks at."""
    return User.objects.filter(username="cai").first() or of_head_office("cai", "蔡维", "R02")


def reviewer() -> User:
    """Who decides on changes of the models."""
    return of_head_office("fu", "傅核", "R03")


def of_head_office(username: str, name: str, role: str) -> User:
    unit = Unit.objects.get(pk="HO")
    user = create_user(username=username, password=None, display_name=name, staff_id="", unit=unit)
    assign_role(user, role, unit)
    return user


def assessor() -> User:
    """Assesses risk for the whole bank."""
    return User.objects.filter(username="pan").first() or of_head_office("pan", "潘评", "R13")


BESIDE = {"overseer": overseer, "maintainer": maintainer, "reviewer": reviewer, "assessor": assessor}
"""Who is not among the people of the stage, and comes for one operation."""


def model_change(by: User | None = None) -> ModelChange:
    """A change of A11 that waits to be decided."""
    day = timezone.localdate() + dt.timedelta(days=1)
    values = {"amount": "600000"}
    proposer = by or maintainer()
    return do(ProposeChange(proposer, model_of("A11"), "values", day, "…", None, values)).asked


def a_day_of_data() -> None:
    """A home beside that of the tests, for this test alone, with one day of one entry in its lake."""
    settings.HOME = Home(settings.HOME.path / "with-a-day")
    lake = Lake(settings.HOME)
    account = {"account_id": "P1", "kind": "personal_settlement", "unit_id": "1111"}
    entry = {"entry_id": "E1", "unit_id": "1111", "amount": Decimal(600_000), "debit_account_id": "P1"}
    lake.write_facts("journal", LAST_DAY, arrow_table("journal", [entry], LAST_DAY))
    lake.write_standing("accounts", LAST_DAY, arrow_table("accounts", [account], LAST_DAY))


def what_if() -> WhatIfQuestion:
    """A sweep over two values of A11 that is answered."""
    first = QuasiEvent.objects.filter(state="closed").earliest("pk")
    missed = {"id": str(first.pk), "booked_on": str(LAST_DAY), "unit_id": "1112", "grade": "general"}
    missed |= {"state": "closed", "outcome": "internal", "score": "10"}
    more = {"missed_number": 0, "hours_gained": None, "hours_lost": 1.5}
    before = Estimate({}, hits=1222, recall=Share(2, 2)).as_dict() | more
    kept = Estimate({"amount": "400000"}, hits=1300, gained=78, recall=Share(2, 2)).as_dict() | more
    lost = Estimate({"amount": "900000"}, hits=1177, lost=45, recall=Share(1, 2)).as_dict() | more
    lost |= {"missed": [missed], "missed_number": 1}
    lost["by_unit"] = {"1112": {"gained": 0, "lost": 45, "missed": 1, "saved": 3}}
    return WhatIfQuestion.objects.create(
        model="A11",
        swept="amount",
        steps=["400000", "900000"],
        first=LAST_DAY,
        last=LAST_DAY,
        asked_by=maintainer(),
        state="done",
        versions={"model": 1, "values": ["0f3a"], "data": "77c1"},
        answer={
            "days": 1,
            "minutes_per_bundle": None,
            "values": {"amount": "500000"},
            "in_force": before,
            "alternatives": [kept, lost],
        },
    )


def model_trial(by: User | None = None) -> Trial:
    """A trial of A11 that waits to be decided."""
    day = timezone.localdate()
    proposer = by or maintainer()
    return do(ProposeTrial(proposer, model_of("A11"), "values", day, "…", None, {"amount": "600000"})).asked


def service(unit: str = "HO", role: str = "R14") -> User:
    at = Unit.objects.get(pk=unit)
    made = do(CreateAccount(None, f"program-{unit}", "程序", at, None, "", True)).person
    assign_role(made, role, at)
    return made


def statistic(home: Home) -> None:
    model = model_of("C12")
    rows = [
        {"subject_id": f"N{unit}", "unit_id": unit, "amount": Decimal(5), "account_id": f"N{unit}"}
        for unit in ("1111", "1211")
    ]
    found = to_hits(model, parameters_of(model), LAST_DAY, pa.Table.from_pylist(rows))
    keep_hits(home, "C12", LAST_DAY, found, {})
    record_statistics(LAST_DAY, "C12", found.to_pylist())


def hit_on(account_id: str) -> str:
    """The id of C12's hit on an account."""
    return str(event_id("C12", "account", account_id, LAST_DAY))


def new_event(unit_id: str = "1112") -> QuasiEvent:
    return QuasiEvent.objects.filter(unit_id=unit_id, state="new", withdrawn_on=None).earliest("pk")


def taken(user: User) -> QuasiEvent:
    event = new_event()
    actions.take(event, user)
    return event


def unmasked(b: People) -> QuasiEvent:
    event = new_event()
    unmask(event, b.monitor, "核对客户身份与交易背景")
    return event


def suspected(user: User) -> QuasiEvent:
    event = taken(user)
    actions.pass_on(event, user, "no_papers", "凭证缺失")
    return event


def rated(b: People) -> QuasiEvent:
    event = taken(b.monitor)
    determine(event, b.monitor, "external", driver(), "key_attention", "已核实")
    return event


def snoozed(user: User) -> QuasiEvent:
    event = taken(user)
    actions.snooze(event, user, timezone.localdate() + dt.timedelta(days=2), "等回电")
    return event


def determined(user: User) -> QuasiEvent:
    event = taken(user)
    determine(event, user, "internal", driver(), "general", "已核实")
    return event


def driver() -> str:
    return Driver.objects.earliest("pk").code


def measure_of(bank: People) -> Measure:
    event = determined(bank.monitor)
    return actions.set_measure(event, bank.monitor, "2_management", "补齐凭证", bank.verifier, LAST_DAY)


def done_by(bank: People) -> Measure:
    measure = measure_of(bank)
    actions.report_done(measure, bank.verifier, "已补齐")
    return measure


def appealed(bank: People) -> Objection:
    return actions.appeal(determined(bank.monitor), bank.verifier, "已补办授权。")


def excluded(user: User) -> QuasiEvent:
    event = taken(user)
    actions.exclude(event, user, "genuine", "属实")
    return event


def to_reopen(bank: People) -> Objection:
    return actions.ask_reopening(excluded(bank.monitor), bank.supervisor, "新线索。")


def overdue() -> QuasiEvent:
    event = new_event()
    QuasiEvent.objects.filter(pk=event.pk).update(clock_from=LAST_DAY)
    return event


def reported(bank: People, criterion: str = "") -> ExceptionReport:
    return actions.report_exception(
        new_event(), bank.monitor, "疑似挪用客户资金。", timezone.localdate(), criterion
    )


def sample() -> SamplingPlan:
    """Of everything that was concluded in the month of the stage's last day."""
    at = timezone.make_aware(dt.datetime.combine(LAST_DAY, dt.time(9)))
    QuasiEvent.objects.exclude(concluded_at=None).update(concluded_at=at)
    reviewer, codes = User.objects.get(username="guming"), list(catalogue())
    how: dict[str, Any] = {"margin": Decimal("0.01"), "key_models": codes}
    return actions.draw_sample(reviewer, Unit.objects.get(pk="HO"), LAST_DAY.replace(day=1), **how)


def inspection() -> InspectionSample:
    """Two ticked units of the whole bank."""
    by = assessor()
    asked = ListAsked(by, Subject.UNIT, around("month", LAST_DAY), ["HO"])
    unit = Unit.objects.get(pk="HO")
    return do(DrawInspection(by, unit, asked, "-rer", "rows", "抽查", keys=["HO", "10"])).sample


def drawn(outcome: str) -> SampleItem:
    return sample().items.filter(outcome=outcome).earliest("pk")


def query_of(bank: People) -> Query:
    """To the branch of the first level, and nobody answers below it but an outlet's verifier."""
    event = taken(bank.monitor)
    assert event.unit_id is not None
    service(event.unit_id, "R07")
    return actions.ask(event, bank.monitor, "1_transaction", "请核实。")


def answered(bank: People) -> Query:
    query = query_of(bank)
    actions.answer(query, bank.verifier, "属实。", "1_papers", ["一", "二", "三", "四"])
    return query


def verified(bank: People) -> QuasiEvent:
    measure = done_by(bank)
    actions.verify(measure, bank.monitor)
    return measure.event


def told_to(user: User) -> Notice:
    """A notice of a kind that no app knows any more: it has no sentence, and is still there."""
    return Notice.objects.create(person=user, kind="former", object_type="x", object_id="1", key="1")


def lost() -> Delivery:
    """A message that was given up, always the same of a test."""
    found = Delivery.objects.first()
    if found is None:
        webhook = do(AddEndpoint(None, "工单系统", WEBHOOK["url"], WEBHOOK["events"])).endpoint
        found = webhook.deliveries.create(
            kind="event.closed", body="{}", state="given_up", attempts=8, most=8
        )
    return found


def a_file(name: str = "凭证.pdf", content: bytes = attached.PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def attachment(user: User) -> Attachment:
    """Of a new event."""
    with closing(received(settings.HOME, "凭证.pdf", [attached.PDF], 20)) as incoming:
        (kept,) = actions.attach(new_event(), user, [incoming])
    return kept


def tomorrow() -> str:
    return str(timezone.localdate() + dt.timedelta(days=1))


def inactive(bank: People) -> User:
    bank.branch.is_active = False
    bank.branch.save()
    return bank.branch


def proposed(bank: People) -> RoleDecision:
    other = create_user(
        username="li", password=None, display_name="李", staff_id="", unit=Unit.objects.get(pk="HO")
    )
    assign_role(other, "R01", Unit.objects.get(pk="HO"))
    role, day = Role.objects.get(pk="R14"), timezone.localdate() + dt.timedelta(days=1)
    return do(ProposeDecision(other, role, "outlet", [READ_EVENTS], day, "试行")).decision


def saved(bank: People) -> SavedFilter:
    return do(SaveFilter(bank.monitor, "大额", "model=A11")).saved


def asked_what_if() -> tuple[str, dict[str, Any]]:
    a_day_of_data()
    sweep = {"parameter": "amount", "low": "100000", "high": "500000", "steps": 5}
    return "/models/A11/what_ifs", {"sweep": sweep, "values": {"on_site": "800000"}}


Case = tuple[str, Callable[[People], tuple[str, dict[str, Any]]]]
WEBHOOK = {"name": "工单系统", "url": "https://orders.bank.example/in", "events": ["event.closed"]}
WHY = {"why": "测试"}
TODAY = timezone.localdate().isoformat()
NOTE = {"note": "经复核"}
CHANGE = {"day": str(dt.date(2026, 1, 5)), **WHY}
EVERY: dict[str, Case] = {
    "me": ("monitor", lambda b: ("/me", {})),
    "list_functions": ("monitor", lambda b: ("/functions", {})),
    "list_units": ("monitor", lambda b: ("/units", {"day": "2024-03-01"})),
    "get_unit": ("monitor", lambda b: ("/units/1111", {})),
    "list_staff": ("monitor", lambda b: ("/units/1111/staff", {})),
    "list_tellers": ("monitor", lambda b: ("/units/1111/tellers", {})),
    "open_unit": (
        "administrator",
        lambda b: (
            "/units",
            CHANGE | {"unit_id": "1113", "name": "新网点", "level": "outlet", "parent_id": "111"},
        ),
    ),
    "rename_unit": ("administrator", lambda b: ("/units/1111/rename", CHANGE | {"name": "人民路支行"})),
    "move_unit": ("administrator", lambda b: ("/units/1111/move", CHANGE | {"parent_id": "121"})),
    "close_unit": ("administrator", lambda b: ("/units/1111/close", CHANGE)),
    "merge_unit": ("administrator", lambda b: ("/units/1111/merge", CHANGE | {"into": "1112"})),
    "list_people": ("administrator", lambda b: ("/people", {"text": "lin"})),
    "get_person": ("administrator", lambda b: (f"/people/{b.monitor.pk}", {})),
    "create_person": ("administrator", lambda b: ("/people", {"username": "zhao", "unit_id": "10"})),
    "deactivate": ("administrator", lambda b: (f"/people/{b.branch.pk}/deactivate", WHY)),
    "set_email": (
        "administrator",
        lambda b: (f"/people/{b.branch.pk}/email", {"email": "chen@bank.example", **WHY}),
    ),
    "reactivate": ("administrator", lambda b: (f"/people/{inactive(b).pk}/reactivate", WHY)),
    "assign_role": (
        "administrator",
        lambda b: (f"/people/{b.branch.pk}/roles", {"role": "R14", "unit_id": "12", **WHY}),
    ),
    "end_role": (
        "administrator",
        lambda b: (
            f"/people/{b.branch.pk}/roles/{RoleAssignment.objects.get(user=b.branch).pk}/end",
            WHY,
        ),
    ),
    "list_joiners": ("administrator", lambda b: ("/joiners", {})),
    "list_roles": ("administrator", lambda b: ("/roles", {})),
    "list_decisions": ("administrator", lambda b: ("/decisions", {"role": "R04"})),
    "propose_role": (
        "administrator",
        lambda b: (
            "/roles",
            {"owner": "10", "code": "R10A", "name_zh": "特色岗", "name_en": "Own", "modelled_on": "R14"},
        ),
    ),
    "propose_decision": (
        "administrator",
        lambda b: (
            "/decisions",
            {
                "role": "R14",
                "level": "outlet",
                "functions": [READ_EVENTS],
                "effective_from": tomorrow(),
                **WHY,
            },
        ),
    ),
    "decide": ("administrator", lambda b: (f"/decisions/{proposed(b).pk}/decide", {"approve": True})),
    "list_tokens": ("monitor", lambda b: ("/tokens", {})),
    "issue_token": (
        "monitor",
        lambda b: ("/tokens", {"name": "夜间导出", "functions": [READ_EVENTS], "days": 7}),
    ),
    "revoke_token": ("monitor", lambda b: (f"/tokens/{Token.objects.get(user=b.monitor).pk}/revoke", {})),
    "list_notices": ("monitor", lambda b: ("/notices", {"unread": True})),
    "read_notice": ("monitor", lambda b: (f"/notices/{told_to(b.monitor).pk}/read", {})),
    "read_notices": ("monitor", lambda b: ("/notices/read_all", {})),
    "get_notice_settings": ("monitor", lambda b: ("/notice_settings", {})),
    "choose_notices": ("monitor", lambda b: ("/notice_settings", {"by_mail": False, "language": "en"})),
    "list_model_health": ("monitor", lambda b: ("/model_health", {"unit": "10"})),
    "get_model_health": ("monitor", lambda b: ("/model_health/A10", {"first": "2024-03-01"})),
    "list_model_changes": ("monitor", lambda b: ("/model_changes", {"model": "A11", "state": "proposed"})),
    "get_model_change": ("monitor", lambda b: (f"/model_changes/{model_change().pk}", {})),
    "propose_model_change": (
        "maintainer",
        lambda b: (
            "/models/A11/changes",
            {"values": {"amount": "600000"}, "effective_from": tomorrow(), **WHY},
        ),
    ),
    "decide_model_change": (
        "reviewer",
        lambda b: (f"/model_changes/{model_change().pk}/decide", {"approve": True, **WHY}),
    ),
    "withdraw_model_change": (
        "maintainer",
        lambda b: (f"/model_changes/{model_change(User.objects.get(username='cai')).pk}/withdraw", WHY),
    ),
    "list_what_ifs": ("maintainer", lambda b: ("/what_ifs", {"model": "A11", "state": "done"})),
    "get_what_if": ("maintainer", lambda b: (f"/what_ifs/{what_if().pk}", {})),
    "ask_what_if": ("maintainer", lambda b: asked_what_if()),
    "list_model_trials": ("monitor", lambda b: ("/model_trials", {"model": "A11", "state": "proposed"})),
    "get_model_trial": ("monitor", lambda b: (f"/model_trials/{model_trial().pk}", {})),
    "get_trial_comparison": ("monitor", lambda b: (f"/model_trials/{model_trial().pk}/comparison", {})),
    "list_gained_hits": (
        "monitor",
        lambda b: (f"/model_trials/{model_trial().pk}/gained_hits", {"limit": 5}),
    ),
    "propose_model_trial": (
        "maintainer",
        lambda b: (
            "/models/A11/trials",
            {
                "values": {"amount": "600000"},
                "effective_from": tomorrow(),
                "effective_until": tomorrow(),
                **WHY,
            },
        ),
    ),
    "decide_model_trial": (
        "reviewer",
        lambda b: (f"/model_trials/{model_trial().pk}/decide", {"approve": True, **WHY}),
    ),
    "withdraw_model_trial": (
        "maintainer",
        lambda b: (f"/model_trials/{model_trial(User.objects.get(username='cai')).pk}/withdraw", WHY),
    ),
    "list_history": ("overseer", lambda b: ("/history", {"actor": b.monitor.pk})),
    "verify_history": ("overseer", lambda b: ("/history/chain", {})),
    "get_history_file": ("overseer", lambda b: ("/history/file", {"action": "close", "last": tomorrow()})),
    "get_history_line": ("overseer", lambda b: (f"/history/{History.objects.latest('pk').pk}", {})),
    "list_looks": ("overseer", lambda b: ("/looks", {"person": "lin", "mark": "any", "limit": 5})),
    "list_marks": ("overseer", lambda b: ("/looks/marks", {})),
    "rank_persons": ("overseer", lambda b: ("/looks/persons", {"kind": "api", "limit": 5})),
    "list_events": ("monitor", lambda b: ("/events", {"state": "open", "unit": "11", "sort": "-amount"})),
    "act_in_bulk": (
        "monitor",
        lambda b: ("/events/bulk", {"action": "take", "events": [str(new_event().pk)]}),
    ),
    "list_filters": ("monitor", lambda b: ("/filters", {})),
    "save_filter": ("monitor", lambda b: ("/filters", {"name": "大额", "query": "model=A11"})),
    "delete_filter": ("monitor", lambda b: (f"/filters/{saved(b).pk}/delete", {})),
    "get_event": ("monitor", lambda b: (f"/events/{new_event().pk}", {})),
    "get_context": ("monitor", lambda b: (f"/events/{new_event().pk}/context", {})),
    "list_owners": ("monitor", lambda b: (f"/events/{new_event().pk}/owners", {})),
    "take": ("monitor", lambda b: (f"/events/{new_event().pk}/take", {})),
    "hand_back": ("monitor", lambda b: (f"/events/{taken(b.monitor).pk}/hand_back", WHY)),
    "exclude": (
        "monitor",
        lambda b: (
            f"/events/{taken(b.monitor).pk}/exclude",
            {"reason": ExclusionReason.objects.earliest("pk").pk, "note": "属实"},
        ),
    ),
    "determine": (
        "monitor",
        lambda b: (
            f"/events/{suspected(b.monitor).pk}/determine",
            {
                "outcome": "internal",
                "event_type": "execution",
                "driver": "P1",
                "other_drivers": ["P3"],
                "controllable": False,
                "grade": "general",
                "responsible": {"H1112": "1_direct"},
                "loss": "12.50",
                "note": "已核实",
            },
        ),
    ),
    "assign": ("monitor", lambda b: (f"/events/{new_event().pk}/assign", {"to": b.approver.pk})),
    "hand_over": (
        "monitor",
        lambda b: (f"/events/{taken(b.monitor).pk}/hand_over", {"to": b.approver.pk, **WHY}),
    ),
    "snooze": (
        "monitor",
        lambda b: (f"/events/{taken(b.monitor).pk}/snooze", {"until": tomorrow(), **WHY}),
    ),
    "wake": ("monitor", lambda b: (f"/events/{snoozed(b.monitor).pk}/wake", {})),
    "pass_on": (
        "monitor",
        lambda b: (f"/events/{taken(b.monitor).pk}/pass_on", {"reason": "no_papers", "note": "凭证缺失"}),
    ),
    "approve": ("approver", lambda b: (f"/events/{rated(b).pk}/approve", {"note": "同意"})),
    "send_back": ("approver", lambda b: (f"/events/{rated(b).pk}/send_back", WHY)),
    "list_monitors": ("monitor", lambda b: (f"/events/{new_event().pk}/monitors", {})),
    "set_measure": (
        "monitor",
        lambda b: (
            f"/events/{determined(b.monitor).pk}/set_measure",
            {
                "kind": "2_management",
                "description": "补齐凭证",
                "owner_id": b.verifier.pk,
                "due_on": "2024-04-05",
            },
        ),
    ),
    "ask": ("monitor", lambda b: (f"/events/{taken(b.monitor).pk}/ask", {"words": "请核实"})),
    "list_owed": ("verifier", lambda b: ("/queries", {"below": query_of(b).state != "asked"})),
    "list_queries": ("monitor", lambda b: (f"/events/{answered(b).event_id}/queries", {})),
    "answer": (
        "verifier",
        lambda b: (
            f"/queries/{query_of(b).pk}/answer",
            {"findings": "属实", "method": "1_papers", "answers": ["一", "二", "三", "四"]},
        ),
    ),
    "forward": (
        "verifier",
        lambda b: (
            f"/queries/{(query := query_of(b)).pk}/forward",
            {"unit_id": query.event.unit_id, "words": "请核实"},
        ),
    ),
    "ask_again": (
        "monitor",
        lambda b: (f"/queries/{answered(b).pk}/ask_again", {"fault": "2_unclear", "words": "请补充"}),
    ),
    "accept_answer": ("monitor", lambda b: (f"/queries/{answered(b).pk}/accept_answer", {})),
    "withdraw_query": ("monitor", lambda b: (f"/queries/{query_of(b).pk}/withdraw_query", WHY)),
    "list_time_limits": ("monitor", lambda b: ("/time_limits", {})),
    "get_calendar": ("monitor", lambda b: ("/calendar/2026", {})),
    "list_query_templates": ("monitor", lambda b: ("/query_templates", {})),
    "list_query_faults": ("monitor", lambda b: ("/query_faults", {})),
    "list_verification_methods": ("monitor", lambda b: ("/verification_methods", {})),
    "close": ("monitor", lambda b: (f"/events/{verified(b).pk}/close", {})),
    "set_owner": (
        "monitor",
        lambda b: (f"/measures/{measure_of(b).pk}/set_owner", {"owner_id": b.verifier.pk}),
    ),
    "unmask": ("monitor", lambda b: (f"/events/{new_event().pk}/unmask", {"why": "核对客户身份与交易背景"})),
    "hide_again": ("monitor", lambda b: (f"/events/{unmasked(b).pk}/hide_again", {})),
    "report_done": ("verifier", lambda b: (f"/measures/{measure_of(b).pk}/report_done", {"note": "已补齐"})),
    "verify": ("monitor", lambda b: (f"/measures/{done_by(b).pk}/verify", {})),
    "send_measure_back": ("monitor", lambda b: (f"/measures/{done_by(b).pk}/send_measure_back", WHY)),
    "list_measure_kinds": ("monitor", lambda b: ("/measure_kinds", {})),
    "appeal": ("verifier", lambda b: (f"/events/{determined(b.monitor).pk}/appeal", {"words": "已授权"})),
    "withdraw_appeal": ("verifier", lambda b: (f"/objections/{appealed(b).pk}/withdraw_appeal", NOTE)),
    "reject_appeal": ("supervisor", lambda b: (f"/objections/{appealed(b).pk}/reject_appeal", NOTE)),
    "uphold_appeal": ("supervisor", lambda b: (f"/objections/{appealed(b).pk}/uphold_appeal", NOTE)),
    "ask_reopening": (
        "supervisor",
        lambda b: (f"/events/{excluded(b.monitor).pk}/ask_reopening", {"words": "新线索"}),
    ),
    "refuse_reopening": ("approver", lambda b: (f"/objections/{to_reopen(b).pk}/refuse_reopening", NOTE)),
    "reopen": ("approver", lambda b: (f"/objections/{to_reopen(b).pk}/reopen", NOTE)),
    "list_load": ("monitor", lambda b: ("/monitors", {})),
    "set_skill": (
        "monitor",
        lambda b: (
            f"/monitors/{b.branch.pk}/skill",
            {"categories": ["statistical"], "most_in_hand": 20} | WHY,
        ),
    ),
    "give_out_events": ("monitor", lambda b: ("/events/give_out", {})),
    "assign_by_rule": ("monitor", lambda b: (f"/events/{new_event().pk}/assign_by_rule", {})),
    "list_changes": ("monitor", lambda b: ("/changes", {"since": 0})),
    "list_samples": ("supervisor", lambda b: ("/samples", {})),
    "get_sample": ("supervisor", lambda b: (f"/samples/{sample().pk}", {})),
    "draw_sample": (
        "supervisor",
        lambda b: ("/samples", {"unit_id": "12", "month": "2024-03-01", "key_people": [b.monitor.pk]}),
    ),
    "list_fault_codes": ("monitor", lambda b: ("/fault_codes", {})),
    "check_exclusion": (
        "supervisor",
        lambda b: (
            f"/sample_items/{drawn('excluded').pk}/check_exclusion",
            {"verdict": "wrong", "faults": ["6_conclusion"], "note": "未核实资金去向"},
        ),
    ),
    "check_determination": (
        "supervisor",
        lambda b: (f"/sample_items/{drawn('internal').pk}/check_determination", {"verdict": "right"}),
    ),
    "urge": ("verifier", lambda b: (f"/events/{overdue().pk}/urge", {"words": "请三日内办结"})),
    "report_exception": (
        "monitor",
        lambda b: (f"/events/{new_event().pk}/report_exception", {"words": "疑似挪用", "known_on": TODAY}),
    ),
    "list_exceptions": ("verifier", lambda b: ("/exceptions", {"everything": bool(reported(b).pk)})),
    "list_major_criteria": ("monitor", lambda b: ("/major_criteria", {})),
    "acknowledge_exception": (
        "verifier",
        lambda b: (f"/exceptions/{reported(b).pk}/acknowledge_exception", NOTE),
    ),
    "report_to_regulator": (
        "supervisor",
        lambda b: (
            f"/exceptions/{reported(b, '2').pk}/report_to_regulator",
            {"reported_on": TODAY, "reference": "金监报2024-1"},
        ),
    ),
    "list_attachments": ("monitor", lambda b: (f"/events/{attachment(b.verifier).event_id}/attachments", {})),
    "attach": ("monitor", lambda b: (f"/events/{new_event().pk}/attach", {"files": [a_file()]})),
    "get_attachment": ("monitor", lambda b: (f"/attachments/{attachment(b.verifier).pk}", {})),
    "get_evidence": (
        "monitor",
        lambda b: (f"/events/{attachment(b.verifier).event_id}/evidence", {"why": "监管机构要求调阅"}),
    ),
    "strike_attachment": ("monitor", lambda b: (f"/attachments/{attachment(b.monitor).pk}/strike", WHY)),
    "list_suspicions": ("monitor", lambda b: ("/suspicions", {})),
    "list_event_types": ("monitor", lambda b: ("/event_types", {})),
    "list_liability_levels": ("monitor", lambda b: ("/liability_levels", {})),
    "list_reasons": ("monitor", lambda b: ("/reasons", {})),
    "list_drivers": ("monitor", lambda b: ("/drivers", {"day": "2024-03-01"})),
    "list_grades": ("monitor", lambda b: ("/grades", {})),
    "list_statistics": ("monitor", lambda b: ("/statistics", {})),
    "get_statistic": ("monitor", lambda b: ("/statistics/C12", {"unit": "12"})),
    "list_hits": ("monitor", lambda b: ("/statistics/C12/hits", {"limit": 1})),
    "open_finding": (
        "monitor",
        lambda b: ("/statistics/C12/open", {"day": str(LAST_DAY), "hit": hit_on("N1211"), **WHY}),
    ),
    "list_unit_exposure": ("monitor", lambda b: ("/exposure/units", {"level": "outlet"})),
    "list_inspection_samples": ("monitor", lambda b: ("/inspection_samples", {"state": "open"})),
    "get_inspection_sample": ("monitor", lambda b: (f"/inspection_samples/{inspection().pk}", {})),
    "draw_inspection_sample": (
        "assessor",
        lambda b: (
            "/inspection_samples",
            {"unit_id": "HO", "listed": "units", "first": "2024-03-01", "last": "2024-03-31"}
            | {"chosen": "first", "number": 2, "peers": True, "why": "抽查"},
        ),
    ),
    "mark_inspection_sample": (
        "assessor",
        lambda b: (f"/inspection_samples/{inspection().pk}/mark", {"state": "planned", "remark": "四月"}),
    ),
    "list_teller_exposure": ("monitor", lambda b: ("/exposure/tellers", {"period": "2024-03"})),
    "list_business_exposure": ("monitor", lambda b: ("/exposure/businesses", {"period": "2024-Q1"})),
    "get_bulletin": ("monitor", lambda b: ("/bulletin", {"period": "2024-03"})),
    "get_bulletin_file": (
        "monitor",
        lambda b: ("/bulletin/file", {"period": "2024-03", "why": "按月报送管理层审阅"}),
    ),
    "list_exposure_by_driver": (
        "monitor",
        lambda b: ("/exposure/drivers", {"period": "2024-03", "by": "unit"}),
    ),
    "explain_exposure_by_driver": (
        "monitor",
        lambda b: ("/exposure/drivers/change", {"period": "2024-03", "on": "year_before"}),
    ),
    "list_models": ("monitor", lambda b: ("/models", {})),
    "get_model": ("monitor", lambda b: ("/models/A10", {})),
    "list_runs": ("monitor", lambda b: ("/runs", {"model": "A10", "state": "done", "limit": 5})),
    "list_gaps": ("monitor", lambda b: ("/runs/gaps", {})),
    "list_imports": ("monitor", lambda b: ("/imports", {})),
    "list_webhooks": ("administrator", lambda b: ("/webhooks", {})),
    "add_webhook": ("administrator", lambda b: ("/webhooks", WEBHOOK)),
    "get_webhook": ("administrator", lambda b: (f"/webhooks/{lost().endpoint_id}", {})),
    "change_webhook": ("administrator", lambda b: (f"/webhooks/{lost().endpoint_id}", WEBHOOK)),
    "renew_webhook_secret": (
        "administrator",
        lambda b: (f"/webhooks/{lost().endpoint_id}/renew_secret", {}),
    ),
    "test_webhook": ("administrator", lambda b: (f"/webhooks/{lost().endpoint_id}/test", {})),
    "list_deliveries": (
        "administrator",
        lambda b: (f"/webhooks/{lost().endpoint_id}/deliveries", {"state": "given_up"}),
    ),
    "send_webhook_again": (
        "administrator",
        lambda b: (f"/webhooks/{lost().endpoint_id}/deliveries/{lost().pk}/again", {}),
    ),
    "get_schema": ("monitor", lambda b: ("/openapi.json", {})),
}
