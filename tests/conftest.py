"""What all tests share."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How fast a machine is says nothing about what it tests.
settings.register_profile("riskloop", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("riskloop")
SHARED = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the project. Where CI runs it must be there."""
    if SHARED.is_dir():
        return SHARED
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"{SHARED} is absent, and CI must test on real data")
    pytest.skip(f"{SHARED} is absent")


@pytest.fixture(autouse=True, scope="session")
def as_the_system() -> None:
    """Tests look at everything; what a request reads is still within the reach of its person."""
    from riskloop.organisation.row_security import read_everything

    read_everything()
