"""Notices to people, and the e-mails that carry them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from riskloop.organisation.models import User

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class NoticeSettings(models.Model):
    """What a person has chosen: whether notices also come by e-mail, and in which language."""

    person = models.OneToOneField(User, models.PROTECT, primary_key=True, related_name="notice_settings")
    person_id: int
    by_mail = models.BooleanField(default=True)
    language = models.TextField(choices=settings.LANGUAGES, default="zh-hans")

    class Meta:
        verbose_name = _("notice settings")

    def __str__(self) -> str:
        return f"{self.person_id} {self.by_mail} {self.language}"


class Mail(models.Model):
    """One e-mail with some notices. Its number is its Message-ID, so that sent twice it can be told."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    notices: RelatedManager[Notice]

    class Meta:
        verbose_name = _("e-mail")
        indexes: ClassVar = [
            models.Index(fields=["at"], condition=Q(sent_at=None), name="mail_unsent"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Notice(models.Model):
    """Something that one person is told, about one object.

    The text is kept nowhere: a kind and its parameters, from which it is made in the reader's language.
    `key` is what is told once only.
    """

    person = models.ForeignKey(User, models.PROTECT, related_name="notices")
    person_id: int
    kind = models.TextField()
    object_type = models.TextField()
    object_id = models.TextField()
    parameters = models.JSONField(default=dict)
    key = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    to_mail = models.BooleanField(default=False)
    mail = models.ForeignKey(Mail, models.PROTECT, null=True, related_name="notices")

    class Meta:
        verbose_name = _("notice")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "key"], name="told_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(fields=["person", "-id"], name="notice_newest"),
            models.Index(fields=["person"], condition=Q(to_mail=True), name="notice_to_mail"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.object_id}"
