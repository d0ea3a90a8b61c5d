"""Every model is local to its subject, on many random banks."""

import pytest

from riskloop.models.catalogue import catalogue
from riskloop.models.testing.behaviour import BANKS, locality
from tests.models.trying import tried


@pytest.mark.parametrize("code", catalogue())
def test_the_whole_bank_and_the_slice_of_a_subject_say_the_same(code: str) -> None:
    assert BANKS >= 40
    assert locality(tried(code)) == []
