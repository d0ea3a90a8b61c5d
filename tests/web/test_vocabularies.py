"""Whatever is written into the history has a name for people, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from riskloop.organisation import history, telling
from riskloop.organisation.models import History, User
from riskloop.organisation.telling import Deed, Field, Vocabulary, for_machines
from tests.web import writing
from tests.web.stage import People


def models_noted() -> Iterator[tuple[str, str, str]]:
    """Each (type of object, action, field) that an action may note."""
    for kind in writing.all_actions():
        for model in writing.touched_by(kind):
            for field in model._meta.concrete_fields:
                if field.attname not in history.SECRET:
                    yield kind.object_type, kind.name, field.attname


def test_every_action_has_a_name_and_an_icon() -> None:
    written = {kind.name for kind in writing.all_actions()} | writing.names_written()
    assert written - telling.actions().keys() == set()
    assert {n for n, deed in telling.actions().items() if not deed.name or not deed.icon} == set()


def test_no_name_is_told_that_nothing_writes() -> None:
    written = {kind.name for kind in writing.all_actions()} | writing.names_written()
    assert telling.actions().keys() - written == set()


def test_every_type_of_object_has_a_name() -> None:
    assert {kind.object_type for kind in writing.all_actions()} - telling.objects().keys() == set()


def test_every_field_that_an_action_notes_has_a_label_or_is_for_machines() -> None:
    nameless = {
        f"{of}.{field}" for of, action, field in models_noted() if field not in telling.fields_of(of, action)
    }
    assert nameless == set()


def test_every_field_named_by_a_word_has_a_label() -> None:
    known = {name for of in telling.objects() for name in telling.fields_of(of)}
    assert writing.fields_written() - known == set()


def test_every_label_is_said_in_both_languages() -> None:
    labels = [deed.name for deed in telling.actions().values()]
    labels += [f.label for of in telling.objects() for f in telling.fields_of(of).values() if f]
    labels += list(telling.objects().values())
    with override("zh-hans"):
        chinese = [str(label) for label in labels]
    with override("en"):
        english = [str(label) for label in labels]
    assert [e for e, c in zip(english, chinese, strict=True) if e == c] == []


def test_every_icon_is_there() -> None:
    sheet = finders.find("vendor/icons/tabler-icons.min.css")
    assert isinstance(sheet, str), "npm ci brings the icons"
    drawn = Path(sheet).read_text(encoding="utf-8")
    assert {d.icon for d in telling.actions().values() if f".{d.icon}:before" not in drawn} == set()


def test_the_tests_see_what_is_written() -> None:
    """Guards the two above: what finds nothing would agree with anything."""
    assert {"found", "returned", "discontinued", "released", "moved", "second_factor_removed"} <= (
        writing.names_written()
    )
    assert {"continued_on", "last_on", "by", "step", "role_id"} <= writing.fields_written()
    assert ("quasi_event", "report_done", "done_at") in set(models_noted())


@pytest.mark.parametrize(
    "second",
    [
        Vocabulary(objects={"user": "Somebody"}),
        Vocabulary(actions={"take": Deed("Grabbed", "ti-point")}),
        Vocabulary(fields={"user": {"username": Field("Login")}}),
    ],
)
def test_one_thing_has_one_name(second: Vocabulary) -> None:
    with pytest.raises(ValueError, match="told by two"):
        telling.register(second)


def test_a_vocabulary_is_entered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "_vocabularies", [])
    one = Vocabulary(objects={"query": "Query"}, actions={"ask": Deed("Asked", "ti-help")})
    telling.register(one)
    telling.register(one)
    assert telling.objects() == {"query": "Query"}


def line(user: User, action: str = "take", **after: object) -> History:
    return history.line(action, "quasi_event", "1", actor=user, role="R08", after=after)


@pytest.fixture
def english() -> Iterator[None]:
    with override("en"):
        yield


def test_keys_are_told_by_their_names(bank: People, english: None) -> None:
    (told,) = telling.told([line(bank.monitor, state="assigned", assignee_id=bank.monitor.pk)])
    assert (told.who, told.what, told.icon) == ("林岚", "Taken", "ti-hand-grab")
    assert [(c.field, c.before, c.after) for c in told.changes] == [
        ("State", "", "Assigned"),
        ("Assignee", "", "林岚"),
    ]


def test_only_an_auditor_is_told_the_whole_line(bank: People, english: None) -> None:
    written = line(bank.monitor, done_at="2026-01-02T03:04:05+00:00", id=7, odd="x", count=12000)
    assert [c.field for c in telling.told([written])[0].changes] == ["Facts behind it"]
    whole = telling.told([written], whole=True)[0].changes
    assert [(c.field, c.after) for c in whole] == [
        ("Facts behind it", "12,000"),
        ("Done at", "2026-01-02 11:04:05"),
        ("odd", "x"),
    ]


def test_of_many_values_the_number_is_told(bank: People, english: None) -> None:
    (told,) = telling.told([line(bank.monitor, entry_ids=list("abcdef"), evidence={"n": 1})], whole=True)
    assert [c.after for c in told.changes] == ["[6]", "[1]"]


def test_an_action_may_call_a_field_something_else(
    bank: People, english: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaint = Deed("Complained", "ti-point", {"state": Field("Stage"), **for_machines("grade")})
    monkeypatch.setattr(telling, "_vocabularies", [*telling._vocabularies])
    telling.register(Vocabulary(actions={"complain": complaint}))
    lines = [line(bank.monitor, "complain", state="new", grade="general"), line(bank.monitor, state="new")]
    assert [[(c.field, c.after) for c in told.changes] for told in telling.told(lines)] == [
        [("Stage", "new")],
        [("State", "New")],
    ]


def test_names_are_looked_up_once_for_all_lines(bank: People) -> None:
    people = [bank.monitor, bank.verifier, bank.handler]
    with CaptureQueriesContext(connection) as few:
        telling.told([line(bank.monitor, assignee_id=bank.monitor.pk)])
    with CaptureQueriesContext(connection) as many:
        telling.told([line(p, assignee_id=p.pk, owner_id=q.pk) for p in people for q in people])
    assert len(few) == len(many) == 2
