"""What samples for inspection are called in the history (`telling`)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from riskloop.exposure.models import Chosen, InspectionState, Listed
from riskloop.exposure.samples.actions import SAMPLE
from riskloop.exposure.samples.reading import ORDER_NAMES
from riskloop.organisation.models.units import Level
from riskloop.organisation.naming import choices, moments, people, units
from riskloop.organisation.telling import Deed, Field, Fields, Vocabulary, for_machines

_ORDERS = [*ORDER_NAMES.items(), *((f"-{name}", told) for name, told in ORDER_NAMES.items())]
FIELDS: Fields = {
    "unit_id": Field(_("Unit"), units),
    "listed": Field(_("List"), choices(Listed.choices)),
    "first": Field(_("From day")),
    "last": Field(_("To day")),
    "level": Field(_("Level"), choices(Level.choices)),
    "order": Field(_("In the order of"), choices(_ORDERS)),
    "chosen": Field(_("Which"), choices(Chosen.choices)),
    "rows": Field(_("Rows of the sample")),
    "total": Field(_("Rows of the list")),
    "state": Field(_("State"), choices(InspectionState.choices)),
    "made_by_id": Field(_("Made by"), people, for_auditors=True),
    "made_at": Field(_("Made at"), moments, for_auditors=True),
    "marked_by_id": Field(_("Marked by"), people, for_auditors=True),
    "marked_at": Field(_("Marked at"), moments, for_auditors=True),
    # The reason and the remark stand in the lines' own words.
    **for_machines("id", "reason", "remark"),
}
VOCABULARY = Vocabulary(
    objects={SAMPLE: _("Sample for inspection")},
    fields={SAMPLE: FIELDS},
    actions={
        "draw_inspection_sample": Deed(_("Sample for inspection drawn"), "ti-clipboard-plus"),
        "mark_inspection_sample": Deed(_("Sample for inspection marked"), "ti-clipboard-check"),
    },
)
