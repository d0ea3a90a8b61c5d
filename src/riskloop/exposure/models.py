"""How much business there was, which events count, and their sums: what every measure is made of.

`DailyVolume` and `RiskEvent` are the facts. The other tables are sums of them by month, quarter and year,
kept by triggers of the database in the transaction that changes a fact (decision 021).
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from riskloop.organisation.models import Unit

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

GRAINS = (12, 3, 1)
"""Of so many months the sums are kept, the longest first."""


class DailyVolume(models.Model):
    """Online volume (联机业务量) of a day in a unit, by teller and business.

    `teller_id` is "" where no teller took part; `business` is the bank's transaction code, "" where it was
    not told.
    """

    day = models.DateField(db_index=True)
    unit_id = models.TextField()
    teller_id = models.TextField(blank=True)
    business = models.TextField(blank=True, default="")
    volume = models.BigIntegerField()

    class Meta:
        verbose_name = _("online volume")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "unit_id", "teller_id", "business"], name="one_volume")
        ]
        indexes: ClassVar = [
            models.Index(fields=["teller_id", "day"], name="volume_teller_day"),
            models.Index(fields=["unit_id", "day"], name="volume_unit_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.unit_id} {self.teller_id} {self.business} {self.volume}"


class RiskEvent(models.Model):
    """A risk event (风险事件): a quasi-event as long as it counts, with what the measures need of it.

    It counts while a determination as internal or external is in force and new data do not withdraw it.
    `unit_id` is "" of an event of no unit; `businesses` are the transaction codes of the entries that were
    kept as its evidence, `channels` and `hours` (0 to 23) theirs, too. `driver` is the code of the main
    driver, or what a list calls it; "" where none is told. `amount`: CNY. A narrow copy: of a million events
    a page reads these rows and not the wide ones.
    """

    # The key of the quasi-event. No foreign key: the row goes by trigger before the event itself does.
    event_id = models.UUIDField(primary_key=True)
    booked_on = models.DateField()
    unit_id = models.TextField(blank=True)
    internal = models.BooleanField()
    controllable = models.BooleanField()
    score = models.DecimalField(max_digits=9, decimal_places=2)
    teller_ids = ArrayField(models.TextField(), default=list, blank=True)
    businesses = ArrayField(models.TextField(), default=list, blank=True)
    driver = models.TextField(blank=True, default="", db_default="")
    model = models.TextField(blank=True, default="", db_default="")
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    channels = ArrayField(models.TextField(), default=list, db_default=[], blank=True)
    hours = ArrayField(models.SmallIntegerField(), default=list, db_default=[], blank=True)

    class Meta:
        verbose_name = _("risk event")
        indexes: ClassVar = [
            models.Index(fields=["booked_on", "unit_id"], name="risk_event_day_unit"),
            models.Index(fields=["unit_id", "booked_on"], name="risk_event_unit_day"),
        ]

    def __str__(self) -> str:
        return f"{self.booked_on} {self.unit_id} {self.score}"


class Sum(models.Model):
    """A sum over `months` months (`GRAINS`) from the day `first` on, in one unit without those below it."""

    months = models.SmallIntegerField()
    first = models.DateField()
    unit_id = models.TextField(blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.first} +{self.months} {self.unit_id}"


class UnitVolume(Sum):
    """Online volume in a unit."""

    pk = models.CompositePrimaryKey("months", "first", "unit_id")
    volume = models.BigIntegerField()

    class Meta(Sum.Meta):
        verbose_name = _("online volume of a unit")
        # A page of a few hundred units finds each by itself; the key is in order of the periods.
        indexes: ClassVar = [models.Index(fields=["unit_id", "months", "first"], name="volumes_of_unit")]


class TellerVolume(Sum):
    """Online volume of a teller in a unit."""

    pk = models.CompositePrimaryKey("months", "first", "unit_id", "teller_id")
    teller_id = models.TextField()
    volume = models.BigIntegerField()

    class Meta(Sum.Meta):
        verbose_name = _("online volume of a teller")
        indexes: ClassVar = [models.Index(fields=["teller_id", "months", "first"], name="volume_of_teller")]


class BusinessVolume(Sum):
    """Online volume of a business in a unit."""

    pk = models.CompositePrimaryKey("months", "first", "unit_id", "business")
    business = models.TextField(blank=True)
    volume = models.BigIntegerField()

    class Meta(Sum.Meta):
        verbose_name = _("online volume of a business")


class UnitEvents(Sum):
    """Risk events in a unit: how many, and their scores."""

    pk = models.CompositePrimaryKey("months", "first", "unit_id")
    internal_events = models.BigIntegerField()
    external_events = models.BigIntegerField()
    controllable_events = models.BigIntegerField()
    internal_score = models.DecimalField(max_digits=18, decimal_places=2)
    external_score = models.DecimalField(max_digits=18, decimal_places=2)
    controllable_score = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta(Sum.Meta):
        verbose_name = _("risk events of a unit")
        # A page of a few hundred units finds each by itself; the key is in order of the periods.
        indexes: ClassVar = [models.Index(fields=["unit_id", "months", "first"], name="events_of_unit")]


class KeptGrouping(models.Model):
    """Units put together, as `kept_groupings` worked it out for one state of the tree."""

    key = models.TextField()
    stamp = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("grouping of units")
        constraints: ClassVar = [models.UniqueConstraint(fields=["key", "stamp"], name="one_grouping")]

    def __str__(self) -> str:
        return self.key


class GroupedUnit(models.Model):
    """A unit of a grouping, and `under` which unit it is summed up; `until` which day it is open there."""

    pk = models.CompositePrimaryKey("grouping_id", "unit_id")
    grouping_id = models.BigIntegerField()
    unit_id = models.TextField()
    under = models.TextField()
    until = models.DateField(null=True)

    class Meta:
        verbose_name = _("unit of a grouping")

    def __str__(self) -> str:
        return f"{self.unit_id} {self.under}"


class Listed(models.TextChoices):
    """Of which list a sample for inspection was made."""

    UNITS = "units", _("Units")
    TELLERS = "tellers", _("Tellers")
    BUSINESSES = "businesses", _("Businesses")


class Chosen(models.TextChoices):
    """By what its rows were chosen from the list."""

    ROWS = "rows", _("The rows that are ticked")
    FIRST = "first", _("The first of the list")
    HIGHER = "higher", _("All that are higher than their peers")


class InspectionState(models.TextChoices):
    """What has become of a sample for inspection."""

    OPEN = "open", _("Not planned yet")
    PLANNED = "planned", _("Planned")
    DONE = "done", _("Inspected")
    DROPPED = "dropped", _("Dropped")


class InspectionSample(models.Model):
    """A sample for inspection (检查样本): rows of a list of exposure, and why they are to be inspected.

    The list: `listed` within `unit` of the days `first` to `last` (of units those of `level`; "": directly
    below), in `order` (a measure, with "-" the highest first), of `total` rows in all.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, db_constraint=False, related_name="+")
    unit_id: str
    listed = models.TextField(choices=Listed.choices)
    first = models.DateField()
    last = models.DateField()
    level = models.TextField(blank=True)
    order = models.TextField()
    chosen = models.TextField(choices=Chosen.choices)
    total = models.PositiveIntegerField()
    reason = models.TextField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_by_id: int
    made_at = models.DateTimeField(default=timezone.now)
    state = models.TextField(choices=InspectionState.choices, default=InspectionState.OPEN)
    remark = models.TextField(blank=True)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    marked_at = models.DateTimeField(null=True)
    rows: RelatedManager[SampledRow]
    row_count: int
    """As `samples_of` counts them."""

    class Meta:
        verbose_name = _("sample for inspection")

    def __str__(self) -> str:
        return f"{self.listed} {self.unit_id} {self.first} {self.last}"


class SampledRow(models.Model):
    """A unit, teller or business of a sample, with its figures as they were told when it was made.

    `volume` is None where a period cut through it; `estimate`, `low`, `high` (events by item) and `verdict`
    are those of the list beside its peers, None and "" where it was not asked for.
    """

    sample = models.ForeignKey(InspectionSample, models.CASCADE, related_name="rows")
    place = models.PositiveIntegerField()
    key = models.TextField(blank=True)
    name = models.TextField(blank=True)
    belongs_to = models.TextField(blank=True)
    own = models.BooleanField(default=False)
    volume = models.BigIntegerField(null=True)
    internal_events = models.BigIntegerField()
    external_events = models.BigIntegerField()
    controllable_events = models.BigIntegerField()
    internal_score = models.DecimalField(max_digits=18, decimal_places=2)
    external_score = models.DecimalField(max_digits=18, decimal_places=2)
    controllable_score = models.DecimalField(max_digits=18, decimal_places=2)
    estimate = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    verdict = models.TextField(blank=True)

    class Meta:
        verbose_name = _("row of a sample for inspection")
        constraints: ClassVar = [models.UniqueConstraint(fields=["sample", "place"], name="one_row_a_place")]

    def __str__(self) -> str:
        return f"{self.place} {self.key}"


def grain_of(day: dt.date, months: int) -> dt.date:
    """The first day of the month, quarter or year in which a day lies."""
    return dt.date(day.year, (day.month - 1) // months * months + 1, 1)
