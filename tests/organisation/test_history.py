"""The history: one chain of lines that the database refuses to change, and that tells when it was changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from hypothesis import given
from hypothesis import strategies as st

from riskloop.loop import actions
from riskloop.loop.models import QuasiEvent
from riskloop.organisation import history
from riskloop.organisation.models import History, User
from riskloop.organisation.origin import coming_from

Person = Callable[..., User]
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
    assert history.is_append_only()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(SETTLE)
            cursor.execute("ALTER TABLE organisation_history DISABLE TRIGGER history_no_change")
        assert not history.is_append_only()
        transaction.set_rollback(True)


def behind_its_back(statement: str, *values: Any) -> None:
    """What a superuser could do."""
    with connection.cursor() as cursor:
        cursor.execute(SETTLE)
        cursor.execute("ALTER TABLE organisation_history DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        cursor.execute("ALTER TABLE organisation_history ENABLE TRIGGER USER")


@pytest.fixture
def lines(event: QuasiEvent, person: Person) -> list[History]:
    """A chain of some length, written by different hands."""
    monitor = person("monitor")
    with coming_from("page", "10.0.0.7"):
        actions.take(event, monitor)
        actions.hand_back(event, monitor, "转交同事，因休假。")
    return list(History.objects.order_by("id"))


def test_a_line_says_who_as_what_from_where(lines: list[History]) -> None:
    last = lines[-1]
    assert (last.actor.username, last.role, last.channel, last.address) == (
        "monitor",
        "R04",
        "page",
        "10.0.0.7",
    )
    assert (last.action, last.object_type, last.unit_id) == ("hand_back", "quasi_event", "O1")
    assert lines[0].channel == "command"


def test_an_untouched_chain_holds(lines: list[History]) -> None:
    chain = history.verify()
    assert chain.broken is None
    assert (chain.lines, chain.last_id, chain.digest) == (len(lines), lines[-1].pk, lines[-1].digest)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("reason", "x"),
        ("role", "R01"),
        ("address", "10.0.0.8"),
        ("unit_id", "O2"),
        ("actor_id", None),
        ("after", "{}"),
        ("at", dt.datetime(2020, 1, 1, tzinfo=dt.UTC)),
    ],
)
def test_a_changed_line_is_named(lines: list[History], column: str, value: Any) -> None:
    changed = lines[-1]
    behind_its_back(f"UPDATE organisation_history SET {column} = %s WHERE id = %s", value, changed.pk)
    assert history.verify().broken == history.Break(changed.pk, "says something else than its digest")


def test_a_line_forged_with_a_digest_of_its_own_breaks_the_next(lines: list[History]) -> None:
    forged, after = lines[-2], lines[-1]
    forged.reason = "forged"
    statement = "UPDATE organisation_history SET reason = %s, digest = %s WHERE id = %s"
    behind_its_back(statement, forged.reason, history.digest_of(forged), forged.pk)
    assert history.verify().broken == history.Break(after.pk, "does not follow the line before it")


def test_a_removed_line_is_noticed_at_the_next(lines: list[History]) -> None:
    behind_its_back("DELETE FROM organisation_history WHERE id = %s", lines[1].pk)
    assert history.verify().broken == history.Break(lines[2].pk, "does not follow the line before it")


def test_a_chain_cut_at_its_end_is_noticed_by_who_saw_it_before(lines: list[History]) -> None:
    seen = {lines[-1].pk: lines[-1].digest}
    assert history.verify(seen).broken is None
    behind_its_back("DELETE FROM organisation_history WHERE id = %s", lines[-1].pk)
    assert history.verify().broken is None
    assert history.verify(seen).broken == history.Break(lines[-1].pk, "was seen before and is gone")


def test_no_two_lines_follow_the_same(lines: list[History]) -> None:
    beside = history.line("take", "quasi_event", "x")
    beside.previous, beside.digest = lines[0].previous, "f" * 64
    with pytest.raises(IntegrityError), transaction.atomic():
        beside.save()


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.decimals(allow_nan=False)
    | st.dates()
    | st.uuids()
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.sampled_from("abc"), inside, max_size=3),
    max_leaves=6,
)


@given(after=st.dictionaries(st.sampled_from(["amount", "evidence", "note"]), VALUES))
@pytest.mark.django_db
def test_whatever_is_written_down_reads_back_to_its_digest(after: dict[str, Any]) -> None:
    with transaction.atomic():
        history.record([history.line("found", "quasi_event", "x", after=after)])
        assert history.verify().broken is None
        transaction.set_rollback(True)


def test_passwords_are_in_no_line(person: Person) -> None:
    person("monitor")
    assert all("password" not in {*line.before, *line.after} for line in History.objects.all())
