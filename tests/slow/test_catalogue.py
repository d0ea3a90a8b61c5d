"""Every model is fenced in by its examples, and runs on whole tables and on the least that it needs."""

from __future__ import annotations

import pytest

from riskloop.models.catalogue import catalogue
from riskloop.models.testing.suite import CHECKS
from tests.models.trying import tried


@pytest.mark.parametrize("check", ["declared", "boundaries", "later", "order", "least", "whole"])
@pytest.mark.parametrize("code", catalogue())
def test_every_model_passes(code: str, check: str) -> None:
    assert CHECKS[check](tried(code)) == []
