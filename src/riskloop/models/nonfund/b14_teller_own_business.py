"""B14 柜员自办业务监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.bank.subjects import subject_of
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter
from riskloop.models.rules.entries import TOLD, by_side, touching


class Options(Parameters):
    relatives: bool = parameter(
        False,
        zh="包括亲属",
        en="Relatives too",
        unit="flag",
        low=0,
        high=1,
        why=Text(
            "默认只看本人；亲属的客户号只在依法持有时使用，由本行决定是否启用。",
            "The person alone by default; relatives' customer numbers are used only where lawfully held,"
            " which the bank decides.",
        ),
    )


def hits(bank: Bank, p: Options) -> Relation:
    """Items of the day whose customer is the person of the handling or of the authorising teller."""
    own = bank.few(_own_customers(bank, p))
    accounts = bank.few(_accounts(bank, own))
    items = (
        _entries(bank, accounts).union(_ebank_events(bank, own)).union(_maintenance_events(bank, accounts))
    )
    met = items.inner_join(own, items.customer_id == own.customer_id).select(
        items,
        handled=(items.teller_id == own.own_teller_id).fill_null(False),
        authorised=(items.authoriser_id == own.own_teller_id).fill_null(False),
        in_person=own.in_person,
        own_unit_id=own.own_unit_id,
    )
    found = met.filter(met.handled | met.authorised)
    # An e-bank event may name no unit: then it is the teller's.
    unit_id: Relation = ibis.coalesce(found.unit_id, found.own_unit_id)
    return found.group_by("subject_id").aggregate(
        unit_id=unit_id.min(),
        amount=found.amount.max(),
        entry_ids=found.entry_id.collect(),
        teller_ids=found.teller_id.collect(),
        authoriser_ids=found.authoriser_id.collect(),
        account_ids=found.account_id.collect(),
        customer_ids=found.customer_id.collect(),
        handled=found.handled.any(),
        authorised=found.authorised.any(),
        in_person=found.in_person.any(),
    )


def _own_customers(bank: Bank, p: Options) -> Relation:
    """Tellers with the customer numbers of their person (or of relatives); `in_person` is the person."""
    known, tellers = bank.standing("staff_customers"), bank.standing("tellers")
    if not p.relatives:
        known = known.filter(known.relation == "self")
    pairs = tellers.inner_join(known, tellers.staff_id == known.staff_id)
    return pairs.group_by(own_teller_id=tellers.teller_id, customer_id=known.customer_id).aggregate(
        in_person=(known.relation == "self").any(), own_unit_id=tellers.unit_id.min()
    )


def _entries(bank: Bank, accounts: Relation) -> Relation:
    """The day's entries of any kind on one of these accounts, once for each of their sides."""
    journal = bank.today("journal")
    manned = journal.filter(journal.teller_id.notnull() | journal.authoriser_id.notnull())
    theirs = by_side(touching(bank, manned, accounts, *TOLD), *TOLD).inner_join(accounts, "account_id")
    return theirs.select(
        subject_id=theirs.entry_id,
        entry_id=theirs.entry_id,
        unit_id=theirs.unit_id,
        teller_id=theirs.teller_id,
        authoriser_id=theirs.authoriser_id,
        account_id=theirs.account_id,
        customer_id=theirs.customer_id,
        amount=theirs.amount_cny,
    )


def _ebank_events(bank: Bank, own: Relation) -> Relation:
    events = bank.today("ebank_events")
    theirs = events.filter(events.teller_id.notnull()).semi_join(own, "customer_id")
    return theirs.select(
        subject_id=ibis.literal(subject_of("ebank_events", "")) + theirs.event_id,
        entry_id=ibis.null("string"),
        unit_id=theirs.unit_id,
        teller_id=theirs.teller_id,
        authoriser_id=ibis.null("string"),
        account_id=theirs.account_id,
        customer_id=theirs.customer_id,
        amount=ibis.null("decimal(18, 2)"),
    )


def _maintenance_events(bank: Bank, accounts: Relation) -> Relation:
    events = bank.today("maintenance_events")
    theirs = events.inner_join(accounts, events.account_id == accounts.account_id)
    return theirs.select(
        subject_id=ibis.literal(subject_of("maintenance_events", "")) + events.event_id,
        entry_id=ibis.null("string"),
        unit_id=events.unit_id,
        teller_id=events.teller_id,
        authoriser_id=events.authoriser_id,
        account_id=accounts.account_id,
        customer_id=accounts.customer_id,
        # The event's amount is in the account's currency, without a rate.
        amount=ibis.ifelse(accounts.currency == "CNY", events.amount, ibis.null()),
    )


def _accounts(bank: Bank, own: Relation) -> Relation:
    """The accounts of these customers."""
    return (
        bank.standing("accounts")
        .semi_join(own, "customer_id")
        .select("account_id", "customer_id", "currency")
    )


def _bank(relation: str = "self", **rows: dict[str, Any]):
    """Teller T1 is person S1, who is customer K1 with account P1. `rows` gives one fact a table."""
    facts: dict[str, dict[str, Any]] = {
        "journal": {"entry_id": "E1", "amount": Decimal("100.00"), "unit_id": "U1"},
        "ebank_events": {"event_id": "V1", "customer_id": "K1", "unit_id": "U1"},
        "maintenance_events": {"event_id": "V1", "account_id": "P1", "unit_id": "U1"},
    }
    standing: dict[str, list[dict[str, Any]]] = {
        "accounts": [
            {"account_id": "P1", "customer_id": "K1"},
            {"account_id": "P2", "customer_id": "K2"},
            {"account_id": "N1", "kind": "internal"},
        ],
        "staff_customers": [{"staff_id": "S1", "customer_id": "K1", "relation": relation}],
        "tellers": [
            {"teller_id": "T1", "staff_id": "S1", "unit_id": "U1"},
            {"teller_id": "T2", "staff_id": "S2", "unit_id": "U1"},
        ],
    }
    return standing | {table: [facts[table] | row] for table, row in rows.items()}


def _entry(teller_id: str | None = "T1", debit: str | None = "P1", credit: str | None = "P2", **more: Any):
    return {
        "teller_id": teller_id,
        "debit_account_id": debit,
        "credit_account_id": credit,
    } | more


MODEL = Model(
    code="B14",
    version=1,
    name=Text("柜员自办业务监测", "Teller handles his own business"),
    category="non_fund_movement",
    handling="itemised",
    grade="key_attention",
    subject="entry",
    purpose=Text(
        "柜员不得为自己办理或授权业务：自办使经办、复核的相互制约失效，是挪用和违规操作的禁止性行为。",
        "A teller may not handle or authorise business of his own: nobody then checks him. It is"
        " prohibited, and the usual beginning of a misuse.",
    ),
    definition=Text(
        "业务的客户就是经办柜员或授权柜员本人：流水借方或贷方账户、电子银行事项或挂失解挂事项属于本人，不论金额。",
        "The customer of an item is the person of the handling or of the authorising teller: an account"
        " that the entry debits or credits, the e-bank event, or the loss report or release is his own,"
        " whatever the amount.",
    ),
    false_positives=Text(
        "系统自动归属到柜员号下的批量记账；柜员号与员工的对应关系未及时更新。",
        "Batch entries that the system books under a teller's number; a teller number that has passed to"
        " someone else without the record being changed.",
    ),
    decided=Text(
        "对象为业务事项：流水以流水号为对象，电子银行事项和挂失解挂事项以“表名:事项编号”为对象。正常、反交易和冲正都算，"
        "不论金额和渠道；没有柜员的自助业务不算。授权他人经办的本人业务同样命中。默认只看本人（relation为self），"
        "参数relatives开启后包括亲属；相同电话不作依据。电子银行事项没有机构的，取柜员的机构。",
        "The subject is the item: an entry by its number, an e-bank event or a loss report or release as"
        " `TABLE:ID`. Normal entries, reversals and corrections all count, on any channel and of any amount;"
        " self-service without a teller does not. Authorising one's own business that somebody else handles"
        " is a hit too. Only the person himself (relation `self`), unless the parameter relatives is on; an"
        " equal phone number is no reason. An e-bank event without a unit takes the teller's.",
    ),
    drivers=("P5", "R5"),
    needs={
        "journal": (
            "entry_id",
            "booked_on",
            "unit_id",
            "teller_id",
            "debit_account_id",
            "credit_account_id",
            "amount_cny",
        ),
        "accounts": ("account_id", "customer_id", "currency"),
        "staff_customers": ("staff_id", "customer_id", "relation"),
        "tellers": ("teller_id", "staff_id", "unit_id"),
        "ebank_events": ("event_id", "booked_on", "customer_id", "teller_id"),
        "maintenance_events": ("event_id", "booked_on", "account_id", "unit_id", "teller_id"),
    },
    where_given={
        "journal": ("authoriser_id",),
        "ebank_events": ("account_id", "unit_id"),
        "maintenance_events": ("amount", "authoriser_id"),
    },
    parameters=Options,
    lookback=1,
    compared={
        "handled": Text("本人经办", "Handled by himself"),
        "authorised": Text("本人授权", "Authorised by himself"),
        "in_person": Text("本人业务（否为亲属）", "His own business (no: a relative's)"),
    },
    hits=hits,
    examples=(
        hit(
            "经办本人账户支出",
            "Handles a debit of his own account",
            "E1",
            _bank(journal=_entry()),
            evidence={"handled": True, "authorised": False, "in_person": True},
        ),
        hit(
            "经办本人账户收入",
            "Handles a credit of his own account",
            "E1",
            _bank(journal=_entry(debit=None, credit="P1")),
        ),
        hit(
            "授权他人经办的本人业务",
            "Authorises his own business, handled by another",
            "E1",
            _bank(journal=_entry("T2", authoriser_id="T1")),
            evidence={"handled": False, "authorised": True},
        ),
        near_miss("经办他人业务", "Handles another customer's entry", _bank(journal=_entry(debit="N1"))),
        near_miss("他人经办其业务", "Another teller handles it", _bank(journal=_entry("T2"))),
        near_miss(
            "柜员本人在自助渠道办理",
            "Self-service without a teller",
            _bank(journal=_entry(None, channel="mobile")),
        ),
        near_miss(
            "前一日的业务",
            "An entry of the day before",
            _bank(journal=_entry(booked_on=EXAMPLE_DAY - dt.timedelta(days=1))),
        ),
        hit("本人业务反交易", "Reverses an entry of his own", "E1", _bank(journal=_entry(kind="reversal"))),
        hit("本人业务冲正", "Corrects an entry of his own", "E1", _bank(journal=_entry(kind="correction"))),
        hit(
            "借贷双方都是本人账户",
            "His own account on both sides",
            "E1",
            _bank(journal=_entry(credit="P1")),
        ),
        hit(
            "为本人办理电子银行",
            "Handles an e-bank event of his own",
            "ebank_events:V1",
            _bank(ebank_events={"teller_id": "T1", "unit_id": None}),
            evidence={"handled": True},
        ),
        near_miss(
            "为他人办理电子银行",
            "Handles an e-bank event of another customer",
            _bank(ebank_events={"teller_id": "T1", "customer_id": "K2"}),
        ),
        near_miss("自助办理电子银行", "An e-bank event without a teller", _bank(ebank_events={})),
        hit(
            "为本人账户解挂",
            "Releases a loss report on his own account",
            "maintenance_events:V1",
            _bank(maintenance_events={"teller_id": "T1", "event": "loss_released"}),
        ),
        hit(
            "授权本人账户解挂",
            "Authorises a release on his own account",
            "maintenance_events:V1",
            _bank(maintenance_events={"teller_id": "T2", "authoriser_id": "T1"}),
            evidence={"handled": False, "authorised": True},
        ),
        near_miss(
            "为他人账户解挂",
            "Releases a loss report on another customer's account",
            _bank(maintenance_events={"teller_id": "T1", "account_id": "P2"}),
        ),
        hit(
            "事项编号与流水号相同也分得清",
            "An e-bank event and a release of the same number are two",
            "ebank_events:V1",
            _bank(ebank_events={"teller_id": "T1"}, maintenance_events={"teller_id": "T1"}),
            also=("maintenance_events:V1",),
        ),
        near_miss("亲属业务默认不计", "A relative's, by default", _bank("relative", journal=_entry())),
        hit(
            "本行把亲属也算在内",
            "A bank that looks at relatives too",
            "E1",
            _bank("relative", journal=_entry()),
            settings={"relatives": True},
            evidence={"in_person": False},
        ),
    ),
)
