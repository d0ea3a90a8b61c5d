"""What a model's file must tell, held against what there is: texts, tables, columns, codes."""

from __future__ import annotations

from collections.abc import Iterator

import ibis

from riskloop.bank.bank import Bank
from riskloop.bank.derived import described
from riskloop.bank.tables import TABLES
from riskloop.bank.text import Text
from riskloop.models import labels
from riskloop.models.api import EXAMPLE_DAY, AnyModel
from riskloop.models.testing.running import columns_read, unbound

TO_WRITE = ("TODO", "待写")
"""So a text of the skeleton begins until its author has written it."""
_PRODUCT_NAMES = ("U盾",)
"""Chinese that English texts may keep."""


def texts(model: AnyModel) -> list[str]:
    """Everything that people must know is written, in both languages."""
    found: list[str] = []
    for what, text in _told(model):
        if text.zh.startswith(TO_WRITE) or text.en.startswith(TO_WRITE):
            found.append(f"{what} is still to be written")
        elif text.zh == text.en or not _has_chinese(text.zh):
            found.append(f"{what} is not in Chinese: {text.zh}")
        elif _has_chinese(text.en):
            found.append(f"{what} is not in English: {text.en}")
    titles = [e.title for e in model.examples]
    if not len({t.en for t in titles}) == len({t.zh for t in titles}) == len(titles):
        found.append("two examples bear one title")
    return found


def units(model: AnyModel) -> list[str]:
    """Every parameter is measured in a unit that has a name for people."""
    return [
        f"{name} is measured in {about.unit}, and must be in one of {', '.join(labels.MEASURE_NAMES)}"
        for name, about in model.about().items()
        if about.unit not in labels.MEASURE_NAMES
    ]


def columns(model: AnyModel) -> list[str]:
    """The tables and columns declared are there, once each, and can be missing where that is said."""
    found: list[str] = []
    for table, names in columns_read(model).items():
        known = described(table).by_name
        found += [f"{table} has no column {name}" for name in names if name not in known]
        found += [f"{table}.{name} is declared twice" for name in sorted(set(names)) if names.count(name) > 1]
    for table, names in model.where_given.items():
        known = described(table).by_name
        found += [
            f"{table}.{name} is always given, and belongs to needs"
            for name in names
            if name in known and not known[name].nullable
        ]
    return found


def codes(model: AnyModel) -> list[str]:
    """The examples use columns and codes that there are: what the gate would refuse proves nothing."""
    found: list[str] = []
    for example in model.examples:
        for table, rows in example.rows.items():
            if table not in TABLES:
                found.append(f"{example.title.en}: there is no table {table}")
                continue
            known = TABLES[table].by_name
            for name, value in ((name, value) for row in rows for name, value in row.items()):
                if name not in known:
                    found.append(f"{example.title.en}: {table} has no column {name}")
                elif known[name].codes and value is not None and value not in known[name].codes:
                    found.append(f"{example.title.en}: {table}.{name} cannot be {value}")
    return list(dict.fromkeys(found))


def declared(model: AnyModel) -> list[str]:
    """Every column that is declared is read: one that is not makes a model not applicable for nothing."""
    listed = [(table, name) for table, names in columns_read(model).items() for name in names]
    return [
        f"{table}.{name} is declared and not read"
        for table, name in listed
        if _builds_without(model, table, name)
    ]


def _told(model: AnyModel) -> Iterator[tuple[str, Text]]:
    for what in ("name", "purpose", "definition", "false_positives", "decided"):
        text: Text | None = getattr(model, what)
        if text is not None:
            yield what, text
    yield from ((f"compared.{name}", text) for name, text in model.compared.items())
    for name, about in model.about().items():
        yield f"the name of {name}", about.name
        yield f"why {name} has its value", about.why
    yield from (("the title of an example", example.title) for example in model.examples)


def _has_chinese(text: str) -> bool:
    for name in _PRODUCT_NAMES:
        text = text.replace(name, "")
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def _builds_without(model: AnyModel, table: str, column: str) -> bool:
    read = columns_read(model)
    tables = unbound(read | {table: tuple(c for c in read[table] if c != column)})
    try:
        model.hits(Bank(ibis.literal(EXAMPLE_DAY), tables), model.parameters())
    except (AttributeError, ibis.IbisError):
        return False
    return True
