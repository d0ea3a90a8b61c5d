"""The operations of one's own notices."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema

from riskloop.organisation.action import do
from riskloop.organisation.operations import Limit, Number, Offset, Operations, Page, paged, signed_in
from riskloop.outgoing.models import Notice, NoticeSettings
from riskloop.outgoing.notice_actions import ChooseNotices
from riskloop.outgoing.notices import mark_read, notices_of, settings_of, told, unread_by

router = Operations(tags=["notices"])


class NoticeOut(Schema):
    """Something that the caller was told. `text` is in his language; `address` is the page of the object."""

    id: int
    kind: str
    object_type: str
    object_id: str
    parameters: dict[str, Any]
    text: str
    address: str
    at: dt.datetime
    read_at: dt.datetime | None


class NoticeSettingsOut(Schema):
    by_mail: bool
    language: str


class Unread(Schema):
    """How many notices are not read."""

    unread: int


@router.reads("/notices", answers=Page[NoticeOut])
def list_notices(
    request: HttpRequest, unread: bool = False, limit: Limit = 100, offset: Offset = 0
) -> dict[str, Any]:
    """One's own notices. The newest first."""
    found = notices_of(signed_in(request))
    return paged(found.filter(read_at=None) if unread else found, limit, offset, _notice)


@router.does("/notices/{notice_id}/read", answers=NoticeOut)
def read_notice(request: HttpRequest, notice_id: Number) -> NoticeOut:
    """Marks a notice as read."""
    user = signed_in(request)
    get_object_or_404(notices_of(user), pk=notice_id)
    mark_read(user, notice_id)
    return _notice(notices_of(user).get(pk=notice_id))


@router.does("/notices/read_all", answers=Unread)
def read_notices(request: HttpRequest) -> Unread:
    """Marks all of one's notices as read."""
    user = signed_in(request)
    mark_read(user)
    return Unread(unread=unread_by(user))


@router.reads("/notice_settings", answers=NoticeSettingsOut)
def get_notice_settings(request: HttpRequest) -> NoticeSettingsOut:
    """Whether one's notices also come by e-mail."""
    return _settings(settings_of(signed_in(request)))


@router.does("/notice_settings", answers=NoticeSettingsOut)
def choose_notices(request: HttpRequest, given: NoticeSettingsOut) -> NoticeSettingsOut:
    """Chooses whether one's notices also come by e-mail, and in which language."""
    return _settings(do(ChooseNotices(signed_in(request), given.by_mail, given.language)).choice)


def _settings(choice: NoticeSettings) -> NoticeSettingsOut:
    return NoticeSettingsOut(by_mail=choice.by_mail, language=choice.language)


def _notice(notice: Notice) -> NoticeOut:
    said = told([notice])
    return NoticeOut(
        id=notice.pk,
        kind=notice.kind,
        object_type=notice.object_type,
        object_id=notice.object_id,
        parameters=notice.parameters,
        text=said[0].text if said else "",
        address=said[0].address if said else "",
        at=notice.at,
        read_at=notice.read_at,
    )
