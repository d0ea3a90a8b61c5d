"""People who work at the bank and their teller numbers, now and over time."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from riskloop.organisation.models.dated import Version, rules_of_versions
from riskloop.organisation.models.units import Unit


class Staff(models.Model):
    """A person who works at the bank, as he is today."""

    staff_id = models.TextField(primary_key=True)
    name = models.TextField()
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, db_constraint=False)
    unit_id: str | None
    post = models.TextField()
    joined_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("member of staff")

    def __str__(self) -> str:
        return f"{self.staff_id} {self.name}"


class StaffVersion(Version):
    """Where a person worked between two days, and in what post."""

    KEY = "staff_id"
    STATE = ("name", "unit_id", "post", "joined_on", "left_on")

    staff_id = models.TextField(db_index=True)
    name = models.TextField()
    unit_id = models.TextField(null=True, db_index=True)  # noqa: DJ001 — null is "unknown", as in `Staff`
    post = models.TextField()
    joined_on = models.DateField(null=True)
    left_on = models.DateField(null=True)

    class Meta(Version.Meta):
        verbose_name = _("member of staff over time")
        constraints: ClassVar = rules_of_versions("staff_id", "staff_version")

    def __str__(self) -> str:
        return f"{self.staff_id} {self.valid_from}"


class StaffCustomer(models.Model):
    """A customer number of a member of staff or of a relative: for recusal, and for odd looks."""

    staff_id = models.TextField(db_index=True)
    customer_id = models.TextField(db_index=True)
    relation = models.TextField()

    class Meta:
        verbose_name = _("customer number of a member of staff")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["staff_id", "customer_id"], name="one_relation_to_a_customer")
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.customer_id}"


class Teller(models.Model):
    """A teller's number and the person behind it, as it is today."""

    teller_id = models.TextField(primary_key=True)
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, db_constraint=False)
    staff_id: str | None
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, db_constraint=False)
    unit_id: str | None

    class Meta:
        verbose_name = _("teller")

    def __str__(self) -> str:
        return self.teller_id


class TellerVersion(Version):
    """Who was behind a teller's number between two days, and in which unit."""

    KEY = "teller_id"
    STATE = ("staff_id", "unit_id")

    teller_id = models.TextField(db_index=True)
    staff_id = models.TextField(null=True, db_index=True)  # noqa: DJ001 — null is "unknown", as in `Teller`
    unit_id = models.TextField(null=True)  # noqa: DJ001 — null is "unknown", as in `Teller`

    class Meta(Version.Meta):
        verbose_name = _("teller over time")
        constraints: ClassVar = rules_of_versions("teller_id", "teller_version")

    def __str__(self) -> str:
        return f"{self.teller_id} {self.valid_from}"
