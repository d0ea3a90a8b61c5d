"""The small bank of the loop's tests: units in five levels, people with roles, an event."""

from tests.loop.conftest import bank, event, person

__all__ = ["bank", "event", "person"]
