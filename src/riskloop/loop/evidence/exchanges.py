"""The sections about what people said: queries, objections, exception reports, second looks."""

from __future__ import annotations

from django.utils.translation import gettext as _

from riskloop.loop import shown
from riskloop.loop.evidence.blocks import Facts, Section
from riskloop.loop.exceptions.seeing import seen_by
from riskloop.loop.models import ExceptionReport, Objection, QuasiEvent, Query, SampleItem
from riskloop.loop.oversight.reading import faults_of, items_on
from riskloop.loop.queries.reading import RoundLine, rounds_of, whole
from riskloop.organisation.models import User


def queries(event: QuasiEvent, reader: User) -> Section | None:  # noqa: ARG001 — of the form of all sections
    """Every query with all its rounds: what was asked, of whom, what was answered, what was wrong with it."""
    found = whole(event.queries.order_by("number"))
    blocks = [_round(query, line) for query in found for line in rounds_of(query)]
    return Section(_("Queries"), blocks) if blocks else None


def _round(query: Query, line: RoundLine) -> Facts:
    one = line.round
    facts = [
        (_("Sent to"), f"{query.unit.name} {query.unit_id}"),
        (_("Asked"), shown.by(one.sent_by, one.sent_at)),
    ]
    if one.fault:
        facts.append((_("Fault of the answer before"), shown.read(one.fault.name)))
    if one.words:
        facts.append((_("In the words of who asked"), one.words))
    facts += [(shown.read(question), answer or shown.NOTHING) for question, answer in line.questions]
    if one.answered_at:
        facts += [
            (_("What was found"), one.findings),
            (_("Method"), shown.read(one.method.name) if one.method else shown.NOTHING),
            (_("Answered"), shown.by(one.answered_by, one.answered_at)),
        ]
    if query.ended_at and one.number == len(query.rounds.all()):
        facts.append(
            (_("Ended"), "\n".join(filter(None, [shown.by(query.ended_by, query.ended_at), query.end_note])))
        )
    title = _("Query %(number)d, round %(round)d: %(kind)s, %(state)s") % {
        "number": query.number,
        "round": one.number,
        "kind": query.get_kind_display(),  # pyright: ignore[reportAttributeAccessIssue]
        "state": query.get_state_display(),  # pyright: ignore[reportAttributeAccessIssue]
    }
    return Facts(facts, title)


def objections(event: QuasiEvent, reader: User) -> Section | None:  # noqa: ARG001 — of the form of all sections
    """Every appeal and request to reopen, the oldest first, with what was decided."""
    found = event.objections.select_related("made_by", "decided_by").order_by("made_at")
    blocks = [_objection(one) for one in found]
    return Section(_("Appeals and reopenings"), blocks) if blocks else None


def _objection(one: Objection) -> Facts:
    facts = [(_("Made"), shown.by(one.made_by, one.made_at)), (_("Why"), one.words)]
    if one.decided_at:
        facts += [
            (_("Decided"), shown.by(one.decided_by, one.decided_at)),
            (_("Words of the decision"), one.decision_note),
        ]
    title = _("%(kind)s: %(state)s") % {
        "kind": one.get_kind_display(),  # pyright: ignore[reportAttributeAccessIssue]
        "state": one.get_state_display(),  # pyright: ignore[reportAttributeAccessIssue]
    }
    return Facts(facts, title)


def exceptions(event: QuasiEvent, reader: User) -> Section | None:
    """The exception reports that the reader sees: for nobody of the outlet concerned."""
    found = seen_by(reader).filter(event=event).select_related("criterion", "made_by", "acknowledged_by")
    blocks = [_exception(one) for one in found.select_related("reported_by")]
    return Section(_("Exception reports"), blocks) if blocks else None


def _exception(one: ExceptionReport) -> Facts:
    facts = [
        (_("Reported"), shown.by(one.made_by, one.made_at)),
        (_("Known since"), str(one.known_on)),
        (_("What is out of order"), one.words),
    ]
    if one.criterion:
        facts.insert(0, (_("Criterion of a major event"), shown.read(one.criterion.name)))
    if one.acknowledged_at:
        facts += [
            (_("Acknowledged"), shown.by(one.acknowledged_by, one.acknowledged_at)),
            (_("What is done about it"), one.acknowledged_note),
        ]
    if one.reported_at:
        facts += [
            (_("Reported to the regulator"), f"{one.reported_on} {one.reference}"),
            (_("Entered"), shown.by(one.reported_by, one.reported_at)),
        ]
    return Facts(facts)


def second_looks(event: QuasiEvent, reader: User) -> Section | None:
    """The times that a conclusion was looked at once more, for those who oversee, the oldest first."""
    blocks = [_second_look(one) for one in reversed(items_on(event, reader)) if one.verdict]
    return Section(_("Second look"), blocks) if blocks else None


def _second_look(one: SampleItem) -> Facts:
    return Facts(
        [
            (_("Sample"), f"{one.plan.month:%Y-%m} {one.get_part_display()}"),  # pyright: ignore[reportAttributeAccessIssue]
            (_("Concluded"), shown.by(one.concluded_by, one.concluded_at)),
            (_("The conclusion is"), one.get_verdict_display()),  # pyright: ignore[reportAttributeAccessIssue]
            (_("Faults"), "\n".join(shown.read(fault.name) for fault in faults_of(one)) or shown.NOTHING),
            (_("What was found"), one.note or shown.NOTHING),
            (_("Looked at"), shown.by(one.checked_by, one.checked_at)),
        ]
    )
