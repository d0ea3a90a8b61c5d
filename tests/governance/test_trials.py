"""Trials: asked for by one, decided by another, run beside what is in force and kept apart from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.detection import trials as detection_trials
from riskloop.detection.ledger import Ledger
from riskloop.detection.run import DetectRequest, silent
from riskloop.detection.trials import trial_file, trial_hits
from riskloop.governance.changes.actions import DecideChange, ProposeChange
from riskloop.governance.in_force import InForce
from riskloop.governance.models import ModelChange, Trial
from riskloop.governance.trials import running
from riskloop.governance.trials.actions import DecideTrial, ProposeTrial, WithdrawTrial, earliest
from riskloop.governance.trials.comparison import Comparison, compare_trial, gained_hits
from riskloop.governance.trials.running import open_trial_cells, run_approved_trials
from riskloop.governance.what_if.computing import compare
from riskloop.governance.what_if.results import Share
from riskloop.loop.models import DailyStatistic, QuasiEvent
from riskloop.models.catalogue import model_of
from riskloop.organisation import timeline
from riskloop.organisation.action import Refused, do
from riskloop.organisation.models import History, Unit, UnitVersion, User
from riskloop.organisation.models.dated import Source
from riskloop.outgoing.models import Notice
from riskloop.web.supervision import supervise
from tests.governance.test_whatif import FRIDAY, MONDAY, confirm, exclude, home, journal, run
from tests.loop.conftest import bank, person

__all__ = ["bank", "home", "person"]

Person = Callable[..., User]
A11 = model_of("A11")
DAY = dt.timedelta(days=1)
BEGINS = dt.date(2024, 3, 1)


@pytest.fixture
def lake(home: Home, settings: Any) -> Home:
    """The bank of the what-if's tests; nothing has run yet. In force A11 hits E1, E2, E3 and on Monday E5."""
    settings.HOME = home
    return home


@pytest.fixture
def maintainer(person: Person) -> User:
    return person("maintainer", "R02")


@pytest.fixture
def reviewer(person: Person) -> User:
    return person("reviewer", "R03")


def propose(user: User, on: dt.date | None = None, until: dt.date | None = None, **asked: Any) -> Trial:
    plain = {"kind": "values", "why": "先试运行。"} | (
        {} if "kind" in asked else {"values": {"amount": "350000"}}
    )
    given = plain | asked
    first = on or timezone.localdate()
    return do(ProposeTrial(user, A11, effective_from=first, effective_until=until, **given)).asked


def decide(trial: Trial, user: User, *, approve: bool = True, why: str = "同意。") -> Trial:
    return do(DecideTrial(user, trial, approve, why)).asked


def refused(code: str, call: Callable[..., Any], *given: Any, **more: Any) -> None:
    """The refusal bears this code, and nothing was written."""

    def written() -> Any:
        return History.objects.count(), list(Trial.objects.order_by("pk").values())

    before = written()
    with pytest.raises(Refused) as refusal:
        call(*given, **more)
    assert (refusal.value.code, written()) == (code, before)


def approved(user: User, **asked: Any) -> Trial:
    """An approved trial over the days of the lake, which are long past."""
    plain = {"model": "A11", "kind": "values", "values": {"amount": "350000"}, "effective_from": BEGINS}
    plain |= {"reason": "…", "proposed_by": user, "decided_by": user, "decided_at": timezone.now()}
    return Trial.objects.create(**plain | {"state": "approved"} | asked)


def run_all(home: Home) -> dict[str, Any]:
    """The real run of A11 and, after it, the trials; what the trials did."""
    return supervise(home, DetectRequest(codes=("A11",)), silent).trials


def subjects(home: Home, trial: Trial, day: dt.date = FRIDAY) -> list[str]:
    return trial_hits(home, trial.pk, day)["subject_id"].to_pylist()


def compared(home: Home, trial: Trial, units: frozenset[str] | None = None) -> Comparison:
    return compare_trial(home, trial, units)


# ── Asking and deciding ───────────────────────────────────────────────────────────────────────


def test_one_asks_and_another_decides(bank: None, maintainer: User, reviewer: User) -> None:
    trial = propose(maintainer, until=timezone.localdate() + 30 * DAY)
    assert (trial.values, trial.phase) == ({"amount": "350000"}, "proposed")
    decide(trial, reviewer)
    assert (trial.state, trial.phase, trial.decided_by) == ("approved", "running", reviewer)
    lines = History.objects.filter(object_type="model_trial", object_id=str(trial.pk)).order_by("pk")
    assert [(one.action, one.actor, one.role) for one in lines] == [
        ("propose_model_trial", maintainer, "R02"),
        ("decide_model_trial", reviewer, "R03"),
    ]
    told = [(one.kind, one.person) for one in Notice.objects.order_by("pk")]
    assert told == [("model_trial_proposed", reviewer), ("model_trial_decided", maintainer)]


def test_nobody_decides_on_what_he_proposed_himself(bank: None, maintainer: User, reviewer: User) -> None:
    trial = propose(maintainer)
    Trial.objects.update(proposed_by=reviewer)
    refused("same_person", decide, trial, reviewer)
    refused("same_person", decide, trial, reviewer, approve=False)


@pytest.mark.parametrize("role", ["R01", "R03", "R04", "R06", "R14"])
def test_only_the_maintainer_proposes(bank: None, person: Person, role: str) -> None:
    refused("role", propose, person("one", role))


@pytest.mark.parametrize("role", ["R01", "R02", "R04", "R06", "R14"])
def test_only_the_reviewer_decides(bank: None, person: Person, maintainer: User, role: str) -> None:
    refused("role", decide, propose(maintainer), person("one", role))


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("effective_from", {"on": dt.date(2020, 1, 1)}),
        ("effective_until", {"until": dt.date(2020, 1, 1)}),
        ("why", {"why": " "}),
        ("kind", {"kind": "exit"}),
        ("kind", {"kind": "colour"}),
        ("values", {"values": {"colour": "1"}}),
        ("values", {"values": {"amount": "0"}}),
        ("same", {"values": {"amount": "500000.00"}}),
        ("same", {"values": {}}),
        ("admission", {"kind": "admit"}),
    ],
)
def test_what_cannot_be_tried_is_refused(
    bank: None, maintainer: User, code: str, asked: dict[str, Any]
) -> None:
    refused(code, propose, maintainer, **asked)


def test_a_model_outside_supervision_is_tried_as_it_is_by_the_head_office_alone(
    bank: None, person: Person, maintainer: User, reviewer: User
) -> None:
    leaving = {"kind": "exit", "effective_from": BEGINS, "state": "approved", "proposed_by": maintainer}
    ModelChange.objects.create(model="A11", **leaving)
    refused("admission", propose, maintainer)
    refused("level", propose, maintainer, kind="admit", branch=Unit.objects.get(pk="B"))
    refused("values", propose, maintainer, kind="admit", values={"amount": "1"})
    trial = propose(maintainer, kind="admit")
    refused("role", decide, trial, person("br", "R03", "B"))
    decide(trial, reviewer)
    assert trial.phase == "running"


def test_what_is_rejected_needs_a_reason_and_never_runs(lake: Home, maintainer: User, reviewer: User) -> None:
    trial = propose(maintainer)
    refused("why", decide, trial, reviewer, approve=False, why="")
    decide(trial, reviewer, approve=False, why="依据不足。")
    refused("decided", decide, trial, reviewer)
    Trial.objects.update(effective_from=BEGINS)
    assert run_all(lake)["cells_run"] == 0


def test_it_is_taken_back_by_who_proposed_it_and_once_it_runs_by_any_maintainer(
    bank: None, person: Person, maintainer: User, reviewer: User
) -> None:
    other = person("other", "R02")
    first, second = propose(maintainer), decide(propose(maintainer), reviewer)
    refused("person", do, WithdrawTrial(other, first, "…"))
    refused("why", do, WithdrawTrial(maintainer, first))
    do(WithdrawTrial(maintainer, first, "写错了。"))
    refused("decided", decide, first, reviewer)
    refused("role", do, WithdrawTrial(person("br", "R02", "B"), second, "…"))
    do(WithdrawTrial(other, second, "结果已清楚。"))
    assert (first.state, second.state) == ("withdrawn", "withdrawn")
    refused("ended", do, WithdrawTrial(other, second, "…"))


def test_of_a_branch_its_own_people_ask_and_decide(bank: None, person: Person, maintainer: User) -> None:
    branch = Unit.objects.get(pk="B")
    own_maintainer, own_reviewer = person("bm", "R02", "B"), person("br", "R03", "B")
    refused("role", propose, own_maintainer)
    refused("level", propose, maintainer, branch=Unit.objects.get(pk="B1"))
    trial = decide(propose(own_maintainer, branch=branch), own_reviewer)
    assert (trial.phase, trial.unit_id) == ("running", "B")


def test_it_begins_today_or_with_a_day_that_no_run_has_reached(lake: Home, maintainer: User) -> None:
    assert earliest() == timezone.localdate()
    run_all(lake)
    assert earliest() == MONDAY + DAY
    refused("effective_from", propose, maintainer, MONDAY)
    assert propose(maintainer, MONDAY + DAY).effective_from == MONDAY + DAY


def test_one_whose_last_day_has_passed_is_not_approved(bank: None, maintainer: User, reviewer: User) -> None:
    trial = propose(maintainer, until=timezone.localdate())
    yesterday = timezone.localdate() - DAY
    Trial.objects.update(effective_from=yesterday, effective_until=yesterday)
    refused("late", decide, trial, reviewer)


# ── Running ───────────────────────────────────────────────────────────────────────────────────


def test_its_hits_are_those_that_the_what_if_told_and_never_events(lake: Home, maintainer: User) -> None:
    """Hit by hit; nothing of the real run differs from one without the trial."""
    run(lake)
    plain = list(QuasiEvent.objects.order_by("pk").values("pk", "subject_id", "parameter_version"))
    trial = approved(maintainer)
    done = run_all(lake)
    assert (done["hits"], done["failed"]) == ({str(trial.pk): 5}, [])
    (told,) = compare(
        lake,
        A11,
        [({}, InForce()), ({}, running.on_trial(trial).decisions)],
        None,
        None,
        silent,
    ).alternatives
    assert told.hits == 5
    assert [subjects(lake, trial, day) for day in (FRIDAY, MONDAY)] == [
        ["E1", "E2", "E3", "E4"],
        ["E5"],
    ]
    assert list(QuasiEvent.objects.order_by("pk").values("pk", "subject_id", "parameter_version")) == plain
    assert not QuasiEvent.objects.filter(subject_id="E4").exists()
    assert not DailyStatistic.objects.exists()


def test_run_again_it_does_nothing_and_after_new_data_its_day_runs_anew(lake: Home, maintainer: User) -> None:
    trial = approved(maintainer)
    assert run_all(lake)["cells_run"] == 2
    file = trial_file(lake, trial.pk, FRIDAY)
    before = file.stat().st_mtime_ns
    again = run_all(lake)
    assert (again["cells_run"], again["cells_skipped"], file.stat().st_mtime_ns) == (0, 2, before)
    assert open_trial_cells(lake) == []
    journal(Lake(lake), MONDAY, ("E7", "P4", 390_000, "O2"))
    assert [(row.day, row.state) for row in open_trial_cells(lake)] == [(MONDAY, "stale")]
    assert run_all(lake)["cells_run"] == 1
    assert subjects(lake, trial, MONDAY) == ["E7"]


def test_it_runs_on_its_days_alone_and_not_once_it_is_taken_back(lake: Home, maintainer: User) -> None:
    late = approved(maintainer, effective_from=MONDAY)
    early = approved(maintainer, effective_until=FRIDAY)
    gone = approved(maintainer, state="withdrawn")
    assert [(row.day, row.model) for row in open_trial_cells(lake)] == [
        (FRIDAY, str(early.pk)),
        (MONDAY, str(late.pk)),
    ]
    run_all(lake)
    kept = [
        (t.pk, d) for t in (late, early, gone) for d in (FRIDAY, MONDAY) if trial_file(lake, t.pk, d).exists()
    ]
    assert kept == [(late.pk, MONDAY), (early.pk, FRIDAY)]


def test_one_in_a_branch_hits_in_its_units_alone(lake: Home, maintainer: User) -> None:
    """O1 goes to another branch. Held against it is only what is in force in the branch."""
    branch = {"name": "C", "level": "tier1_branch", "parent_id": "HO"}
    timeline.set_from(UnitVersion, "C", timeline.ALWAYS, branch, Source.FEED)
    timeline.settle_units()
    timeline.set_from(UnitVersion, "O1", timeline.ALWAYS, {"parent_id": "C"}, Source.FEED)
    timeline.settle_units()
    trial = approved(maintainer, unit_id="B", values={"amount": "200000"})
    supervise_without_sync(lake)
    assert (subjects(lake, trial), subjects(lake, trial, MONDAY)) == (["E3"], ["E6"])
    found = compared(lake, trial)
    assert (found.in_force.hits, found.trial.hits, found.trial.gained, found.trial.lost) == (1, 2, 1, 0)
    assert list(found.trial.by_unit) == ["O2"]


def supervise_without_sync(home: Home) -> None:
    run(home)
    run_approved_trials(home, DetectRequest(), silent)


def test_a_model_outside_supervision_runs_on_trial_alone(lake: Home, maintainer: User) -> None:
    leaving = {"kind": "exit", "effective_from": BEGINS, "state": "approved", "proposed_by": maintainer}
    ModelChange.objects.create(model="A11", **leaving)
    trial, of_values = approved(maintainer, kind="admit", values={}), approved(maintainer)
    run_all(lake)
    assert not QuasiEvent.objects.exists()
    assert subjects(lake, trial) == ["E1", "E2", "E3"]
    states = {row.model: row.state for row in Ledger(lake, "trials").rows(first=MONDAY)}
    assert states == {str(trial.pk): "done", str(of_values.pk): "not_applicable"}
    found = compared(lake, trial)
    assert (found.compared, found.in_force.hits, found.trial.gained) == (2, 0, 4)


def test_one_that_fails_is_shown_and_what_is_in_force_stands(
    lake: Home, maintainer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = approved(maintainer)

    def broken(*_of: Any) -> None:
        raise ValueError("no such luck")

    with monkeypatch.context() as patched:
        patched.setattr(detection_trials, "hits_on", broken)
        report = supervise(lake, DetectRequest(codes=("A11",)), silent)
    assert (report.failed, report.hits["A11"], QuasiEvent.objects.count()) == ([], 4, 4)
    assert [one["error"] for one in report.trials["failed"]] == ["ValueError: no such luck"] * 2
    found = compared(lake, trial)
    assert (found.compared, [one.state for one in found.open]) == (0, ["failed", "failed"])
    assert [row.state for row in open_trial_cells(lake)] == ["failed", "failed"]
    assert run_all(lake)["failed"] == []
    assert open_trial_cells(lake) == []


def test_nothing_that_goes_wrong_with_the_trials_reaches_the_real_run(
    lake: Home, maintainer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise OSError("disk")

    monkeypatch.setattr(running, "trials_that_run", broken)
    report = supervise(lake, DetectRequest(codes=("A11",)), silent)
    assert (QuasiEvent.objects.count(), report.trials["failed"][0]["error"]) == (4, "OSError: disk")


# ── Held against what is in force ─────────────────────────────────────────────────────────────


@pytest.fixture
def judged(lake: Home, person: Person) -> Home:
    """E1 was confirmed and E2, of the same account, excluded; E3 confirmed; E5 waits."""
    run_all(lake)
    monitor = person("lin")
    confirm("E1", monitor)
    exclude("E2", monitor)
    confirm("E3", monitor)
    return lake


def test_it_says_what_it_gains_and_loses_and_what_became_of_that(judged: Home, maintainer: User) -> None:
    trial = approved(maintainer, values={"amount": "750000"})
    run_all(judged)
    found = compared(judged, trial)
    one = found.trial
    assert (found.compared, found.in_force.hits, one.hits, one.gained, one.lost) == (2, 4, 1, 0, 3)
    assert dict(one.lost_by_fate) == {"confirmed": 1, "excluded": 1, "undecided": 1}
    assert [(e.subject_id, e.unit_id) for e in one.missed] == [("E1", "O1")]
    assert (one.saved, one.bundles_gained, one.bundles_lost) == (1, 0, 2)
    assert (found.in_force.recall, one.recall, one.precision) == (Share(2, 2), Share(1, 2), Share(1, 1))
    assert [(d.day, d.in_force, d.hits, d.lost) for d in found.days] == [
        (FRIDAY, 3, 1, 2),
        (MONDAY, 1, 0, 1),
    ]
    assert "subject_id" not in found.as_dict()["trial"]["missed"][0]


def test_what_it_gains_is_judged_by_nobody(judged: Home, maintainer: User) -> None:
    trial = approved(maintainer, values={"amount": "300000"})
    run_all(judged)
    one = compared(judged, trial).trial
    assert (one.gained, one.unjudged, one.bundles_gained, one.missed) == (2, 2, 2, [])
    assert (one.precision, one.recall) == (Share(2, 3), Share(2, 2))
    assert [hit["subject_id"] for hit in gained_hits(judged, trial, None)] == ["E6", "E4"]


def test_it_says_of_units_out_of_reach_nothing(judged: Home, maintainer: User) -> None:
    trial = approved(maintainer, values={"amount": "300000"})
    run_all(judged)
    there = compared(judged, trial, frozenset({"O2"}))
    assert (there.in_force.hits, there.trial.hits, there.trial.gained) == (1, 2, 1)
    assert (there.trial.bundles_gained, list(there.trial.by_unit)) == (1, ["O2"])
    assert there.in_force.recall == Share(1, 1)
    assert [hit["subject_id"] for hit in gained_hits(judged, trial, frozenset({"O2"}))] == ["E6"]
    nowhere = compared(judged, trial, frozenset())
    assert (nowhere.in_force.hits, nowhere.trial.hits, nowhere.trial.bundles_gained) == (0, 0, 0)


def test_a_day_that_did_not_run_in_force_is_not_compared(judged: Home, maintainer: User) -> None:
    trial = approved(maintainer, values={"amount": "300000"})
    run_all(judged)
    with Ledger(judged) as ledger:
        (row,) = ledger.rows(first=FRIDAY, last=FRIDAY, model="A11")
        ledger.write(type(row)(FRIDAY, "A11", "failed", note="OSError: disk"))
    found = compared(judged, trial)
    assert [(one.day, one.state, one.hits) for one in found.open] == [(FRIDAY, "uncompared", 4)]
    assert (found.compared, found.in_force.hits, found.trial.hits) == (1, 1, 2)
    assert found.in_force.recall == Share(0, 0)


# ── Made real ─────────────────────────────────────────────────────────────────────────────────


def test_made_real_it_ends_the_day_before(bank: None, maintainer: User, reviewer: User) -> None:
    trial = decide(propose(maintainer), reviewer)
    day = timezone.localdate() + 3 * DAY
    asked = {"kind": "values", "effective_from": day, "why": "试运行良好。", "values": {"amount": "350000"}}
    refused(
        "trial", do, ProposeChange(maintainer, A11, **asked | {"values": {"amount": "340000"}}, trial=trial)
    )
    refused(
        "trial", do, ProposeChange(maintainer, A11, **asked, branch=Unit.objects.get(pk="B"), trial=trial)
    )
    change = do(ProposeChange(maintainer, A11, **asked, trial=trial)).asked
    do(DecideChange(reviewer, change, approve=True, why="同意。"))
    trial.refresh_from_db()
    assert (trial.state, trial.effective_until) == ("adopted", day - DAY)
    line = History.objects.get(action="make_trial_real")
    assert (line.object_id, line.actor, line.after["change"]) == (str(trial.pk), reviewer, change.pk)
    later = asked | {"values": {"amount": "350000", "on_site": "2000000"}}
    refused("trial", do, ProposeChange(maintainer, A11, **later, trial=trial))
    refused("ended", do, WithdrawTrial(maintainer, trial, "…"))


def test_a_rejected_change_leaves_its_trial_running(bank: None, maintainer: User, reviewer: User) -> None:
    trial = decide(propose(maintainer), reviewer)
    asked = {"effective_from": timezone.localdate(), "why": "…", "values": {"amount": "350000"}}
    change = do(ProposeChange(maintainer, A11, "values", **asked, trial=trial)).asked
    do(DecideChange(reviewer, change, approve=False, why="再观察。"))
    trial.refresh_from_db()
    assert trial.phase == "running"


def test_a_trial_that_nobody_approved_is_no_evidence(bank: None, maintainer: User) -> None:
    asked = {"effective_from": timezone.localdate(), "why": "…", "values": {"amount": "350000"}}
    refused("trial", do, ProposeChange(maintainer, A11, "values", **asked, trial=propose(maintainer)))


def test_a_model_is_admitted_for_good_out_of_its_trial(bank: None, maintainer: User, reviewer: User) -> None:
    leaving = {"kind": "exit", "effective_from": BEGINS, "state": "approved", "proposed_by": maintainer}
    ModelChange.objects.create(model="A11", **leaving)
    trial = decide(propose(maintainer, kind="admit"), reviewer)
    asked = {"effective_from": timezone.localdate(), "why": "试运行良好。"}
    change = do(ProposeChange(maintainer, A11, "admit", **asked, trial=trial)).asked
    do(DecideChange(reviewer, change, approve=True, why="同意。"))
    trial.refresh_from_db()
    assert (trial.state, trial.effective_until) == ("adopted", timezone.localdate() - DAY)
