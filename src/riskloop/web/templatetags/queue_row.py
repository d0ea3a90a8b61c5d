"""A row of the queue, written at once: of a page of fifty rows the template took half of the time."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from riskloop.loop.deadlines import Clock
from riskloop.loop.models import QuasiEvent
from riskloop.loop.shown import NOTHING, model_name, money, subject_kind
from riskloop.web.templatetags.riskloop import due, subject_key, tag

register = template.Library()
ROW = """<tr data-href="{address}"{withdrawn}>
  <td class="tight">{tick}{grade}</td>
  <td class="tight">{booked_on}</td>
  <td class="of-model"><span class="model-code">{model}</span> {model_name}</td>
  <td class="of-subject"><span class="muted">{kind}</span>
    <a class="code" href="{address}">{key}</a>{bundle}</td>
  <td class="of-unit" title="{unit_id}">{unit}</td>
  <td class="num">{amount}</td>
  <td class="tight">{state}{withdrawn_word}</td>
  <td class="tight">{due}</td>
  <td class="tight">{assignee}</td>
</tr>
"""
NOBODY = format_html('<span class="zero">{}</span>', NOTHING)
WITHDRAWN = SafeString(' class="withdrawn"')


@register.simple_tag
def queue_row(event: QuasiEvent, clock: Clock, ticked: Any) -> SafeString:
    """One event as a row that opens it.

    Args:
        ticked: whether rows can be ticked, to do something with several at once.
    """
    address = reverse("event", args=[event.pk])
    is_withdrawn = event.withdrawn_on is not None
    return format_html(
        ROW,
        address=address,
        withdrawn=WITHDRAWN if is_withdrawn else "",
        withdrawn_word=format_html(' <span class="word">{}</span>', _("withdrawn")) if is_withdrawn else "",
        tick=_tick(event) if ticked else "",
        grade=tag(event.grade, "grade"),
        booked_on=event.booked_on.isoformat(),
        model=event.model,
        model_name=model_name(event.model),
        kind=subject_kind(event),
        key=subject_key(event),
        bundle=_bundle(event),
        unit_id=event.unit_id or "",
        unit=(event.unit.name if event.unit else "") or event.unit_id or "—",
        amount=money(event.amount),
        state=tag(event.state, "state"),
        due=due(clock, event),
        assignee=event.assignee or NOBODY,
    )


def _tick(event: QuasiEvent) -> SafeString:
    return format_html(
        '<input type="checkbox" class="form-check-input me-2" name="event" value="{}" form="bulk"'
        ' autocomplete="off" aria-label="{}">',
        event.pk,
        _("Tick this row"),
    )


def _bundle(event: QuasiEvent) -> SafeString | str:
    """How many events its bundle has, where it is not alone: `tables.bundled` has counted them."""
    size: int | None = getattr(event, "bundle_size", None)
    if size is None or size < 2:  # noqa: PLR2004
        return ""
    return format_html(
        ' <a class="word" href="{}?bundle={}" title="{}">{}</a>',
        reverse("events"),
        event.bundle,
        _("Hits that share an object on a day"),
        _("bundle of %(number)s") % {"number": size},
    )
