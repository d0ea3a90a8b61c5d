"""The database itself refuses to change or remove a line of the history."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from riskloop.loop.models import QuasiEvent
from riskloop.organisation.history import is_append_only

SETTLE = "SET CONSTRAINTS ALL IMMEDIATE"
"""Inside the test's transaction deferred checks are pending; settled, only the history itself refuses."""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE organisation_history SET reason = 'x'",
        "DELETE FROM organisation_history",
        "TRUNCATE organisation_history",
    ],
)
def test_the_database_refuses(event: QuasiEvent, statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SETTLE)
        with pytest.raises(DatabaseError, match="append-only"):
            cursor.execute(statement)
        transaction.set_rollback(True)


def test_missing_triggers_are_noticed(event: QuasiEvent) -> None:
    assert is_append_only()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(SETTLE)
            cursor.execute("ALTER TABLE organisation_history DISABLE TRIGGER history_no_change")
        assert not is_append_only()
        transaction.set_rollback(True)
