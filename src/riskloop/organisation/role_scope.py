"""Which roles a person sees: the gate of the roles' pages and of the operations on roles."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from riskloop.organisation.functions import DECIDE_ROLES, MANAGE_PEOPLE, PROPOSE_ROLES, READ_ORGANISATION
from riskloop.organisation.models import Role, RoleDecision
from riskloop.organisation.scope import Person, authority_of, within

READERS = (READ_ORGANISATION, MANAGE_PEOPLE, PROPOSE_ROLES, DECIDE_ROLES)
"""With any of these a person sees roles."""


def roles_seen_by(user: Person) -> QuerySet[Role]:
    """The 14, the own roles of the branches that he reaches, and those of the branch that he works in.

    In his own branch a role may be given to him and to his people: he sees it, though its owner stands above.
    """
    steps = [grant.path.split("/") for grant in authority_of(user).having(READERS)]
    above = {"/".join(step[:n]) for step in steps for n in range(1, len(step) + 1)}
    reached = within(user, *READERS, field="owner_id")
    return Role.objects.filter(Q(owner=None) | Q(owner__path__in=above) | reached)


def decisions_seen_by(user: Person) -> QuerySet[RoleDecision]:
    """What was decided, or is to be, on the roles that he sees."""
    return RoleDecision.objects.filter(role__in=roles_seen_by(user))
