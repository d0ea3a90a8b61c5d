"""Where other systems are told of events, what they were told, and how they answered."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Endpoint(models.Model):
    """An address that is told of events. `sealed` is the secret by which what it is told is signed."""

    name = models.TextField()
    url = models.TextField()
    events = ArrayField(models.TextField())
    active = models.BooleanField(default=True)
    sealed = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    deliveries: RelatedManager[Delivery]

    class Meta:
        verbose_name = _("webhook")

    def __str__(self) -> str:
        return self.name


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("On its way")
    DELIVERED = "delivered", _("Delivered")
    GIVEN_UP = "given_up", _("Given up")


class Delivery(models.Model):
    """One message to one endpoint, as it is sent and signed: an outbox, written with what it tells of.

    `most` is after how many attempts it is given up.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="deliveries")
    endpoint_id: int
    kind = models.TextField()
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    state = models.TextField(choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.IntegerField(default=0)
    most = models.IntegerField()
    next_at = models.DateTimeField(null=True)
    tries: RelatedManager[Attempt]

    class Meta:
        verbose_name = _("delivery")
        indexes: ClassVar = [
            models.Index(fields=["endpoint", "-created_at"], name="delivery_newest"),
            models.Index(fields=["state"], condition=~Q(state="delivered"), name="delivery_not_done"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def message_id(self) -> str:
        """What the receiver knows it by: the same at every attempt."""
        return f"msg_{self.id.hex}"


class Problem(models.TextChoices):
    """What may stand in the way of a message."""

    ADDRESS = "address", _("The name leads to an address to which nothing is sent")
    BROKEN = "broken", _("The connection broke off")
    CERTIFICATE = "certificate", _("The receiver's certificate is not known")
    INACTIVE = "inactive", _("The webhook was switched off")
    TIMEOUT = "timeout", _("No answer in time")
    UNREACHABLE = "unreachable", _("Not reachable")


class Attempt(models.Model):
    """One attempt: the status and the first bytes of the answer, or what stood in the way."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="tries")
    delivery_id: uuid.UUID
    at = models.DateTimeField()
    seconds = models.FloatField()
    status = models.IntegerField(null=True)
    answer = models.TextField(blank=True)
    problem = models.TextField(choices=Problem.choices, blank=True)

    class Meta:
        verbose_name = _("attempt")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.status or self.problem}"
