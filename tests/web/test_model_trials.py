"""Trials of models on the pages and by the API: asked for, decided, held against what is in force."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from riskloop.bank.home import Home
from riskloop.detection.kept import hits_file, write_hits
from riskloop.detection.ledger import Ledger, Row
from riskloop.detection.trials import trial_file
from riskloop.governance.models import ModelChange, Trial
from riskloop.loop.models import QuasiEvent
from riskloop.models.catalogue import model_of, parameters_of
from riskloop.models.hits import to_hits
from riskloop.organisation.models import Look, User
from tests.web.api_cases import maintainer, model_trial, reviewer
from tests.web.calling import program
from tests.web.reading import Page
from tests.web.stage import LAST_DAY, People, person

AsUser = Callable[..., Client]
A11 = model_of("A11")
ACCOUNT = "6222000000001234"


@pytest.fixture
def proposing(bank: People, as_user: AsUser) -> Client:
    return as_user(maintainer())


@pytest.fixture
def deciding(bank: People, as_user: AsUser) -> Client:
    return as_user(reviewer())


def propose(client: Client, code: str = "A11", **asked: Any) -> HttpResponse:
    today = timezone.localdate()
    given = {"kind": "values", "effective_from": today, "why": "先试运行。"} | asked
    fields = {f"propose_model_trial-{name}": value for name, value in given.items()}
    return client.post(reverse("propose_model_trial", args=[code]), fields)


def act(client: Client, trial: Trial, action: str, **given: Any) -> HttpResponse:
    fields = {f"{action}-{name}": value for name, value in given.items()}
    return client.post(reverse("act_on_model_trial", args=[trial.pk, action]), fields)


def page_of(client: Client, trial: Trial) -> str:
    answer = client.get(reverse("model_trial", args=[trial.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def hits(*rows: tuple[str, str]) -> pa.Table:
    listed = [
        {"subject_id": subject, "unit_id": unit, "amount": Decimal(480_000), "account_id": ACCOUNT}
        | dict.fromkeys(A11.compared, ACCOUNT)
        for subject, unit in rows
    ]
    return to_hits(A11, parameters_of(A11), LAST_DAY, pa.Table.from_pylist(listed))


@pytest.fixture
def ran(bank: People, settings: Any, tmp_path: Path) -> Trial:
    """A trial that ran on one day: it gains a hit in each of two outlets and loses a confirmed event."""
    settings.HOME = home = Home(tmp_path)
    event = QuasiEvent.objects.filter(model="A11", state="closed").first()
    if event is None:
        event = QuasiEvent.objects.filter(model="A11", booked_on=LAST_DAY).earliest("pk")
    QuasiEvent.objects.filter(pk=event.pk).update(booked_on=LAST_DAY, unit_id="1112", state="closed")
    asked = {"model": "A11", "kind": "values", "values": {"amount": "450000"}, "state": "approved"}
    by = {"proposed_by": bank.administrator, "decided_by": bank.supervisor, "decided_at": timezone.now()}
    trial = Trial.objects.create(effective_from=LAST_DAY, reason="先试运行。", **asked, **by)
    write_hits(hits_file(home, "A11", LAST_DAY), hits((event.subject_id, "1112")), {})
    kept = hits(("N1", "1111"), ("N2", "1211"))
    write_hits(trial_file(home, trial.pk, LAST_DAY), kept, {"work": '{"gained": [["1111"]], "lost": []}'})
    with Ledger(home) as ledger:
        ledger.write(Row(LAST_DAY, "A11", "done", hits=1))
    with Ledger(home, "trials") as ledger:
        ledger.write(Row(LAST_DAY, str(trial.pk), "done", hits=2))
    return trial


def test_a_trial_is_asked_for_and_approved_by_another(
    proposing: Client, deciding: Client, bank: People, as_user: AsUser
) -> None:
    last = timezone.localdate() + dt.timedelta(days=30)
    answer = propose(proposing, value_amount="450000", value_on_site="1000000", effective_until=last)
    trial = Trial.objects.get()
    assert (answer.status_code, trial.values, trial.effective_until) == (302, {"amount": "450000"}, last)
    page = page_of(proposing, trial)
    assert "撤回" in page
    assert "decide-verdict" not in page
    own = act(proposing, trial, "decide", verdict="approve", why="同意。")
    assert (own.status_code, own.headers["X-Refused"]) == (403, "role")
    listed = as_user(bank.monitor).get(reverse("model_trials")).content.decode()
    assert "先试运行。" in listed
    assert act(deciding, trial, "decide", verdict="approve", why="同意。").status_code == 302
    trial.refresh_from_db()
    assert trial.phase == "running"
    assert "运行中" in page_of(deciding, trial)


def test_the_same_person_is_refused_on_page_and_api(bank: People, as_user: AsUser) -> None:
    """Also one who has both roles by a mistake of the past."""
    one = reviewer()
    trial = model_trial()
    Trial.objects.update(proposed_by=one)
    answer = act(as_user(one), trial, "decide", verdict="approve", why="同意。")
    assert (answer.status_code, answer.headers["X-Refused"]) == (403, "same_person")
    told = program(one).post(f"/model_trials/{trial.pk}/decide", approve=True, why="…")
    assert (told.status_code, told.json()["code"]) == (403, "same_person")
    trial.refresh_from_db()
    assert trial.state == "proposed"


@pytest.mark.parametrize(
    ("code", "status", "asked"),
    [
        ("values", 409, {"value_amount": "viel"}),
        ("same", 409, {"value_amount": "500000"}),
        ("effective_from", 409, {"value_amount": "600000", "effective_from": "2020-01-01"}),
        ("effective_until", 409, {"value_amount": "600000", "effective_until": "2020-01-01"}),
        (None, 422, {"kind": "admit"}),
        (None, 422, {"value_amount": "600000", "why": ""}),
    ],
)
def test_what_will_not_do_comes_back_with_what_was_written(
    proposing: Client, code: str | None, status: int, asked: dict[str, str]
) -> None:
    answer = propose(proposing, **asked)
    assert (answer.status_code, answer.headers.get("X-Refused")) == (status, code)
    assert not Trial.objects.exists()


def test_a_model_outside_supervision_is_tried_as_it_is(proposing: Client, bank: People) -> None:
    plain = {"kind": "exit", "effective_from": LAST_DAY, "state": "approved", "reason": "…"}
    ModelChange.objects.create(model="A11", proposed_by=bank.administrator, **plain)
    form = proposing.get(reverse("propose_model_trial", args=["A11"])).content.decode()
    assert "value_amount" not in form
    assert propose(proposing, kind="admit").status_code == 302
    assert Trial.objects.get().kind == "admit"


def test_a_branch_asks_for_itself_alone(bank: People, as_user: AsUser) -> None:
    client = as_user(person("bao", "鲍维", "R02", "10"))
    refused = propose(client, value_amount="600000")
    assert (refused.status_code, refused.headers["X-Refused"]) == (403, "role")
    assert propose(client, value_amount="600000", branch="10").status_code == 302
    assert Trial.objects.get().unit_id == "10"


def test_the_comparison_says_what_the_trial_changes(ran: Trial, bank: People, as_user: AsUser) -> None:
    page = page_of(as_user(bank.monitor), ran)
    assert "有 1 个已认定事件，试运行不会发现" in page
    assert "试运行有 2 个命中从未成为事件" in page
    assert all(subject in page for subject in ("N1", "N2"))
    assert ACCOUNT not in page
    assert "trial-chart" in page
    look = Look.objects.filter(object_type="model_trial").latest("pk")
    assert (look.user, look.rows) == (bank.monitor, 2)


def test_everybody_sees_his_own_units_alone(ran: Trial, bank: People, as_user: AsUser) -> None:
    """The branch's monitor reaches 1211, and nothing of the others."""
    # Without the random tokens of its forms, which may have any two letters in them.
    page = re.sub(r"\b\w{64}\b", "", page_of(as_user(bank.branch), ran))
    assert "N2" in page
    assert "N1" not in page
    assert "试运行不会发现。" not in page
    told = program(bank.branch).get(f"/model_trials/{ran.pk}/comparison").json()
    assert (told["in_force"]["hits"], told["trial"]["hits"], told["trial"]["missed"]) == (0, 1, [])
    assert list(told["trial"]["by_unit"]) == ["1211"]
    listed = program(bank.branch).get(f"/model_trials/{ran.pk}/gained_hits").json()
    assert [(one["subject_id"], one["unit_id"]) for one in listed] == [("N2", "1211")]


def test_who_decides_on_models_sees_what_it_comes_to_and_no_single_hit(ran: Trial, deciding: Client) -> None:
    page = page_of(deciding, ran)
    assert "有 1 个已认定事件，试运行不会发现" in page
    assert "N1" not in page
    assert "单条命中仅供有权" in page
    assert (
        program(User.objects.get(username="fu")).get(f"/model_trials/{ran.pk}/gained_hits").status_code == 403
    )


def test_out_of_a_trial_a_change_is_proposed_for_good(
    ran: Trial, proposing: Client, deciding: Client
) -> None:
    address = reverse("propose_model_change", args=["A11"]) + f"?trial={ran.pk}"
    assert address in page_of(proposing, ran)
    form = Page(proposing.get(address).content.decode())
    assert "由试运行" in " ".join(form.said)
    fields = {"kind": "values", "trial": ran.pk, "value_amount": "450000", "why": "试运行良好。"}
    fields |= {"effective_from": timezone.localdate()}
    posted = {f"propose_model_change-{name}": value for name, value in fields.items()}
    other = proposing.post(address, posted | {"propose_model_change-value_amount": "440000"})
    assert (other.status_code, other.headers["X-Refused"]) == (409, "trial")
    assert proposing.post(address, posted).status_code == 302
    change = ModelChange.objects.get()
    assert (change.trial, change.values) == (ran, {"amount": "450000"})
    shown = deciding.get(reverse("model_change", args=[change.pk])).content.decode()
    assert reverse("model_trial", args=[ran.pk]) in shown
    decided = {"decide-verdict": "approve", "decide-why": "同意。"}
    deciding.post(reverse("act_on_model_change", args=[change.pk, "decide"]), decided)
    ran.refresh_from_db()
    assert ran.state == "adopted"
    assert "已转正" in page_of(deciding, ran)


def test_a_day_that_failed_is_shown(ran: Trial, bank: People, as_user: AsUser, settings: Any) -> None:
    with Ledger(settings.HOME, "trials") as ledger:
        ledger.write(Row(LAST_DAY, str(ran.pk), "failed", note="OSError: disk"))
    page = page_of(as_user(bank.monitor), ran)
    assert "未比较的日子" in page
    assert "OSError: disk" in page


def test_it_can_be_taken_as_a_file(ran: Trial, bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    address = f"{reverse('excel')}?page={reverse('model_trial', args=[ran.pk])}"
    assert address.partition("?")[0] in page_of(client, ran)
    answer = client.post(address, {"why": "试运行结果留档备查，供模型评审会使用。"})
    assert (answer.status_code, answer.headers["Content-Type"].split(".")[-1]) == (200, "sheet")


def test_it_is_taken_back(ran: Trial, proposing: Client) -> None:
    assert act(proposing, ran, "withdraw", why="结果已清楚。").status_code == 302
    ran.refresh_from_db()
    assert ran.state == "withdrawn"


def test_an_unknown_model_or_trial_is_not_there(proposing: Client) -> None:
    for address in ("/models/Z99/trial/", "/trials-of-models/999/", "/trials-of-models/999/decide/"):
        assert proposing.get(address).status_code == 404
    assert proposing.get("/models/A11/change/?trial=999").status_code == 404
    assert proposing.get("/models/A11/change/?trial=x").status_code == 404
