"""The sections about what people did: discrimination, determination, measures, the files they attached."""

from __future__ import annotations

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from riskloop.loop import shown
from riskloop.loop.attachments.reading import AttachmentLine, attachments_of
from riskloop.loop.detail import Stated, determinations_of
from riskloop.loop.evidence.blocks import Facts, Section, Table
from riskloop.loop.history import EVENT
from riskloop.loop.models import Determination, Driver, Measure, MeasureState, Outcome, QuasiEvent, Standing
from riskloop.organisation.models import History, User


def discrimination(event: QuasiEvent, reader: User) -> Section | None:  # noqa: ARG001 — of the form of all sections
    """Why the event was excluded, or why it went on to determination, and by whom."""
    facts: list[tuple[str, str]] = []
    if event.exclusion_reason and event.outcome == str(Outcome.EXCLUDED):
        facts += [
            (_("Outcome"), event.get_outcome_display()),  # pyright: ignore[reportAttributeAccessIssue]
            (_("Reason"), shown.read(event.exclusion_reason.name)),
            (pgettext("of a conclusion", "In words"), event.conclusion_note or shown.NOTHING),
            (_("Concluded"), shown.by(event.concluded_by, event.concluded_at)),
        ]
    if event.suspicion:
        facts += [
            (_("Why it is suspected"), shown.read(event.suspicion.name)),
            (_("What was found"), event.suspicion_note),
            (_("Passed on to determination"), _last("pass_on", event)),
        ]
    return Section(_("Discrimination"), [Facts(facts)]) if facts else None


def _last(action: str, event: QuasiEvent) -> str:
    """Who did something to the event last, and when."""
    line = History.objects.filter(object_type=EVENT, object_id=str(event.pk), action=action).last()
    return shown.NOTHING if line is None else shown.by(line.actor, line.at)


def determinations(event: QuasiEvent, reader: User) -> Section | None:  # noqa: ARG001 — of the form of all sections
    """Every determination, the oldest first: also what was sent back or annulled stands as it was."""
    stated = reversed(determinations_of(event))
    blocks = [_determination(number, one) for number, one in enumerate(stated, start=1)]
    return Section(_("Determination"), blocks) if blocks else None


def _determination(number: int, line: Stated) -> Facts:
    one = line.determination
    facts = [
        (_("Outcome"), one.get_outcome_display()),  # pyright: ignore[reportAttributeAccessIssue]
        (_("Event type"), shown.read(one.event_type.name) if one.event_type else shown.NOTHING),
        (_("Main risk driver"), _driver(one.driver)),
        *((_("Also"), _driver(driver)) for driver in one.other_drivers.all()),
        (_("Controllable"), _("yes") if one.controllable else _("no")),
        (_("Grade"), one.get_grade_display()),  # pyright: ignore[reportAttributeAccessIssue]
        (_("Risk score"), shown.number(one.score)),
        (_("Loss, CNY"), shown.money(one.loss)),
        (_("Recovered, CNY"), shown.money(one.recovered)),
        (_("Near miss, CNY"), shown.money(one.near_miss)),
        (_("Who answers for it"), _answering(line)),
        (_("What was found"), one.note),
        (_("Proposed"), shown.by(one.proposed_by, one.proposed_at)),
        (_("Four eyes"), _second_person(one)),
    ]
    if one.decision_note:
        facts.append((_("Words of the decision"), one.decision_note))
    title = _("No. %(number)d: %(standing)s") % {
        "number": number,
        "standing": one.get_standing_display(),  # pyright: ignore[reportAttributeAccessIssue]
    }
    return Facts(facts, title)


def _driver(driver: Driver) -> str:
    return f"{driver.code} {shown.read(driver.name)}"


def _answering(line: Stated) -> str:
    people = (f"{one.name} {one.staff_id} {shown.read(one.level.name)}".strip() for one in line.people)
    return "\n".join(people) or shown.NOTHING


def _second_person(one: Determination) -> str:
    """Who decided on what another proposed."""
    if one.decided_at is not None:
        return shown.by(one.decided_by, one.decided_at)
    if one.standing == str(Standing.PROPOSED):
        return _("a second person is still to decide")
    return _("its grade needed no second person")


def measures(event: QuasiEvent, reader: User) -> Section | None:  # noqa: ARG001 — of the form of all sections
    """What was to be done, by whom and by when, what was done, and who saw that it holds."""
    found = event.measures.select_related("kind", "owner", "done_by", "verified_by", "sent_back_by")
    headings = (
        _("Measure"),
        _("Owner"),
        _("Due"),
        pgettext("measure", "Done"),
        pgettext("measure", "Verified"),
    )
    rows = [_measure(one) for one in found.order_by("due_on", "id")]
    return Section(_("Measures"), [Table(headings, rows, widths=(32, 12, 12, 28, 16))]) if rows else None


def _measure(one: Measure) -> tuple[str, ...]:
    done = [one.done_note, shown.by(one.done_by, one.done_at)] if one.done_at else []
    if one.sent_back_at:
        back = f"{_('Sent back')} {shown.by(one.sent_back_by, one.sent_back_at)}"
        done = [f"{back}{_(': ')}{one.sent_back_note}", *done]
    verified = shown.by(one.verified_by, one.verified_at) if one.verified_at else shown.NOTHING
    if one.state == MeasureState.LAPSED:
        verified = f"{MeasureState.LAPSED.label} {shown.moment(one.lapsed_at)}"
    owner = str(one.owner) if one.owner else _("nobody owes it")
    what = f"{shown.read(one.kind.name)}{_(': ')}{one.description}"
    return what, owner, str(one.due_on), "\n".join(filter(None, done)) or shown.NOTHING, verified


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
