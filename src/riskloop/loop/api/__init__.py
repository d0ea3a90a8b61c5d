"""The loop's operations, one router for each subject."""

from riskloop.loop.api import context, events, lists, statistics

ROUTERS = (events.router, context.router, lists.router, statistics.router)

__all__ = ["ROUTERS"]
