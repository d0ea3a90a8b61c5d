"""How a line of the history is told to people: who did what, and what changed by it, in their language.

Each app says in a `Vocabulary` what its actions, objects and fields are called, and enters it when it is
loaded (`register`). A field belongs to a type of object, or to one action where the same name means something
else there. What stands behind keys is looked up for all lines at once, once for each kind of key.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from riskloop.organisation.masking import masked_change
from riskloop.organisation.models import History, Role
from riskloop.organisation.roles import names_of_roles

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Names = Callable[[Collection[Any]], Mapping[Any, str]]
"""What keys are called in the reader's language; it is given all keys of the lines that are told together."""
MOST_VALUES = 5
"""Of more values without names only their number is told."""
UNKNOWN_ICON = "ti-point"


@dataclass(frozen=True)
class Field:
    """What a field is called, and how its values are told.

    `for_auditors`: where a line is told whole; `by_item`: of what is kept by name, every name with its value.
    """

    label: StrOrPromise
    names: Names | None = None
    for_auditors: bool = False
    by_item: bool = False


Fields = Mapping[str, Field | None]
"""By name; None for one that is told to nobody (`for_machines`)."""


def for_machines(*names: str) -> dict[str, Field | None]:
    """Fields that are told to nobody: keys, and what the line says already."""
    return dict.fromkeys(names)


@dataclass(frozen=True)
class Deed:
    """What an action is called. `fields` are those that mean something else in it than elsewhere."""

    name: StrOrPromise
    icon: str
    fields: Fields = field(default_factory=dict[str, Field | None])


@dataclass(frozen=True)
class Vocabulary:
    """What an app says of its lines.

    Args:
        objects: by type of object what people call it.
        actions: by name of the action.
        fields: by type of object, in the order in which they are told.
    """

    objects: Mapping[str, StrOrPromise] = field(default_factory=dict[str, "StrOrPromise"])
    actions: Mapping[str, Deed] = field(default_factory=dict[str, Deed])
    fields: Mapping[str, Fields] = field(default_factory=dict[str, Fields])


_vocabularies: list[Vocabulary] = []


def register(vocabulary: Vocabulary) -> None:
    """Enters an app's vocabulary, once.

    Raises:
        ValueError: another vocabulary calls the same thing something else.
    """
    if any(entered is vocabulary for entered in _vocabularies):
        return
    twice = {
        *(objects().keys() & vocabulary.objects.keys()),
        *(actions().keys() & vocabulary.actions.keys()),
        *(f"{of}.{name}" for of, own in vocabulary.fields.items() for name in fields_of(of).keys() & own),
    }
    if twice:
        raise ValueError(f"told by two vocabularies: {', '.join(sorted(twice))}")
    _vocabularies.append(vocabulary)


def objects() -> dict[str, StrOrPromise]:
    """What people call each type of object."""
    return {of: name for said in _vocabularies for of, name in said.objects.items()}


def actions() -> dict[str, Deed]:
    """What people call each action."""
    return {name: deed for said in _vocabularies for name, deed in said.actions.items()}


def fields_of(object_type: str, action: str = "") -> dict[str, Field | None]:
    """The fields of a type of object as people know them, in an action as that one calls them."""
    own = (said.fields.get(object_type, {}) for said in _vocabularies)
    fields = {name: told for fields in own for name, told in fields.items()}
    deed = actions().get(action)
    return fields | dict(deed.fields) if deed else fields


# ── lines as people read them ──


@dataclass(frozen=True)
class Change:
    """One field that a line changed."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """One line of the history, in the reader's language."""

    at: dt.datetime
    who: str
    role: str
    what: str
    icon: str
    changes: list[Change]
    words: str


def history_of(object_type: str, object_id: Any) -> list[History]:
    """The lines about one object, oldest first."""
    lines = History.objects.filter(object_type=object_type, object_id=str(object_id))
    return list(lines.select_related("actor").order_by("id"))


def told(lines: Iterable[History], *, whole: bool = False) -> list[Line]:
    """The lines as people read them, in the order given, numbers masked.

    Args:
        whole: also what only auditors need, and under its own name what no vocabulary knows.
    """
    several = [(line, _changed(line, whole=whole)) for line in lines]
    names = _named(value for _line, changed in several for value in changed)
    roles = names_of_roles() if any(line.role for line, _changed in several) else {}
    deeds = actions()
    return [_told(line, changed, names, roles, deeds) for line, changed in several]


@dataclass(frozen=True)
class _Changed:
    """One field of a line with its values, not yet told."""

    field: Field
    before: Any
    after: Any


def _changed(line: History, *, whole: bool) -> list[_Changed]:
    """The fields of a line that are told, in the order of the vocabulary."""
    known = fields_of(line.object_type, line.action)
    if whole:
        known |= {name: Field(name) for name in sorted(line.after.keys() - known.keys())}
    before, after = masked_change(line.before), masked_change(line.after)
    return [
        _Changed(said, before.get(name), after[name])
        for name, said in known.items()
        if said is not None
        and name in after
        and (whole or not said.for_auditors)
        and not (_is_nothing(before.get(name)) and _is_nothing(after[name]))
    ]


def _is_nothing(value: Any) -> bool:
    return value is None or value == ""


Told = Mapping[Names, Mapping[Any, str]]


def _named(changes: Iterable[_Changed]) -> Told:
    """What stands behind the keys of all fields: each kind of names is asked once."""
    keys: dict[Names, set[Any]] = {}
    for changed in changes:
        if changed.field.names is not None:
            there = keys.setdefault(changed.field.names, set())
            there.update(key for side in (changed.before, changed.after) for key in _keys(side))
    return {names: names(wanted) for names, wanted in keys.items() if wanted}


def _keys(value: Any) -> Sequence[Any]:
    """What a value holds that may have a name."""
    several: list[Any] = value if isinstance(value, list) else [value]
    return [key for key in several if not (_is_nothing(key) or isinstance(key, bool | Mapping | list))]


def _told(
    line: History, changes: list[_Changed], names: Told, roles: Mapping[str, Role], deeds: Mapping[str, Deed]
) -> Line:
    role, deed = roles.get(line.role), deeds.get(line.action)
    return Line(
        at=line.at,
        who=_("The system") if line.actor is None else str(line.actor),
        role="" if role is None else role.name.in_language(get_language()),
        what=str(deed.name) if deed else line.action,
        icon=deed.icon if deed else UNKNOWN_ICON,
        changes=[
            Change(str(c.field.label), _value(c.field, c.before, names), _value(c.field, c.after, names))
            for c in changes
        ],
        words=line.reason,
    )


def _value(of: Field, value: Any, names: Told) -> str:
    """A value in words; of many without names, how many."""
    if _is_nothing(value):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if of.by_item and isinstance(value, Mapping):
        return _(", ").join(f"{name} = {one}" for name, one in value.items())
    if isinstance(value, Mapping) or (
        isinstance(value, list) and of.names is None and len(value) > MOST_VALUES
    ):
        return f"[{len(value)}]"
    known: Mapping[Any, str] = names.get(of.names, {}) if of.names else {}
    if isinstance(value, list):
        return _(", ").join(_word(known, key) for key in value) or "—"
    return _word(known, value)


def _word(known: Mapping[Any, str], key: Any) -> str:
    return known.get(key, str(key)) if _keys(key) else str(key)
