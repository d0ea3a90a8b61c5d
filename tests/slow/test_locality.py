"""Every model is local to its subject, on many random banks."""

import pytest

from riskloop.models.catalogue import catalogue
from tests.models.locality import prove

BANKS = 40


@pytest.mark.parametrize("code", catalogue())
def test_the_whole_bank_and_the_slice_of_a_subject_say_the_same(code: str) -> None:
    seen = prove(catalogue()[code], BANKS)
    assert seen["hit"] >= BANKS // 4, seen
    assert seen["quiet"] >= BANKS // 4, seen
    assert seen["left out"] >= BANKS, seen
