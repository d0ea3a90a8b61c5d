"""The pages of the roles: read by many, proposed by one, decided by another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from riskloop.organisation.models import Role, RoleDecision, Unit, User
from riskloop.organisation.roles import functions_in_force
from riskloop.organisation.sync import sync_organisation
from tests.web.calling import program
from tests.web.reading import Page
from tests.web.stage import People
from tests.web.test_people_pages import account

AsUser = Callable[..., Client]


@pytest.fixture
def second(bank: People) -> User:
    """Another administrator of the head office."""
    return account("second", "HO", "R01")


@pytest.fixture
def branch(bank: People) -> User:
    """Administers the first-level branch 10."""
    return account("branch", "10", "R01")


def propose(client: Client, code: str = "R14", **more: Any) -> HttpResponse:
    given = {
        "level": "outlet",
        "functions": ["events.read"],
        "effective_from": timezone.localdate(),
        "why": "够用即可",
    }
    fields = {f"propose_decision-{k}": v for k, v in (given | more).items()}
    return client.post(reverse("propose_decision", args=[code]), fields)


def decide(client: Client, decision: RoleDecision, verdict: str, why: str = "") -> HttpResponse:
    name = f"decide-{decision.pk}"
    given = {f"{name}-verdict": verdict, f"{name}-why": why}
    return client.post(reverse("decide_on_role", args=[decision.pk]), given)


def said(answer: HttpResponse) -> str:
    return " ".join(Page(answer.content.decode()).said)


def test_a_decision_is_proposed_and_approved(bank: People, second: User, as_user: AsUser) -> None:
    client = as_user(bank.administrator)
    assert propose(client).url == reverse("role", args=["R14"])
    decision = RoleDecision.objects.get(approved=None)
    assert "R14" in said(client.get(reverse("roles")))
    own = decide(client, decision, "approve")
    assert own.status_code == 403
    assert "提出" in said(own)
    assert decide(as_user(second), decision, "reject").status_code == 409
    assert decide(as_user(second), decision, "").status_code == 422
    assert decide(as_user(second), decision, "approve", "同意").url == reverse("role", args=["R14"])
    assert functions_in_force(timezone.localdate())["R14", "outlet"] == {"events.read"}
    page = client.get(reverse("role", args=["R14"]))
    newest = page.context["decisions"][0]
    assert (newest.decision.decided_by, newest.words) == (second, "同意")
    assert "exposure.read" in {f.code for f in newest.removed}
    assert {"够用即可", "同意"} <= set(said(page).split())


def test_what_is_missing_is_422_and_what_is_refused_409(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.administrator)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    assert propose(client, why="").status_code == 422
    assert propose(client, functions=["anything"]).status_code == 422
    assert propose(client, level="region").status_code == 422
    assert propose(client, effective_from=yesterday).status_code == 409
    lockout = propose(client, "R01", level="head_office")
    assert lockout.status_code == 409
    assert "总行系统管理岗须保留" in said(lockout)
    assert not RoleDecision.objects.filter(approved=None).exists()


def test_a_branch_proposes_its_own_role_and_the_head_office_decides(
    bank: People, branch: User, as_user: AsUser
) -> None:
    client = as_user(branch)
    given = {"owner": "10", "code": "10-VIEW", "name_zh": "分行查询岗", "name_en": "Branch viewer"}
    fields = {f"propose_role-{k}": v for k, v in (given | {"modelled_on": "R14"}).items()}
    assert client.get(reverse("propose_role")).status_code == 200
    assert client.post(reverse("propose_role"), fields).url == reverse("role", args=["10-VIEW"])
    assert client.post(reverse("propose_role"), fields).status_code == 409
    assert client.post(reverse("propose_role"), {}).status_code == 422
    assert Role.objects.get(pk="10-VIEW").owner_id == "10"
    assert propose(client, "10-VIEW", functions=["people.manage"]).status_code == 409
    assert propose(client, "10-VIEW").status_code == 302
    assert propose(client, "R14").status_code == 403, "the head office's own roles are not the branch's"
    decision = RoleDecision.objects.get(approved=None)
    assert decide(client, decision, "approve").status_code == 403
    assert decide(as_user(bank.administrator), decision, "approve").status_code == 302
    assert "10-VIEW" in said(as_user(bank.monitor).get(reverse("roles")))


@pytest.fixture
def own(bank: People) -> Role:
    """The own role of the first-level branch 10, proposed and approved; and another waits to be decided."""
    role = Role.objects.create(
        code="10-VIEW", name_zh="甲", name_en="Own", owner_id="10", modelled_on_id="R14"
    )
    given = {"role": role, "level": "tier2_branch", "proposed_by": bank.administrator}
    given["functions"] = ["organisation.read"]
    RoleDecision.objects.create(effective_from=dt.date(2024, 1, 1), approved=True, **given)
    RoleDecision.objects.create(effective_from=timezone.localdate(), **given)
    return role


@pytest.mark.parametrize(
    ("unit_id", "is_seen"), [("HO", True), ("10", True), ("12", True), ("20", False), ("21", False)]
)
def test_a_branchs_own_role_is_seen_where_it_is_used_and_above(
    bank: People, own: Role, as_user: AsUser, unit_id: str, is_seen: bool
) -> None:
    """The page and the API say the same; who works in another branch knows nothing of it."""
    more = {"opened_on": None, "closed_on": None}
    units = [{"unit_id": "20", "name": "江南分行", "level": "tier1_branch", "parent_id": "HO"} | more]
    units += [{"unit_id": "21", "name": "二", "level": "tier2_branch", "parent_id": "20"} | more]
    sync_organisation(units=units, staff=[], tellers=[])
    reader = account("reader", unit_id, "R01")
    page, caller = as_user(reader).get(reverse("roles")).context, program(reader)
    codes = {role.pk for role, _cells in page["roles"]}
    assert codes == {role["code"] for role in caller.get("/roles").json()}
    assert ("10-VIEW" in codes, len(codes)) == (is_seen, 14 + is_seen)
    assert {decision.role_id for decision in page["waiting"]} == ({"10-VIEW"} if is_seen else set())
    assert caller.get("/decisions", role="10-VIEW").json()["total"] == (2 if is_seen else 0)
    assert as_user(reader).get(reverse("role", args=["10-VIEW"])).status_code == (200 if is_seen else 404)


def test_what_is_not_seen_is_not_proposed(bank: People, own: Role, branch: User, as_user: AsUser) -> None:
    own.owner = Unit.objects.create(pk="20", name="江南分行", level="tier1_branch", path="HO/20")
    own.save()
    assert propose(as_user(branch), "10-VIEW").status_code == 404


def test_the_own_role_of_ones_branch_is_given_by_the_api_as_on_the_page(bank: People, own: Role) -> None:
    caller = program(account("local", "12", "R01"))
    given = {"role": "10-VIEW", "unit_id": "12", "why": "查询"}
    assert caller.post(f"/people/{bank.branch.pk}/roles", **given).status_code == 200


def test_a_reader_reads_and_does_nothing(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    page = client.get(reverse("role", args=["R04"]))
    assert page.context["form"] is None
    assert "<textarea" not in page.content.decode()
    assert propose(client).status_code == 403
    assert client.get(reverse("propose_role")).status_code == 403
    assert client.post(reverse("propose_role"), {}).status_code == 403
    seed = RoleDecision.objects.earliest("pk")
    assert decide(client, seed, "approve").status_code == 403
    assert client.get(reverse("role", args=["R99"])).status_code == 404


def test_the_table_is_as_of_a_day(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    Role.objects.get(pk="R14").decisions.create(
        level="outlet", functions=[], effective_from=dt.date(2024, 6, 1), approved=True
    )

    def outlet(on: str) -> int:
        table = client.get(reverse("roles"), {"on": on}).context["roles"]
        cells = next(cells for role, cells in table if role.pk == "R14")
        return cells[-1][2]

    assert outlet("2024-05-31") > 0
    assert outlet("2024-06-01") == 0
    assert client.get(reverse("roles"), {"on": "soon"}).status_code == 200
    assert client.get(reverse("roles"), {"on": "2024-99-99"}).status_code == 200


def test_every_pair_is_named_with_its_check(bank: People, as_user: AsUser) -> None:
    page = as_user(bank.monitor, "en").get(reverse("roles"))
    checks = {one["pair"].number: one["check"].en for one in page.context["pairs"]}
    assert sorted(checks) == list(range(1, 15))
    assert checks[1] == "Checked when a role is given"
    assert checks[10] == "Recusal: who handled or authorised it"
    assert checks[11] == "Path of report: an exception never reaches the outlet"
    assert checks[9] == "With a later part of the system"
    assert all(check in said(page) for check in checks.values())


def test_looking_at_an_action_leads_to_the_role(bank: People, second: User, as_user: AsUser) -> None:
    client = as_user(bank.administrator)
    propose(client)
    decision = RoleDecision.objects.get(approved=None)
    for address in (
        reverse("propose_decision", args=["R14"]),
        reverse("decide_on_role", args=[decision.pk]),
    ):
        assert client.get(address).url == reverse("role", args=["R14"])
    assert client.post(reverse("decide_on_role", args=[decision.pk + 99])).status_code == 404


def test_the_form_is_ticked_with_what_is_in_force(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.administrator)
    page = client.get(reverse("role", args=["R14"]), {"level": "outlet"})
    in_force = functions_in_force(timezone.localdate())["R14", "outlet"]
    assert page.context["form"].ticked() == in_force
    assert page.content.decode().count(" checked") == len(in_force)
