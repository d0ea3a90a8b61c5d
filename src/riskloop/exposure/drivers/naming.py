"""What the lines of drivers are called in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from riskloop.exposure.asked import Asked
from riskloop.exposure.belonging import names_on
from riskloop.exposure.dimensions import BANDS
from riskloop.exposure.drivers.forms import LEVEL1, WEEKDAYS
from riskloop.exposure.drivers.queries import By, driver_names
from riskloop.exposure.report import people_names
from riskloop.models.labels import CODE_NAMES


def driver_name(code: str) -> str:
    """A driver of the catalogue, or a first level of it, with its name."""
    if not code:
        return _("Not told")
    if code in LEVEL1:
        return f"{code} {LEVEL1[code]}"
    names = driver_names().get(code, ("", ""))
    return f"{code} {names[0 if (get_language() or '').startswith('zh') else 1]}".strip()


def names_of(by: By, keys: Sequence[str], found: Asked) -> dict[str, str]:
    """By key of a line what it is called."""
    if by is By.UNIT:
        known = names_on(found.tree_day, keys)
        own = {found.unit.pk: _("its own")} if found.unit else {}
        return {key: own.get(key) or (known[key].name if key in known else key) for key in keys}
    if by is By.TELLER:
        known_people = people_names([key for key in keys if key])
        return {key: f"{known_people[key]} {key}".strip() if key else _("Not told") for key in keys}
    if by in {By.DRIVER, By.LEVEL1}:
        return {key: driver_name(key) for key in keys}
    empty = _("without an entry") if by is By.BUSINESS else _("Not told")
    return {key: _known(by).get(key, key) or empty for key in keys}


def _known(by: By) -> Mapping[str, str]:
    """What the values of a dimension are called, of those that do not speak for themselves."""
    match by:
        case By.WEEKDAY:
            return {str(number): str(name) for number, name in enumerate(WEEKDAYS, start=1)}
        case By.HOUR:
            return {str(hour): f"{hour:02}:00–{hour:02}:59" for hour in range(24)}
        case By.CHANNEL:
            language = get_language()
            return {code: name.in_language(language) for code, name in CODE_NAMES["channel"].items()}
        case By.AMOUNT:
            return {str(number): _band(number) for number in range(len(BANDS) + 1)}
        case _:
            return {}


def _band(number: int) -> str:
    """A band of amounts, CNY, from its number as `width_bucket` counts."""
    if number == 0:
        return _("below %(amount)s") % {"amount": f"{BANDS[0]:,}"}
    low = f"{BANDS[number - 1]:,}"
    if number == len(BANDS):
        return _("%(amount)s and more") % {"amount": low}
    return _("%(low)s to below %(high)s") % {"low": low, "high": f"{BANDS[number]:,}"}
