"""The sections about what the machine found: the event, the model's comparison, the rows behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from riskloop.bank.tables import TABLES
from riskloop.loop import shown
from riskloop.loop.detail import evidence_of
from riskloop.loop.evidence.blocks import Block, Facts, Section, Table, Words
from riskloop.loop.findings import EvidenceTable, compared_values, evidence_tables, values_in_force
from riskloop.loop.models import QuasiEvent
from riskloop.loop.personal import clear_for, subject_shown
from riskloop.loop.visibility import bundle_of
from riskloop.models import labels
from riskloop.models.catalogue import catalogue
from riskloop.organisation.masking import Kind, masked
from riskloop.organisation.models import User

ACROSS = 6
"""Columns of a table that can be read on an upright sheet, beside the one that says which row it is."""


def the_event(event: QuasiEvent, reader: User) -> Section:
    """What it is, where it stands, and who and what is behind it."""
    unit = f"{event.unit.name} {event.unit_id}" if event.unit else shown.NOTHING
    facts = [
        (_("State"), event.get_state_display()),  # pyright: ignore[reportAttributeAccessIssue]
        (_("Grade"), event.get_grade_display()),  # pyright: ignore[reportAttributeAccessIssue]
        (_("Unit"), unit),
        (shown.subject_kind(event), subject_shown(event, reader)),
        (_("Business day"), str(event.booked_on)),
        (_("Last hit"), str(event.last_on)),
        (_("Amount, CNY"), shown.money(event.amount)),
        (_("Facts behind it"), shown.number(event.count)),
        (_("Found at"), shown.moment(event.found_at)),
        (_("Assignee"), str(event.assignee or shown.NOTHING)),
        *_behind(event, reader),
    ]
    if event.withdrawn_on:
        facts.append((_("Withdrawn on"), shown.moment(event.withdrawn_on)))
    if event.outcome:
        facts.append((_("Outcome"), event.get_outcome_display()))  # pyright: ignore[reportAttributeAccessIssue]
    if event.score is not None:
        facts.append((_("Risk score"), shown.number(event.score)))
    if event.closed_at is not None:
        facts.append((_("Closed"), shown.by(event.closed_by, event.closed_at)))
    return Section(_("The event"), [Facts(facts)])


def _behind(event: QuasiEvent, reader: User) -> list[tuple[str, str]]:
    """Entries, accounts, customers and tellers, those of later hits too."""
    entries, accounts, customers, tellers, authorisers = event.named(
        "entry_ids", "account_ids", "customer_ids", "teller_ids", "authoriser_ids"
    )
    if clear_for(event, reader) is None:
        accounts = {masked(one, Kind.NUMBER) for one in accounts}
    return [
        (_("Entries"), _listed(entries)),
        (_("Accounts"), _listed(accounts)),
        (_("Customers"), _listed(customers)),
        (_("Tellers"), _listed(tellers)),
        (_("Authorising tellers"), _listed(authorisers)),
    ]


def _listed(ids: Iterable[str]) -> str:
    return _(", ").join(sorted(ids)) or shown.NOTHING


def what_the_model_compared(event: QuasiEvent, reader: User) -> Section:
    """The model as it was, the values that it held against each other, and the parameters in force."""
    model = catalogue().get(event.model)
    versions = Facts(
        [
            (_("Model"), f"{event.model} {shown.model_name(event.model)}"),
            (_("Version of the model"), str(event.model_version)),
            (_("Version of the parameters"), event.parameter_version),
        ]
    )
    blocks: list[Block] = [versions]
    if model is not None:
        blocks.append(Words(shown.read(model.definition)))
    compared = [(shown.read(v.label), shown.value(v.value)) for v in compared_values(event, reader)]
    blocks.append(Table((pgettext("values", "Found"), _("Value found")), compared, numbers=frozenset({1})))
    in_force = [(shown.read(v.label), shown.value(v.value), _unit(v.unit)) for v in values_in_force(event)]
    if in_force:
        headings = (_("Parameters in force"), _("Value"), pgettext("of measure", "Unit"))
        blocks.append(Table(headings, in_force, numbers=frozenset({1})))
    return Section(_("What the model compared"), blocks)


def _unit(unit: str) -> str:
    named = labels.MEASURE_NAMES.get(unit)
    return "" if unit == "flag" or named is None else shown.read(named)


def later_hits(event: QuasiEvent, reader: User) -> Section | None:  # noqa: ARG001 — of the form of all sections
    """The later hits of a situation that goes on, those withdrawn too."""
    rows = [
        (
            str(one.booked_on),
            shown.money(one.amount),
            shown.number(one.count),
            shown.moment(one.withdrawn_on),
        )
        for one in event.continuations.order_by("booked_on")
    ]
    headings = (_("Business day"), _("Amount, CNY"), _("Facts behind it"), _("Withdrawn on"))
    return Section(_("Later hits"), [Table(headings, rows, numbers=frozenset({1, 2}))]) if rows else None


def bundle(event: QuasiEvent, reader: User) -> Section | None:
    """The other events, within his reach, whose hits share an object with this one on a day."""
    rows = [
        (
            f"{one.model} {shown.model_name(one.model)}",
            f"{shown.subject_kind(one)} {subject_shown(one, reader)}",
            str(one.booked_on),
            one.get_grade_display(),  # pyright: ignore[reportAttributeAccessIssue]
            one.get_state_display(),  # pyright: ignore[reportAttributeAccessIssue]
            str(one.pk),
        )
        for one in bundle_of(event, reader)
    ]
    headings = (_("Model"), _("Subject"), _("Business day"), _("Grade"), _("State"), _("Event"))
    table = Table(headings, rows, widths=(24, 20, 13, 10, 10, 23))
    return Section(_("Bundle"), [table]) if rows else None


def rows_behind_it(event: QuasiEvent, reader: User) -> Section | None:
    """The canonical rows as they were when the event was found, every column that holds something."""
    blocks: list[Block] = []
    for table in evidence_tables(event, evidence_of(event, reader)):
        blocks += _rows(table)
    return Section(_("Rows behind the event"), blocks) if blocks else None


def _rows(table: EvidenceTable) -> list[Block]:
    """A wide table is cut into several, each with the column that says which row it is."""
    if not table.columns:
        return []
    key, *others = table.columns
    slices = [others[at : at + ACROSS] for at in range(0, len(others), ACROSS)] or [[]]
    return [
        _slice(table, [key, *columns], _title(table, number, len(slices)))
        for number, columns in enumerate(slices, start=1)
    ]


def _title(table: EvidenceTable, number: int, of: int) -> str:
    shown_rows = ngettext("%(total)s row", "%(total)s rows", len(table.rows)) % {"total": len(table.rows)}
    if table.total > len(table.rows):
        shown_rows = _("%(shown)s of %(total)s rows") % {"shown": len(table.rows), "total": table.total}
    part = f" ({number}/{of})" if of > 1 else ""
    return f"{shown.table_name(table.name)}{part} · {shown_rows}"


def _slice(table: EvidenceTable, columns: Sequence[str], title: str) -> Table:
    rows = [dict(row) for row in table.rows]
    known = TABLES[table.name].by_name if table.name in TABLES else {}
    kinds = [known[c].kind if c in known else "text" for c in columns]
    return Table(
        columns=[shown.heading(table.name, column) for column in columns],
        rows=[[shown.cell(table.name, column, row.get(column)) for column in columns] for row in rows],
        title=title,
        numbers=frozenset(i for i, kind in enumerate(kinds) if kind in {"money", "signed_money", "int"}),
    )
