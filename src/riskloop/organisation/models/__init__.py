"""The state of the organisation: units and people over time, accounts, roles, the history of every write."""

from riskloop.organisation.models.accounts import User
from riskloop.organisation.models.dated import Fed
from riskloop.organisation.models.history import History
from riskloop.organisation.models.people import (
    Staff,
    StaffCustomer,
    StaffVersion,
    Teller,
    TellerVersion,
)
from riskloop.organisation.models.personal_data import Look, LookKind, Unmasking
from riskloop.organisation.models.roles import (
    Role,
    RoleAssignment,
    RoleDecision,
    SegregationPair,
)
from riskloop.organisation.models.tokens import Token, TokenLife
from riskloop.organisation.models.units import Delivery, Unit, UnitVersion

__all__ = [
    "Delivery",
    "Fed",
    "History",
    "Look",
    "LookKind",
    "Role",
    "RoleAssignment",
    "RoleDecision",
    "SegregationPair",
    "Staff",
    "StaffCustomer",
    "StaffVersion",
    "Teller",
    "TellerVersion",
    "Token",
    "TokenLife",
    "Unit",
    "UnitVersion",
    "Unmasking",
    "User",
]
