"""A bulletin for a reader: on his page, as data, and as a file for a reason, which leaves a trace."""

from __future__ import annotations

import hashlib

from django.db import models
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from riskloop.bulletin.asked import BulletinForm
from riskloop.bulletin.blocks import Bulletin
from riskloop.bulletin.cells import DoesNotFollow
from riskloop.bulletin.files import ENDINGS
from riskloop.bulletin.report import made
from riskloop.loop.evidence import page, word
from riskloop.organisation.action import Refused, require
from riskloop.organisation.functions import EXPORT
from riskloop.organisation.models import LookKind
from riskloop.organisation.scope import may
from riskloop.organisation.traces import trace
from riskloop.organisation.unmasking import SHORTEST_REASON

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES = {"html": page.MEDIA_TYPE, "docx": word.MEDIA_TYPE, "xlsx": EXCEL}


class Form(models.TextChoices):
    """In which form the file is made."""

    HTML = "html", gettext_lazy("Page to print (HTML)")
    WORD = "docx", gettext_lazy("Word file")
    EXCEL = "xlsx", gettext_lazy("Excel file")


def bulletin_for(asked: BulletinForm) -> Bulletin:
    """The bulletin as far as the reader's roles reach, in the language that is active.

    Args:
        asked: a valid form.

    Raises:
        Refused: `nothing_known` of the unit in this period, or `does_not_follow`: a figure from its parts.
    """
    try:
        bulletin = made(asked.scope, asked.period)
    except DoesNotFollow as problem:
        said = _("The figures do not follow from their parts, so that nothing is shown: %(problem)s")
        raise Refused("does_not_follow", said % {"problem": problem}) from problem
    told = ("volume", "events", "quasi.itemised", "quasi.statistical")
    known = any(bulletin.book[f"{name}.now"].value for name in told)
    require(
        known, "nothing_known", _("Of this unit nothing is known in this period: no volume and no event.")
    )
    return bulletin


def may_take(asked: BulletinForm) -> bool:
    """Whether the reader may take files of the unit away."""
    return may(asked.reader, EXPORT, asked.cleaned_data["unit"])


def handed_out(asked: BulletinForm, form: str, why: str) -> HttpResponse:
    """The file; that it is handed out, to whom and with which hash is written down before.

    Raises:
        Refused: `role`, `reason`: too short, or as `bulletin_for` does.
    """
    require(may_take(asked), "role", _("None of your roles allows this for this unit."), who=True)
    said = _("Say why, in at least %(number)d characters.") % {"number": SHORTEST_REASON}
    require(len(why.strip()) >= SHORTEST_REASON, "reason", said)
    content = ENDINGS[f".{form}"](bulletin_for(asked))
    unit_id: str = asked.cleaned_data["unit"]
    trace(
        asked.reader,
        LookKind.EXPORT,
        EXPORT,
        "bulletin",
        unit_id,
        unit_id if asked.chosen else None,
        about=f"{asked.period} {form} SHA-256 {hashlib.sha256(content).hexdigest()}",
        reason=why.strip(),
    )
    name = f"bulletin-{unit_id}-{asked.period}.{form}".replace("..", "_")
    kept = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in name)
    headers = {"Content-Disposition": f'attachment; filename="{kept}"'}
    kind = MEDIA_TYPES[form]
    if form == Form.HTML.value:
        return HttpResponse(content, content_type=f"{kind}; charset=utf-8", headers=page.HEADERS | headers)
    return HttpResponse(content, content_type=kind, headers=headers)
