"""Row-level security: the database shows a connection only what the person behind it may reach.

It stands behind the gates (`scope.within`), not in place of them: a filter that somebody forgets shows
nothing rather than everything. Who reads is told to the database by settings of the connection; a
connection that was told nothing reads nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection
from django.db.backends.signals import connection_created

from riskloop.organisation.functions import LOOP_READERS, REVIEW_TRACES
from riskloop.organisation.scope import Grant, Person, authority_of, reaches_every_tree

SETTING = "riskloop.reach"
LOOKS_SETTING = "riskloop.looks"
_TELL = "SELECT set_config(%s, %s, false), set_config(%s, %s, false)"
_ALL = "*"
_UNKNOWN = "/"
"""No unit has this path: it stands for the units that the bank does not know."""


@dataclass(frozen=True)
class Reach:
    """What the database is told of who reads: paths below which he does, one a line, or "*".

    Args:
        rows: of what belongs to the loop.
        looks: of the looks at personal data, which only their reviewers read.
    """

    rows: str
    looks: str


EVERYTHING = Reach(_ALL, _ALL)
"""The reach of the system itself."""
NOTHING = Reach("", "")

_reach: ContextVar[Reach] = ContextVar("reach", default=NOTHING)


def _below(setting: str) -> str:
    """SQL: whether a `unit_id` is in reach. "0" follows "/": between them lie all paths below.

    Who reaches everything is asked in a query of its own, which PostgreSQL answers once and not for each row.
    """
    return f"""(SELECT current_setting('{setting}', true)) = '{_ALL}' OR unit_id IN (
    SELECT u.unit_id
    FROM unnest(string_to_array(current_setting('{setting}', true), E'\\n')) AS reached(path)
    JOIN organisation_unit u
      ON u.path = reached.path OR (u.path ~>=~ (reached.path || '/') AND u.path ~<~ (reached.path || '0'))
)"""


_IN_REACH = _below(SETTING)
_REVIEWED = f"""{_below(LOOKS_SETTING)} OR (
    '{_UNKNOWN}' = ANY (string_to_array(current_setting('{LOOKS_SETTING}', true), E'\\n'))
    AND NOT EXISTS (SELECT FROM organisation_unit u WHERE u.unit_id = organisation_look.unit_id)
)"""


def secured_by_unit(table: str) -> tuple[str, str]:
    """SQL that puts a table with a `unit_id` under row-level security, and SQL that takes it off again."""
    return _secured(table, _IN_REACH)


def secured_by_event(table: str) -> tuple[str, str]:
    """The same for a table whose rows belong to a quasi-event (`event_id`): seen with the event."""
    return secured_by_parent(table, "loop_quasievent", "event_id")


def secured_by_parent(table: str, parent: str, column: str) -> tuple[str, str]:
    """The same for a table whose rows belong to one of another table that is secured: seen with it."""
    everything = f"(SELECT current_setting('{SETTING}', true)) = '{_ALL}'"
    with_it = f"EXISTS (SELECT FROM {parent} parent WHERE parent.id = {table}.{column})"
    return _secured(table, f"{everything} OR {with_it}")


def asked_once(table: str) -> str:
    """SQL for a table that was secured by unit when every row still asked who reaches everything."""
    return f"ALTER POLICY reach ON {table} USING ({_IN_REACH})"


def looks_secured_by_review() -> tuple[str, str]:
    """SQL that shows looks to their reviewers alone, and SQL that shows them to the unit's readers again."""
    change = "ALTER POLICY reach ON organisation_look USING ({})"
    return change.format(_REVIEWED), change.format(_IN_REACH)


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
    "bulletin_listedevent",
    "bulletin_listedquasievents",
    "bulletin_listedvolume",
    "exposure_businessvolume",
    "exposure_dailyvolume",
    "exposure_inspectionsample",
    "exposure_riskevent",
    "exposure_sampledrow",
    "exposure_tellervolume",
    "exposure_unitevents",
    "exposure_unitvolume",
    "loop_attachment",
    "loop_continuation",
    "loop_dailystatistic",
    "loop_determination",
    "loop_determination_other_drivers",
    "loop_eventobject",
    "loop_evidencerow",
    "loop_exceptionreport",
    "loop_measure",
    "loop_objection",
    "loop_quasievent",
    "loop_query",
    "loop_queryround",
    "loop_responsible",
    "loop_sampleitem",
    "loop_samplingplan",
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


def reach_of(user: Person) -> Reach:
    """What the database is told of a person."""
    authority = authority_of(user)
    grants = authority.having(LOOP_READERS)
    rows = _ALL if any(g.whole_tree for g in grants) else _lines(g.path for g in grants)
    return Reach(rows, _looks_of(authority.having((REVIEW_TRACES,))))


def _looks_of(grants: Collection[Grant]) -> str:
    """As `scope.within` has it: of units that the bank does not know only for whom a role reaches a tree."""
    if reaches_every_tree(grants):
        return _ALL
    unknown = {_UNKNOWN} if any(g.whole_tree for g in grants) else set[str]()
    return _lines({g.path for g in grants} | unknown)


def _lines(paths: Iterable[str]) -> str:
    return "\n".join(sorted(set(paths)))


@contextmanager
def reading(reach: Reach) -> Generator[None]:
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


def _tell(reach: Reach) -> None:
    if connection.connection is not None:
        with connection.cursor() as cursor:
            cursor.execute(_TELL, [SETTING, reach.rows, LOOKS_SETTING, reach.looks])


def _tell_new(connection: Any, **_of: Any) -> None:
    reach = _reach.get()
    if reach != NOTHING:
        with connection.cursor() as cursor:
            cursor.execute(_TELL, [SETTING, reach.rows, LOOKS_SETTING, reach.looks])


connection_created.connect(_tell_new, dispatch_uid="riskloop.reach")
