"""What every write has in common. Pages, API, jobs and commands call actions and nothing else.

An action says who may do it (`check`) and what it does (`execute`). `do` locks what it works on, checks, acts
and writes the history line in one transaction: a refused or failed action leaves nothing behind.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from riskloop.organisation import history
from riskloop.organisation.models import User
from riskloop.organisation.scope import acting_role, forget


class Refused(Exception):
    """Why an action may not be done, for the person who asked; `code` for programs.

    `who` tells a refusal of the person from one of what the object is ready for.
    """

    def __init__(self, code: str, reason: str, *, who: bool = False) -> None:
        super().__init__(reason)
        self.code = code
        self.who = who


def require(holds: bool, code: str, reason: str, *, who: bool = False) -> None:
    """Refuses unless the condition holds."""
    if not holds:
        raise Refused(code, reason, who=who)


class Action(ABC):
    """One write by one person; by None where the operator of the machine does it at the command line."""

    user: User | None
    name: ClassVar[str]
    function: ClassVar[str]
    object_type: ClassVar[str]

    @property
    @abstractmethod
    def unit_id(self) -> str | None:
        """The unit that the action concerns: there his role must allow it."""

    @property
    @abstractmethod
    def touched(self) -> models.Model:
        """What `execute` changes, for the history."""

    @property
    def object_id(self) -> Any:
        """Under which the history keeps the line."""
        return self.touched.pk

    @property
    def reason(self) -> str:
        """The person's own words, for the history."""
        return ""

    def noted(self) -> dict[str, Any]:
        """What it touches, as it stands, to be compared for the history."""
        return {} if self.touched._state.adding else history.noted(self.touched)

    @property
    def beside(self) -> dict[str, Any]:
        """What the line says beside what changed: which of several things of the object it was."""
        return {}

    def lock(self) -> None:  # noqa: B027 — what creates something has nothing to lock
        """Locks the rows that the action works on, and takes on what they say now."""

    def check(self) -> None:
        """Refuses what the person may not do, or what the object is not ready for."""
        require(
            self.user is None or acting_role(self.user, self.function, self.unit_id) is not None,
            "role",
            _("None of your roles allows this for this unit."),
            who=True,
        )

    @abstractmethod
    def execute(self) -> None:
        """Changes what it touches, and saves."""


A = TypeVar("A", bound=Action)


def do(action: A) -> A:
    """Checks and executes an action in one transaction, with its line of history.

    Raises:
        Refused: the reason; nothing was changed.
    """
    # What he may do is looked up anew: a role may have ended since the page was opened.
    if action.user is not None:
        forget(action.user)
    with transaction.atomic():
        action.lock()
        action.check()
        role = acting_role(action.user, action.function, action.unit_id) if action.user else None
        before = action.noted()
        action.execute()
        old, new = history.difference(before, action.noted())
        history.record(
            [
                history.line(
                    action.name,
                    action.object_type,
                    action.object_id,
                    unit_id=action.unit_id,
                    actor=action.user,
                    role=role or "",
                    before=old,
                    after=new | action.beside,
                    reason=action.reason,
                )
            ]
        )
    # What was looked up on the way may no longer be true.
    if action.user is not None:
        forget(action.user)
    return action
