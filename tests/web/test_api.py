"""Every operation of the API once: the same actions and rules as the pages, and what it says of itself."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from ninja import Schema

from riskloop.bank.home import Home
from riskloop.loop.api.events import EventQuery
from riskloop.loop.filters import EventFilter
from riskloop.loop.models import Measure, QuasiEvent
from riskloop.organisation.account_actions import create_user
from riskloop.organisation.assignment_actions import assign_role
from riskloop.organisation.functions import FUNCTIONS, READ_MODELS
from riskloop.organisation.models import History, RoleAssignment, Unit, User
from riskloop.organisation.operations import FUNCTIONS as NAMED
from riskloop.web.api import API as NINJA
from riskloop.web.api_schema import DOCUMENT, document
from tests.web.api_cases import BESIDE, EVERY, WHY, determined, done_by, hit_on, new_event, statistic, taken
from tests.web.calling import API, Program, operations, program, secret_of
from tests.web.stage import LAST_DAY, People

AsUser = Callable[..., Client]


OWN_MARKS = {"read_notice", "read_notices"}
"""What only notes that a person has looked: no line of the history."""


def test_every_operation_is_tried_here() -> None:
    assert set(EVERY) == set(operations())


@pytest.mark.parametrize("name", EVERY)
def test_an_operation_does_what_it_says_and_leaves_its_line(
    bank: People, standing: Home, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    statistic(standing)
    monkeypatch.setattr("riskloop.loop.statistic_hits.gather_for", lambda *_of: {})
    who, asked = EVERY[name]
    user = BESIDE[who]() if who in BESIDE else getattr(bank, who)
    caller = program(user)
    path, given = asked(bank)
    before = History.objects.count()
    told = operations()[name]
    answer = caller.get(path, **given) if told["method"] == "get" else caller.post(path, **given)
    assert answer.status_code == 200, answer.content.decode()
    if told["method"] == "get":
        assert History.objects.count() == before
    elif name not in OWN_MARKS:
        line = History.objects.latest("pk")
        assert (History.objects.count() > before, line.channel, line.actor) == (True, "api", user)
        assert line.address == "127.0.0.1"


def test_every_operation_says_what_opens_it() -> None:
    """By the pages' own functions; and it answers 403 to who has none of them."""
    free = {name for name, told in operations().items() if not told[NAMED]}
    assert free == {
        "me", "list_functions", "list_tokens", "issue_token", "revoke_token", "get_schema",
        "list_notices", "read_notice", "read_notices", "get_notice_settings", "choose_notices",
    }  # fmt: skip
    assert {f for told in operations().values() for f in told[NAMED]} <= FUNCTIONS.keys()


def test_no_two_answers_bear_one_name() -> None:
    """In the document one would silently stand for the other."""
    named: dict[str, set[str]] = {}
    kinds = list(Schema.__subclasses__())
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
        named.setdefault(kind.__name__, set()).add(kind.__module__)
    ours = {name: {m for m in of if m.startswith("riskloop.")} for name, of in named.items()}
    assert {name: sorted(of) for name, of in ours.items() if len(of) > 1} == {}


def _address(told: dict[str, Any]) -> str:
    """The operation's address with ids that nothing has."""
    address = told["address"].replace("{event_id}", "00000000-0000-0000-0000-000000000000")
    return address.format_map({p["name"]: "999999999" for p in told["parameters"] if p["in"] == "path"})


def test_what_no_role_opens_stays_shut(bank: People) -> None:
    """Forced browsing: a person without a role, and each of those with one, at every operation."""
    stranger = create_user(
        username="xin", password=None, display_name="新人", staff_id="", unit=Unit.objects.get(pk="1111")
    )
    assign_role(stranger, "R14", Unit.objects.get(pk="1111"))
    secret = secret_of(stranger, [READ_MODELS])
    RoleAssignment.objects.filter(user=stranger).delete()
    callers = [
        (program(user), set(_functions(user))) for user in (bank.monitor, bank.administrator, bank.verifier)
    ]
    wrong = []
    for name, told in operations().items():
        for caller, holds in [(Program(secret), set[str]()), *callers]:
            answer = caller.get(_address(told)) if told["method"] == "get" else caller.post(_address(told))
            shut = bool(told[NAMED]) and not holds & set(told[NAMED])
            if (answer.status_code == 403) != shut or answer.status_code >= 500:
                wrong.append((name, holds, answer.status_code))
    assert wrong == []


def _functions(user: User) -> list[str]:
    return program(user).get("/me").json()["functions"]


def test_without_a_token_or_a_session_there_is_nothing(bank: People) -> None:
    client = Client()
    for told in operations().values():
        ask = client.get if told["method"] == "get" else client.post
        answer = ask(API + _address(told))
        assert (answer.status_code, answer.json()["code"]) == (401, "nobody"), told["operationId"]
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_an_id_out_of_reach_is_as_one_that_is_not_there(bank: People) -> None:
    """Chen monitors the branch 12; what happens in 11 does not exist for him."""
    caller = program(bank.branch)
    event = new_event("1111")
    measure = Measure.objects.filter(event__unit_id="1112").earliest("pk")
    for path, given in (
        (f"/events/{event.pk}/take", {}),
        (f"/events/{event.pk}/close", {}),
        (f"/measures/{measure.pk}/verify", {}),
        (f"/measures/{measure.pk}/set_owner", {"owner_id": bank.verifier.pk}),
    ):
        answer = caller.post(path, **given)
        assert (answer.status_code, answer.json()["code"]) == (404, "missing"), path
    for path in (f"/events/{event.pk}", f"/events/{event.pk}/owners", "/units/11", "/units/1111/staff"):
        assert caller.get(path).status_code == 404, path
    assert program(bank.monitor).get(f"/events/{event.pk}").status_code == 200


def test_an_administrator_reaches_his_own_branch_alone(bank: People) -> None:
    unit = Unit.objects.get(pk="12")
    local = create_user(username="gu", password=None, display_name="顾", staff_id="", unit=unit)
    assign_role(local, "R01", unit)
    caller = program(local)
    assert {p["username"] for p in caller.get("/people").json()["items"]} == {"chen", "gu"}
    for path, given in (
        (f"/people/{bank.monitor.pk}/deactivate", WHY),
        (f"/people/{bank.branch.pk}/roles", {"role": "R14", "unit_id": "11"}),
        ("/people", {"username": "new", "unit_id": "11"}),
        ("/people", {"username": "new", "unit_id": "12", "staff_id": "H1111"}),
    ):
        assert caller.post(path, **given).status_code == 404, path
    assert caller.get(f"/people/{bank.monitor.pk}").status_code == 404
    assert {j["unit_id"] for j in caller.get("/joiners").json()["items"]} == {"1211"}


def test_a_hit_out_of_reach_cannot_be_opened(bank: People, standing: Home) -> None:
    statistic(standing)
    caller = program(bank.branch)
    given = {"day": str(LAST_DAY), "hit": hit_on("N1111"), **WHY}
    assert caller.post("/statistics/C12/open", **given).status_code == 404
    assert [h["unit_id"] for h in caller.get("/statistics/C12/hits").json()] == ["1211"]


def test_the_history_shows_the_lines_of_ones_units(bank: People) -> None:
    user = create_user(
        username="he", password=None, display_name="何", staff_id="", unit=Unit.objects.get(pk="12")
    )
    assign_role(user, "R06", Unit.objects.get(pk="12"))
    caller = program(user)
    lines = caller.get("/history", limit=500).json()["items"]
    assert {line["unit_id"] for line in lines} == {"12", "1211"}
    elsewhere = History.objects.filter(unit_id="1111").latest("pk")
    assert caller.get(f"/history/{elsewhere.pk}").status_code == 404
    day = str(timezone.localdate())
    assert caller.get("/history", day=day, object_type="quasi_event").json()["total"] > 0
    assert caller.get("/history", day="2024-01-01").json()["total"] == 0


# ── the same rules as the pages ──


def test_refusals_are_those_of_the_actions(bank: People) -> None:
    closed = QuasiEvent.objects.filter(state="closed").earliest("pk")
    own = new_event("1111")
    cases = [
        (bank.monitor, f"/events/{closed.pk}/take", {}, 409, "state"),
        (bank.handler, f"/events/{own.pk}/take", {}, 403, "recusal"),
        (bank.verifier, f"/events/{own.pk}/take", {}, 403, "function"),
        (bank.branch, f"/events/{taken(bank.monitor).pk}/hand_back", WHY, 404, "missing"),
        (bank.monitor, f"/events/{determined(bank.monitor).pk}/close", {}, 409, "no_measure"),
        (
            bank.monitor,
            f"/measures/{done_by(bank).pk}/set_owner",
            {"owner_id": bank.verifier.pk},
            409,
            "done",
        ),
        (bank.administrator, f"/people/{bank.administrator.pk}/deactivate", WHY, 403, "himself"),
    ]
    for user, path, given, status, code in cases:
        before = History.objects.count()
        caller = program(user)
        issued = History.objects.count()
        answer = caller.post(path, **given)
        assert (answer.status_code, answer.json()["code"]) == (status, code), path
        assert History.objects.count() == issued > before
        assert answer.json()["detail"]


def test_a_measure_nobody_may_carry_out_is_refused(bank: People) -> None:
    event = determined(bank.monitor)
    given = {
        "kind": "2_management",
        "description": "补齐",
        "owner_id": bank.administrator.pk,
        "due_on": "2024-04-05",
    }
    answer = program(bank.monitor).post(f"/events/{event.pk}/set_measure", **given)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("owner: ")


def test_personal_data_is_masked_as_on_the_page(bank: People) -> None:
    answer = program(bank.monitor).get(f"/events/{new_event().pk}")
    text = answer.content.decode()
    assert "张小明" not in text
    assert "110101199003071234" not in text
    (customers,) = [t for t in answer.json()["evidence"] if t["table"] == "customers"]
    assert customers["rows"][0]["name"] == "张**"


def test_an_event_says_what_one_may_do(bank: People) -> None:
    event = new_event("1111")
    assert program(bank.monitor).get(f"/events/{event.pk}").json()["actions"]["take"]["allowed"]
    told = program(bank.handler).get(f"/events/{event.pk}").json()["actions"]["take"]
    assert not told["allowed"]
    assert told["reason"]


def test_events_are_narrowed_by_what_narrows_the_queue(bank: People, as_user: AsUser) -> None:
    assert set(EventQuery.model_fields) == {*EventFilter.base_filters, "sort"}
    query = {"state": "new", "unit": "12", "sort": "-amount"}
    told = program(bank.monitor).get("/events", **query, limit=500).json()
    shown = as_user(bank.monitor).get(reverse("events"), query | {"per_page": "200"}).context["table"].rows
    assert [line["id"] for line in told["items"]] == [str(row.record.pk) for row in shown]
    assert told["total"] == len(told["items"]) > 0
    second = program(bank.monitor).get("/events", **query, limit=1, offset=1).json()
    assert [line["id"] for line in second["items"]] == [told["items"][1]["id"]]


def test_exposure_is_exact(bank: People) -> None:
    from riskloop.exposure.models import DailyVolume

    where = determined(bank.monitor).unit_id
    DailyVolume.objects.create(day=LAST_DAY, unit_id=where, teller_id="", volume=7)
    query = {"first": "2024-03-01", "last": str(LAST_DAY), "level": "outlet"}
    units = program(bank.monitor).get("/exposure/units", **query).json()["items"]
    (one,) = [u for u in units if u["unit_id"] == where]
    events = one["internal_events"] + one["external_events"]
    assert events
    assert one["rr"]["numerator"] / one["rr"]["denominator"] == pytest.approx(events / 7)
    assert Decimal(one["rr"]["per_10000"]) == (Decimal(events) * 10_000 / 7).quantize(Decimal("0.01"))
    assert [u["rr"] for u in units if u["unit_id"] == "1211"] == [None]


# ── the schema ──


def test_the_schema_in_the_docs_is_fresh() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "run `python -m riskloop.web.api_schema`"
    assert len(document()) < 1_000_000


def test_every_operation_declares_its_problems() -> None:
    for told in operations().values():
        needed = {"401", "403", "404", "422"} | ({"409"} if told["method"] == "post" else set())
        assert needed <= {str(status) for status in told["responses"]}, told["operationId"]


def test_the_api_brings_no_pages_of_its_own() -> None:
    """Its ready-made ones load from outside."""
    assert (NINJA.docs_url, NINJA.openapi_url) == (None, None)
