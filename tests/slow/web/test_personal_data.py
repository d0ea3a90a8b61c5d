"""Personal data is masked on every page, whichever role reads it."""

from __future__ import annotations

import pytest

from tests.web.stage import People, person
from tests.web.test_personal_data import WHERE, AsUser, assert_masked, hits

__all__ = ["hits"]

ROLES = [f"R{number:02}" for number in range(1, 15)]


@pytest.mark.usefixtures("hits")
@pytest.mark.parametrize("role", ROLES)
def test_no_page_shows_personal_data(bank: People, as_user: AsUser, role: str) -> None:
    assert_masked(as_user(person("reader", "读者", role, WHERE.get(role, "HO"))))
