"""What of an event a file may belong to, and who sees what is attached there.

Each kind of thing is entered here: a file is attached to what is there, and to nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from riskloop.loop.models import Purpose, QuasiEvent, QueryRound
from riskloop.loop.states import OPEN
from riskloop.organisation.scope import Person


def _by_all(reader: Person, event: QuasiEvent, object_id: str) -> bool:  # noqa: ARG001 — of the same form as others
    return True


def _is_round(event: QuasiEvent, object_id: str) -> bool:
    return object_id.isdecimal() and QueryRound.objects.filter(query__event=event, pk=int(object_id)).exists()


@dataclass(frozen=True)
class Belonging:
    """How one kind of thing keeps files.

    Args:
        of_event: whether the thing of this number is there, and the event's.
        seen_by: whether somebody who reads the event also sees what is attached to the thing.
        states: those of the event in which files are taken on for the thing.
    """

    of_event: Callable[[QuasiEvent, str], bool]
    seen_by: Callable[[Person, QuasiEvent, str], bool] = _by_all
    states: Collection[str] = OPEN


def _is_measure(event: QuasiEvent, object_id: str) -> bool:
    return object_id.isdecimal() and event.measures.filter(pk=int(object_id)).exists()


BELONGINGS: dict[str, Belonging] = {
    Purpose.EVENT: Belonging(lambda event, object_id: str(event.pk) == object_id),
    Purpose.MEASURE: Belonging(_is_measure),
    Purpose.QUERY_ROUND: Belonging(_is_round),
}
"""By purpose. What is not entered here keeps no files yet."""


def is_there(event: QuasiEvent, purpose: str, object_id: str) -> bool:
    """Whether a file can be attached to this thing of the event."""
    return purpose in BELONGINGS and BELONGINGS[purpose].of_event(event, object_id)


def takes_files(event: QuasiEvent, purpose: str) -> bool:
    """Whether the event stands where files of this kind are taken on. Of an unknown kind: as of its own."""
    return event.state in BELONGINGS.get(purpose, BELONGINGS[Purpose.EVENT]).states


def sees(reader: Person, event: QuasiEvent, purpose: str, object_id: str) -> bool:
    """Whether he who reads the event sees what is attached to this thing of it."""
    return purpose in BELONGINGS and BELONGINGS[purpose].seen_by(reader, event, object_id)
