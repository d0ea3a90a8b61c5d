"""B05 久悬未取款账务处理监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss
from riskloop.models.rules.entries import TOLD, as_hits, touching


class NoLimits(Parameters):
    """Every such entry counts."""


def hits(bank: Bank, p: NoLimits) -> Relation:  # noqa: ARG001
    """Entries of the day, of any kind, that debit or credit a dormant-unclaimed account."""
    accounts = bank.standing("accounts")
    unclaimed = accounts.filter(accounts.kind == "dormant_unclaimed")
    found = touching(bank, bank.today("journal"), unclaimed, *TOLD, "kind")
    undoes = found.kind != "normal"
    return as_hits(bank, found, paid_out=found.debited, put_in=found.credited, undoes=undoes)


def _bank(account_kind: str = "dormant_unclaimed", **entry: Any):
    """One entry that pays a personal account out of an account of this kind."""
    payment = {"entry_id": "E1", "debit_account_id": "D1", "credit_account_id": "P1", "unit_id": "U1"}
    return {
        "accounts": [
            {"account_id": "D1", "kind": account_kind},
            {"account_id": "D2", "kind": "dormant_unclaimed"},
            {"account_id": "P1", "kind": "personal_settlement", "customer_id": "K1"},
            {"account_id": "P2", "kind": "personal_settlement", "customer_id": "K2", "status": "dormant"},
        ],
        "journal": [payment | {"amount": Decimal("0.01"), "teller_id": "T1"} | entry],
    }


MODEL = Model(
    code="B05",
    version=1,
    name=Text("久悬未取款账务处理监测", "Entries on dormant-unclaimed accounts"),
    category="non_fund_movement",
    handling="itemised",
    grade="attention",
    subject="entry",
    purpose=Text(
        "久悬未取款长期无人过问，户主往往已不知情，最易被内部人员冒领；转入转出都须逐笔核对依据。",
        "Nobody asks for money that has long been unclaimed, and its owner may not know of it: insiders draw"
        " it in his name most easily. Every entry, in or out, must be checked against its papers.",
    ),
    definition=Text(
        "当日借记或贷记久悬未取账户的流水，正常交易、反交易和冲正都在内，不论金额。",
        "An entry of the day that debits or credits a dormant-unclaimed account: normal, reversal or"
        " correction, of any amount.",
    ),
    false_positives=Text(
        "按规定批量转入久悬、户主或继承人凭证件支取、年度结转和系统结息。",
        "Accounts moved in bulk under the rules, the owner or his heir drawing with papers, yearly transfers"
        " and interest.",
    ),
    decided=Text(
        "以账户种类“久悬未取”为准，不看账户状态：状态为不动户、久悬的普通账户不属于本模型。借贷双方都是久悬未取账户的报一笔。"
        "反交易、冲正与自动记账照报；反交易和冲正的借贷方向与原交易相同，“借记”“贷记”按流水所载方向列示。"
        "机构取记账机构。",
        "The kind of the account decides, not its status: an ordinary account that is dormant or specially"
        " dormant does not belong here. An entry between two such accounts is one hit. Reversals, corrections"
        " and automatic entries count like others; a reversal or correction carries the sides of the entry"
        " that it undoes, and the marks show the sides as booked. The unit is that of the entry.",
    ),
    drivers=("P7", "P3", "R2"),
    needs={
        "journal": (
            "entry_id",
            "booked_on",
            "unit_id",
            "kind",
            "debit_account_id",
            "credit_account_id",
            "amount_cny",
        ),
        "accounts": ("account_id", "kind"),
    },
    where_given={"journal": ("teller_id", "authoriser_id"), "accounts": ("customer_id",)},
    parameters=NoLimits,
    lookback=1,
    compared={
        "paid_out": Text("借记久悬未取账户", "Debits the unclaimed account"),
        "put_in": Text("贷记久悬未取账户", "Credits the unclaimed account"),
        "undoes": Text("反交易或冲正", "A reversal or correction"),
    },
    hits=hits,
    examples=(
        hit(
            "借记久悬未取账户一分",
            "One fen paid out",
            "E1",
            _bank(),
            evidence={"paid_out": True, "put_in": False, "undoes": False},
        ),
        hit(
            "贷记久悬未取账户",
            "Put in",
            "E1",
            _bank(debit_account_id="P2", credit_account_id="D1"),
            evidence={"paid_out": False, "put_in": True},
        ),
        hit(
            "两个久悬未取账户之间只报一笔",
            "Between two such accounts: one hit",
            "E1",
            _bank(credit_account_id="D2"),
            evidence={"paid_out": True, "put_in": True},
        ),
        hit(
            "单边记账",
            "A single-sided entry",
            "E1",
            _bank(debit_account_id=None, credit_account_id="D1"),
            evidence={"paid_out": False, "put_in": True},
        ),
        hit(
            "另一方不在账户资料中",
            "The other side is not in the standing data",
            "E1",
            _bank(credit_account_id="P9"),
        ),
        hit("反交易", "A reversal", "E1", _bank(kind="reversal"), evidence={"undoes": True}),
        hit("冲正", "A correction", "E1", _bank(kind="correction"), evidence={"undoes": True}),
        hit("系统自动记账", "An automatic entry", "E1", _bank(automatic=True, teller_id=None)),
        near_miss(
            "前一日的流水",
            "An entry of the day before",
            _bank(amount=Decimal("90000.00"), booked_on=EXAMPLE_DAY - dt.timedelta(days=1)),
        ),
        near_miss("内部账户不是久悬未取账户", "An internal account", _bank("internal")),
        near_miss("销账账户不是久悬未取账户", "A suspense account", _bank("suspense")),
        near_miss(
            "不动户状态的普通账户",
            "An ordinary account that is dormant",
            _bank(debit_account_id="P2"),
        ),
    ),
)
