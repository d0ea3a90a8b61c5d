"""The stage of `riskloop demo`: a simulated bank, people with roles, and a past already worked through.

Everything people do in the demo goes through the same actions as everywhere; the past is worked by the
demo's own people, so its history reads like any other. A second call finds the stage set and leaves it.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from rich.console import Console

from riskloop.bank.home import Home
from riskloop.governance.changes.actions import ProposeChange
from riskloop.governance.models import Trial
from riskloop.governance.trials.actions import DecideTrial, ProposeTrial, earliest
from riskloop.loop import actions
from riskloop.loop.models import Grade, Measure, QuasiEvent, State
from riskloop.organisation.account_actions import create_user
from riskloop.organisation.action import do
from riskloop.organisation.assignment_actions import assign_role
from riskloop.organisation.models import Staff, Teller, Unit, User
from riskloop.organisation.scope import below

OUTLETS, DAYS, PER_DAY, SEED = 40, 30, 20_000, 1
TRIAL_DAYS = 12
"""So many of the newest days a trial runs beside what is in force."""
GOVERNING = ("R02", "R03")
OPEN_DAYS = 7
"""So many of the newest days are left for the visitor, but for a few planted cases that people have begun to
work on; what is older has been worked through."""


@dataclass(frozen=True)
class Part:
    """A person of the demo: his account, and where his role reaches (the n-th unit of a level)."""

    username: str
    display_name: str
    role: str
    level: str


CAST = (
    Part("monitor", "监测员 林岚", "R04", "head_office"),
    Part("verifier", "督查员 周正", "R09", "head_office"),
    Part("approver", "复核员 沈洁", "R04", "head_office"),
    Part("branch", "分行监测员 陈晨", "R04", "tier2_branch"),
    Part("subbranch", "支行督查员 高远", "R08", "sub_branch"),
    Part("outlet", "网点督查员 许晴", "R07", "outlet"),
    Part("maintainer", "参数维护员 蔡维", "R02", "head_office"),
    Part("reviewer", "参数复核员 傅核", "R03", "head_office"),
    Part("viewer", "查询员 吴悠", "R14", "head_office"),
    Part("oversight", "监理员 何静", "R06", "head_office"),
    Part("admin", "系统管理员 郑平", "R01", "head_office"),
)


def prepare(home: Home, say: Callable[[str], None]) -> None:
    """Sets the stage where it is not set: bank, detection, people, the worked past."""
    book = _book(home)
    if book.exists():
        return
    from riskloop.bank.lake import Lake
    from riskloop.detection.run import DetectRequest
    from riskloop.models.simulated import simulate_bank
    from riskloop.web.supervision import supervise

    if not Lake(home).has("journal"):
        say(f"simulating a bank: {OUTLETS} outlets, {DAYS} days")
        simulate_bank(home, outlets=OUTLETS, days=DAYS, per_day=PER_DAY, seed=SEED, progress=say)
    say("running the models")

    def progress(done: int, total: int, day: dt.date) -> None:
        say(f"  {day}  {done} of {total} days")

    passwords = {part.username: secrets.token_urlsafe(12) for part in CAST}
    days = Lake(home).days("journal")
    if len(days) > TRIAL_DAYS:
        # What goes on trial is decided before its days are run.
        supervise(home, DetectRequest(last=days[-TRIAL_DAYS - 1]), progress)
        _try(
            {part.username: _enter(part, passwords[part.username]) for part in CAST if part.role in GOVERNING}
        )
        supervise(home, DetectRequest(first=days[-TRIAL_DAYS]), progress)
    else:
        supervise(home, DetectRequest(), progress)
    say("people take their places")
    people = {part.username: _enter(part, passwords[part.username]) for part in CAST}
    _work_the_past(home, people, say)
    _propose(people["maintainer"])
    book.touch(mode=0o600)
    book.write_text(json.dumps({"token": secrets.token_urlsafe(24), "passwords": passwords}))


def welcome(home: Home, address: str, out: Console) -> None:
    """Tells where the bank is to be seen, and by whom."""
    book = json.loads(_book(home).read_text())
    out.print()
    out.print("A bank under supervision, signed in as its monitor:")
    out.print(f"  {address}demo/{book['token']}/", style="bold")
    out.print("Or sign in by hand (user, password, role):")
    for part in CAST:
        out.print(
            f"  {part.username:<10} {book['passwords'][part.username]}  {part.role} {part.display_name}"
        )
    out.print("Ctrl-C stops it; the next call keeps what was done.")


@login_not_required
def sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """The printed address: signs in the demo's monitor. It exists in a demo's home only."""
    from django.conf import settings

    book = _book(settings.HOME)
    if not book.exists() or not secrets.compare_digest(token, json.loads(book.read_text())["token"]):
        raise Http404
    login(
        request,
        User.objects.get(username="monitor"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return redirect("overview")


def _book(home: Home) -> Path:
    return home.path / "demo.json"


def _enter(part: Part, password: str) -> User:
    """The person of a part, with his role; one who is there from a broken-off call gets a new password."""
    person = User.objects.filter(username=part.username).first()
    if person is not None:
        person.set_password(password)
        person.save(update_fields=["password"])
        return person
    unit = Unit.objects.filter(level=part.level).order_by("unit_id").first()
    if unit is None:
        raise LookupError(f"the demo's bank has no unit of level {part.level}")
    person = create_user(
        username=part.username, password=password, display_name=part.display_name, staff_id="", unit=unit
    )
    assign_role(person, part.role, unit)
    return person


def _work_the_past(home: Home, people: dict[str, User], say: Callable[[str], None]) -> None:
    """Determines the planted cases of the older days, excludes the rest, and begins on some newer cases."""
    newest = QuasiEvent.objects.order_by("-booked_on").values_list("booked_on", flat=True).first()
    if newest is None:
        return
    planted = {
        (row["model"], row["subject"]) for row in pq.read_table(home.path / "labels.parquet").to_pylist()
    }
    events = QuasiEvent.objects.filter(state="new", withdrawn_on=None).order_by("booked_on", "id")
    worked_until = newest - dt.timedelta(days=OPEN_DAYS)
    old = events.filter(booked_on__lte=worked_until)
    total = old.count()
    for done, event in enumerate(old.iterator(chunk_size=500)):
        if done % 200 == 0:
            say(f"working through the past: {done} of {total} events")
        _work(event, (event.model, event.subject_id) in planted, people)

    recent = events.filter(booked_on__gt=worked_until)
    _begin([event for event in recent if (event.model, event.subject_id) in planted], people)
    _ask(people)


def _work(event: QuasiEvent, planted: bool, people: dict[str, User]) -> None:
    monitor, verifier = people["monitor"], people["verifier"]
    actions.take(event, monitor)
    if not planted:
        actions.exclude(event, monitor, "genuine", "客户本人办理，凭证齐全。")
        return
    measure = conclude(event, people)
    actions.report_done(measure, verifier, "已补齐凭证，培训记录已归档。")
    actions.verify(measure, monitor)
    actions.close(event, monitor)


def conclude(event: QuasiEvent, people: dict[str, User]) -> Measure:
    """An event that its monitor has taken: determined, and a measure set for the verifier."""
    monitor = people["monitor"]
    actions.pass_on(event, monitor, "rule_broken", "演示：植入案例，转认定。")
    actions.determine(event, monitor, _finding(event))
    if event.state == State.RATED:
        actions.approve(event, people["approver"], "演示：复核同意。")
    due_on = event.booked_on + dt.timedelta(days=5)
    return actions.set_measure(
        event, monitor, "2_management", "补齐凭证并对经办人员重新培训。", people["verifier"], due_on
    )


def _begin(events: Sequence[QuasiEvent], people: dict[str, User]) -> None:
    """Leaves something begun for everyone: measures to carry out, one to verify, an event just taken."""
    for event in events[:4]:
        actions.take(event, people["monitor"])
    measures = [conclude(event, people) for event in events[:3]]
    if measures:
        actions.report_done(measures[-1], people["verifier"], "已补齐凭证，培训记录已归档。")


def _ask(people: dict[str, User]) -> None:
    """Queries of every standing about events of the sub-branch: to be answered, answered, asked again."""
    monitor, verifier = people["monitor"], people["subbranch"]
    unit = verifier.unit
    assert unit is not None  # noqa: S101 — so `_enter` made him
    there = QuasiEvent.objects.filter(state=State.NEW, withdrawn_on=None, unit__in=below(unit))
    verified_there = there.exclude(grade=Grade.KEY_ATTENTION).order_by("-booked_on", "id")
    for number, event in enumerate(verified_there[:4]):
        actions.take(event, monitor)
        query = actions.ask(event, monitor, "1_transaction", "演示：请核实客户身份与交易背景。")
        if number > 1:
            answers = ["客户本人办理，已核对证件。"] * len(query.rounds.get().questions)
            actions.answer(query, verifier, "演示：经核查，凭证齐全。", "1_papers", answers)
        if number > 2:  # noqa: PLR2004 — the last of them
            actions.ask_again(query, monitor, "3_key_step", "演示：未说明资金来源，请补充核查。")


def _propose(maintainer: User) -> None:
    """A change of a model that waits for its reviewer."""
    from riskloop.models.catalogue import model_of

    day, values = timezone.localdate() + dt.timedelta(days=7), {"amount": "600000"}
    why = "演示：大额转账误报较多，拟提高限额。"
    do(ProposeChange(maintainer, model_of("A11"), "values", day, why, None, values))


def _try(people: dict[str, User]) -> None:
    """Other values of a model on trial: some payments more, some fewer."""
    from riskloop.models.catalogue import model_of

    if Trial.objects.exists():
        return  # from a broken-off call
    why = "演示：累计限额拟降低、累计天数拟缩短，先试运行，比较增减。"
    values = {"days": "3", "sum": "900000"}
    asked = ProposeTrial(people["maintainer"], model_of("A10"), "values", earliest(), why, None, values)
    trial = do(asked).asked
    do(DecideTrial(people["reviewer"], trial, approve=True, why="演示：同意试运行。"))


def _finding(event: QuasiEvent) -> actions.Finding:
    """What the demo's monitor concludes: by the first driver that the model itself suggests."""
    from riskloop.models.catalogue import model_of

    driver: str = model_of(event.model).drivers[0]
    note = "演示：按植入案例认定。"
    if driver.startswith("E"):
        return actions.Finding("external", "external_fraud", driver, event.grade, note)
    answers = _answers_for(event)
    return actions.Finding("internal", "execution", driver, event.grade, note, responsible=answers)


def _answers_for(event: QuasiEvent) -> dict[str, str]:
    """Who handled it; where the event names nobody, whoever comes first at its unit, else in the bank."""
    tellers = Teller.objects.filter(pk__in=event.named("teller_ids")[0]).exclude(staff_id=None)
    handled = {teller.staff_id: "1_direct" for teller in tellers if teller.staff_id}
    staff = Staff.objects.order_by("staff_id")
    # A head office may have no staff in the bank's tables.
    there = staff.filter(unit_id=event.unit_id).first() or staff.first()
    return handled or ({there.pk: "3_management"} if there else {})
