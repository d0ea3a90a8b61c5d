"""Getting ready: the first account, what `riskloop check` looks at, the demo's door."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from riskloop.bank.errors import BadInput
from riskloop.bank.home import Home
from riskloop.organisation.functions import DISCRIMINATE
from riskloop.organisation.models import User
from riskloop.organisation.scope import may
from riskloop.web.startup import create_account, findings
from tests.web import stage

GOOD = {
    "username": "zhang",
    "password": "7731-long-enough",
    "role": "R04",
    "unit_id": "HO",
    "display_name": "张三",
    "staff_id": "G1",
}


def test_an_account_has_its_role(bank: stage.People) -> None:
    create_account(**GOOD)
    person = User.objects.get(username="zhang")
    assert person.check_password(GOOD["password"])
    assert (person.display_name, person.staff_id, person.is_superuser) == ("张三", "G1", False)
    assert may(person, DISCRIMINATE, "HO")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"role": "R99"}, "--role is R99"),
        ({"unit_id": "nowhere"}, "--unit is nowhere"),
        ({"password": "short"}, "--password: "),
    ],
)
def test_what_does_not_hold_is_named(bank: stage.People, changed: dict[str, str], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        create_account(**GOOD | changed)
    assert not User.objects.filter(username=GOOD["username"]).exists()


def test_nobody_is_made_twice(bank: stage.People) -> None:
    create_account(**GOOD)
    with pytest.raises(BadInput, match="already a user zhang"):
        create_account(**GOOD)


def test_the_check_says_what_is_missing(db: None, tmp_path: Path) -> None:
    found = {f.what: f.ok for f in findings(Home(tmp_path))}
    assert found["history is append-only"]
    assert found["application role is no superuser"]
    assert not found["lake"]


def test_the_demos_door_is_no_door_elsewhere(
    client: Client, bank: stage.People, settings: Any, tmp_path: Path
) -> None:
    settings.HOME = Home(tmp_path)
    address = reverse("demo", args=["anything"])
    assert client.get(address).status_code == 404
    create_account(**GOOD | {"username": "monitor"})
    (tmp_path / "demo.json").write_text(json.dumps({"token": "right"}))
    assert client.get(address).status_code == 404
    entered = client.get(reverse("demo", args=["right"]))
    assert entered.headers["Location"] == reverse("overview")
    assert client.get(reverse("overview")).status_code == 200
