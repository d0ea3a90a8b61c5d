"""What the organisation's actions, objects and fields are called (`telling`)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from riskloop.organisation.models.units import Level
from riskloop.organisation.naming import choices, functions, moments, people, roles, since, units
from riskloop.organisation.telling import Deed, Field, Fields, Vocabulary, for_machines

UNMASKING: Fields = {
    "granted_at": Field(_("In clear from"), moments, for_auditors=True),
    "until": Field(_("In clear until"), moments, for_auditors=True),
    # Who asked, of what and why: the line says it.
    **for_machines("user_id", "object_type", "object_id", "reason"),
}

ACCOUNT_AND_ROLES: Fields = {
    "username": Field(_("User name")),
    "display_name": Field(_("Full name")),
    "staff_id": Field(_("Staff number")),
    "is_active": Field(_("Active")),
    "is_service": Field(_("Service account of a program")),
    "role_id": Field(_("Role"), roles),
    "unit_id": Field(_("Unit"), units),
    "from_on": Field(_("From day")),
    "to_on": Field(_("Last day")),
    "must_change_password": Field(_("Must change the password"), for_auditors=True),
    "is_staff": Field(_("Into Django's own administration"), for_auditors=True),
    "is_superuser": Field(_("Beyond all roles"), for_auditors=True),
    "date_joined": Field(_("Account created on"), moments, for_auditors=True),
    "last_login": Field(_("Last sign-in"), moments, for_auditors=True),
    # The account is the line's object; of a name there is `display_name` alone.
    **for_machines("id", "user_id", "first_name", "last_name", "email"),
}

ROLE: Fields = {
    "role_id": Field(_("Role"), roles),
    "code": Field(_("Code"), for_auditors=True),
    "name_zh": Field(_("Chinese name"), for_auditors=True),
    "name_en": Field(_("English name"), for_auditors=True),
    "owner_id": Field(_("First-level branch"), units, for_auditors=True),
    "modelled_on_id": Field(_("Part of the role"), roles, for_auditors=True),
    "level": Field(_("Level"), choices(Level.choices)),
    "effective_from": Field(_("In force from")),
    "functions": Field(_("Functions"), functions),
    "approved": Field(_("Approved")),
    "proposed_by_id": Field(_("Proposed by"), people, for_auditors=True),
    "proposed_at": Field(_("Proposed at"), moments, for_auditors=True),
    "decided_by_id": Field(_("Decided by"), people, for_auditors=True),
    "decided_at": Field(_("Decided at"), moments, for_auditors=True),
    # The reason stands in the line's own words.
    **for_machines("id", "reason"),
}

UNIT: Fields = {
    "name": Field(_("Name")),
    "level": Field(_("Level"), choices(Level.choices)),
    "parent_id": Field(_("Unit above"), units),
    "merged_into_id": Field(_("Merged into"), units),
    "opened_on": Field(_("Opened on")),
    "closed_on": Field(_("Closed on")),
    "valid_from": Field(_("In force from"), since),
    # The unit is the line's object; until when a state holds, the next line says.
    **for_machines("id", "unit_id", "valid_to", "source"),
}

TOKEN: Fields = {
    "name": Field(_("Name")),
    "functions": Field(_("Functions"), functions),
    "user_id": Field(_("Account"), people, for_auditors=True),
    "prefix": Field(_("Begins with"), for_auditors=True),
    "created_at": Field(_("Issued at"), moments, for_auditors=True),
    "expires_at": Field(_("Runs until"), moments, for_auditors=True),
    "revoked_at": Field(_("Revoked at"), moments, for_auditors=True),
    "last_used_at": Field(_("Last used"), moments, for_auditors=True),
    **for_machines("id"),
}

VOCABULARY = Vocabulary(
    objects={"user": _("Account"), "role": _("Role"), "unit": _("Unit"), "token": _("Token")},
    fields={"user": ACCOUNT_AND_ROLES, "role": ROLE, "unit": UNIT, "token": TOKEN},
    actions={
        "create_account": Deed(_("Account created"), "ti-user-plus"),
        "deactivate": Deed(_("Account deactivated"), "ti-user-off"),
        "reactivate": Deed(_("Account reactivated"), "ti-user-check"),
        "set_password": Deed(_("Password set by the administrator"), "ti-key"),
        "set_email": Deed(_("E-mail address set"), "ti-mail"),
        "assign_role": Deed(_("Role given"), "ti-shield-plus"),
        "end_role": Deed(_("Role ended"), "ti-shield-minus"),
        "moved": Deed(_("Moved to another unit"), "ti-arrow-right"),
        "propose_role": Deed(_("Own role proposed"), "ti-file-plus"),
        "propose_decision": Deed(_("Decision proposed"), "ti-bulb"),
        "decide_on_role": Deed(_("Decided on"), "ti-gavel"),
        "issue_token": Deed(_("Token issued"), "ti-plug"),
        "revoke_token": Deed(_("Token revoked"), "ti-plug-off"),
        "open_unit": Deed(_("Unit opened"), "ti-building-plus"),
        "rename_unit": Deed(_("Unit renamed"), "ti-pencil"),
        "move_unit": Deed(_("Unit moved"), "ti-sitemap"),
        "close_unit": Deed(_("Unit closed"), "ti-lock"),
        "merge_unit": Deed(_("Unit merged"), "ti-arrow-merge"),
        "unmask": Deed(_("Asked for personal data in clear"), "ti-eye-exclamation", UNMASKING),
        "hide_again": Deed(_("Masked personal data again"), "ti-eye-off", UNMASKING),
    },
)
