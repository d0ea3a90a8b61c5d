"""When somebody no longer may: what he has not finished goes back.

What "back" means is the business of the floors above, where the work is kept: they enter here what is to be
done (`register`), and it is done in the transaction in which the person loses a role or his account.
"""

from __future__ import annotations

from collections.abc import Callable

from riskloop.organisation.models import User

Release = Callable[[User | None, str], int]
"""Gives back what the person (None: anybody) may no longer do, saying why; returns how many things."""
_releases: list[Release] = []


def register(release: Release) -> None:
    """Enters a release, once."""
    if release not in _releases:
        _releases.append(release)


def release_work(person: User | None, why: str) -> int:
    """Gives back all that the person (None: anybody) may no longer do; returns how many things went back."""
    return sum(release(person, why) for release in _releases)
