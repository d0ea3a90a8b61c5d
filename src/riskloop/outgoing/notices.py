"""Telling people something inside the system: in the transaction of what they are told of, and once.

An app says in a `Kind` what its notices say, and enters it when it is loaded (`register`). A notice keeps no
text and no personal data: what its sentence names are codes, days, units and numbers of things.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from riskloop.organisation.models import User
from riskloop.organisation.telling import Names
from riskloop.outgoing.models import Notice, NoticeSettings

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST = 100
"""Characters of a parameter at most: it is a code or a name of the bank's own, no story."""
PERSONAL = re.compile(r"\d{11,}")
"""Digits as of telephones, identity documents, accounts and cards."""
Value = str | int | dt.date


@dataclass(frozen=True)
class Kind:
    """One kind of notice.

    Args:
        code: kept with every notice.
        sentence: what it says, with a placeholder for each parameter.
        icon: beside it.
        address: of the page of the object, by the object's number.
        parameters: by name what stands behind their values in the reader's language; None: they stand as
            they are.
    """

    code: str
    sentence: StrOrPromise
    icon: str
    address: Callable[[str], str]
    parameters: Mapping[str, Names | None] = field(default_factory=dict[str, "Names | None"])


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Enters an app's kinds, each once.

    Raises:
        ValueError: another kind has the code already.
    """
    for kind in kinds:
        if _kinds.setdefault(kind.code, kind) is not kind:
            raise ValueError(f"two kinds of notice are called {kind.code}")


def kinds() -> Mapping[str, Kind]:
    """All kinds by code."""
    return _kinds


def tell(
    people: Iterable[User | int],
    kind: str,
    object_type: str,
    object_id: Any,
    *,
    occasion: Any = "",
    **parameters: Value,
) -> int:
    """Tells people something, in the transaction that runs; returns to how many it was new.

    Args:
        people: accounts; inactive ones and those of programs are told nothing.
        kind: its code.
        object_type, object_id: what it is about.
        occasion: what sets it apart from the same about the same object before: a day, a number of times.
        parameters: what the sentence names, no personal data.

    Raises:
        LookupError: there is no such kind.
        ValueError: the parameters are not those of the kind, or look like personal data.
    """
    plain = _plain(_kinds[kind], parameters)
    key = "|".join(map(str, (kind, object_type, object_id, occasion)))
    about = {"kind": kind, "object_type": object_type, "object_id": str(object_id), "parameters": plain}
    told = {one.pk if isinstance(one, User) else one for one in people}
    known = set(Notice.objects.filter(key=key, person__in=told).values_list("person_id", flat=True))
    active = User.objects.filter(pk__in=told - known, is_active=True, is_service=False)
    mailed = set(_by_mail(active).values_list("pk", flat=True)) if settings.EMAIL_HOST else set[int]()
    new = [
        Notice(person_id=pk, key=key, to_mail=pk in mailed, **about)
        for pk in sorted(active.values_list("pk", flat=True))
    ]
    # Somebody else may tell them the same at this moment.
    Notice.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _by_mail(people: QuerySet[User]) -> QuerySet[User]:
    wanted = Q(notice_settings=None) | Q(notice_settings__by_mail=True)
    return people.filter(wanted).exclude(email="")


def _plain(kind: Kind, given: Mapping[str, Value]) -> dict[str, str | int]:
    if given.keys() != kind.parameters.keys():
        raise ValueError(f"a notice {kind.code} names {', '.join(kind.parameters) or 'nothing'}")
    plain = {n: v.isoformat() if isinstance(v, dt.date) else v for n, v in given.items()}
    for name, value in plain.items():
        if len(str(value)) > LONGEST or PERSONAL.search(str(value)):
            raise ValueError(f"{name} of a notice {kind.code} looks like personal data")
    return plain


# ── the person's own ──


def notices_of(person: User) -> QuerySet[Notice]:
    """What a person was told, the newest first: the gate of the notices."""
    return Notice.objects.filter(person=person).order_by("-id")


def unread_by(person: User) -> int:
    return Notice.objects.filter(person=person, read_at=None).count()


def mark_read(person: User, notice_id: int | None = None) -> int:
    """Marks one notice of a person as read, or all; returns how many were not.

    It says of the person that he looked, and nothing of the object: no line of the history is written.
    """
    unread = Notice.objects.filter(person=person, read_at=None)
    if notice_id is not None:
        unread = unread.filter(pk=notice_id)
    return unread.update(read_at=timezone.now())


def settings_of(person: User) -> NoticeSettings:
    """What the person has chosen; unsaved where he has chosen nothing yet."""
    return NoticeSettings.objects.filter(person=person).first() or NoticeSettings(person=person)


# ── notices as people read them ──


@dataclass(frozen=True)
class Told:
    """A notice in the reader's language, with the address of the page that it leads to."""

    notice: Notice
    text: str
    icon: str
    address: str


def told(notices: Iterable[Notice]) -> list[Told]:
    """The notices as people read them; those of a kind that is no longer known are left out."""
    known = [(notice, _kinds[notice.kind]) for notice in notices if notice.kind in _kinds]
    names = _named(known)
    return [
        Told(notice, _sentence(notice, kind, names), kind.icon, kind.address(notice.object_id))
        for notice, kind in known
    ]


def _named(known: Sequence[tuple[Notice, Kind]]) -> Mapping[Names, Mapping[Any, str]]:
    """What stands behind the values of all notices: each kind of names is asked once."""
    keys: dict[Names, set[Any]] = {}
    for notice, kind in known:
        for name, named in kind.parameters.items():
            if named is not None and name in notice.parameters:
                keys.setdefault(named, set()).add(notice.parameters[name])
    return {named: named(values) for named, values in keys.items()}


def _sentence(notice: Notice, kind: Kind, names: Mapping[Names, Mapping[Any, str]]) -> str:
    values: dict[str, Any] = {}
    for name, named in kind.parameters.items():
        value = notice.parameters.get(name, "")
        values[name] = value if named is None else names.get(named, {}).get(value, value)
    return str(kind.sentence) % values
