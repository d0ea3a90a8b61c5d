"""The sections about what people did: the conclusion, the measures, the files they attached."""

from __future__ import annotations

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from riskloop.loop import shown
from riskloop.loop.attachments.reading import AttachmentLine, attachments_of
from riskloop.loop.evidence.blocks import Block, Facts, Section, Table, Words
from riskloop.loop.models import Measure, QuasiEvent
from riskloop.organisation.models import User


def conclusion(event: QuasiEvent, reader: User) -> Section | None:  # noqa: ARG001 — of the form of all sections
    """What discrimination and determination found, by whom, and the closing."""
    if event.concluded_at is None:
        return None
    facts = [
        (_("Outcome"), event.get_outcome_display()),  # pyright: ignore[reportAttributeAccessIssue]
        (_("Concluded"), f"{event.concluded_by} {shown.moment(event.concluded_at)}"),
    ]
    if event.exclusion_reason:
        facts.append((_("Reason"), shown.read(event.exclusion_reason.name)))
    if event.driver:
        facts.append((_("Risk driver"), f"{event.driver.code} {shown.read(event.driver.name)}"))
    if event.score is not None:
        facts.append((_("Risk score"), shown.number(event.score)))
    if event.closed_at is not None:
        facts.append((_("Closed"), f"{event.closed_by} {shown.moment(event.closed_at)}"))
    blocks: list[Block] = [Facts(facts)]
    if event.conclusion_note:
        blocks.append(Words(event.conclusion_note))
    return Section(_("Conclusion"), blocks)


def measures(event: QuasiEvent, reader: User) -> Section | None:  # noqa: ARG001 — of the form of all sections
    """What was to be done, by whom and by when, what was done, and who saw that it holds."""
    found = event.measures.select_related("owner", "done_by", "verified_by").order_by("due_on", "id")
    headings = (
        _("Measure"),
        _("Owner"),
        _("Due"),
        pgettext("measure", "Done"),
        pgettext("measure", "Verified"),
    )
    rows = [_measure(one) for one in found]
    return Section(_("Measures"), [Table(headings, rows, widths=(32, 12, 12, 28, 16))]) if rows else None


def _measure(one: Measure) -> tuple[str, ...]:
    done = [one.done_note, f"{one.done_by} {shown.moment(one.done_at)}"] if one.done_at else [shown.NOTHING]
    verified = f"{one.verified_by} {shown.moment(one.verified_at)}" if one.verified_at else shown.NOTHING
    owner = str(one.owner) if one.owner else _("nobody owes it")
    return one.description, owner, str(one.due_on), "\n".join(filter(None, done)), verified


def attachments(event: QuasiEvent, reader: User) -> Section | None:
    """The files with their hashes; those struck through too, with the reason."""
    headings = (_("File"), _("Size"), _("Attached by"), _("SHA-256"))
    rows = [_attachment(line) for line in attachments_of(event, reader)]
    return Section(_("Attachments"), [Table(headings, rows, widths=(34, 11, 20, 35))]) if rows else None


def _attachment(line: AttachmentLine) -> tuple[str, ...]:
    one = line.attachment
    told = [line.name, one.about, f"({one.get_purpose_display()})"]  # pyright: ignore[reportAttributeAccessIssue]
    if one.struck_at:
        struck = f"{_('Struck through')} {shown.moment(one.struck_at)}"
        told.append(f"{struck}{_(': ')}{one.struck_reason}")
    by = f"{one.uploaded_by}\n{shown.moment(one.uploaded_at)}"
    return "\n".join(filter(None, told)), filesizeformat(one.size), by, one.sha256
