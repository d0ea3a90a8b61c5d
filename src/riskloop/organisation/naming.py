"""What stands behind keys and values in lines of the history (`telling.Names`), in the reader's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from riskloop.bank.text import Text
from riskloop.organisation.functions import FUNCTIONS
from riskloop.organisation.models import Unit, User
from riskloop.organisation.roles import names_of_roles
from riskloop.organisation.telling import Names
from riskloop.organisation.timeline import ALWAYS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def people(keys: Collection[Any]) -> Mapping[Any, str]:
    """Accounts by number."""
    return {key: str(found) for key, found in User.objects.in_bulk(keys).items()}


def units(keys: Collection[Any]) -> Mapping[Any, str]:
    """Units as they are today, by number, which stays beside the name."""
    return {key: f"{unit.name} {key}" for key, unit in Unit.objects.in_bulk(keys).items()}


def roles(keys: Collection[Any]) -> Mapping[Any, str]:
    """Roles by code, which stays before the name."""
    language = get_language()
    found = names_of_roles()
    return {key: f"{key} {found[key].name.in_language(language)}" for key in keys if key in found}


def since(keys: Collection[Any]) -> Mapping[Any, str]:
    """First days of a state (ISO 8601), in words where nothing is known of before."""
    return {key: _("always") for key in keys if key == ALWAYS.isoformat()}


def functions(keys: Collection[Any]) -> Mapping[Any, str]:
    """Functions by code."""
    return texts({code: function.name for code, function in FUNCTIONS.items()})(keys)


def texts(known: Mapping[str, Text]) -> Names:
    """Names kept in both languages."""

    def named(keys: Collection[Any]) -> Mapping[Any, str]:
        language = get_language()
        return {key: known[key].in_language(language) for key in keys if key in known}

    return named


def choices(known: Iterable[tuple[Any, StrOrPromise]]) -> Names:
    """Codes and what they are called: `TextChoices.choices`, or pairs of that form."""
    labels = dict(known)

    def named(keys: Collection[Any]) -> Mapping[Any, str]:
        return {key: str(labels[key]) for key in keys if key in labels}

    return named


def each(form: Callable[[Any], str]) -> Names:
    """Values that are told by themselves, each in this form."""

    def named(keys: Collection[Any]) -> Mapping[Any, str]:
        return {key: form(key) for key in keys}

    return named


def _number(value: Any) -> str:
    return f"{Decimal(str(value)).normalize():,f}"


def _moment(value: Any) -> str:
    return f"{localtime(dt.datetime.fromisoformat(str(value))):%Y-%m-%d %H:%M:%S}"


numbers = each(_number)
"""Quantities, with thousands apart."""
moments = each(_moment)
"""Moments (ISO 8601), at the bank's own hour."""
