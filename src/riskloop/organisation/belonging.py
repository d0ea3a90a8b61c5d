"""What belonged to a unit on any of many days: the tree of that day, whatever it is today."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping

from riskloop.organisation.models import UnitVersion


class Belonging:
    """The units over time as they stand now, read once."""

    def __init__(self) -> None:
        columns = ("unit_id", "parent_id", "valid_from", "valid_to")
        self._versions = list(UnitVersion.objects.values_list(*columns))
        ends = {end for *_unit, end in self._versions if end is not None}
        self._changes = sorted(ends | {begin for _unit, _parent, begin, _end in self._versions})
        self._found: dict[tuple[str, int], frozenset[str]] = {}
        self._tree: tuple[int, Mapping[str, list[str]]] = (-1, {})

    def below(self, unit_id: str, day: dt.date) -> frozenset[str]:
        """The unit and all that belonged to it on the day, directly or through others; open or not."""
        state = bisect_right(self._changes, day)
        if (unit_id, state) not in self._found:
            children, found, left = self._children(state, day), {unit_id}, [unit_id]
            while left:
                below = [child for child in children.get(left.pop(), ()) if child not in found]
                found.update(below)
                left += below
            self._found[unit_id, state] = frozenset(found)
        return self._found[unit_id, state]

    def _children(self, state: int, day: dt.date) -> Mapping[str, list[str]]:
        # Days are asked one after the other: the tree of the last one is at hand, and no other kept.
        if self._tree[0] != state:
            parents = {
                unit_id: parent_id
                for unit_id, parent_id, begin, end in self._versions
                if begin <= day and (end is None or end > day)
            }
            children: defaultdict[str, list[str]] = defaultdict(list)
            for unit_id, parent_id in parents.items():
                # Of a parent that nobody knew that day the child was a root, as everywhere (`timeline`).
                if parent_id in parents:
                    children[parent_id].append(unit_id)
            self._tree = (state, children)
        return self._tree[1]
