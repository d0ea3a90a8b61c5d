"""Personal data in clear: asked for with a reason, for one object, for a while; and given back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.organisation.action import Action, require
from riskloop.organisation.functions import CARRY_OUT, UNMASK
from riskloop.organisation.models import Unmasking, User
from riskloop.organisation.recusal import Finding, Task, recused, sentence
from riskloop.organisation.scope import may, once

SHORTEST_REASON = 8
"""Characters: "check" is no reason."""


@dataclass(frozen=True)
class Object:
    """What is to be seen in clear."""

    id: str
    unit_id: str | None
    finding: Finding


def running(user: User, object_type: str, object_id: Any) -> Unmasking | None:
    """By which he sees the object in clear now; None if he sees it masked.

    It ends by time, by his own hand, and with the role that allowed it.
    """
    key = ("unmasking", user.pk, object_type, str(object_id))
    return once(key, lambda: _running(user, object_type, object_id))


def _running(user: User, object_type: str, object_id: Any) -> Unmasking | None:
    now = timezone.now()
    found = (
        Unmasking.objects.filter(
            user=user, object_type=object_type, object_id=str(object_id), granted_at__lte=now, until__gt=now
        )
        .order_by("-until")
        .first()
    )
    return found if found is not None and may(user, UNMASK, found.unit_id) else None


def masked_already() -> str:
    """Why there is nothing to be masked again."""
    return _("It is masked already.")


@dataclass
class Unmask(Action):
    """One person sees one object in clear for a while. For each type of objects there is a class."""

    user: User  # pyright: ignore[reportIncompatibleVariableOverride] — a person, by definition
    seen: Object
    why: str
    unmasking: Unmasking = field(init=False)
    name = "unmask"
    function = UNMASK

    def __post_init__(self) -> None:
        now = timezone.now()
        self.unmasking = Unmasking(
            user=self.user,
            object_type=self.object_type,
            object_id=self.seen.id,
            unit_id=self.seen.unit_id,
            reason=self.why.strip(),
            granted_at=now,
            until=now + dt.timedelta(minutes=settings.UNMASKED_MINUTES),
        )

    @property
    def unit_id(self) -> str | None:
        return self.seen.unit_id

    @property
    def touched(self) -> Unmasking:
        return self.unmasking

    @property
    def object_id(self) -> str:
        return self.seen.id

    @property
    def reason(self) -> str:
        return self.why.strip()

    def lock(self) -> None:
        # Two requests of one person at once would otherwise both find none running.
        User.objects.select_for_update().get(pk=self.user.pk)

    def check(self) -> None:
        super().check()
        self.check_recusal()
        require(
            len(self.why.strip()) >= SHORTEST_REASON,
            "reason",
            _("Say why, in at least %(number)d characters.") % {"number": SHORTEST_REASON},
        )
        is_running = running(self.user, self.object_type, self.seen.id) is not None
        require(not is_running, "running", _("You see it in clear already."))

    def check_recusal(self) -> None:
        # The unit's own people answer for it, and may see what they answer for.
        task = Task.ANSWER if may(self.user, CARRY_OUT, self.seen.unit_id) else Task.JUDGE
        ground = recused(self.user, self.seen.finding, task)
        require(ground is None, "recusal", sentence(ground) if ground else "", who=True)

    def execute(self) -> None:
        self.unmasking.save()


@dataclass
class HideAgain(Action):
    """What was in clear is masked again, before its time."""

    user: User  # pyright: ignore[reportIncompatibleVariableOverride]
    unmasking: Unmasking
    name = "hide_again"
    function = UNMASK

    @property
    def unit_id(self) -> str | None:
        return self.unmasking.unit_id

    @property
    def touched(self) -> Unmasking:
        return self.unmasking

    @property
    def object_id(self) -> str:
        return self.unmasking.object_id

    def lock(self) -> None:
        self.unmasking.refresh_from_db(from_queryset=Unmasking.objects.select_for_update())

    def check(self) -> None:
        super().check()
        own = self.unmasking.user_id == self.user.pk
        require(own, "himself", _("Only who asked for it gives it back."), who=True)
        require(self.unmasking.until > timezone.now(), "over", masked_already())

    def execute(self) -> None:
        self.unmasking.until = timezone.now()
        self.unmasking.save(update_fields=["until"])
