"""Files are attached to an event, and a wrong one is struck through: nothing is ever taken away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.loop.actions.base import Action
from riskloop.loop.attachments import files
from riskloop.loop.attachments.belonging import is_there, takes_files
from riskloop.loop.attachments.file_kinds import cleaned, media_type_of
from riskloop.loop.attachments.files import MB, Incoming, kept_only_if_done
from riskloop.loop.models import Attachment, Purpose, QuasiEvent
from riskloop.organisation.action import do, require
from riskloop.organisation.functions import (
    ANSWER,
    APPEAL,
    CARRY_OUT,
    CLOSE,
    DISCRIMINATE,
    READ_EVENTS,
    SET_MEASURES,
    VERIFY,
)
from riskloop.organisation.models import User
from riskloop.organisation.recusal import Task
from riskloop.organisation.scope import may

WORKING = (DISCRIMINATE, SET_MEASURES, CLOSE, CARRY_OUT, VERIFY, ANSWER, APPEAL)
"""Who does any of this works on the event, and may attach to it."""
AT_ONCE = 10
"""Files that one form may bring."""


@dataclass
class OnAttachment(Action):
    """What whoever works on the event does to its attachments."""

    task = Task.ANSWER

    @property
    def function(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride] — the person's own
        return next((f for f in WORKING if may(self.user, f, self.unit_id)), WORKING[0])

    def check_person(self) -> None:
        super().check_person()
        reads = may(self.user, READ_EVENTS, self.unit_id)
        require(reads, "role", _("None of your roles allows this for this unit."), who=True)


@dataclass
class Attach(OnAttachment):
    """One file is attached to the event, or to something of it. Many at once: `attach`."""

    incoming: Incoming | None = None
    purpose: str = Purpose.EVENT
    of: str = ""
    """The number of what it belongs to; of the event itself it need not be named."""
    about: str = ""
    """What the file is, in the words of who attaches it."""
    attachment: Attachment = field(init=False)
    name = "attach"

    def __post_init__(self) -> None:
        of = self.of or str(self.event.pk)
        self.attachment = Attachment(
            event=self.event, purpose=self.purpose, object_id=of, about=self.about.strip()
        )

    @property
    def touched(self) -> Attachment:
        return self.attachment

    def check_event(self) -> None:
        open_to_them = takes_files(self.event, self.purpose)
        require(open_to_them, "state", _("The event has ended; nothing is attached to it any more."))
        there = is_there(self.event, self.purpose, self.attachment.object_id)
        require(there, "object", _("The event has nothing of this kind that a file could belong to."))

    def check_given(self) -> None:
        """Refuses a file for its name, its content, or its size, and notes what it is."""
        require(self.incoming is not None, "file", _("Choose a file."))
        assert self.incoming is not None  # noqa: S101 — `require` saw to it
        given, noted = self.incoming, self.attachment
        noted.name = cleaned(given.name)
        require(given.size > 0, "empty", _("%(name)s is empty.") % {"name": noted.name})
        largest = files.too_large(noted.name, settings.ATTACHMENT_MB)
        require(given.size <= settings.ATTACHMENT_MB * MB, "size", largest)
        noted.media_type = media_type_of(noted.name, given.file)
        before: int = _size_of_all(self.event)
        full = _("All files of one event may have %(number)d MB together, and with %(name)s they have more.")
        said = full % {"number": settings.ATTACHMENTS_MB, "name": noted.name}
        require(before + given.size <= settings.ATTACHMENTS_MB * MB, "total", said)

    def execute(self) -> None:
        assert self.incoming is not None  # noqa: S101 — checked
        noted = self.attachment
        noted.size, noted.sha256 = self.incoming.size, self.incoming.sha256
        noted.uploaded_by, noted.uploaded_at = self.user, timezone.now()
        files.lock(noted.sha256)
        noted.save()
        self.incoming.keep()


def _size_of_all(event: QuasiEvent) -> int:
    attached = Attachment.objects.filter(event=event)
    return attached.aggregate(total=Sum("size"))["total"] or 0


@dataclass
class Strike(OnAttachment):
    """Who attached a wrong file strikes it through. It stays, with the reason."""

    attachment: Attachment
    why: str = ""
    name = "strike"

    @property
    def touched(self) -> Attachment:
        return self.attachment

    @property
    def reason(self) -> str:
        return self.why.strip()

    @property
    def beside(self) -> dict[str, Any]:
        return {"name": self.attachment.name}

    def lock(self) -> None:
        super().lock()
        self.attachment.refresh_from_db()

    def check_person(self) -> None:
        super().check_person()
        own = self.attachment.uploaded_by_id == self.user.pk
        require(own, "uploader", _("Only who attached the file strikes it through."), who=True)

    def check_event(self) -> None:
        struck = self.attachment.struck_at is not None
        require(not struck, "struck", _("The file was struck through already."))

    def check_given(self) -> None:
        require(bool(self.why.strip()), "why", _("Say why the file is wrong."))

    def execute(self) -> None:
        self.attachment.struck_at = timezone.now()
        self.attachment.struck_reason = self.reason
        self.attachment.save(update_fields=["struck_at", "struck_reason"])


def attach(
    event: QuasiEvent,
    user: User,
    incoming: Sequence[Incoming],
    purpose: str = Purpose.EVENT,
    of: str = "",
    about: str = "",
) -> list[Attachment]:
    """Attaches all of the files, or where one is refused, none. Whoever received them closes them.

    Args:
        about: what they are, if anything is to be said of them.

    Raises:
        Refused: the reason, which names the file.
    """
    require(bool(incoming), "file", _("Choose a file."))
    few = _("At most %(number)d files at once.") % {"number": AT_ONCE}
    require(len(incoming) <= AT_ONCE, "many", few)
    with kept_only_if_done(settings.HOME, [one.sha256 for one in incoming]), transaction.atomic():
        return [do(Attach(event, user, one, purpose, of, about)).attachment for one in incoming]


def strike(attachment: Attachment, user: User, why: str) -> None:
    do(Strike(attachment.event, user, attachment, why))
