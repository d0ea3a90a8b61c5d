"""The Chinese catalogue holds exactly what the pages say, whole."""

from __future__ import annotations

from gettext import GNUTranslations

from babel.messages.catalog import Catalog, Message

from riskloop.web.api import schema
from riskloop.web.translations import CHINESE, PACKAGE, extract, load


def keys(catalog: Catalog) -> set[tuple[str, str]]:
    return {(m.context or "", m.id if isinstance(m.id, str) else m.id[0]) for m in catalog if m.id}


def strings(message: Message) -> list[str]:
    """The Chinese of a message: one, or one a plural form."""
    return [message.string] if isinstance(message.string, str) else list(message.string)


def test_every_message_is_in_the_catalogue() -> None:
    assert keys(extract()) - keys(load()) == set()


def test_the_catalogue_has_no_message_that_nothing_says() -> None:
    assert keys(load()) - keys(extract()) == set()


def test_every_message_has_its_chinese() -> None:
    lacking = [m.id for m in load() if m.id and (m.fuzzy or not all(strings(m)))]
    assert lacking == []


def test_what_the_operations_do_is_said_in_chinese() -> None:
    """Their docstrings are gathered as the schema has them, not as the code breaks them."""
    said = {told["description"] for methods in schema()["paths"].values() for told in methods.values()}
    assert said - {key for _context, key in keys(load())} == set()


def test_every_placeholder_is_kept() -> None:
    broken = [(message.id, list(problems)) for message, problems in load().check() if problems]
    assert broken == []


def test_code_and_templates_are_both_looked_through() -> None:
    """Guards the extraction itself: an empty catalogue would agree with anything."""
    files = {name for message in extract() for name, _line in message.locations}
    assert {"loop/actions/closure.py", "loop/forms/base.py", "web/templates/base.html"} <= files
    assert "web/templates/loop/event.html" in files
    assert len(keys(extract())) > 200


def test_what_is_compiled_is_what_is_written() -> None:
    compiled = CHINESE.with_suffix(".mo")
    assert compiled.exists(), "make messages compiles it"
    with compiled.open("rb") as file:
        spoken = GNUTranslations(file)
    stale = [message.id for message in load() if message.id and said(spoken, message) != strings(message)[0]]
    assert stale == [], "make messages compiles them anew"


def said(spoken: GNUTranslations, message: Message) -> str:
    """What the compiled catalogue says. Chinese has one form for any number."""
    if not isinstance(message.id, str):
        return spoken.ngettext(*message.id, 2)
    return spoken.pgettext(message.context, message.id) if message.context else spoken.gettext(message.id)


def test_the_package_is_looked_through_whole() -> None:
    assert (PACKAGE / "web" / "templates").is_dir()
    assert (PACKAGE / "exposure").is_dir()
