"""The loop's operations, one router for each subject."""

from riskloop.loop.api import events, lists, statistics

ROUTERS = (events.router, lists.router, statistics.router)

__all__ = ["ROUTERS"]
