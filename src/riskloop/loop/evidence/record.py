"""The sections about the record: every step in order, and where it stands in the chain of the history."""

from __future__ import annotations

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from riskloop.loop import shown
from riskloop.loop.evidence.blocks import Facts, Section, Table, Words
from riskloop.loop.history import EVENT
from riskloop.loop.models import QuasiEvent
from riskloop.organisation import telling
from riskloop.organisation.history import digest_of
from riskloop.organisation.models import History, User

DIGITS = 12
"""Of a digest in the list of steps; the last one stands in full, and bears all before it."""


def history(event: QuasiEvent, reader: User) -> Section:  # noqa: ARG001 — of the form of all sections
    """Every step from entry to closure, in the order of the chain."""
    lines = telling.history_of(EVENT, event.pk)
    rows = [
        (
            str(line.pk),
            f"{localtime(told.at):%Y-%m-%d %H:%M:%S}",
            "\n".join(filter(None, (told.who, told.role))),
            "\n".join((told.what, *_details(told))),
            line.digest[:DIGITS],
        )
        for line, told in zip(lines, telling.told(lines), strict=True)
    ]
    headings = (_("No."), _("When"), _("Who"), _("What"), _("Digest"))
    return Section(_("History"), [Table(headings, rows, widths=(8, 14, 18, 44, 16))])


def _details(told: telling.Line) -> list[str]:
    changes = [
        f"{one.field}{_(': ')}{f'{one.before} → ' if one.before else ''}{one.after or shown.NOTHING}"
        for one in told.changes
    ]
    return [*changes, told.words] if told.words else changes


def chain(event: QuasiEvent, reader: User) -> Section | None:  # noqa: ARG001 — of the form of all sections
    """By which digests the steps can be held against the chain, also later and elsewhere."""
    lines = telling.history_of(EVENT, event.pk)
    end = History.objects.order_by("-id").first()
    if not lines or end is None:
        return None
    false = [str(line.pk) for line in lines if line.digest != digest_of(line)]
    holds = _("no: %(lines)s") % {"lines": _(", ").join(false)} if false else _("yes")
    facts = Facts(
        [
            (_("Steps of this event"), shown.number(len(lines))),
            (_("Each step says what its digest says"), holds),
            (_("Last step of this event"), f"{lines[-1].pk}\n{lines[-1].digest}"),
            (_("End of the chain when this file was made"), f"{end.pk}\n{end.digest}"),
        ]
    )
    how = _(
        "Every line of the history bears a SHA-256 digest over what it says and over the digest of the line"
        " before it. Whoever holds this file can ask for the chain and look for these digests in it."
    )
    return Section(_("Place in the chain of the history"), [facts, Words(how)])
