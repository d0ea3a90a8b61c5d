"""The loop's operations, one router for each subject."""

from riskloop.loop.api import bulk, context, events, lists, saved, statistics

# Many at once before one: the operations on one event would take "bulk" for the id of it.
ROUTERS = (bulk.router, events.router, context.router, lists.router, statistics.router, saved.router)

__all__ = ["ROUTERS"]
