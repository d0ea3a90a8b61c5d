"""C09 内部户自动入账账户非自动入账监测."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss
from riskloop.models.rules.bank_accounts import bank_s_own
from riskloop.models.rules.entries import TOLD, touching


class NoLimits(Parameters):
    """Every such entry counts."""


def hits(bank: Bank, p: NoLimits) -> Relation:  # noqa: ARG001
    """Manual normal entries of the day on an account of the bank's own that only automatic ones may move."""
    journal = bank.today("journal")
    accounts = bank.standing("accounts")
    manual = journal.filter(journal.kind == "normal", ~journal.automatic)
    own = bank_s_own(accounts.filter(accounts.auto_only))
    found = touching(bank, manual, own, *TOLD)
    return found.select(
        "unit_id",
        "entry_id",
        "teller_id",
        "authoriser_id",
        subject_id=found.entry_id,
        amount=found.amount_cny,
        account_ids=ibis.array([found.debit_account_id, found.credit_account_id]),
        debits_it=found.debited,
        credits_it=found.credited,
    )


def _bank(account_kind: str = "internal", *, auto_only: bool = True, **entry: Any):
    """One manual entry from an account that only automatic entries may move to a personal one."""
    transfer = {"entry_id": "E1", "debit_account_id": "N1", "credit_account_id": "P1"}
    return {
        "accounts": [
            {"account_id": "N1", "kind": account_kind, "auto_only": auto_only},
            {"account_id": "N2", "kind": "internal", "auto_only": True},
            {"account_id": "N3", "kind": "internal"},
            {"account_id": "P1", "kind": "personal_settlement", "customer_id": "K1"},
        ],
        "journal": [transfer | {"amount": Decimal("0.01"), "teller_id": "T1"} | entry],
    }


MODEL = Model(
    code="C09",
    version=1,
    name=Text("内部户自动入账账户非自动入账监测", "Manual entry on an auto-only internal account"),
    category="statistical",
    handling="statistical",
    grade="general",
    subject="entry",
    purpose=Text(
        "只许系统自动入账的内部户（利息、清算等）出现手工记账，可能是绕开系统控制挪用资金或掩盖差错。",
        "An account of the bank's own that only the system may move (interest, clearing) bears a manual"
        " entry: it may take money past the controls, or hide an error.",
    ),
    definition=Text(
        "借方或贷方为只许自动入账的内部户，而该笔正常交易不是系统自动入账，金额不限。",
        "A normal entry that is not automatic debits or credits an account of the bank's own marked for"
        " automatic entries only; any amount.",
    ),
    false_positives=Text(
        "系统故障期间经审批的手工补记；清理、结转余额的年终处理；自动入账标志未及时维护。",
        "Approved manual entries while a system was down; balances moved at the year's end; a flag that was"
        " not kept up.",
    ),
    decided=Text(
        "“内部户”取银行自有的各类账户：内部、备付金、汇出汇款、久悬未取、销账；客户账户即使有自动入账标志也不报。"
        "是否只许自动入账以账户资料的标志为准，是否自动入账以分录的标志为准，不看渠道和有无柜员。借贷双方都是此类账户的，报一笔。"
        "反交易和冲正不计：撤销自动入账本须手工办理，由反交易、冲正各模型监测。",
        "`Internal` is read as every kind of account that the bank keeps for itself: internal, reserve,"
        " outward remittance, dormant-unclaimed and suspense; a customer's account is none, flagged or not."
        " The flag of the account says that only automatic entries may move it, the flag of the entry that"
        " it is one; channel and teller do not matter. An entry between two such accounts is one hit."
        " Reversals and corrections do not count: an automatic entry is undone by hand, which the models of"
        " reversals and corrections look at.",
    ),
    drivers=("P5", "P1", "R2"),
    needs={
        "journal": (
            "entry_id",
            "booked_on",
            "unit_id",
            "kind",
            "debit_account_id",
            "credit_account_id",
            "amount_cny",
            "automatic",
        ),
        "accounts": ("account_id", "kind", "auto_only"),
    },
    where_given={"journal": ("teller_id", "authoriser_id")},
    parameters=NoLimits,
    lookback=1,
    compared={
        "debits_it": Text("借记自动入账账户", "Debits the auto-only account"),
        "credits_it": Text("贷记自动入账账户", "Credits the auto-only account"),
    },
    hits=hits,
    examples=(
        hit(
            "手工借记，金额一分",
            "A manual debit of one fen",
            "E1",
            _bank(authoriser_id="T2"),
            evidence={"debits_it": True, "credits_it": False},
        ),
        hit(
            "手工贷记",
            "A manual credit",
            "E1",
            _bank(debit_account_id="P1", credit_account_id="N1"),
            evidence={"debits_it": False, "credits_it": True},
        ),
        hit(
            "两个自动入账账户之间只报一笔",
            "Between two such accounts, one hit",
            "E1",
            _bank(credit_account_id="N2"),
            evidence={"debits_it": True, "credits_it": True},
        ),
        hit("单边记账", "A single-sided entry", "E1", _bank(credit_account_id=None)),
        hit("没有柜员的同样适用", "Without a teller", "E1", _bank(teller_id=None, channel="clearing")),
        near_miss("系统自动入账", "An automatic entry", _bank(automatic=True)),
        near_miss("反交易不计", "A reversal", _bank(kind="reversal")),
        near_miss("冲正不计", "A correction", _bank(kind="correction")),
        near_miss("账户没有自动入账标志", "The account is not marked", _bank(auto_only=False)),
        near_miss("另一方账户也没有标志", "Two accounts without the mark", _bank(debit_account_id="N3")),
        near_miss(
            "前一日的分录", "An entry of the day before", _bank(booked_on=EXAMPLE_DAY - timedelta(days=1))
        ),
        hit("销账账户", "A suspense account", "E1", _bank("suspense")),
        hit("备付金账户", "A reserve account", "E1", _bank("reserve")),
        hit("汇出汇款账户", "An outward-remittance account", "E1", _bank("outward_remittance")),
        hit("久悬未取账户", "A dormant-unclaimed account", "E1", _bank("dormant_unclaimed")),
        near_miss("往来户不是内部户", "A corporate account", _bank("corporate_current")),
        near_miss("个人账户不是内部户", "A personal account", _bank("personal_settlement")),
        near_miss(
            "账户资料中没有的账户",
            "An account that the standing data do not know",
            _bank(debit_account_id="N9"),
        ),
    ),
)
