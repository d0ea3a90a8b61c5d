"""Accounts of riskloop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import AbstractUser
from django.db import models

from riskloop.organisation.models.units import Unit

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from riskloop.organisation.models.roles import RoleAssignment


class User(AbstractUser):
    """An account of riskloop. `staff_id` ties it to the person, for recusal and for joining and leaving.

    `unit` is where the account is kept, and whose administrators see to it; that of a member of staff is his
    own, and when he moves his roles end (`lifecycle`). A service account stands for a program: it has no
    password and comes in by token only. `must_change_password`: somebody else has set it, and knows it.
    """

    staff_id = models.TextField(blank=True, db_index=True)
    display_name = models.TextField(blank=True)
    must_change_password = models.BooleanField(default=False)
    is_service = models.BooleanField(default=False)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    unit_id: str | None
    assignments: RelatedManager[RoleAssignment]

    def __str__(self) -> str:
        return self.display_name or self.username
