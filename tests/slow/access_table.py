"""Who may call what: every operation, and the functions that each role has at each level.

This table is written by hand from `roles.md`, beside the application and not out of it: where the two differ,
the walk over all cells (test_access_table) says in which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from riskloop.organisation import functions as f
from tests.loop.attached import PDF

LEVELS = ("head_office", "tier1_branch", "tier2_branch", "sub_branch", "outlet")
TOP3, ALL = LEVELS[:3], LEVELS
READERS = {"R04": TOP3, "R05": LEVELS[1:3], "R06": TOP3, "R09": TOP3, "R13": TOP3, "R14": ALL}
VERIFIERS = {"R07": LEVELS[4:], "R08": LEVELS[3:4], "R09": TOP3}
WORKERS = {
    "R01": TOP3,
    "R02": LEVELS[:2],
    "R03": LEVELS[:2],
    "R04": TOP3,
    "R05": LEVELS[1:3],
    "R06": TOP3,
    "R07": LEVELS[4:],
    "R08": LEVELS[3:4],
    "R09": TOP3,
    "R10": TOP3,
    "R11": TOP3,
    "R12": LEVELS[1:4],
    "R13": TOP3,
    "R14": ALL,
}
"""The levels at which each role exists."""
WHO: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    f.READ_EVENTS: READERS | {"R07": LEVELS[4:], "R08": LEVELS[3:4]},
    f.READ_STATISTICS: READERS,
    f.READ_EXPOSURE: READERS | {"R08": LEVELS[3:4], "R11": TOP3},
    f.DISCRIMINATE: {"R04": TOP3},
    f.CLOSE: {"R04": TOP3},
    f.SET_MEASURES: {"R04": TOP3},
    f.VERIFY: {"R04": TOP3, "R09": TOP3},
    f.CARRY_OUT: VERIFIERS,
    f.ASSIGN: {"R04": TOP3},
    f.APPROVE: {"R04": TOP3},
    f.REOPEN: {"R04": TOP3, "R06": TOP3, "R09": TOP3},
    f.APPEAL: VERIFIERS,
    f.DECIDE_APPEALS: {"R06": TOP3},
    f.SUPERVISE: {"R06": TOP3, "R09": TOP3},
    f.ASK: {"R04": TOP3},
    f.ANSWER: VERIFIERS,
    f.REPORT_EXCEPTIONS: VERIFIERS | {"R04": TOP3, "R06": TOP3},
    f.RECEIVE_EXCEPTIONS: {"R06": LEVELS[:2], "R09": TOP3},
    f.RECEIVE_MAJOR: {"R06": LEVELS[:1]},
    f.OVERSEE: {"R06": TOP3},
    f.MANAGE_WEBHOOKS: {"R01": LEVELS[:1]},
    f.DRAW_INSPECTIONS: {"R11": TOP3, "R13": TOP3},
    f.READ_MODELS: WORKERS,
    f.PROPOSE_MODELS: {"R02": LEVELS[:2]},
    f.REVIEW_MODELS: {"R03": LEVELS[:2]},
    f.ADMIT_MODELS: {"R03": LEVELS[:1]},
    f.READ_RUNS: {role: levels for role, levels in WORKERS.items() if role not in {"R07", "R08"}},
    f.UNMASK: {"R04": TOP3, "R05": LEVELS[1:3], "R06": TOP3} | VERIFIERS,
    f.EXPORT: {"R04": TOP3, "R05": LEVELS[1:3], "R06": TOP3, "R09": TOP3, "R13": TOP3, "R14": ALL},
    f.READ_ORGANISATION: WORKERS,
    f.CHANGE_ORGANISATION: {"R01": LEVELS[:2]},
    f.MANAGE_PEOPLE: {"R01": TOP3},
    f.PROPOSE_ROLES: {"R01": LEVELS[:2]},
    f.DECIDE_ROLES: {"R01": LEVELS[:1]},
    f.REVIEW_TRACES: {"R06": TOP3},
    f.READ_HISTORY: {"R06": TOP3},
    f.MANAGE_WEBHOOKS: {"R01": LEVELS[:1]},
}
"""By function the roles that have it, each with the levels at which it does."""


@dataclass(frozen=True)
class Operation:
    """One thing that can be called.

    Args:
        name: of the address, and after a colon which of its actions; of the API "api:" and the operation.
        needs: the functions, all of which it takes; none: whoever has signed in.
        path: where it is; what stands in braces is of the unit that it is tried in (`At` of the walk).
        one_of: further functions, any of which it takes.
        of_unit: whether it is about something that belongs to a unit.
        given: what is sent, with the same braces; None: it is read.
        at: the only level at which it can be done, where there is one.
    """

    name: str
    needs: tuple[str, ...]
    path: str
    of_unit: bool = False
    given: Mapping[str, Any] | None = None
    one_of: tuple[str, ...] = ()
    at: str | None = None


def page(name: str, path: str, *needs: str, **more: Any) -> Operation:
    """A page, or an action on one."""
    return Operation(name, needs, path, **more)


def unit_page(name: str, path: str, *needs: str, **more: Any) -> Operation:
    """A page about something that belongs to a unit."""
    return Operation(name, needs, path, of_unit=True, **more)


def on_event(action: str, function: str, **given: Any) -> Operation:
    posted = {f"{action}-{name}": value for name, value in given.items()}
    path = f"/events/{{event}}/{action}/"
    return Operation(f"act:{action}", (f.READ_EVENTS, function), path, of_unit=True, given=posted)


def on_files(name: str, path: str, **more: Any) -> Operation:
    """What whoever works on the event does to its attachments."""
    needs = (f.READ_EVENTS,)
    return Operation(name, needs, path, of_unit=True, one_of=WORK, **more)


def on_measure(action: str, function: str, **given: Any) -> Operation:
    posted = {f"{action}-{{measure}}-{name}": value for name, value in given.items()}
    path, needs = f"/measures/{{measure}}/{action}/", (f.READ_EVENTS, function)
    return Operation(f"act_on_measure:{action}", needs, path, of_unit=True, given=posted)


def on_objection(kind: str, action: str, function: str) -> Operation:
    path, needs = f"/objections/{{{kind}}}/{action}/", (f.READ_EVENTS, function)
    given = {f"{action}-{{{kind}}}-note": "…"}
    return Operation(f"act_on_objection:{action}", needs, path, of_unit=True, given=given)


def on_exception(kind: str, action: str, function: str, **given: Any) -> Operation:
    posted = {f"{action}-{{{kind}}}-{name}": value for name, value in given.items()}
    path, needs = f"/exceptions/{{{kind}}}/{action}/", (f.READ_EVENTS, function)
    return Operation(f"act_on_exception:{action}", needs, path, of_unit=True, given=posted)


SAMPLE = {"unit": "{unit}", "month": "2024-02", "confidence": "95", "margin": "5", "expected": "5"}


def posted(action: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """As the form of an action sends it."""
    return {f"{action}-{name}": value for name, value in given.items()}


def on_sample(action: str, function: str, **given: Any) -> Operation:
    posted = {f"{action}-{{sample}}-{name}": value for name, value in given.items()}
    path, needs = f"/samples/{{sample}}/{action}/", (f.READ_EVENTS, function)
    return Operation(f"act_on_sample:{action}", needs, path, of_unit=True, given=posted)


def on_query(action: str, function: str, **given: Any) -> Operation:
    posted = {f"{action}-{{query}}-{name}": value for name, value in given.items()}
    path, needs = f"/queries/{{query}}/{action}/", (f.READ_EVENTS, function)
    return Operation(f"act_on_query:{action}", needs, path, of_unit=True, given=posted)


def on_person(action: str, **given: Any) -> Operation:
    posted = {f"{action}-{name}": value for name, value in given.items()}
    path, needs = f"/people/{{person}}/{action}/", (f.MANAGE_PEOPLE,)
    return Operation(f"act_on_person:{action}", needs, path, of_unit=True, given=posted)


def on_unit(action: str, **given: Any) -> Operation:
    posted = {f"{action}-{name}": value for name, value in {**given, **CHANGE}.items()}
    path, needs = f"/units/{{unit}}/{action}/", (f.CHANGE_ORGANISATION,)
    return Operation(f"change_unit:{action}", needs, path, of_unit=True, given=posted)


def api(name: str, path: str, *needs: str, **more: Any) -> Operation:
    """An operation of the API; what is `given` is sent as JSON."""
    return Operation(f"api:{name}", needs, f"/api/v1{path}", **more)


def api_event(action: str, *needs: str, **given: Any) -> Operation:
    path = f"/events/{{event}}/{action}"
    return api(action, path, f.READ_EVENTS, *needs, of_unit=True, given=given)


def api_measure(action: str, *needs: str, **given: Any) -> Operation:
    path = f"/measures/{{measure}}/{action}"
    return api(action, path, f.READ_EVENTS, *needs, of_unit=True, given=given)


def api_objection(kind: str, action: str, *needs: str) -> Operation:
    path = f"/objections/{{{kind}}}/{action}"
    return api(action, path, f.READ_EVENTS, *needs, of_unit=True, given={"note": "…"})


def api_exception(kind: str, action: str, *needs: str, **given: Any) -> Operation:
    path = f"/exceptions/{{{kind}}}/{action}"
    return api(action, path, f.READ_EVENTS, *needs, of_unit=True, given=given)


def api_sample(action: str, *needs: str, **given: Any) -> Operation:
    path = f"/sample_items/{{sample}}/{action}"
    return api(action, path, f.READ_EVENTS, *needs, of_unit=True, given=given)


def api_query(action: str, *needs: str, **given: Any) -> Operation:
    path = f"/queries/{{query}}/{action}"
    return api(action, path, f.READ_EVENTS, *needs, of_unit=True, given=given)


def api_person(action: str, **given: Any) -> Operation:
    path = f"/people/{{person}}/{action}"
    return api(action, path, f.MANAGE_PEOPLE, of_unit=True, given=given)


def api_unit(action: str, **given: Any) -> Operation:
    path = f"/units/{{unit}}/{action}"
    return api(f"{action}_unit", path, f.CHANGE_ORGANISATION, of_unit=True, given={**given, **CHANGE})


def a_file() -> SimpleUploadedFile:
    """To be sent: a new one in every cell."""
    return SimpleUploadedFile("凭证.pdf", PDF)


HEALTH = (f.READ_MODELS, f.READ_STATISTICS)
WORK = (f.DISCRIMINATE, f.SET_MEASURES, f.CLOSE, f.CARRY_OUT, f.VERIFY, f.ANSWER, f.APPEAL)
ASKERS = (f.PROPOSE_MODELS, f.REVIEW_MODELS, f.ADMIT_MODELS)
EXCEPTIONS = (f.REPORT_EXCEPTIONS, f.RECEIVE_EXCEPTIONS, f.RECEIVE_MAJOR)
WHY = {"why": "调整分工"}
A_REASON = {"form": "html", "why": "监管机构要求调阅该事件卷宗"}
CHANGE = {"day": "{today}", **WHY}
PASSWORD = "another long password"  # noqa: S105 — of people who exist in tests only
DETERMINED = {
    "outcome": "external",
    "event_type": "execution",
    "driver": "E1",
    "grade": "general",
    "note": "…",
}
HIT = {"day": "{day}", "hit": "{hit}", **WHY}
DAY_AND_WHY = {"effective_from": "{tomorrow}", "why": "…"}
OWN_ROLE = {"owner": "A", "code": "A-01", "name_zh": "特色岗", "name_en": "Own", "modelled_on": "R14"}
DECISION = {"level": "outlet", "functions": [f.READ_EVENTS], "effective_from": "{tomorrow}", **WHY}
READ_HISTORY, EVENTS, STATISTICS = f.READ_HISTORY, f.READ_EVENTS, f.READ_STATISTICS
WEBHOOKS = f.MANAGE_WEBHOOKS
WEBHOOK = {"name": "工单系统", "url": "https://orders.bank.example/in", "events": ["event.opened"]}

DRAWN = posted("draw_inspection_sample", {"chosen": "first", "number": "1", "why": "…"})
PAGES = [
    page("overview", "/"),
    page("events", "/events/", EVENTS),
    page("export_events", "/events/export/", EVENTS, f.EXPORT),
    page("excel", "/excel/?page=/models/", f.EXPORT),
    page("bulk", "/events/bulk/", f.DISCRIMINATE, given={"action": "take"}),
    page("save_filter", "/events/filters/", EVENTS, given={"name": "大额", "query": "model=A11"}),
    unit_page("event", "/events/{event}/", EVENTS),
    unit_page("event_earlier", "/events/{event}/earlier/", EVENTS),
    unit_page("event_usual", "/events/{event}/usual/", EVENTS),
    on_event("take", f.DISCRIMINATE),
    on_event("assign", f.ASSIGN, to="{monitor}"),
    on_event("assign_by_rule", f.ASSIGN),
    on_event("hand_over", f.DISCRIMINATE, to="{monitor}", why="休假"),
    on_event("hand_back", f.DISCRIMINATE, why="休假"),
    on_event("snooze", f.DISCRIMINATE, until="{tomorrow}", why="等回电"),
    on_event("wake", f.DISCRIMINATE),
    on_event("pass_on", f.DISCRIMINATE, reason="no_papers", note="凭证缺失"),
    on_event("approve", f.APPROVE),
    on_event("send_back", f.APPROVE, why="未核实"),
    on_event("exclude", f.DISCRIMINATE, reason="genuine", note="属实"),
    on_event("determine", f.DISCRIMINATE, **DETERMINED),
    on_event(
        "set_measure",
        f.SET_MEASURES,
        kind="2_management",
        description="整改",
        owner="{owner}",
        due_on="2024-04-01",
    ),
    on_event("appeal", f.APPEAL, words="…"),
    on_event("ask_reopening", f.REOPEN, words="…"),
    on_event("urge", f.SUPERVISE, words="…"),
    on_event("report_exception", f.REPORT_EXCEPTIONS, words="…", known_on="2024-04-01"),
    page("oversight", "/oversight/", f.OVERSEE),
    page("oversight:draw_sample", "/oversight/", f.OVERSEE, given=posted("draw_sample", SAMPLE)),
    unit_page("sample", "/oversight/{plan}/", f.OVERSEE),
    on_sample("check_determination", f.OVERSEE, verdict="right"),
    on_sample("check_exclusion", f.OVERSEE, verdict="right"),
    page("exceptions", "/exceptions/", one_of=EXCEPTIONS),
    on_exception("exception", "acknowledge_exception", f.RECEIVE_EXCEPTIONS, note="…"),
    on_exception("major", "report_to_regulator", f.RECEIVE_MAJOR, reported_on="2024-04-01", reference="1"),
    on_objection("appeal", "withdraw_appeal", f.APPEAL),
    on_objection("appeal", "reject_appeal", f.DECIDE_APPEALS),
    on_objection("appeal", "uphold_appeal", f.DECIDE_APPEALS),
    on_objection("reopening", "refuse_reopening", f.APPROVE),
    on_objection("reopening", "reopen", f.APPROVE),
    on_event("close", f.CLOSE),
    on_event("unmask", f.UNMASK, why="核对客户身份与交易背景"),
    # To mask again what one sees in clear needs no leave.
    on_event("hide_again", EVENTS),
    on_measure("set_owner", f.SET_MEASURES, owner="{owner}"),
    on_measure("report_done", f.CARRY_OUT, note="已改"),
    on_measure("verify", f.VERIFY),
    on_measure("send_measure_back", f.VERIFY, why="…"),
    on_event("ask", f.ASK, kind="query", words="请核实"),
    on_query("accept_answer", f.ASK),
    on_query("ask_again", f.ASK, fault="2_unclear", words="请补充"),
    on_query("withdraw_query", f.ASK, why="已查明"),
    on_query("forward", f.ANSWER, to="{unit}", words="请核实"),
    page("queries", "/queries/", f.ANSWER),
    unit_page("query", "/queries/{query}/", EVENTS),
    unit_page(
        "query:answer",
        "/queries/{query}/",
        EVENTS,
        f.ANSWER,
        given={"answer-findings": "属实", "answer-method": "1_papers"},
    ),
    unit_page("attachments", "/events/{event}/attachments/", EVENTS),
    on_files(
        "attachments:attach",
        "/events/{event}/attachments/",
        given={"attach-purpose": "event", "attach-chosen": a_file},
    ),
    unit_page("attachment", "/attachments/{attachment}/", EVENTS, f.UNMASK),
    on_files(
        "strike_attachment", "/attachments/{attachment}/strike/", given={"strike-{attachment}-why": "错"}
    ),
    unit_page("evidence_file", "/events/{event}/evidence/", EVENTS, f.EXPORT),
    unit_page("evidence_file:made", "/events/{event}/evidence/", EVENTS, f.EXPORT, given=A_REASON),
    page("assignment", "/assignment/", f.ASSIGN),
    page("assignment:give_out", "/assignment/", f.ASSIGN, given={"sent": "1"}),
    page("monitor", "/assignment/{monitor}/", f.ASSIGN, at="head_office"),
    page(
        "monitor:set_skill",
        "/assignment/{monitor}/",
        f.ASSIGN,
        at="head_office",
        given=posted("set_skill", {"highest_grade": "general", "why": "…"}),
    ),
    page("calendar", "/calendar/", EVENTS),
    page("statistics", "/statistics/", STATISTICS),
    page("statistic", "/statistics/C12/", STATISTICS),
    unit_page("open_finding", "/statistics/C12/open/", STATISTICS, f.DISCRIMINATE, given=HIT),
    page("exposure", "/exposure/", f.READ_EXPOSURE),
    page("exposure_glance", "/exposure/glance/", f.READ_EXPOSURE),
    page("exposure_map", "/exposure/map/", f.READ_EXPOSURE),
    page("exposure_drivers", "/exposure/drivers/", f.READ_EXPOSURE),
    page("inspection_samples", "/inspections/", f.READ_EXPOSURE),
    unit_page("draw_inspection", "/inspections/draw/?unit={unit}", f.DRAW_INSPECTIONS, given=DRAWN),
    unit_page("inspection_sample", "/inspections/{inspection}/", f.READ_EXPOSURE),
    unit_page(
        "inspection_sample:mark",
        "/inspections/{inspection}/",
        f.READ_EXPOSURE,
        f.DRAW_INSPECTIONS,
        given=posted("mark_inspection_sample", {"state": "planned"}),
    ),
    page("bulletin", "/bulletin/", f.READ_EXPOSURE),
    page("bulletin_file", "/bulletin/file/", f.EXPORT),
    page("exposure_events", "/exposure/events/", f.READ_EVENTS),
    page("exposure_volumes", "/exposure/volumes/", f.READ_EXPOSURE),
    page("models", "/models/", f.READ_MODELS),
    page("model", "/models/A11/", f.READ_MODELS),
    page("propose_model_change", "/models/A11/change/", f.PROPOSE_MODELS),
    page(
        "propose_model_change:values",
        "/models/A11/change/",
        f.PROPOSE_MODELS,
        at="head_office",
        given=posted("propose_model_change", {"kind": "values", "value_amount": "700000", **DAY_AND_WHY}),
    ),
    page("model_healths", "/health-of-models/", one_of=HEALTH),
    page("model_health", "/health-of-models/A10/", one_of=HEALTH),
    page("model_changes", "/changes-of-models/", f.READ_MODELS),
    page("model_change", "/changes-of-models/{change}/", f.READ_MODELS),
    *(
        page(
            f"act_on_model_change:{action}",
            f"/changes-of-models/{{{kind}}}/{action}/",
            function,
            at="head_office",
            given=posted(action, given),
        )
        for action, kind, function, given in (
            ("decide", "change", f.REVIEW_MODELS, {"verdict": "approve"}),
            ("decide", "exit", f.ADMIT_MODELS, {"verdict": "approve"}),
            ("withdraw", "change", f.PROPOSE_MODELS, {"why": "…"}),
        )
    ),
    page("what_ifs", "/what-if/", one_of=ASKERS),
    page("what_if", "/what-if/{what_if}/", one_of=ASKERS, at="head_office"),
    page("ask_what_if", "/models/A11/what-if/", one_of=ASKERS),
    page(
        "ask_what_if:values",
        "/models/A11/what-if/",
        one_of=ASKERS,
        at="head_office",
        given=posted("ask_what_if", {"value_amount": "700000", "number": "10"}),
    ),
    page("ask_what_if_again", "/what-if/{what_if}/again/", one_of=ASKERS, at="head_office", given={}),
    page("propose_model_trial", "/models/A11/trial/", f.PROPOSE_MODELS),
    page(
        "propose_model_trial:values",
        "/models/A11/trial/",
        f.PROPOSE_MODELS,
        at="head_office",
        given=posted("propose_model_trial", {"kind": "values", "value_amount": "700000", **DAY_AND_WHY}),
    ),
    page("model_trials", "/trials-of-models/", f.READ_MODELS),
    page("model_trial", "/trials-of-models/{trial}/", f.READ_MODELS),
    *(
        page(
            f"act_on_model_trial:{action}",
            f"/trials-of-models/{{{kind}}}/{action}/",
            function,
            at="head_office",
            given=posted(action, given),
        )
        for action, kind, function, given in (
            ("decide", "trial", f.REVIEW_MODELS, {"verdict": "approve"}),
            ("decide", "admission", f.ADMIT_MODELS, {"verdict": "approve"}),
            ("withdraw", "trial", f.PROPOSE_MODELS, {"why": "…"}),
        )
    ),
    page("runs", "/runs/", f.READ_RUNS),
    page("gaps", "/runs/gaps/", f.READ_RUNS),
    page("history", "/history/", READ_HISTORY),
    page("history_chain", "/history/chain/", READ_HISTORY),
    page("history_export", "/history/export/", READ_HISTORY, f.EXPORT, given={}),
    page("traces", "/traces/", f.REVIEW_TRACES),
    page("webhooks", "/webhooks/", WEBHOOKS),
    page("webhook", "/webhooks/{webhook}/", WEBHOOKS),
    page(
        "change_webhook",
        "/webhooks/{webhook}/change/",
        WEBHOOKS,
        given={f"change_webhook-{name}": value for name, value in WEBHOOK.items() if name != "name"}
        | {"change_webhook-label": "工单系统"},
    ),
    page("renew_webhook_secret", "/webhooks/{webhook}/renew_secret/", WEBHOOKS, given={}),
    page("test_webhook", "/webhooks/{webhook}/test/", WEBHOOKS, given={}),
    page("send_webhook_again", "/webhooks/{webhook}/deliveries/{delivery}/again/", WEBHOOKS, given={}),
    page("people", "/people/", f.MANAGE_PEOPLE),
    page("joiners", "/people/joiners/", f.MANAGE_PEOPLE),
    page("create_account", "/people/new/", f.MANAGE_PEOPLE),
    unit_page("person", "/people/{person}/", f.MANAGE_PEOPLE),
    on_person("assign_role", role="R14", unit="{unit}", from_on="{today}", **WHY),
    on_person("end_role", assignment="{assignment}", **WHY),
    on_person("deactivate", **WHY),
    on_person("reactivate", **WHY),
    on_person("set_password", password=PASSWORD, **WHY),
    on_person("set_email", email="zhao@bank.example", **WHY),
    page("roles", "/roles/", f.READ_ORGANISATION),
    page("role", "/roles/R04/", f.READ_ORGANISATION),
    page(
        "propose_role",
        "/roles/new/",
        f.PROPOSE_ROLES,
        given={f"propose_role-{name}": value for name, value in OWN_ROLE.items()},
    ),
    page(
        "propose_decision",
        "/roles/R14/propose/",
        f.PROPOSE_ROLES,
        given={f"propose_decision-{name}": value for name, value in DECISION.items()},
        at="head_office",
    ),
    page(
        "decide_on_role",
        "/roles/decisions/{decision}/",
        f.DECIDE_ROLES,
        given={"decide-{decision}-verdict": "approve"},
    ),
    page("units", "/units/", f.READ_ORGANISATION),
    unit_page("unit", "/units/{unit}/", f.READ_ORGANISATION),
    unit_page("units_below", "/units/{unit}/below/", f.READ_ORGANISATION),
    unit_page("staff_member", "/staff/S-{unit}/", f.READ_ORGANISATION),
    on_unit("open_unit", number="NEW", unit_name="新网点", level="outlet"),
    on_unit("rename_unit", unit_name="新名"),
    on_unit("move_unit", parent_id="{unit}"),
    on_unit("close_unit"),
    on_unit("merge_unit", into="{unit}"),
]
API = [
    api("me", "/me"),
    api("list_functions", "/functions"),
    api("list_units", "/units", f.READ_ORGANISATION),
    api("get_unit", "/units/{unit}", f.READ_ORGANISATION, of_unit=True),
    api("list_staff", "/units/{unit}/staff", f.READ_ORGANISATION, of_unit=True),
    api("list_tellers", "/units/{unit}/tellers", f.READ_ORGANISATION, of_unit=True),
    api(
        "open_unit",
        "/units",
        f.CHANGE_ORGANISATION,
        of_unit=True,
        given={"unit_id": "NEW", "name": "新网点", "level": "outlet", "parent_id": "{unit}", **CHANGE},
    ),
    api_unit("rename", name="新名"),
    api_unit("move", parent_id="{unit}"),
    api_unit("close"),
    api_unit("merge", into="{unit}"),
    api("list_people", "/people", f.MANAGE_PEOPLE),
    api("get_person", "/people/{person}", f.MANAGE_PEOPLE, of_unit=True),
    api(
        "create_person",
        "/people",
        f.MANAGE_PEOPLE,
        of_unit=True,
        given={"username": "zhao", "unit_id": "{unit}"},
    ),
    api_person("deactivate", **WHY),
    api(
        "set_email",
        "/people/{person}/email",
        f.MANAGE_PEOPLE,
        of_unit=True,
        given={"email": "zhao@bank.example", **WHY},
    ),
    api_person("reactivate", **WHY),
    api(
        "assign_role",
        "/people/{person}/roles",
        f.MANAGE_PEOPLE,
        of_unit=True,
        given={"role": "R14", "unit_id": "{unit}", **WHY},
    ),
    api(
        "end_role",
        "/people/{person}/roles/{assignment}/end",
        f.MANAGE_PEOPLE,
        of_unit=True,
        given=WHY,
    ),
    api("list_joiners", "/joiners", f.MANAGE_PEOPLE),
    api("list_roles", "/roles", f.READ_ORGANISATION),
    api("propose_role", "/roles", f.PROPOSE_ROLES, given=OWN_ROLE),
    api("list_decisions", "/decisions", f.READ_ORGANISATION),
    api(
        "propose_decision",
        "/decisions",
        f.PROPOSE_ROLES,
        given={"role": "R14", **DECISION},
        at="head_office",
    ),
    api("decide", "/decisions/{decision}/decide", f.DECIDE_ROLES, given={"approve": True}),
    api("list_tokens", "/tokens"),
    api("list_notices", "/notices"),
    api("read_notices", "/notices/read_all", given={}),
    api("get_notice_settings", "/notice_settings"),
    api("choose_notices", "/notice_settings", given={"by_mail": False, "language": "en"}),
    api("list_history", "/history", READ_HISTORY),
    api("verify_history", "/history/chain", READ_HISTORY),
    api("get_history_file", "/history/file", READ_HISTORY, f.EXPORT),
    api("get_history_line", "/history/{line}", READ_HISTORY, of_unit=True),
    api("list_looks", "/looks", f.REVIEW_TRACES),
    api("list_marks", "/looks/marks", f.REVIEW_TRACES),
    api("rank_persons", "/looks/persons", f.REVIEW_TRACES),
    api("list_events", "/events", EVENTS),
    api("act_in_bulk", "/events/bulk", f.DISCRIMINATE, given={"action": "take", "events": ["{event}"]}),
    api("list_filters", "/filters", EVENTS),
    api("save_filter", "/filters", EVENTS, given={"name": "大额", "query": "model=A11"}),
    api("get_event", "/events/{event}", EVENTS, of_unit=True),
    api("get_context", "/events/{event}/context", EVENTS, of_unit=True),
    api("list_owners", "/events/{event}/owners", EVENTS, of_unit=True),
    api_event("take", f.DISCRIMINATE),
    api("list_monitors", "/events/{event}/monitors", EVENTS, of_unit=True),
    api_event("assign", f.ASSIGN, to="{monitor}"),
    api_event("assign_by_rule", f.ASSIGN),
    api("list_changes", "/changes", EVENTS),
    api("list_load", "/monitors", f.ASSIGN),
    api("give_out_events", "/events/give_out", f.ASSIGN, given={}),
    api("set_skill", "/monitors/{monitor}/skill", f.ASSIGN, at="head_office", given=WHY),
    api_event("hand_over", f.DISCRIMINATE, to="{monitor}", **WHY),
    api_event("hand_back", f.DISCRIMINATE, **WHY),
    api_event("snooze", f.DISCRIMINATE, until="{tomorrow}", **WHY),
    api_event("wake", f.DISCRIMINATE),
    api_event("pass_on", f.DISCRIMINATE, reason="no_papers", note="凭证缺失"),
    api_event("approve", f.APPROVE),
    api_event("send_back", f.APPROVE, **WHY),
    api_event("exclude", f.DISCRIMINATE, reason="genuine", note="属实"),
    api_event("determine", f.DISCRIMINATE, **DETERMINED),
    api_event(
        "set_measure",
        f.SET_MEASURES,
        kind="2_management",
        description="整改",
        owner_id="{owner}",
        due_on="2024-04-01",
    ),
    api_event("appeal", f.APPEAL, words="…"),
    api_event("ask_reopening", f.REOPEN, words="…"),
    api_event("urge", f.SUPERVISE, words="…"),
    api_event("report_exception", f.REPORT_EXCEPTIONS, words="…", known_on="2024-04-01"),
    api("list_samples", "/samples", f.OVERSEE),
    api("get_sample", "/samples/{plan}", f.OVERSEE, of_unit=True),
    api("list_fault_codes", "/fault_codes", EVENTS),
    api("draw_sample", "/samples", f.OVERSEE, given={"unit_id": "{unit}", "month": "2024-02-01"}),
    api_sample("check_determination", f.OVERSEE, verdict="right"),
    api_sample("check_exclusion", f.OVERSEE, verdict="right"),
    api("list_exceptions", "/exceptions", one_of=EXCEPTIONS),
    api("list_major_criteria", "/major_criteria", EVENTS),
    api_exception("exception", "acknowledge_exception", f.RECEIVE_EXCEPTIONS, note="…"),
    api_exception("major", "report_to_regulator", f.RECEIVE_MAJOR, reported_on="2024-04-01", reference="1"),
    api_objection("appeal", "withdraw_appeal", f.APPEAL),
    api_objection("appeal", "reject_appeal", f.DECIDE_APPEALS),
    api_objection("appeal", "uphold_appeal", f.DECIDE_APPEALS),
    api_objection("reopening", "refuse_reopening", f.APPROVE),
    api_objection("reopening", "reopen", f.APPROVE),
    api("list_measure_kinds", "/measure_kinds", EVENTS),
    api_event("close", f.CLOSE),
    api_event("unmask", f.UNMASK, why="核对客户身份与交易背景"),
    api_event("hide_again", f.UNMASK),
    api_measure("set_owner", f.SET_MEASURES, owner_id="{owner}"),
    api_measure("report_done", f.CARRY_OUT, note="已改"),
    api_measure("verify", f.VERIFY),
    api_measure("send_measure_back", f.VERIFY, why="…"),
    api_event("ask", f.ASK, words="请核实"),
    api("list_queries", "/events/{event}/queries", EVENTS, of_unit=True),
    api("list_owed", "/queries", f.ANSWER),
    api_query("answer", f.ANSWER, findings="属实", method="1_papers"),
    api_query("forward", f.ANSWER, unit_id="{unit}", words="请核实"),
    api_query("ask_again", f.ASK, fault="2_unclear", words="请补充"),
    api_query("accept_answer", f.ASK),
    api_query("withdraw_query", f.ASK, **WHY),
    api("list_time_limits", "/time_limits", EVENTS),
    api("get_calendar", "/calendar/2026", EVENTS),
    api("list_query_templates", "/query_templates", EVENTS),
    api("list_query_faults", "/query_faults", EVENTS),
    api("list_verification_methods", "/verification_methods", EVENTS),
    api("list_attachments", "/events/{event}/attachments", EVENTS, of_unit=True),
    on_files("api:attach", "/api/v1/events/{event}/attach", given={"files": a_file}),
    api("get_attachment", "/attachments/{attachment}", EVENTS, f.UNMASK, of_unit=True),
    on_files("api:strike_attachment", "/api/v1/attachments/{attachment}/strike", given={"why": "错"}),
    api("get_evidence", f"/events/{{event}}/evidence?why={A_REASON['why']}", EVENTS, f.EXPORT, of_unit=True),
    api("list_reasons", "/reasons", EVENTS),
    api("list_suspicions", "/suspicions", EVENTS),
    api("list_event_types", "/event_types", EVENTS),
    api("list_liability_levels", "/liability_levels", EVENTS),
    api("list_drivers", "/drivers", EVENTS),
    api("list_grades", "/grades", EVENTS),
    api("list_statistics", "/statistics", STATISTICS),
    api("get_statistic", "/statistics/C12", STATISTICS),
    api("list_hits", "/statistics/C12/hits", STATISTICS),
    api("open_finding", "/statistics/C12/open", STATISTICS, f.DISCRIMINATE, of_unit=True, given=HIT),
    api("list_unit_exposure", "/exposure/units", f.READ_EXPOSURE),
    api("list_teller_exposure", "/exposure/tellers", f.READ_EXPOSURE),
    api("list_business_exposure", "/exposure/businesses", f.READ_EXPOSURE),
    api("list_exposure_by_driver", "/exposure/drivers", f.READ_EXPOSURE),
    api("explain_exposure_by_driver", "/exposure/drivers/change", f.READ_EXPOSURE),
    api("list_inspection_samples", "/inspection_samples", f.READ_EXPOSURE),
    api("get_inspection_sample", "/inspection_samples/{inspection}", f.READ_EXPOSURE, of_unit=True),
    api(
        "draw_inspection_sample",
        "/inspection_samples",
        f.DRAW_INSPECTIONS,
        given={"unit_id": "{unit}", "listed": "units", "first": "2024-03-01", "last": "2024-03-31"}
        | {"chosen": "first", "number": 1, "why": "…"},
    ),
    api(
        "mark_inspection_sample",
        "/inspection_samples/{inspection}/mark",
        f.READ_EXPOSURE,
        f.DRAW_INSPECTIONS,
        of_unit=True,
        given={"state": "planned"},
    ),
    api("get_bulletin", "/bulletin?period=2024-03", f.READ_EXPOSURE),
    api(
        "get_bulletin_file", "/bulletin/file?period=2024-03&why=按月报送管理层审阅", f.EXPORT, f.READ_EXPOSURE
    ),
    api("list_models", "/models", f.READ_MODELS),
    api("get_model", "/models/A11", f.READ_MODELS),
    api("list_model_health", "/model_health", one_of=HEALTH),
    api("get_model_health", "/model_health/A10", one_of=HEALTH),
    api("list_model_changes", "/model_changes", f.READ_MODELS),
    api("get_model_change", "/model_changes/{change}", f.READ_MODELS),
    api(
        "propose_model_change",
        "/models/A11/changes",
        f.PROPOSE_MODELS,
        at="head_office",
        given={"values": {"amount": "700000"}, **DAY_AND_WHY},
    ),
    *(
        api(
            "decide_model_change",
            f"/model_changes/{{{kind}}}/decide",
            function,
            at="head_office",
            given={"approve": True},
        )
        for kind, function in (("change", f.REVIEW_MODELS), ("exit", f.ADMIT_MODELS))
    ),
    api(
        "withdraw_model_change",
        "/model_changes/{change}/withdraw",
        f.PROPOSE_MODELS,
        at="head_office",
        given=WHY,
    ),
    api("list_what_ifs", "/what_ifs", one_of=ASKERS),
    api("get_what_if", "/what_ifs/{what_if}", one_of=ASKERS, at="head_office"),
    api(
        "ask_what_if",
        "/models/A11/what_ifs",
        one_of=ASKERS,
        at="head_office",
        given={"values": {"amount": "700000"}},
    ),
    api("list_model_trials", "/model_trials", f.READ_MODELS),
    api("get_model_trial", "/model_trials/{trial}", f.READ_MODELS),
    api("get_trial_comparison", "/model_trials/{trial}/comparison", f.READ_MODELS),
    api(
        "list_gained_hits",
        "/model_trials/{trial}/gained_hits",
        one_of=(f.READ_EVENTS, f.READ_STATISTICS),
    ),
    api(
        "propose_model_trial",
        "/models/A11/trials",
        f.PROPOSE_MODELS,
        at="head_office",
        given={"values": {"amount": "700000"}, **DAY_AND_WHY},
    ),
    *(
        api(
            "decide_model_trial",
            f"/model_trials/{{{kind}}}/decide",
            function,
            at="head_office",
            given={"approve": True},
        )
        for kind, function in (("trial", f.REVIEW_MODELS), ("admission", f.ADMIT_MODELS))
    ),
    api(
        "withdraw_model_trial",
        "/model_trials/{trial}/withdraw",
        f.PROPOSE_MODELS,
        at="head_office",
        given=WHY,
    ),
    api("list_runs", "/runs", f.READ_RUNS),
    api("list_gaps", "/runs/gaps", f.READ_RUNS),
    api("list_imports", "/imports", f.READ_RUNS),
    api("list_webhooks", "/webhooks", WEBHOOKS),
    api("add_webhook", "/webhooks", WEBHOOKS, given=WEBHOOK),
    api("get_webhook", "/webhooks/{webhook}", WEBHOOKS),
    api("change_webhook", "/webhooks/{webhook}", WEBHOOKS, given=WEBHOOK),
    api("renew_webhook_secret", "/webhooks/{webhook}/renew_secret", WEBHOOKS, given={}),
    api("test_webhook", "/webhooks/{webhook}/test", WEBHOOKS, given={}),
    api("list_deliveries", "/webhooks/{webhook}/deliveries", WEBHOOKS),
    api("send_webhook_again", "/webhooks/{webhook}/deliveries/{delivery}/again", WEBHOOKS, given={}),
    api("get_schema", "/openapi.json"),
]
OPERATIONS = [*PAGES, *API]
OWN = {"issue_token", "revoke_token", "delete_filter", "read_notice"}
"""What is one's own alone, tried by itself (test_tokens, test_saved_filters, test_notice_pages)."""
OPEN_TO_ALL = {
    "account_change_password",
    "account_inactive",
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "api",
    "bell",
    "choose_notices",
    "delete_filter",
    "demo",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_download_recovery_codes",
    "mfa_edit_webauthn",
    "mfa_generate_recovery_codes",
    "mfa_index",
    "mfa_list_webauthn",
    "mfa_login_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
    "my_sessions",
    "notices",
    "read_notice",
    "read_notices",
    "revoke_token",
    "set_language",
    "tokens",
}
"""Addresses before the door, and what belongs to the person himself: no role opens or shuts them."""
