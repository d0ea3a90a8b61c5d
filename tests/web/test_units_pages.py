"""The pages of the organisation: the tree, a unit, a member of staff, as of any day, within reach."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from riskloop.organisation import timeline
from riskloop.organisation.models import History, StaffCustomer, Unit, UnitVersion, User
from riskloop.organisation.models.dated import Source
from riskloop.organisation.sync import sync_organisation
from riskloop.organisation.unit_forms import ON_UNIT
from tests.web.reading import Page
from tests.web.stage import People
from tests.web.test_people_pages import account

AsUser = Callable[..., Client]
DAY = dt.timedelta(days=1)


@pytest.fixture
def today() -> dt.date:
    return timezone.localdate()


@pytest.fixture
def local(bank: People) -> User:
    """Reads in the second-level branch 12."""
    return account("local", "12", "R01")


def change(client: Client, unit_id: str, action: str, day: dt.date, **given: Any) -> HttpResponse:
    fields = {f"{action}-{k}": v for k, v in ({"day": day, "why": "总行文件"} | given).items()}
    return client.post(reverse("change_unit", args=[unit_id, action]), fields)


def said(answer: HttpResponse) -> str:
    return " ".join(Page(answer.content.decode()).said)


def test_the_five_changes(bank: People, as_user: AsUser, today: dt.date) -> None:
    client = as_user(bank.administrator)
    opened = change(client, "111", "open_unit", today, number="1113", unit_name="江南网点", level="outlet")
    assert opened.url == f"{reverse('unit', args=['1113'])}?on={today}"
    assert change(client, "1113", "rename_unit", today, unit_name="江南路网点").status_code == 302
    assert change(client, "1113", "move_unit", today + DAY, parent_id="121").status_code == 302
    assert change(client, "1112", "merge_unit", today, into="1111").status_code == 302
    assert change(client, "1113", "close_unit", today + 9 * DAY).status_code == 302
    now = client.get(reverse("unit", args=["1113"]))
    assert [name for name, _n, _r in now.context["path"]] == ["HO", "10", "11", "111"]
    tomorrow = client.get(reverse("unit", args=["1113"]), {"on": str(today + DAY)})
    assert [name for name, _n, _r in tomorrow.context["path"]] == ["HO", "10", "12", "121"]
    assert tomorrow.context["is_open"]
    assert not client.get(reverse("unit", args=["1113"]), {"on": str(today + 9 * DAY)}).context["is_open"]
    assert "总行文件" in said(now)
    merged = client.get(reverse("unit", args=["1112"]))
    assert "人民路第一储蓄所营业网点" in said(merged)
    assert "解放大道网点" in said(client.get(reverse("unit", args=["1111"])))
    assert History.objects.filter(object_type="unit", object_id="1113").count() == 4


def test_refusals_have_their_status_and_reason(bank: People, as_user: AsUser, today: dt.date) -> None:
    client = as_user(account("branch", "10", "R01"))
    assert change(client, "111", "close_unit", today, why="").status_code == 422
    assert change(client, "111", "move_unit", today).status_code == 422
    closing = change(client, "111", "close_unit", today)
    assert closing.status_code == 409
    assert "总行文件" in closing.content.decode(), "what was written is still there"
    circle = change(client, "111", "move_unit", today, parent_id="1111")
    assert circle.status_code == 409
    assert change(client, "10", "move_unit", today, parent_id="HO").status_code == 403
    assert change(client, "HO", "rename_unit", today, unit_name="x").status_code == 404
    assert change(client, "111", "abolish", today).status_code == 404
    assert client.get(reverse("change_unit", args=["111", "close_unit"])).url == reverse("unit", args=["111"])
    assert UnitVersion.objects.filter(source=Source.HAND).count() == 0


def test_a_reader_changes_nothing(bank: People, local: User, as_user: AsUser, today: dt.date) -> None:
    for reader in (bank.monitor, local):
        client = as_user(reader)
        page = client.get(reverse("unit", args=["121"]))
        assert page.context["forms"] == {}
        assert "<textarea" not in page.content.decode()
        assert change(client, "121", "rename_unit", today, unit_name="x").status_code == 403


def test_what_is_out_of_reach_does_not_exist(bank: People, local: User, as_user: AsUser) -> None:
    client = as_user(local)
    tree = client.get(reverse("units"))
    assert [top.unit_id for top, _below in tree.context["nodes"]] == ["12"]
    for address in (
        reverse("unit", args=["11"]),
        reverse("unit", args=["HO"]),
        reverse("unit", args=["nowhere"]),
        reverse("units_below", args=["111"]),
        reverse("staff_member", args=["H1111"]),
    ):
        assert client.get(address).status_code == 404, address
    assert client.get(reverse("staff_member", args=["H1211"])).status_code == 200
    found = client.get(reverse("units"), {"q": "1"}).context["found"]
    assert {version.unit_id for version, _open in found} == {"12", "121", "1211"}


def test_a_unit_to_come_is_seen_below_its_branch(
    bank: People, local: User, as_user: AsUser, today: dt.date
) -> None:
    later = today + 9 * DAY
    change(
        as_user(bank.administrator), "121", "open_unit", later, number="1212", unit_name="新", level="outlet"
    )
    assert not Unit.objects.filter(pk="1212").exists()
    client = as_user(local)
    assert client.get(reverse("unit", args=["1212"])).context["here"] is None
    below = client.get(reverse("units_below", args=["121"]), {"on": str(later)}).context["nodes"]
    assert [v.unit_id for v in below] == ["1211", "1212"]
    stranger = as_user(account("stranger", "11", "R01"))
    assert stranger.get(reverse("unit", args=["1212"])).status_code == 404


def test_a_unit_to_come_is_changed_by_its_branch(bank: People, as_user: AsUser, today: dt.date) -> None:
    client, later = as_user(account("branch", "10", "R01")), today + 9 * DAY
    change(client, "12", "open_unit", later, number="122", unit_name="新支行", level="sub_branch")
    change(client, "122", "open_unit", later, number="1221", unit_name="新", level="outlet")
    assert set(client.get(reverse("unit", args=["1221"])).context["forms"]) == set(ON_UNIT)
    assert change(client, "1221", "rename_unit", later, unit_name="更新").status_code == 302
    assert UnitVersion.objects.get(unit_id="1221").name == "更新"
    assert History.objects.latest("pk").unit_id == "12"


def test_the_tree_opens_one_level_at_a_time(bank: People, as_user: AsUser, today: dt.date) -> None:
    client = as_user(bank.monitor)
    html = client.get(reverse("units")).content.decode()
    assert "江北分行" in html
    assert "临江分行" not in html
    part = client.get(reverse("units_below", args=["10"]), headers={"HX-Request": "true"}).content.decode()
    assert "临江分行" in part
    assert "城东支行" not in part
    assert "<html" not in part


def test_the_tree_of_a_day(bank: People, as_user: AsUser, today: dt.date) -> None:
    timeline.set_from(UnitVersion, "121", today - 5 * DAY, {"parent_id": "11", "name": "旧名"}, Source.HAND)
    timeline.set_from(UnitVersion, "1112", today - 5 * DAY, {"closed_on": today - 5 * DAY}, Source.HAND)
    timeline.settle()
    client = as_user(bank.monitor)

    def below(unit_id: str, on: dt.date) -> list[str]:
        nodes = client.get(reverse("units_below", args=[unit_id]), {"on": str(on)}).context["nodes"]
        return [v.unit_id for v in nodes]

    assert below("11", today - 6 * DAY) == ["111"]
    assert below("11", today) == ["111", "121"]
    assert below("111", today - 6 * DAY) == ["1111", "1112"]
    assert below("111", today) == ["1111"]
    found = client.get(reverse("units"), {"q": "旧名", "on": str(today - 6 * DAY)}).context["found"]
    assert found == []


def test_pages_of_units_ask_few_queries_however_many_there_are(
    bank: People, as_user: AsUser, today: dt.date
) -> None:
    client = as_user(bank.monitor)
    addresses = [reverse("units"), reverse("units_below", args=["111"]), reverse("unit", args=["111"])]

    def queries() -> list[int]:
        counts: list[int] = []
        for address in addresses:
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            counts.append(len(asked))
        return counts

    queries()
    before = queries()
    sync_organisation(
        units=[
            {"unit_id": f"9{n:03}", "name": f"网点{n}", "level": "outlet", "parent_id": "111"}
            for n in range(60)
        ],
        staff=[],
        tellers=[],
    )
    assert queries() == before


def test_a_member_of_staff_over_time(bank: People, as_user: AsUser, today: dt.date) -> None:
    sync_organisation(
        units=[],
        staff=[{"staff_id": "H1111", "name": "员工H1111", "unit_id": "1112", "post": "业务主办"}],
        tellers=[{"teller_id": "TH1111", "staff_id": "H1111", "unit_id": "1112"}],
        staff_customers=[{"staff_id": "H1111", "customer_id": "K-SECRET", "relation": "self"}],
        since=today,
    )
    page = as_user(bank.administrator).get(reverse("staff_member", args=["H1111"]))
    assert [v.unit_id for v, _name in page.context["posts"]] == ["1112", "1111"]
    assert [v.unit_id for v, _name in page.context["tellers"]] == ["1112", "1111"]
    assert [a.username for a, _may in page.context["accounts"]] == ["wang"]
    assert reverse("person", args=[bank.handler.pk]) in page.content.decode()
    assert StaffCustomer.objects.filter(customer_id="K-SECRET").exists()
    assert page.context["customers"] == 1
    assert "K-SECRET" not in page.content.decode()
    reader = as_user(bank.monitor).get(reverse("staff_member", args=["H1111"]))
    assert reverse("person", args=[bank.handler.pk]) not in reader.content.decode()
    then = as_user(bank.monitor).get(reverse("staff_member", args=["H1111"]), {"on": str(today - DAY)})
    assert then.context["then"].unit_id == "1111"


def test_from_a_joiner_one_goes_to_his_new_account(bank: People, as_user: AsUser) -> None:
    sync_organisation(
        units=[], staff=[{"staff_id": "NEW", "name": "新员工", "unit_id": "1111", "post": "柜员"}], tellers=[]
    )
    address = f"{reverse('create_account')}?staff_id=NEW"
    page = as_user(bank.administrator).get(reverse("staff_member", args=["NEW"]))
    assert address in page.content.decode()
    assert as_user(bank.administrator).get(address).status_code == 200
    assert address not in as_user(bank.monitor).get(reverse("staff_member", args=["NEW"])).content.decode()
    known = as_user(bank.administrator).get(reverse("staff_member", args=["H1111"]))
    assert reverse("create_account") + "?staff_id=H1111" not in known.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/units/?q=%00",
        "/units/?on=2024-99-99",
        "/units/%00/",
        "/units/%00/below/",
        "/staff/%00/",
        "/roles/%00/",
        "/roles/?on=%00",
        "/people/?text=%00&unit=%00&role=%00",
        "/people/new/?staff_id=%00",
    ],
)
def test_nonsense_in_an_address_breaks_nothing(bank: People, as_user: AsUser, address: str) -> None:
    assert as_user(bank.administrator).get(address).status_code in {200, 404}


def test_staff_and_tellers_of_a_unit_on_a_day(bank: People, as_user: AsUser, today: dt.date) -> None:
    page = as_user(bank.monitor).get(reverse("unit", args=["1111"]))
    assert [s.staff_id for s in page.context["staff"]] == ["A1111", "H1111"]
    assert [t.teller_id for t in page.context["tellers"]] == ["TA1111", "TH1111"]
