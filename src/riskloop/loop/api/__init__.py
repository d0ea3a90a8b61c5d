"""The loop's operations, one router for each subject."""

from riskloop.loop.api import bulk, changes, context, events, lists, objections, saved, statistics
from riskloop.loop.assignment import api as assignment
from riskloop.loop.attachments import api as attachments
from riskloop.loop.evidence import api as evidence
from riskloop.loop.exceptions import api as exceptions
from riskloop.loop.oversight import api as oversight
from riskloop.loop.queries import api as queries

# Many at once before one: the operations on one event would take "bulk" for the id of it.
ROUTERS = (
    bulk.router,
    changes.router,
    assignment.router,
    events.router,
    objections.router,
    queries.router,
    exceptions.router,
    oversight.router,
    attachments.router,
    evidence.router,
    context.router,
    lists.router,
    statistics.router,
    saved.router,
)

__all__ = ["ROUTERS"]
