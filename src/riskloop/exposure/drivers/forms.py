"""What the reader of the drivers may choose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from riskloop.exposure.drivers.queries import By

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

BY: Mapping[By, StrOrPromise] = {
    By.DRIVER: _("Driver"),
    By.LEVEL1: _("First level of drivers"),
    By.UNIT: _("Unit"),
    By.TELLER: _("Teller"),
    By.BUSINESS: _("Business (transaction code)"),
    By.MONTH: _("Month"),
    By.WEEKDAY: _("Weekday"),
    By.HOUR: _("Hour"),
    By.MODEL: _("Model"),
    By.CHANNEL: _("Channel"),
    By.AMOUNT: _("Amount"),
}
OF: Mapping[str, StrOrPromise] = {
    "": _("All risk events"),
    "controllable": _("Controllable events"),
    "internal": _("Internal events"),
    "external": _("External events"),
}
MEASURES: Mapping[str, StrOrPromise] = {"events": _("Events"), "score": _("Score")}
LEVEL1: Mapping[str, StrOrPromise] = {
    "P": _("People"),
    "R": _("Process"),
    "S": _("Systems"),
    "E": _("External causes"),
}
WEEKDAYS: tuple[StrOrPromise, ...] = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)
