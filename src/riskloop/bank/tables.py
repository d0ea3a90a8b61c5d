"""The canonical tables: the contract between a bank's systems and riskloop, as data.

Everything that must know a table reads it here: the gate, the lake, the engines, the simulator, the
examples of the models, and the data dictionary in the documents.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, get_args

import pyarrow as pa

Kind = Literal["id", "text", "date", "time", "money", "signed_money", "flag", "int"]

ARROW: MappingProxyType[Kind, pa.DataType] = MappingProxyType(
    {
        "id": pa.string(),
        "text": pa.string(),
        "date": pa.date32(),
        "time": pa.timestamp("us"),
        "money": pa.decimal128(18, 2),
        "signed_money": pa.decimal128(18, 2),
        "flag": pa.bool_(),
        "int": pa.int64(),
    }
)

SQL_TYPES: MappingProxyType[Kind, str] = MappingProxyType(
    {
        "id": "VARCHAR",
        "text": "VARCHAR",
        "date": "DATE",
        "time": "TIMESTAMP",
        "money": "DECIMAL(18, 2)",
        "signed_money": "DECIMAL(18, 2)",
        "flag": "BOOLEAN",
        "int": "BIGINT",
    }
)


@dataclass(frozen=True)
class Column:
    """One column: its type, whether it may be null, its code values and what it refers to."""

    name: str
    kind: Kind
    nullable: bool = False
    codes: tuple[str, ...] = ()
    refers_to: str | None = None
    """The standing table whose key this column names; an unknown reference is kept and counted."""


@dataclass(frozen=True)
class Table:
    """One canonical table. `date_column` is the partition key of facts and None for standing data."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    date_column: str | None = None
    by_name: MappingProxyType[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", MappingProxyType({c.name: c for c in self.columns}))

    @property
    def is_facts(self) -> bool:
        return self.date_column is not None

    @property
    def arrow_schema(self) -> pa.Schema:
        """Arrow schema with the columns in the order of the contract."""
        return pa.schema([pa.field(c.name, ARROW[c.kind], c.nullable) for c in self.columns])


UnitLevel = Literal["head_office", "tier1_branch", "tier2_branch", "sub_branch", "outlet"]
AccountKind = Literal[
    "personal_settlement",
    "card",
    "personal_time",
    "corporate_current",
    "corporate_time",
    "internal",
    "reserve",
    "outward_remittance",
    "dormant_unclaimed",
    "suspense",
]
Channel = Literal["counter", "smart_counter", "atm", "internet", "mobile", "phone", "batch", "clearing"]
UNIT_LEVELS: tuple[str, ...] = get_args(UnitLevel)
ACCOUNT_KINDS: tuple[str, ...] = get_args(AccountKind)
CHANNELS: tuple[str, ...] = get_args(Channel)
ACCOUNT_STATES = (
    "normal",
    "dormant",
    "special_dormant",
    "reactivated",
    "credit_only",
    "blocked",
    "closed",
)
REFERENCES = MappingProxyType(
    {
        "unit_id": "units",
        "parent_id": "units",
        "upper_unit_id": "units",
        "lower_unit_id": "units",
        "staff_id": "staff",
        "customer_id": "customers",
        "grantor_id": "customers",
        "administrator_id": "customers",
        "account_id": "accounts",
        "debit_account_id": "accounts",
        "credit_account_id": "accounts",
        "teller_id": "tellers",
        "authoriser_id": "tellers",
        "opened_by": "tellers",
        "closed_by": "tellers",
    }
)
_KINDS: dict[str, Kind] = {k: k for k in get_args(Kind)}


def _column(spec: str, codes: dict[str, tuple[str, ...]]) -> Column:
    name, kind = spec.split()
    nullable = kind.endswith("?")
    return Column(
        name,
        _KINDS[kind.rstrip("?")],
        nullable,
        codes.get(name, ()),
        REFERENCES.get(name),
    )


def _table(name: str, key: str, columns: str, on: str | None = None, **codes: tuple[str, ...]) -> Table:
    """A table from the contract's own words: `NAME KIND` per column, `?` where it may be null."""
    listed = tuple(_column(spec.strip(), codes) for spec in columns.split("·"))
    own = frozenset(key.split())
    return Table(
        name,
        tuple(key.split()),
        # A key column of its own table refers to nothing: `accounts.account_id` is the account.
        tuple(
            Column(c.name, c.kind, c.nullable, c.codes, None) if c.name in own and c.refers_to == name else c
            for c in listed
        ),
        on,
    )


_ALL = (
    _table(
        "units",
        "unit_id",
        "unit_id id · name text · level text · parent_id id? · opened_on date? · closed_on date?",
        level=UNIT_LEVELS,
    ),
    _table(
        "staff",
        "staff_id",
        "staff_id id · name text · unit_id id · post text · phone text? · joined_on date? · left_on date?",
    ),
    _table(
        "staff_customers",
        "staff_id customer_id relation",
        "staff_id id · customer_id id · relation text",
        relation=("self", "relative"),
    ),
    _table(
        "tellers",
        "teller_id",
        "teller_id id · staff_id id · unit_id id · from_on date? · to_on date?",
    ),
    _table(
        "customers",
        "customer_id",
        "customer_id id · kind text · name text? · id_type text? · id_no text? · born_on date? ·"
        " segment text? · phone text? · address text?",
        kind=("personal", "corporate"),
    ),
    _table(
        "accounts",
        "account_id",
        "account_id id · kind text · customer_id id? · unit_id id · currency text ·"
        " opened_on date · opened_by id? · opening_amount money? · effective_on date? ·"
        " closed_on date? · closed_by id? · status text · status_since date? · special flag ·"
        " auto_only flag · zero_at_close flag · overdraft_allowed flag · suspense_max_days int?",
        kind=ACCOUNT_KINDS,
        status=ACCOUNT_STATES,
    ),
    _table(
        "hosted_accounts",
        "hosting_id",
        "hosting_id id · account_id id · grantor_id id · administrator_id id · started_on date ·"
        " ended_on date?",
    ),
    _table(
        "suspense_items",
        "item_id",
        "item_id id · account_id id · opened_on date · amount money · cleared_on date?",
    ),
    _table("calendar", "on", "on date · working flag"),
    _table(
        "journal",
        "entry_id",
        "entry_id id · booked_on date · posted_at time · value_on date? · unit_id id ·"
        " teller_id id? · authoriser_id id? · channel text · code text · kind text ·"
        " original_entry_id id? · debit_account_id id? · credit_account_id id? · currency text ·"
        " amount money · amount_cny money · cash flag · remote flag · automatic flag ·"
        " counterparty_account text? · counterparty_name text? · counterparty_bank text? ·"
        " purpose text?",
        on="booked_on",
        channel=CHANNELS,
        kind=("normal", "reversal", "correction"),
    ),
    _table(
        "balances",
        "account_id as_of",
        "account_id id · as_of date · closing signed_money",
        on="as_of",
    ),
    _table(
        "ebank_events",
        "event_id",
        "event_id id · booked_on date · at time · customer_id id · account_id id? · unit_id id? ·"
        " teller_id id? · channel text · event text · card_no text?",
        on="booked_on",
        channel=("internet", "phone", "mobile"),
        event=(
            "registered",
            "cancelled",
            "login_password_reset",
            "token_password_reset",
            "token_card_replaced",
            "token_maintained",
            "transfer_opened",
        ),
    ),
    _table(
        "card_events",
        "event_id",
        "event_id id · booked_on date · at time · card_no text · account_id id? · customer_id id ·"
        " unit_id id? · teller_id id? · channel text · event text",
        on="booked_on",
        channel=CHANNELS,
        event=("issued", "activated", "online_opened", "online_closed", "purchase_pin_changed"),
    ),
    _table(
        "maintenance_events",
        "event_id",
        "event_id id · booked_on date · at time · subject text · account_id id · event text ·"
        " amount money? · unit_id id · teller_id id? · authoriser_id id?",
        on="booked_on",
        subject=("deposit", "voucher"),
        event=("loss_reported", "loss_released"),
    ),
    _table(
        "reconciliation_events",
        "event_id",
        "event_id id · booked_on date · at time · customer_id id · account_id id? · event text ·"
        " unit_id id? · teller_id id?",
        on="booked_on",
        event=(
            "contact_changed",
            "phone_changed",
            "address_changed",
            "method_changed",
            "cycle_changed",
            "agreement_ended",
        ),
    ),
    _table(
        "reserve_positions",
        "as_of upper_unit_id lower_unit_id",
        "as_of date · upper_unit_id id · lower_unit_id id · upper_balance signed_money ·"
        " lower_balance signed_money",
        on="as_of",
    ),
    _table(
        "draft_register",
        "as_of account_id",
        "as_of date · unit_id id · account_id id · outstanding signed_money",
        on="as_of",
    ),
    _table(
        "cash_boxes",
        "as_of box_id",
        "as_of date · box_id id · unit_id id · teller_id id? · closing money · ceiling money",
        on="as_of",
    ),
    _table(
        "teller_cards",
        "as_of card_no",
        "as_of date · card_no text · teller_id id · status text",
        on="as_of",
        status=("active", "suspended", "returned"),
    ),
    _table(
        "teller_events",
        "event_id",
        "event_id id · booked_on date · at time · teller_id id · event text · identity text",
        on="booked_on",
        event=("signed_on", "signed_off", "identity_changed"),
        identity=("handler", "lead", "supervisor"),
    ),
    _table(
        "attendance",
        "staff_id on",
        "staff_id id · on date · state text",
        on="on",
        state=("present", "leave", "away"),
    ),
    _table(
        "ebank_operators",
        "as_of operator_id",
        "as_of date · operator_id id · staff_id id · status text · last_used_on date?",
        on="as_of",
        status=("enabled", "disabled"),
    ),
    _table(
        "authorisations",
        "item_id",
        "item_id id · booked_on date · submitted_at time · queued_s int · handled_s int ·"
        " unit_id id · teller_id id · authoriser_id id · channel text · code text · outcome text ·"
        " reason text?",
        on="booked_on",
        channel=("counter", "smart_counter"),
        outcome=("granted", "returned"),
    ),
)

TABLES: MappingProxyType[str, Table] = MappingProxyType({t.name: t for t in _ALL})
STANDING: tuple[Table, ...] = tuple(t for t in _ALL if not t.is_facts)
FACTS: tuple[Table, ...] = tuple(t for t in _ALL if t.is_facts)
