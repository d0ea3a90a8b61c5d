"""Tokens by which programs come in: of a person for himself, or of a service account."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from riskloop.organisation.models.accounts import User


class Kind(models.TextChoices):
    """Whose token it is."""

    PERSONAL = "personal", _("Personal")
    SERVICE = "service", _("Service")


class TokenLife(models.Model):
    """How many days a token of a kind lives at most, from a day on."""

    kind = models.TextField(choices=Kind.choices)
    days = models.IntegerField()
    effective_from = models.DateField()

    class Meta:
        verbose_name = _("life of tokens")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "effective_from"], name="one_token_life_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.days}"


class Token(models.Model):
    """A token: what may be done with it at most, and until when.

    The secret itself is kept nowhere: of it the beginning, to be recognised by, and the digest.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="tokens")
    user_id: int
    name = models.TextField()
    functions = ArrayField(models.TextField())
    prefix = models.TextField()
    digest = models.TextField(unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("token")

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"

    @property
    def kind(self) -> Kind:
        return Kind.SERVICE if self.user.is_service else Kind.PERSONAL

    @property
    def state(self) -> str:
        """`running`, `expired` or `revoked`."""
        if self.revoked_at is not None:
            return "revoked"
        return "running" if self.expires_at > timezone.now() else "expired"
