"""The API's doors, and every operation once: the same actions, the same rules as the pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from riskloop.bank.home import Home
from riskloop.detection.kept import keep_hits
from riskloop.loop import actions
from riskloop.loop.api import EventQuery
from riskloop.loop.filters import EventFilter
from riskloop.loop.models import Driver, ExclusionReason, Measure, QuasiEvent
from riskloop.loop.statistics import record_statistics
from riskloop.models.catalogue import model_of, parameters_of
from riskloop.models.hits import to_hits
from riskloop.organisation.action import do
from riskloop.organisation.actions import CreateAccount, assign_role, create_user
from riskloop.organisation.functions import DISCRIMINATE, FUNCTIONS, READ_EVENTS, READ_MODELS
from riskloop.organisation.models import History, Role, RoleAssignment, RoleDecision, Token, Unit, User
from riskloop.organisation.operations import FUNCTIONS as NAMED
from riskloop.organisation.role_actions import ProposeDecision
from riskloop.web.api import API as NINJA
from riskloop.web.api_schema import DOCUMENT, document
from tests.web.calling import API, Program, operations, program, secret_of
from tests.web.stage import LAST_DAY, People

AsUser = Callable[..., Client]


def overseer() -> User:
    """Who reviews: he alone reads the history."""
    unit = Unit.objects.get(pk="HO")
    user = create_user(username="he", password=None, display_name="何监理", staff_id="", unit=unit)
    assign_role(user, "R06", unit)
    return user


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
    keep_hits(home, "C12", LAST_DAY, found)
    record_statistics(LAST_DAY, "C12", found.to_pylist())


def new_event(unit_id: str = "1112") -> QuasiEvent:
    return QuasiEvent.objects.filter(unit_id=unit_id, state="new", withdrawn_on=None).earliest("pk")


def taken(user: User) -> QuasiEvent:
    event = new_event()
    actions.take(event, user)
    return event


def determined(user: User) -> QuasiEvent:
    event = taken(user)
    actions.determine(event, user, "internal", driver(), event.grade, "已核实")
    return event


def driver() -> str:
    return Driver.objects.earliest("pk").code


def measure_of(bank: People) -> Measure:
    event = determined(bank.monitor)
    return actions.set_measure(event, bank.monitor, "补齐凭证", bank.verifier, LAST_DAY)


def done_by(bank: People) -> Measure:
    measure = measure_of(bank)
    actions.report_done(measure, bank.verifier, "已补齐")
    return measure


def verified(bank: People) -> QuasiEvent:
    measure = done_by(bank)
    actions.verify(measure, bank.monitor)
    return measure.event


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


Case = tuple[str, Callable[[People], tuple[str, dict[str, Any]]]]
WHY = {"why": "测试"}
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
    "list_history": ("overseer", lambda b: ("/history", {"actor": b.monitor.pk})),
    "get_history_line": ("overseer", lambda b: (f"/history/{History.objects.latest('pk').pk}", {})),
    "list_events": ("monitor", lambda b: ("/events", {"state": "open", "unit": "11", "sort": "-amount"})),
    "get_event": ("monitor", lambda b: (f"/events/{new_event().pk}", {})),
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
            f"/events/{taken(b.monitor).pk}/determine",
            {"outcome": "internal", "driver": driver(), "grade": "general", "note": "已核实"},
        ),
    ),
    "set_measure": (
        "monitor",
        lambda b: (
            f"/events/{determined(b.monitor).pk}/set_measure",
            {"description": "补齐凭证", "owner_id": b.verifier.pk, "due_on": "2024-04-05"},
        ),
    ),
    "close": ("monitor", lambda b: (f"/events/{verified(b).pk}/close", {})),
    "set_owner": (
        "monitor",
        lambda b: (f"/measures/{measure_of(b).pk}/set_owner", {"owner_id": b.verifier.pk}),
    ),
    "report_done": ("verifier", lambda b: (f"/measures/{measure_of(b).pk}/report_done", {"note": "已补齐"})),
    "verify": ("monitor", lambda b: (f"/measures/{done_by(b).pk}/verify", {})),
    "list_reasons": ("monitor", lambda b: ("/reasons", {})),
    "list_drivers": ("monitor", lambda b: ("/drivers", {"day": "2024-03-01"})),
    "list_grades": ("monitor", lambda b: ("/grades", {})),
    "list_statistics": ("monitor", lambda b: ("/statistics", {})),
    "get_statistic": ("monitor", lambda b: ("/statistics/C12", {"unit": "12"})),
    "list_hits": ("monitor", lambda b: ("/statistics/C12/hits", {"limit": 1})),
    "open_finding": (
        "monitor",
        lambda b: ("/statistics/C12/open", {"day": str(LAST_DAY), "subject_id": "N1211", **WHY}),
    ),
    "list_unit_exposure": ("monitor", lambda b: ("/exposure/units", {"level": "outlet"})),
    "list_teller_exposure": ("monitor", lambda b: ("/exposure/tellers", {"first": "2024-03-01"})),
    "list_models": ("monitor", lambda b: ("/models", {})),
    "get_model": ("monitor", lambda b: ("/models/A10", {})),
    "list_runs": ("monitor", lambda b: ("/runs", {"model": "A10", "state": "done", "limit": 5})),
    "list_gaps": ("monitor", lambda b: ("/runs/gaps", {})),
    "list_imports": ("monitor", lambda b: ("/imports", {})),
    "get_schema": ("monitor", lambda b: ("/openapi.json", {})),
}


def test_every_operation_is_tried_here() -> None:
    assert set(EVERY) == set(operations())


@pytest.mark.parametrize("name", EVERY)
def test_an_operation_does_what_it_says_and_leaves_its_line(
    bank: People, standing: Home, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    statistic(standing)
    monkeypatch.setattr("riskloop.loop.statistic_hits.gather_for", lambda *_of: {})
    who, asked = EVERY[name]
    user = overseer() if who == "overseer" else getattr(bank, who)
    caller = program(user)
    path, given = asked(bank)
    before = History.objects.count()
    told = operations()[name]
    answer = caller.get(path, **given) if told["method"] == "get" else caller.post(path, **given)
    assert answer.status_code == 200, answer.content.decode()
    if told["method"] == "get":
        assert History.objects.count() == before
    else:
        line = History.objects.latest("pk")
        assert (History.objects.count() > before, line.channel, line.actor) == (True, "api", user)
        assert line.address == "127.0.0.1"


def test_every_operation_says_what_opens_it() -> None:
    """By the pages' own functions; and it answers 403 to who has none of them."""
    free = {name for name, told in operations().items() if not told[NAMED]}
    assert free == {
        "me", "list_functions", "list_tokens", "issue_token", "revoke_token", "get_schema"
    }  # fmt: skip
    assert {f for told in operations().values() for f in told[NAMED]} <= FUNCTIONS.keys()


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
    callers = {user: program(user) for user in (bank.monitor, bank.administrator, bank.verifier)}
    wrong = []
    for name, told in operations().items():
        for caller, holds in [
            (Program(secret), set[str]()),
            *((c, set(_functions(u))) for u, c in callers.items()),
        ]:
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
    given = {"day": str(LAST_DAY), "subject_id": "N1111", **WHY}
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
    given = {"description": "补齐", "owner_id": bank.administrator.pk, "due_on": "2024-04-05"}
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
    query = {"first": "2024-03-01", "last": str(LAST_DAY)}
    units = program(bank.monitor).get("/exposure/units", **query).json()["items"]
    (one,) = [u for u in units if u["unit_id"] == where]
    events = one["internal_events"] + one["external_events"]
    assert events
    assert one["rr"]["numerator"] / one["rr"]["denominator"] == pytest.approx(events / 7)
    assert Decimal(one["rr"]["per_10000"]) == (Decimal(events) * 10_000 / 7).quantize(Decimal("0.01"))
    assert [u["rr"] for u in units if u["unit_id"] == "1211"] == [None]


# ── tokens ──


def test_a_token_is_narrower_than_its_person(bank: People) -> None:
    caller = program(bank.monitor, [READ_EVENTS])
    event = new_event()
    assert caller.get("/me").json()["functions"] == [READ_EVENTS]
    assert caller.get(f"/events/{event.pk}").status_code == 200
    assert caller.post(f"/events/{event.pk}/take").status_code == 403
    assert caller.get("/models").status_code == 403
    told = caller.get(f"/events/{event.pk}").json()["actions"]
    assert not any(action["allowed"] for action in told.values())


def test_row_level_security_obeys_the_token_too(bank: People) -> None:
    """Without a function of the loop the database shows no event, whatever an operation forgets."""
    caller = program(bank.monitor, [DISCRIMINATE])
    assert caller.post(f"/events/{new_event().pk}/take").status_code == 404


def test_a_token_narrows_its_person_alone(bank: People) -> None:
    """The owner of a measure has no less authority because the monitor came by token."""
    event = determined(bank.monitor)
    given = {"description": "补齐", "owner_id": bank.verifier.pk, "due_on": "2024-04-05"}
    caller = program(bank.monitor, [READ_EVENTS, "measures.set"])
    assert caller.post(f"/events/{event.pk}/set_measure", **given).status_code == 200


def test_what_a_person_loses_his_token_loses(bank: People) -> None:
    caller = program(bank.monitor)
    assert caller.get("/events").status_code == 200
    RoleAssignment.objects.filter(user=bank.monitor).update(to_on=LAST_DAY)
    assert caller.get("/events").status_code == 403


@pytest.mark.parametrize("what", ["expired", "revoked", "inactive", "unknown"])
def test_a_token_that_lets_nobody_in(bank: People, as_user: AsUser, what: str) -> None:
    secret = secret_of(bank.monitor)
    assert Program(secret).get("/me").status_code == 200
    yesterday = timezone.now() - dt.timedelta(days=1)
    if what == "expired":
        Token.objects.update(expires_at=yesterday)
    elif what == "revoked":
        Token.objects.update(revoked_at=yesterday)
    elif what == "inactive":
        User.objects.filter(pk=bank.monitor.pk).update(is_active=False)
    else:
        secret = secret[:-1] + ("A" if secret[-1] != "A" else "B")
    for client in (Client(), as_user(bank.administrator)):
        # A session does not mend a bad token.
        caller = Program(secret)
        caller.client = client
        for answer in (caller.get("/me"), caller.post("/tokens")):
            assert (answer.status_code, answer.json()["code"]) == (401, "token")


def test_a_token_opens_no_page(bank: People) -> None:
    answer = Client().get(reverse("events"), headers={"authorization": f"Bearer {secret_of(bank.monitor)}"})
    assert answer.status_code == 302


def test_the_secret_is_told_once_and_kept_nowhere(bank: People) -> None:
    issued = program(bank.monitor).post("/tokens", name="t", functions=[READ_EVENTS], days=1).json()
    assert Program(issued["secret"]).get("/me").status_code == 200
    kept = [*Token.objects.values_list(), *History.objects.values_list()]
    assert issued["secret"] not in str(kept)
    assert "secret" not in str(program(bank.monitor).get("/tokens").json())
    line = History.objects.get(object_type="token", object_id=str(issued["id"]))
    assert "digest" not in line.after


def test_a_service_account_gets_its_token_from_who_manages_it(bank: People) -> None:
    made = service()
    given = {"name": "报送", "functions": [READ_EVENTS], "days": 365, "person_id": made.pk}
    answer = program(bank.administrator).post("/tokens", **given)
    # By way of a token that ends before.
    assert (answer.status_code, answer.json()["code"]) == (409, "life")
    given["days"] = 29
    issued = program(bank.administrator).post("/tokens", **given).json()
    assert issued["kind"] == "service"
    assert Program(issued["secret"]).get("/events").status_code == 200
    # … and of a person he gets none, nor does who manages nobody.
    assert (
        program(bank.administrator).post("/tokens", **given | {"person_id": bank.monitor.pk}).status_code
        == 404
    )
    assert program(bank.monitor).post("/tokens", **given).status_code == 404


def test_a_token_of_another_is_not_there(bank: People) -> None:
    secret_of(bank.monitor)
    token = Token.objects.get(user=bank.monitor)
    assert program(bank.verifier).post(f"/tokens/{token.pk}/revoke").status_code == 404
    assert program(bank.administrator).post(f"/tokens/{token.pk}/revoke").status_code == 200


def test_a_session_calls_with_its_csrf_token(bank: People) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bank.monitor, backend="allauth.account.auth_backends.AuthenticationBackend")
    address = f"{API}/events/{new_event().pk}/take"
    answer = client.post(address, {}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    client.get(reverse("tokens"))
    crumb = client.cookies["csrftoken"].value
    answer = client.post(address, {}, content_type="application/json", headers={"x-csrftoken": crumb})
    assert answer.status_code == 200
    assert History.objects.latest("pk").channel == "api"
    assert client.get(f"{API}/me").json()["token_until"] is None


# ── bad input ──


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/people", b"{", "body"),
        ("/people", b"\xff\xfe", "body"),
        ("/people", b"[1]", "username"),
        ("/people", b'{"username": "a\\u0000", "unit_id": "HO"}', "username"),
        ("/people", b'{"username": "a\\ud800", "unit_id": "HO"}', "username"),
        ("/people", b'{"username": "a", "unit_id": NaN}', "body"),
        ("/people", b'{"unit_id": "HO"}', "username"),
        ("/people", b'{"username": "%s", "unit_id": "HO"}' % (b"a" * 151), "username"),
        ("/people/99999999999999999999/deactivate", b'{"why": "x"}', "person_id"),
        ("/people/x/deactivate", b'{"why": "x"}', "person_id"),
        ("/units/1111/close", b'{"day": "2024-13-01", "why": "x"}', "day"),
        ("/units/1111/close", b'{"day": "9999-12-31", "why": "x"}', "day"),
        ("/tokens", b'{"name": "t", "functions": [], "days": 1e400}', "days"),
    ],
)
def test_bad_input_names_its_field(bank: People, path: str, body: bytes, field: str) -> None:
    answer = program(bank.administrator).send(path, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "input"), answer.content.decode()
    assert answer.json()["detail"].startswith(f"{field}: ")


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/events", {"limit": 501}, "limit"),
        ("/events", {"limit": 0}, "limit"),
        ("/events", {"offset": -1}, "offset"),
        ("/events", {"state": "gone"}, "state"),
        ("/events", {"first": "yesterday"}, "first"),
        ("/events", {"sort": "secret"}, "sort"),
        ("/events", {"text": "a\0b"}, "text"),
        ("/events/no-uuid", {}, "event_id"),
        ("/units/a\0b", {}, "address"),
        ("/exposure/units", {"first": "2024-02-02", "last": "2024-02-01"}, "last"),
        ("/statistics/C12/hits", {"first": "1900-01-01", "last": "2199-12-31"}, "first"),
        ("/history/99999999999999999999", {}, "line_id"),
    ],
)
def test_bad_questions_name_their_field(bank: People, path: str, query: dict[str, Any], field: str) -> None:
    user = overseer() if path.startswith("/history") else bank.monitor
    answer = program(user).get(path.replace("\0", "%00"), **query)
    assert (answer.status_code, answer.json()["code"]) == (422, "input"), answer.content.decode()
    assert answer.json()["detail"].startswith(f"{field}: ")


def test_other_methods_and_other_addresses_have_the_same_form(bank: People) -> None:
    caller = program(bank.monitor)
    answer = caller.client.delete(f"{API}/me", headers=caller.headers)
    assert (answer.status_code, answer.json()["code"], answer.headers["Allow"]) == (405, "method", "GET")
    assert (caller.get("/nowhere").status_code, caller.get("/nowhere").json()["code"]) == (404, "missing")


def test_details_come_in_the_callers_language(bank: People) -> None:
    caller = program(bank.monitor)
    assert "范围" in caller.get("/units/none").json()["detail"]
    caller.headers |= {"accept-language": "en"}
    assert "nothing at this address" in caller.get("/units/none").json()["detail"]


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
