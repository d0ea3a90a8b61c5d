"""The page of the runs: the ledger as it is, with what failed, what is lacking and what was imported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from django.test import Client
from django.urls import reverse

from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.detection.ledger import Row
from riskloop.detection.plan import why_not_applicable
from riskloop.models.catalogue import catalogue
from riskloop.web.runs import Runs, lacking
from tests.web.stage import LAST_DAY, People

AsUser = Callable[..., Client]


def test_the_grid_shows_the_newest_days_and_every_model(bank: People, as_user: AsUser) -> None:
    context = as_user(bank.monitor).get(reverse("runs")).context
    assert len(context["days"]) == 31
    assert context["days"][-1] == LAST_DAY
    assert [line.code for line in context["grid"]] == [*catalogue(), "VOLUME"]
    cells = {(line.code, day): run for line in context["grid"] for day, run in line.cells}
    assert cells["B09", LAST_DAY - dt.timedelta(days=1)].state == "failed"
    assert cells["A10", LAST_DAY - dt.timedelta(days=3)] is None


def test_leafing_to_earlier_days_and_back(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    earlier, later = client.get(reverse("runs")).context["earlier_later"]
    assert (earlier, later) == (LAST_DAY - dt.timedelta(days=31), None)
    context = client.get(reverse("runs"), {"last": earlier}).context
    assert context["days"][-1] == earlier
    assert len(context["days"]) == 9
    assert context["earlier_later"] == (None, LAST_DAY)


def test_one_model_alone(bank: People, as_user: AsUser) -> None:
    context = as_user(bank.monitor).get(reverse("runs"), {"model": "A11"}).context
    assert [line.code for line in context["grid"]] == ["A11"]


def test_a_cell_tells_what_it_read(bank: People, as_user: AsUser) -> None:
    given = {"cell": "A11", "day": LAST_DAY}
    part = as_user(bank.monitor).get(reverse("runs"), given, headers={"hx-request": "true"})
    html = part.content.decode()
    assert "<html" not in html
    assert "20,000" in html
    assert "A11" in html


def test_a_failed_cell_tells_the_reason(bank: People, as_user: AsUser) -> None:
    given = {"cell": "B09", "day": LAST_DAY - dt.timedelta(days=1)}
    assert "OSError: disk" in as_user(bank.monitor).get(reverse("runs"), given).content.decode()


def test_a_cell_that_is_not_applicable_tells_what_is_lacking(bank: People, as_user: AsUser) -> None:
    given = {"cell": "C03", "day": LAST_DAY}
    html = as_user(bank.monitor).get(reverse("runs"), given).content.decode()
    assert "考勤" in html
    assert "tellers.from_on" in html


def test_the_reason_is_read_as_detection_words_it(tmp_path: Path) -> None:
    note = why_not_applicable(Lake(Home(tmp_path)), {"attendance": ("on",), "tellers": ("from_on",)})
    row = Row(LAST_DAY, "C03", "not_applicable", note=note or "")
    assert lacking(row) == [("attendance", ""), ("tellers", "")]


def test_nonsense_in_the_address_is_passed_over(bank: People, as_user: AsUser) -> None:
    given = {"last": "yesterday", "day": "x", "cell": "<b>", "model": "Z99"}
    assert as_user(bank.monitor).get(reverse("runs"), given).status_code == 200


def test_imports_are_told_newest_first_without_the_torn_line(bank: People, as_user: AsUser) -> None:
    imports = as_user(bank.monitor).get(reverse("runs")).context["imports"]
    assert [one["changed"] for one in imports] == [False, True]
    assert all(one["rows_in"] == one["kept"] + one["set_aside"] for one in imports)


def test_a_home_where_nothing_ran_is_empty(
    bank: People, as_user: AsUser, settings: object, tmp_path: Path
) -> None:
    settings.HOME = Home(tmp_path)
    page = as_user(bank.monitor).get(reverse("runs")).content.decode()
    assert "尚未运行模型" in page
    assert "尚未导入数据" in page
    assert Runs(settings.HOME).last("A11") is None


def test_gaps_of_a_home_without_a_lake(bank: People, as_user: AsUser) -> None:
    assert "没有缺口" in as_user(bank.monitor).get(reverse("gaps")).content.decode()


def test_gaps_are_named(bank: People, as_user: AsUser, monkeypatch: object) -> None:
    found = [Row(LAST_DAY, "A11", "missing"), Row(LAST_DAY, "VOLUME", "failed", note="OSError: disk")]
    monkeypatch.setattr("riskloop.detection.run.gaps", lambda _home, _decisions: found)
    html = as_user(bank.monitor).get(reverse("gaps")).content.decode()
    assert "riskloop detect" in html
    assert "OSError: disk" in html
    assert "缺跑" in html
