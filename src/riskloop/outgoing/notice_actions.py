"""What a person decides of his notices."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _

from riskloop.organisation.action import Action, require
from riskloop.organisation.models import User
from riskloop.outgoing.models import NoticeSettings
from riskloop.outgoing.notices import settings_of


@dataclass
class ChooseNotices(Action):
    """Whether one's own notices also come by e-mail, and in which language."""

    user: User | None
    by_mail: bool
    language: str
    choice: NoticeSettings = field(init=False)
    name = "choose_notices"
    function = ""
    object_type = "notice_settings"

    def __post_init__(self) -> None:
        assert self.user is not None  # noqa: S101 — nobody chooses for another
        self.choice = settings_of(self.user)

    @property
    def unit_id(self) -> str | None:
        return self.choice.person.unit_id

    @property
    def touched(self) -> NoticeSettings:
        return self.choice

    def check(self) -> None:
        known = self.language in dict(settings.LANGUAGES)
        require(known, "language", _("Choose a language from the list."))

    def execute(self) -> None:
        self.choice.by_mail, self.choice.language = self.by_mail, self.language
        self.choice.save()
