"""What the measures of exposure are called, by their names in the code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MEASURE_NAMES: Mapping[str, StrOrPromise] = {
    "volume": gettext_lazy("Online volume"),
    "events": gettext_lazy("Events"),
    "internal_events": gettext_lazy("Internal events"),
    "external_events": gettext_lazy("External events"),
    "controllable_events": gettext_lazy("Controllable events"),
    "rr": gettext_lazy("Risk ratio (RR)"),
    "irr": gettext_lazy("Internal risk ratio (IRR)"),
    "err": gettext_lazy("External risk ratio (ERR)"),
    "crr": gettext_lazy("Controllable risk ratio"),
    "degree": gettext_lazy("Risk degree"),
    "ird": gettext_lazy("Internal risk degree (IRD)"),
    "erd": gettext_lazy("External risk degree (ERD)"),
    "crd": gettext_lazy("Controllable risk degree"),
    "rer": gettext_lazy("Exposure (RER)"),
    "irer": gettext_lazy("Internal exposure (IRER)"),
    "erer": gettext_lazy("External exposure (ERER)"),
    "crer": gettext_lazy("Controllable exposure"),
}
