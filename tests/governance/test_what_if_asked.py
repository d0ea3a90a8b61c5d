"""A what-if is computed by a job, kept with what it was computed on, and writes nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskloop.bank.home import Home
from riskloop.governance.models import ModelChange, WhatIfQuestion
from riskloop.governance.visibility import ASKERS, what_ifs_seen_by
from riskloop.governance.what_if import answering
from riskloop.governance.what_if.asking import MOST_DAYS, MOST_UNFINISHED, AskWhatIf, Sweep
from riskloop.loop.models import QuasiEvent
from riskloop.models.catalogue import model_of
from riskloop.organisation import timeline
from riskloop.organisation.action import Refused, do
from riskloop.organisation.models import History, Unit, UnitVersion, User
from riskloop.organisation.models.dated import Source
from tests.governance.test_estimate import lake
from tests.governance.test_moved_units import new_branch
from tests.governance.test_whatif import FRIDAY, MONDAY, ask, home, judged
from tests.loop.conftest import bank, person
from tests.outgoing.conftest import do_jobs

__all__ = ["bank", "home", "judged", "lake", "person"]
Person = Callable[..., User]
A11 = model_of("A11")
AMOUNTS = Sweep("amount", low="300000", high="900000", number=5)


@pytest.fixture
def maintainer(person: Person) -> User:
    return person("maintainer", "R02")


def asked(user: User, **of: Any) -> WhatIfQuestion:
    return do(AskWhatIf(user, A11, **of)).question


def answered(question: WhatIfQuestion) -> WhatIfQuestion:
    assert do_jobs() == []
    question.refresh_from_db()
    return question


def refused(code: str, user: User, **of: Any) -> str:
    """The refusal bears this code, and nothing was written; returns its words."""
    before = (History.objects.count(), WhatIfQuestion.objects.count())
    with pytest.raises(Refused) as refusal:
        asked(user, **of)
    assert refusal.value.code == code
    assert (History.objects.count(), WhatIfQuestion.objects.count()) == before
    return str(refusal.value)


def test_a_sweep_is_answered_as_the_command_answers_it(lake: Home, maintainer: User) -> None:
    question = asked(maintainer, sweep=AMOUNTS)
    assert (question.state, question.first, question.last) == ("waiting", FRIDAY, MONDAY)
    assert question.steps == ["300000", "450000", "600000", "750000", "900000"]
    found = answered(question)
    said = ask(lake, sweep="A11.amount=300000..900000/5").as_dict()
    assert found.state == "done"
    assert found.answer is not None
    kept = [one["hits"] for one in found.answer["alternatives"]]
    assert kept == [one["hits"] for one in said["alternatives"]] == [6, 4, 3, 1, 0]
    told = [(one["missed_number"], one["saved"]) for one in found.answer["alternatives"]]
    assert told == [(0, 0), (0, 0), (0, 0), (1, 1), (2, 1)]
    assert "subject_id" not in found.answer["alternatives"][4]["missed"][0]
    assert found.answer["values"]["amount"] == "500000"


def test_nothing_is_written_but_the_question_and_its_history(lake: Home, maintainer: User) -> None:
    events = list(QuasiEvent.objects.order_by("pk").values())
    files = {f: f.stat().st_mtime_ns for f in lake.runs.rglob("*") if f.is_file()}
    before = History.objects.latest("pk").pk
    answered(asked(maintainer, sweep=AMOUNTS))
    assert list(QuasiEvent.objects.order_by("pk").values()) == events
    assert {f: f.stat().st_mtime_ns for f in lake.runs.rglob("*") if f.is_file()} == files
    lines = History.objects.filter(pk__gt=before).order_by("pk").values_list("action", "actor", "object_type")
    assert list(lines) == [
        ("ask_what_if", maintainer.pk, "what_if"),
        ("begin_what_if", None, "what_if"),
        ("answer_what_if", None, "what_if"),
    ]
    assert not ModelChange.objects.exists()


def test_it_says_what_it_was_computed_on(lake: Home, maintainer: User) -> None:
    """Other values in force and other data are other versions; the same are the same."""
    first = answered(asked(maintainer, values={"amount": "600000"})).versions
    assert answered(asked(maintainer, values={"amount": "900000"})).versions == first
    made = {"model": "A11", "kind": "values", "state": "approved", "reason": "…", "proposed_by": maintainer}
    ModelChange.objects.create(values={"amount": "550000"}, effective_from=MONDAY, **made)
    later = answered(asked(maintainer, values={"amount": "600000"})).versions
    assert (first["model"], len(first["values"]), len(later["values"])) == (1, 1, 2)
    assert later["values"][0] == first["values"][0]
    assert later["data"] == first["data"]
    friday = answered(asked(maintainer, values={"amount": "600000"}, last=FRIDAY)).versions
    assert friday["data"] != first["data"]


def test_of_one_branch_its_own_units_count_alone(lake: Home, person: Person, maintainer: User) -> None:
    """O2 goes to another branch before Monday: of its hits only Friday's is the first branch's."""
    new_branch("C")
    timeline.set_from(UnitVersion, "S2", MONDAY, {"parent_id": "C"}, Source.HAND)
    sweep = Sweep("amount", ["200000", "750000"])
    own = person("own", "R02", "B")
    found = answered(asked(own, sweep=sweep, branch=Unit.objects.get(pk="B"))).answer
    assert found is not None
    assert found["in_force"]["hits"] == 4
    assert [one["hits"] for one in found["alternatives"]] == [5, 1]
    other = answered(asked(maintainer, sweep=sweep, branch=Unit.objects.get(pk="C"))).answer
    assert other is not None
    assert (other["in_force"]["hits"], [one["hits"] for one in other["alternatives"]]) == (0, [1, 0])
    assert [event["unit_id"] for event in found["alternatives"][1]["missed"]] == ["O1"]
    assert other["alternatives"][1]["recall"]["among"] == 0


@pytest.mark.parametrize("role", ["R02", "R03"])
def test_who_works_on_changes_of_models_asks(lake: Home, person: Person, role: str) -> None:
    one = person("one", role)
    question = asked(one, values={"amount": "600000"})
    assert History.objects.get(action="ask_what_if").role == role
    assert list(what_ifs_seen_by(one)) == [question]


@pytest.mark.parametrize("role", ["R01", "R04", "R06", "R14"])
def test_nobody_else_asks_or_reads(lake: Home, person: Person, maintainer: User, role: str) -> None:
    asked(maintainer, values={"amount": "600000"})
    one = person("one", role)
    refused("role", one, values={"amount": "600000"})
    assert not what_ifs_seen_by(one).exists()


def test_a_branch_asks_of_itself_and_reads_no_other(lake: Home, person: Person, maintainer: User) -> None:
    own, branch = person("own", "R02", "B"), Unit.objects.get(pk="B")
    refused("role", own, values={"amount": "600000"})
    refused("level", maintainer, values={"amount": "600000"}, branch=Unit.objects.get(pk="B1"))
    whole = asked(maintainer, values={"amount": "600000"})
    question = asked(own, values={"amount": "600000"}, branch=branch)
    assert list(what_ifs_seen_by(own)) == [question]
    assert set(what_ifs_seen_by(maintainer)) == {whole, question}
    assert set(ASKERS) == {"models.propose", "models.review", "models.admit"}


@pytest.mark.parametrize(
    ("code", "of", "said"),
    [
        ("nothing", {}, ""),
        ("parameter", {"values": {"colour": "1"}}, "on_site"),
        ("parameter", {"sweep": Sweep("colour", ["1", "2"])}, "on_site"),
        ("parameter", {"sweep": Sweep("", ["1", "2"])}, "on_site"),
        ("values", {"values": {"amount": "0"}}, "1"),
        ("values", {"values": {"amount": "viel"}}, "viel"),
        ("values", {"sweep": Sweep("amount", ["1", "0"])}, "0"),
        ("values", {"sweep": Sweep("amount", low="0", high="5")}, "0"),
        ("values", {"sweep": Sweep("amount", low="1", high="1e999999")}, "1e999999"),
        ("sweep", {"sweep": Sweep("amount", low="1", high="many")}, ""),
        ("sweep", {"sweep": Sweep("amount", low="5", high="1")}, ""),
        ("sweep", {"sweep": Sweep("amount", low="1", high="5", number=1)}, ""),
        ("sweep", {"sweep": Sweep("amount", low="1", high="500", number=51)}, "50"),
        ("sweep", {"sweep": Sweep("amount", low="1")}, ""),
        ("sweep", {"sweep": Sweep("amount")}, ""),
        ("sweep", {"sweep": Sweep("amount", ["1", "2"], "1", "2")}, ""),
        ("sweep", {"sweep": Sweep("amount", ["1", " 1"])}, "50"),
        ("sweep", {"sweep": Sweep("amount", ["1", "2"]), "values": {"amount": "5"}}, "amount"),
        ("period", {"values": {"amount": "1"}, "first": MONDAY + dt.timedelta(days=1)}, str(MONDAY)),
        ("period", {"values": {"amount": "1"}, "first": MONDAY, "last": FRIDAY}, str(FRIDAY)),
    ],
)
def test_what_cannot_be_asked_is_refused(
    lake: Home, maintainer: User, code: str, of: dict[str, Any], said: str
) -> None:
    assert said in refused(code, maintainer, **of)


def test_a_list_of_codes_or_a_flag_is_no_number_to_vary(lake: Home, maintainer: User) -> None:
    for code, parameter in (("B02", "codes"), ("B14", "relatives")):
        with pytest.raises(Refused) as refusal:
            do(AskWhatIf(maintainer, model_of(code), sweep=Sweep(parameter, ["1", "2"])))
        assert refusal.value.code == "sweep"


def test_without_data_or_over_too_long_a_period_nothing_is_asked(
    lake: Home, maintainer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [FRIDAY - dt.timedelta(days=n) for n in range(MOST_DAYS + 1)][::-1]
    monkeypatch.setattr("riskloop.governance.what_if.asking.business_days", lambda *_of: days)
    assert str(MOST_DAYS) in refused("period", maintainer, values={"amount": "1"}, first=days[0])
    newest = asked(maintainer, values={"amount": "1"})
    assert ((newest.last - newest.first).days + 1, newest.last) == (90, FRIDAY)
    monkeypatch.undo()
    monkeypatch.setattr("django.conf.settings.HOME", Home(lake.path / "empty"))
    refused("period", maintainer, values={"amount": "1"})


def test_one_person_does_not_ask_without_end(lake: Home, person: Person, maintainer: User) -> None:
    for _each in range(MOST_UNFINISHED):
        asked(maintainer, values={"amount": "600000"})
    refused("waiting", maintainer, values={"amount": "600000"})
    asked(person("other", "R03"), values={"amount": "600000"})
    assert do_jobs() == []
    asked(maintainer, values={"amount": "600000"})


def test_what_the_bank_cannot_feed_fails_with_the_reason(lake: Home, maintainer: User) -> None:
    question = do(AskWhatIf(maintainer, model_of("B14"), {"relatives": "false"})).question
    found = answered(question)
    assert (found.state, found.answer) == ("failed", None)
    assert "B14 is not applicable" in found.problem
    assert History.objects.latest("pk").action == "fail_what_if"


def test_what_nobody_foresaw_is_noted_and_tried_again(
    lake: Home, maintainer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = asked(maintainer, values={"amount": "600000"})

    def broken(*_of: Any, **_more: Any) -> None:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr(answering, "compare", broken)
    (fault,) = do_jobs()
    assert isinstance(fault, ZeroDivisionError)
    question.refresh_from_db()
    assert (question.state, question.problem) == ("failed", "ZeroDivisionError: a fault")
    monkeypatch.undo()
    answering.answer(question.pk)
    question.refresh_from_db()
    assert (question.state, question.problem) == ("done", "")


def test_done_twice_the_answer_stands(lake: Home, maintainer: User) -> None:
    question = answered(asked(maintainer, values={"amount": "600000"}))
    lines = History.objects.count()
    answering.answer(question.pk)
    answering.answer(10**9)
    assert History.objects.count() == lines
    before = question.answer
    question.refresh_from_db()
    assert question.answer == before


@given(values=st.lists(st.integers(1, 10**9), unique=True, min_size=2, max_size=50), data=st.data())
def test_the_steps_of_a_list_rise_and_are_those_that_were_given(values: list[int], data: Any) -> None:
    listed = data.draw(st.permutations([str(value) for value in values]))
    action = AskWhatIf(User(pk=1), A11, sweep=Sweep("amount", listed))
    assert action.steps_of(Sweep("amount", listed)) == [str(value) for value in sorted(values)]


@given(low=st.integers(1, 10**6), span=st.integers(1, 10**6), number=st.integers(2, 50))
def test_steps_evenly_apart_begin_and_end_where_they_should(low: int, span: int, number: int) -> None:
    sweep = Sweep("amount", low=str(low), high=str(low + span), number=number)
    steps = AskWhatIf(User(pk=1), A11, sweep=sweep).steps_of(sweep)
    assert (steps[0], steps[-1], len(steps)) == (str(low), str(low + span), number)
