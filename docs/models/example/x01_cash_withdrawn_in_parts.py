"""X01 现金拆分支取监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter

DAY_BEFORE = EXAMPLE_DAY - dt.timedelta(days=1)


class Limits(Parameters):
    amount: Decimal = parameter(
        Decimal(50_000),
        zh="现金报告标准",
        en="Reporting limit for cash",
        unit="CNY",
        low=1,
        high=10**9,
        why=Text(
            "大额现金交易报告标准（中国人民银行令〔2016〕第3号：当日单笔或者累计5万元以上，含5万元）。",
            "Reporting limit for cash (PBC Order 2016 No. 3: 50,000 or more in a day, at once or together).",
        ),
    )
    count: int = parameter(
        3,
        zh="支取笔数",
        en="Withdrawals",
        unit="times",
        low=2,
        high=100,
        why=Text(
            "建议值：一天两次取现常见，三次以上且合计达到报告标准的少见。",
            "Our proposal: two withdrawals in a day are common, three that reach the limit together are not.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Personal accounts with several cash withdrawals of the day, each below the limit, together at it."""
    journal = bank.today("journal")
    small = journal.filter(
        journal.kind == "normal",
        journal.cash,
        journal.debit_account_id.notnull(),
        journal.amount_cny < p.amount,
    )
    sums = small.group_by(account_id=small.debit_account_id).aggregate(
        amount=small.amount_cny.sum(),
        count=small.count(),
        entry_ids=small.entry_id.collect(),
        teller_ids=small.teller_id.collect(),
    )
    split = sums.filter(sums["count"] >= p.count, sums.amount >= p.amount)
    accounts = bank.standing("accounts")
    personal = accounts.filter(accounts.kind.isin(["personal_settlement", "card"]))
    found = split.inner_join(personal, "account_id")
    return found.select(
        "unit_id",
        "amount",
        "count",
        "entry_ids",
        "teller_ids",
        "account_id",
        "customer_id",
        subject_id=found.account_id,
        limit=p.amount,
        least=p.count,
    )


def _bank(*amounts: str, of: str = "personal_settlement", **entry: Any) -> dict[str, Any]:
    """An account from which these amounts of cash were withdrawn."""
    plain = {"debit_account_id": "P1", "cash": True, "teller_id": "T1"}
    return {
        "accounts": [{"account_id": "P1", "kind": of, "customer_id": "K1", "unit_id": "U1"}],
        "journal": [
            plain | {"entry_id": f"E{i}", "amount": Decimal(amount)} | entry
            for i, amount in enumerate(amounts, 1)
        ],
    }


MODEL = Model(
    code="X01",
    version=1,
    name=Text("现金拆分支取监测", "Cash withdrawn in parts below the reporting limit"),
    category="fund_movement",
    handling="itemised",
    grade="attention",
    subject="account",
    purpose=Text(
        "同一账户一天内多次取现、每次都略低于报告标准，常见于出租出借账户和规避身份核实。",
        "Who withdraws cash several times a day, each time below the limit, may have lent the account out or"
        " avoid being asked who he is.",
    ),
    definition=Text(
        "个人结算账户或卡账户当日现金支取X笔（含）以上，每笔低于报告标准，合计达到或超过报告标准。",
        "A personal settlement or card account with X or more cash withdrawals on the day, each below the"
        " reporting limit, which together reach it.",
    ),
    false_positives=Text(
        "自助设备单笔限额较低，客户本人分次取足所需现金。",
        "Machines pay out little at a time: a customer who takes what he needs in several goes.",
    ),
    decided=Text(
        "只计现金借方正常交易；达到报告标准的单笔已另行报告，不计入笔数和合计。",
        "Normal cash debits alone count; one that reaches the limit by itself is reported as such, and is"
        " counted neither in number nor in sum.",
    ),
    drivers=("E3", "P3"),
    needs={
        "journal": ("entry_id", "booked_on", "kind", "cash", "debit_account_id", "amount_cny"),
        "accounts": ("account_id", "kind", "unit_id"),
    },
    where_given={"journal": ("teller_id",), "accounts": ("customer_id",)},
    parameters=Limits,
    lookback=1,
    compared={
        "limit": Text("现金报告标准", "Reporting limit for cash"),
        "least": Text("支取笔数标准", "Withdrawals that count as several"),
    },
    hits=hits,
    examples=(
        hit(
            "三笔合计等于报告标准",
            "Three that are exactly the limit together",
            "P1",
            _bank("20000.00", "20000.00", "10000.00"),
            evidence={"limit": 50_000, "least": 3},
        ),
        near_miss(
            "三笔合计低于报告标准一分",
            "Three that are one fen below it together",
            _bank("20000.00", "20000.00", "9999.99"),
        ),
        near_miss("只有两笔", "Only two", _bank("30000.00", "30000.00")),
        hit(
            "单笔低于报告标准一分照计",
            "One fen below the limit still counts",
            "P1",
            _bank("49999.99", "100.00", "100.00"),
        ),
        near_miss(
            "单笔等于报告标准不计",
            "One that is the limit by itself does not count",
            _bank("50000.00", "20000.00", "20000.00"),
        ),
        hit("卡账户照计", "A card account", "P1", _bank("20000.00", "20000.00", "10000.00", of="card")),
        near_miss(
            "往来户不属于本模型",
            "A corporate account",
            _bank("20000.00", "20000.00", "10000.00", of="corporate_current"),
        ),
        near_miss("转账不是取现", "Transfers", _bank("20000.00", "20000.00", "10000.00", cash=False)),
        near_miss(
            "存现不是取现",
            "Cash paid in",
            _bank("20000.00", "20000.00", "10000.00", debit_account_id=None, credit_account_id="P1"),
        ),
        near_miss("反交易不计", "Reversals", _bank("20000.00", "20000.00", "10000.00", kind="reversal")),
        near_miss(
            "前一日的支取",
            "Withdrawals of the day before",
            _bank("20000.00", "20000.00", "10000.00", booked_on=DAY_BEFORE),
        ),
    ),
)
