"""Row-level security: the database shows a connection only what the person behind it may reach.

It stands behind the gates (`scope.within`), not in place of them: a filter that somebody forgets shows
nothing rather than everything. Who reads is told to the database by a setting of the connection; a
connection that was told nothing reads nothing.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

from django.db import DatabaseError, connection
from django.db.backends.signals import connection_created

from riskloop.organisation.functions import LOOP_READERS
from riskloop.organisation.scope import Person, authority_of

SETTING = "riskloop.reach"
EVERYTHING = "*"
"""The reach of the system itself, and of those whose role reaches a whole tree."""
NOTHING = ""

_reach: ContextVar[str] = ContextVar("reach", default=NOTHING)

_IN_REACH = f"""current_setting('{SETTING}', true) = '{EVERYTHING}' OR unit_id IN (
    SELECT u.unit_id
    FROM unnest(string_to_array(current_setting('{SETTING}', true), E'\\n')) AS reached(path)
    JOIN organisation_unit u
      ON u.path = reached.path OR (u.path ~>=~ (reached.path || '/') AND u.path ~<~ (reached.path || '0'))
)"""
"""On a table with a `unit_id`. "0" follows "/": between them lie all paths below."""


def secured_by_unit(table: str) -> tuple[str, str]:
    """SQL that puts a table with a `unit_id` under row-level security, and SQL that takes it off again."""
    return _secured(table, _IN_REACH)


def secured_by_event(table: str) -> tuple[str, str]:
    """The same for a table whose rows belong to a quasi-event (`event_id`): seen with the event."""
    everything = f"current_setting('{SETTING}', true) = '{EVERYTHING}'"
    of_event = "EXISTS (SELECT FROM loop_quasievent event WHERE event.id = event_id)"
    return _secured(table, f"{everything} OR {of_event}")


def _secured(table: str, condition: str) -> tuple[str, str]:
    # FORCE, because the application owns its tables: security that spares the owner would spare everybody.
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;"
        f" ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
        f" CREATE POLICY reach ON {table} USING ({condition}) WITH CHECK (true);",
        f"DROP POLICY reach ON {table};"
        f" ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;"
        f" ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;",
    )


SECURED = (
    "exposure_dailyvolume",
    "loop_attachment",
    "loop_continuation",
    "loop_dailystatistic",
    "loop_evidencerow",
    "loop_measure",
    "loop_quasievent",
    "organisation_look",
)
"""The tables that are to be under row-level security."""


def unsecured() -> list[str]:
    """The tables of `SECURED` that are not, or only for others than their owner."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid"
            " WHERE relname = ANY(%s) AND relrowsecurity AND relforcerowsecurity",
            [list(SECURED)],
        )
        return sorted(set(SECURED) - {name for (name,) in cursor.fetchall()})


def reach_of(user: Person) -> str:
    """What the database is told of a person: the paths below which he reads, one a line."""
    grants = authority_of(user).having(LOOP_READERS)
    if any(grant.whole_tree for grant in grants):
        return EVERYTHING
    return "\n".join(sorted({grant.path for grant in grants}))


@contextmanager
def reading(reach: str) -> Generator[None]:
    """What is read within is within this reach."""
    before = _reach.get()
    token = _reach.set(reach)
    _tell(reach)
    try:
        yield
    except BaseException:
        _reach.reset(token)
        # In a transaction that failed nothing can be said; its end takes back what was said in it.
        with suppress(DatabaseError):
            _tell(before)
        raise
    _reach.reset(token)
    _tell(before)


def read_everything() -> None:
    """From here on this thread reads as the system itself: for commands and jobs, never for a request."""
    _reach.set(EVERYTHING)
    _tell(EVERYTHING)


def _tell(reach: str) -> None:
    if connection.connection is not None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, false)", [SETTING, reach])


def _tell_new(connection: Any, **_of: Any) -> None:
    if _reach.get() != NOTHING:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, false)", [SETTING, _reach.get()])


connection_created.connect(_tell_new, dispatch_uid="riskloop.reach")
