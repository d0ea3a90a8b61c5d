"""What stands in an evidence file, and in which order.

Whatever else comes to hang on an event (queries, appeals, reopenings, exception reports, re-checks) adds its
section with a function of its own, beside its other reading, and a line in `SECTIONS`:

    def queries(event: QuasiEvent, reader: User) -> Section | None:
        rows = [(one.number, str(one.asked_by), shown.moment(one.asked_at)) for one in event.queries.all()]
        headings = (_("No."), _("Asked by"), _("Asked at"))
        return Section(_("Queries"), [Table(headings, rows)]) if rows else None

`blocks` says what a section is made of, `shown` how values are written. The function gives only what its
reader may see, masked where he sees the event masked, and None where there is nothing; the page and the Word
file need no change. Its text is in the reader's language and stands in the catalogue of translations.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.loop import shown
from riskloop.loop.evidence import exchanges, found, record, work
from riskloop.loop.evidence.blocks import EvidenceFile, Facts, Section
from riskloop.loop.models import QuasiEvent
from riskloop.loop.personal import clear_for, subject_shown
from riskloop.organisation.models import User

SectionOf = Callable[[QuasiEvent, User], Section | None]
"""Writes one section as its reader may see it; None where the event has nothing of the kind."""
SECTIONS: list[SectionOf] = [
    found.the_event,
    found.what_the_model_compared,
    found.later_hits,
    found.bundle,
    found.rows_behind_it,
    work.discrimination,
    exchanges.queries,
    work.determinations,
    work.measures,
    exchanges.objections,
    exchanges.exceptions,
    exchanges.second_looks,
    work.attachments,
    record.history,
    record.chain,
]
"""In the order of the file, which is that of the work."""


def evidence_file(event: QuasiEvent, reader: User) -> EvidenceFile:
    """The event's file, masked unless the reader sees the event in clear now."""
    written = (section(event, reader) for section in SECTIONS)
    subject = f"{shown.subject_kind(event)} {subject_shown(event, reader)}"
    return EvidenceFile(
        title=_("Evidence file"),
        about=f"{event.model} {shown.model_name(event.model)} · {subject} · {event.booked_on}",
        made=Facts(
            [
                (_("Event"), str(event.pk)),
                (_("Made for"), str(reader)),
                (_("Made at"), shown.moment(timezone.now())),
                (_("Personal data"), _personal(event, reader)),
            ]
        ),
        sections=[section for section in written if section is not None],
    )


def _personal(event: QuasiEvent, reader: User) -> str:
    clear = clear_for(event, reader)
    if clear is None:
        return _("masked")
    return _("in clear, because: %(reason)s") % {"reason": clear.reason}
