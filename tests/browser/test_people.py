"""What the pages of people and units do in a browser: the tree opens lazily, the roles follow the unit."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.web.stage import People

Visit = Callable[..., Page]
Picture = Callable[[Page, str], None]


def test_the_roles_offered_follow_the_chosen_unit(visit: Visit, bank: People, picture: Picture) -> None:
    page = visit("admin")
    page.goto(f"/people/{bank.verifier.pk}/")
    page.click("#assign_role summary")
    offered = page.locator("#id_assign_role-role")
    expect(offered).to_contain_text("R04")
    page.select_option("#id_assign_role-unit", "1211")
    expect(offered).to_contain_text("R07")
    expect(offered).not_to_contain_text("R04")
    picture(page, "person")


def test_the_tree_loads_what_is_opened(visit: Visit, picture: Picture) -> None:
    page = visit("lin")
    page.goto("/units/")
    expect(page.get_by_text("临江分行")).to_have_count(0)
    page.locator(".tree details:not([open])").first.evaluate("branch => { branch.open = true }")
    expect(page.get_by_text("临江分行")).to_have_count(1)
    picture(page, "units")


def test_people_are_found_as_one_types(visit: Visit, picture: Picture) -> None:
    page = visit("admin")
    page.goto("/people/")
    page.fill("#id_text", "wang")
    expect(page.locator("#people tbody tr")).to_have_count(1)
    assert page.url.endswith("/people/?text=wang")
    picture(page, "people")
