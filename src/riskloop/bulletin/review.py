"""The operation review: what the loop did with its quasi-events, and the cases of the period."""

from __future__ import annotations

from fractions import Fraction

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from riskloop.bulletin.blocks import Block, Section, Table, Told, Words
from riskloop.bulletin.cells import Book, Change, Kind, Ratio, Sum
from riskloop.bulletin.lookback import days_of
from riskloop.bulletin.sources import Sources
from riskloop.loop.models import Outcome
from riskloop.models.catalogue import catalogue

OUTCOMES = {
    "internal": Outcome.INTERNAL.value,
    "external": Outcome.EXTERNAL.value,
    "case_clue": Outcome.CASE_CLUE.value,
    "excluded": Outcome.EXCLUDED.value,
    "open": "",
}


def section(of: Sources, book: Book) -> Section:
    for n, key in enumerate(of.keys):
        _count(of, book, n, key)
    changed = ("itemised", *OUTCOMES, "listed", "statistical")
    whole = [of.counted[n] or bool(of.quasi_known[n]) for n in range(len(of.keys))]
    for name in changed:
        for n, on in enumerate(of.compared, start=1):
            if whole[0] and whole[n]:
                formula = Change(f"quasi.{name}.now", f"quasi.{name}.{on.key}")
                book.follow(f"quasi.{name}.change.{on.key}", Kind.CHANGE, formula)
            else:
                book.put(f"quasi.{name}.change.{on.key}", None, Kind.CHANGE)
    blocks: list[Block] = [Words(_said(of, book))]
    blocks.append(_table(of, book))
    blocks += _known(of)
    blocks.append(_shares(of, book))
    return Section(_("Operation review"), blocks)


def _count(of: Sources, book: Book, n: int, key: str) -> None:
    found = of.handled[n]
    for name, outcome in OUTCOMES.items():
        book.put(f"quasi.{name}.{key}", found.by_outcome.get(outcome, 0))
    parts = [f"quasi.{name}.{key}" for name in OUTCOMES]
    book.put(f"quasi.loop.{key}", found.total, formula=Sum(parts))
    book.put(f"quasi.listed.{key}", found.listed)
    book.follow(f"quasi.itemised.{key}", Kind.COUNT, Sum((f"quasi.loop.{key}", f"quasi.listed.{key}")))
    book.put(f"quasi.statistical.{key}", found.statistical)
    for name in ("internal_events", "external_events"):
        if of.volume_known[n].untold:
            book.put(f"confirmed.{name}.{key}", None, Kind.SHARE)
        else:
            whole = Ratio(f"{name}.{key}", f"quasi.itemised.{key}")
            book.follow(f"confirmed.{name}.{key}", Kind.SHARE, whole)


def _known(of: Sources) -> list[Block]:
    """Of which days lists tell the quasi-events, where that are not all days of a period."""
    said = {
        "itemised": _(
            "{period}: the number of quasi-events is known only {days}; what needs it shows a dash."
        ),
        "statistical": _(
            "{period}: the number of hits of statistical models is known only {days}; what needs it shows"
            " a dash."
        ),
    }
    return [
        Words(said[handling].format(period=name, days=days_of(known)))
        for name, lists in zip(of.named, of.quasi_known, strict=True)
        for handling, known in sorted(lists.items())
        if not known.whole
    ]


def _said(of: Sources, book: Book) -> str:
    told = [_("Quasi-events of itemised models") + " {quasi.itemised.now}"]
    told += [
        f"{on.within} ({{quasi.itemised.{on.key}}}) {{quasi.itemised.change.{on.key}}}" for on in of.compared
    ]
    return book.say(_(", ").join(told))


def _table(of: Sources, book: Book) -> Table:
    names = {
        "internal": _("Determined as internal"),
        "external": _("Determined as external"),
        "case_clue": _("Case clue"),
        "excluded": _("No event"),
        "open": _("Not yet concluded"),
        "listed": _("From lists, without a conclusion told"),
        "itemised": _("Itemised, together"),
        "statistical": _("Hits of statistical models"),
    }
    columns = [_("Quasi-events"), _("This period")]
    for on in of.compared:
        columns += [on.name, on.change]
    rows: list[list[Told]] = []
    for name, label in names.items():
        row: list[Told] = [label, book[f"quasi.{name}.now"]]
        for on in of.compared:
            row += [book[f"quasi.{name}.{on.key}"], book[f"quasi.{name}.change.{on.key}"]]
        rows.append(row)
    return Table(_("Quasi-events by what was found"), columns, rows, chart=(1, *range(2, len(columns), 2)))


def _shares(of: Sources, book: Book) -> Table:
    names = {
        "internal_events": _("Internal risk events by itemised quasi-event"),
        "external_events": _("External risk events by itemised quasi-event"),
    }
    columns = [_("Figure"), _("This period"), *(on.name for on in of.compared)]
    rows = [[label, *(book[f"confirmed.{name}.{key}"] for key in of.keys)] for name, label in names.items()]
    return Table(_("How many were confirmed"), columns, rows)


def case_section(of: Sources, book: Book) -> Section:
    """The gravest closed risk events, told by what they were and not by whose."""
    if not of.scope.sees_cases:
        return Section(_("Cases"), [Words(_("Single events are told to those whose roles read events."))])
    if not of.cases:
        return Section(_("Cases"), [Words(_("No risk event of the period has been closed in the loop yet."))])
    chinese = (get_language() or "").startswith("zh")
    rows: list[list[Told]] = []
    for n, case in enumerate(of.cases):
        model = catalogue().get(case.model)
        name = "" if model is None else model.name.zh if chinese else model.name.en
        rows.append(
            [
                f"{case.day}",
                of.names.get(case.unit_id, case.unit_id),
                f"{case.model} {name}",
                _("Internal") if case.internal else _("External"),
                case.driver_zh if chinese else case.driver_en,
                book.put(f"case.{n}.score", Fraction(case.score), Kind.SCORE),
            ]
        )
    columns = [_("Day"), _("Unit"), _("Model"), _("Outcome"), _("Driver"), _("Score")]
    return Section(_("Cases"), [Table(_("The gravest closed risk events"), columns, rows)])
