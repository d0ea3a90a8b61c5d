"""A small bank for the pages: units in five levels, people with roles, events of every model and state."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pyarrow as pa
from django.db import connection

from riskloop.bank.home import Home
from riskloop.bank.load import LoadReport, TableReport
from riskloop.bank.memory import complete
from riskloop.bank.subjects import subject_of
from riskloop.detection.ledger import Ledger, Row
from riskloop.detection.plan import Ruled, Set
from riskloop.loop import actions
from riskloop.loop.intake import LoopSink
from riskloop.loop.models import QuasiEvent
from riskloop.models.catalogue import catalogue, model_of, parameters_of
from riskloop.models.hits import to_hits
from riskloop.organisation.account_actions import create_user
from riskloop.organisation.assignment_actions import assign_role
from riskloop.organisation.models import Unit, User
from riskloop.organisation.sync import sync_organisation
from tests.loop.working import determine, finding

PASSWORD = "a long enough password"  # noqa: S105 — of people who exist in tests only
LAST_DAY = dt.date(2024, 3, 29)
UNITS = (
    ("HO", "总行", "head_office", None),
    ("10", "江北分行", "tier1_branch", "HO"),
    ("11", "临江分行", "tier2_branch", "10"),
    ("12", "青山分行", "tier2_branch", "10"),
    ("111", "城东支行", "sub_branch", "11"),
    ("121", "西门支行", "sub_branch", "12"),
    ("1111", "人民路第一储蓄所营业网点", "outlet", "111"),
    ("1112", "解放大道网点", "outlet", "111"),
    ("1211", "湖滨网点", "outlet", "121"),
)
TABLES = (
    "organisation_history",
    "organisation_look",
    "organisation_unmasking",
    "loop_attachment",
    "loop_monitorskill",
    "loop_evidencerow",
    "loop_continuation",
    "loop_measure",
    "loop_objection",
    "loop_sampleitem",
    "loop_samplingplan",
    "loop_exceptionreport",
    "loop_queryround",
    "loop_query",
    "loop_responsible",
    "loop_determination_other_drivers",
    "loop_determination",
    "loop_quasievent",
    "loop_dailystatistic",
    "bulletin_listedevent",
    "bulletin_listedquasievents",
    "bulletin_listedvolume",
    "exposure_sampledrow",
    "exposure_inspectionsample",
    "exposure_groupedunit",
    "exposure_keptgrouping",
    "exposure_dailyvolume",
    "exposure_riskevent",
    "exposure_businessvolume",
    "exposure_tellervolume",
    "exposure_unitevents",
    "exposure_unitvolume",
    "outgoing_notice",
    "outgoing_mail",
    "outgoing_noticesettings",
    "outgoing_attempt",
    "outgoing_delivery",
    "outgoing_endpoint",
    "procrastinate_jobs",
    "governance_whatifquestion",
    "governance_modelchange",
    "governance_trial",
    "organisation_roleassignment",
    "organisation_token",
    "usersessions_usersession",
    "mfa_authenticator",
    "organisation_roledecision WHERE proposed_by_id IS NOT NULL",
    "organisation_role WHERE owner_id IS NOT NULL",
    "organisation_user",
    "organisation_teller",
    "organisation_staff",
    "organisation_unit",
    "organisation_tellerversion",
    "organisation_staffversion",
    "organisation_unitversion",
    "organisation_delivery",
    "organisation_fed",
    "django_session",
)
"""What the stage fills, with what points to others first; the roles and catalogues are the migrations'."""
APPEND_ONLY = ("organisation_history", "organisation_look", "loop_attachment")
OUTLETS = ("1111", "1112", "1211")


@dataclass(frozen=True)
class People:
    """Who works in the tests. The handler is the person behind teller T1111."""

    monitor: User
    approver: User
    verifier: User
    branch: User
    supervisor: User
    handler: User
    administrator: User


@contextmanager
def standing(home: Home) -> Iterator[None]:
    """The whole bank, committed, and taken away afterwards.

    Taken away by hand: the history refuses the TRUNCATE of Django's own clean-up, which would also take the
    roles of the migrations with it.
    """
    assert connection.settings_dict["NAME"].startswith("test_"), "tests play in a database of their own"
    organisation()
    who = people()
    find_events()
    work(who)
    run_ledger(home)
    write_imports(home)
    yield
    with connection.cursor() as cursor:
        for table in APPEND_ONLY:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table}")
        for table in APPEND_ONLY:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def present() -> People:
    """The people of the bank that stands."""
    find = User.objects.get
    return People(
        monitor=find(username="lin"),
        approver=find(username="shen"),
        verifier=find(username="zhou"),
        branch=find(username="chen"),
        supervisor=find(username="guming"),
        handler=find(username="wang"),
        administrator=find(username="admin"),
    )


def organisation() -> None:
    """The bank's units, and in each outlet a handler and an authoriser."""
    sync_organisation(
        units=[
            {"unit_id": i, "name": n, "level": level, "parent_id": p, "opened_on": None, "closed_on": None}
            for i, n, level, p in UNITS
        ],
        staff=[
            {"staff_id": f"{kind}{o}", "name": f"员工{kind}{o}", "unit_id": o, "post": "业务经办"}
            for o in OUTLETS
            for kind in "HA"
        ],
        tellers=[
            {"teller_id": f"T{kind}{o}", "staff_id": f"{kind}{o}", "unit_id": o}
            for o in OUTLETS
            for kind in "HA"
        ],
    )


def people() -> People:
    return People(
        monitor=person("lin", "林岚", "R04", "HO"),
        approver=person("shen", "沈洁", "R04", "HO"),
        verifier=person("zhou", "周正", "R09", "10"),
        branch=person("chen", "陈晨", "R04", "12"),
        supervisor=person("guming", "顾明", "R06", "HO"),
        handler=person("wang", "王芳", "R04", "HO", staff_id="H1111"),
        administrator=person("admin", "系统管理员", "R01", "HO"),
    )


def person(username: str, name: str, role: str, unit: str, staff_id: str = "") -> User:
    user = create_user(
        username=username,
        password=PASSWORD,
        display_name=name,
        staff_id=staff_id,
        unit=Unit.objects.get(pk=unit),
    )
    assign_role(user, role, Unit.objects.get(pk=unit))
    return user


def itemised() -> list[str]:
    return [m.code for m in catalogue().values() if m.handling == "itemised"]


def find_events(days: int = 7, a_day: int = 2) -> None:
    """Hits of every itemised model on the last days, `a_day` each, in one outlet after the other.

    Which outlets a model's hits are in depends on its days alone, and not on how many models there are.
    """
    numbers = itertools.count(1)
    for back, code in itertools.product(range(days), itemised()):
        outlets = [OUTLETS[(back + one) % len(OUTLETS)] for one in range(a_day)]
        _find(code, LAST_DAY - dt.timedelta(days=back), outlets, numbers)


def _find(code: str, day: dt.date, outlets: list[str], numbers: Iterator[int]) -> None:
    model = model_of(code)
    rows, evidence = [], {}
    for outlet, number in zip(outlets, numbers, strict=False):
        entry, account, customer = f"E{number:06}", f"6222{number:012}", f"K{number:05}"
        amount = Decimal(500_000) + Decimal("1234.56") * number
        subject = {
            "entry": entry,
            "account": account,
            "customer": customer,
            "teller": f"TH{outlet}-{number}",
            "event": subject_of("ebank_events", f"X{number}"),
        }.get(model.subject, f"S{number}")
        if code == "B14" and number % 2:
            subject = subject_of("maintenance_events", f"V{number:012}")
        rows.append(
            {
                "subject_id": subject,
                "unit_id": outlet,
                "amount": amount,
                "entry_ids": [entry, f"{entry}b"],
                "teller_id": f"TH{outlet}",
                "authoriser_id": f"TA{outlet}",
                "account_id": account,
                "customer_id": customer,
            }
            | {name: Decimal(500_000) for name in model.compared}
        )
        evidence[subject] = _evidence(entry, account, customer, outlet, amount, day)
    hits = to_hits(model, parameters_of(model), day, pa.Table.from_pylist(rows))
    LoopSink(take_volumes=_no_volumes).take(
        day, model, Ruled(Set(model, parameters_of(model))).values, hits, evidence
    )


def _no_volumes(day: dt.date, rows: object) -> None:
    """The pages of the loop need no volumes."""


def _evidence(
    entry: str, account: str, customer: str, outlet: str, amount: Decimal, day: dt.date
) -> dict[str, list[dict[str, Any]]]:
    journal = {
        "unit_id": outlet,
        "teller_id": f"TH{outlet}",
        "authoriser_id": f"TA{outlet}",
        "amount": amount,
        "debit_account_id": account,
        "counterparty_name": "江南贸易有限公司",
        "purpose": "货款",
    }
    rows = {
        "journal": [journal | {"entry_id": entry}, journal | {"entry_id": f"{entry}b"}],
        "accounts": [{"account_id": account, "customer_id": customer, "unit_id": outlet}],
        "customers": [
            {
                "customer_id": customer,
                "kind": "personal",
                "name": "张小明",
                "id_type": "ID",
                "id_no": "110101199003071234",
                "phone": "13800138000",
                "address": "江北市人民路一号",
            }
        ],
        "tellers": [{"teller_id": f"TH{outlet}", "staff_id": f"H{outlet}", "unit_id": outlet}],
    }
    return {
        table: [{n: _plain(v) for n, v in complete(table, row, day).items()} for row in several]
        for table, several in rows.items()
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, dt.date) else value


def work(who: People) -> None:
    """Some of the events go on their way: taken, excluded, determined, with measures, closed."""
    events = QuasiEvent.objects.exclude(unit_id="1111").order_by("booked_on", "id")
    for event in events[10:12]:
        actions.take(event, who.monitor)
        actions.pass_on(event, who.monitor, "no_papers", "凭证缺失。")
    actions.determine(events[11], who.monitor, finding("external", "E4", "key_attention", "出租账户。"))
    for number, event in enumerate(events[:10]):
        actions.take(event, who.monitor)
        if number % 5 == 0:
            continue
        if number % 5 == 1:
            actions.exclude(event, who.monitor, "genuine", "客户本人办理，凭证齐全。")
            continue
        determine(event, who.monitor, "internal", "P3", "attention", "凭证审核不严。")
        measure = actions.set_measure(
            event,
            who.monitor,
            "2_management",
            "补齐凭证并重新培训。",
            who.verifier,
            LAST_DAY + dt.timedelta(days=number),
        )
        if number % 5 >= 3:
            actions.report_done(measure, who.verifier, "已补齐。")
        if number % 5 == 4:
            actions.verify(measure, who.monitor)
            actions.close(event, who.monitor)


def run_ledger(home: Home, days: int = 40) -> None:
    """A ledger in which most went well: one failure, one model for which the bank lacks a table."""
    with Ledger(home) as ledger:
        for back, code in itertools.product(range(days), [*catalogue(), "VOLUME"]):
            if (back, code) != (3, "A10"):
                ledger.write(_cell(LAST_DAY - dt.timedelta(days=back), code, back))


def _cell(day: dt.date, code: str, back: int) -> Row:
    finished = dt.datetime(2024, 4, 1, 2, 30, tzinfo=dt.UTC)
    if code == "C03":
        note = "the bank hands over no table attendance, column tellers.from_on"
        return Row(day, code, "not_applicable", note=note, finished_at=finished)
    if (back, code) == (1, "B09"):
        return Row(day, code, "failed", "0f3a", "77c1", 20_000, 0, 0.31, "OSError: disk", finished)
    hits = 0 if code == "VOLUME" else (back * 7 + len(code) * 13 + ord(code[1])) % 40
    return Row(day, code, "done", "0f3a", "77c1", 20_000 + back, hits, 0.25, "", finished)


def write_imports(home: Home) -> None:
    """Two loads as `bank.load` writes them down: the second of the same folder, which changed nothing."""
    journal = TableReport("journal", 20_001, 20_000, 1, 20, 0, ("GB18030",), (), {"account_id": 3})
    units = TableReport("units", 9, 9, 0, 0, 0, ("UTF-8",))
    first = LoadReport("tables 2024", [units, journal])
    again = LoadReport("tables 2024", [replace(units), replace(journal, days_written=0, days_unchanged=20)])
    home.runs.mkdir(parents=True, exist_ok=True)
    lines = [
        json.dumps({"at": f"2024-04-0{day}T01:00:00+00:00"} | report.as_dict(), ensure_ascii=False)
        for day, report in enumerate((first, again), start=1)
    ]
    # The last line was torn by a crash of its writer.
    (home.runs / "imports.jsonl").write_text("\n".join([*lines, lines[0][:40]]) + "\n")
