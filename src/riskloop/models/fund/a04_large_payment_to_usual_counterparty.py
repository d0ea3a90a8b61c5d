"""A04 往来户日常交易对手大额支付业务监测."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter
from riskloop.models.rules.counterparty import days_of, large_payments

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


class Limits(Parameters):
    amount: Decimal = parameter(
        Decimal(5_000_000),
        zh="单笔限额",
        en="Limit of one payment",
        unit="CNY",
        low=1,
        high=10**12,
        why=Text(
            "建议值：付给日常交易对手的风险较低，取单位大额交易报告标准200万元的两倍半。",
            "Our proposal: a usual counterparty is the lesser risk; two and a half times the reporting limit"
            " of units, 2,000,000.",
        ),
    )
    times: int = parameter(
        3,
        zh="日常交易对手的最少付款次数",
        en="Payments that make a counterparty usual",
        unit="times",
        low=1,
        high=1000,
        why=Text(
            "建议值：半年内付过三次的，已不是偶然往来。",
            "Our proposal: who was paid three times in half a year is no chance acquaintance.",
        ),
    )
    months: int = parameter(
        6,
        zh="回看月数",
        en="Months looked back",
        unit="months",
        low=1,
        high=24,
        why=Text(
            "建议值：半年可覆盖按季结算的往来。",
            "Our proposal: half a year also shows business that is settled by the quarter.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Payments of the limit or more by corporate accounts to a counterparty paid `times` times before."""
    paid = large_payments(bank, p.amount, p.months)
    usual = paid.filter(paid.paid_before >= p.times)
    return usual.mutate(times=p.times, months=p.months)


def _before(*days_ago: int, **entry: Any) -> list[dict[str, Any]]:
    """A small payment of C1 to Q1 on each of these days."""
    plain = {"debit_account_id": "C1", "credit_account_id": "Q1", "amount": Decimal("100.00")}
    return [plain | {"booked_on": EXAMPLE_DAY - dt.timedelta(days=ago)} | entry for ago in days_ago]


def _on(*days: dt.date) -> list[dict[str, Any]]:
    return [payment | {"booked_on": day} for day in days for payment in _before(0)]


def _bank(
    before: Sequence[Mapping[str, Any]],
    amount: str = "5000000.00",
    account_kind: str = "corporate_current",
    **entry: Any,
) -> Rows:
    """Today's payment E1 of C1 to Q1, and what was paid before."""
    payment = {"entry_id": "E1", "debit_account_id": "C1", "credit_account_id": "Q1"}
    earlier = [{"entry_id": f"F{i}"} | dict(row) for i, row in enumerate(before, 1)]
    return {
        "accounts": [
            {"account_id": "C1", "kind": account_kind, "customer_id": "K1"},
            {"account_id": "C2", "kind": "corporate_current", "customer_id": "K1"},
            {"account_id": "N1", "kind": "internal"},
        ],
        "journal": [*earlier, payment | {"amount": Decimal(amount)} | entry],
    }


THREE = _before(9, 5, 2)
SIX_MONTHS_AGO = dt.date(2023, 9, 15)
END_OF_AUGUST = dt.date(2024, 8, 31)
SIX_MONTHS = {"months": 6}

MODEL = Model(
    code="A04",
    version=1,
    name=Text("往来户日常交易对手大额支付业务监测", "Large corporate payment to a usual counterparty"),
    category="fund_movement",
    handling="itemised",
    grade="general",
    subject="entry",
    purpose=Text(
        "付给常来往的对手，柜面容易放松审核；伪造的支付凭证、被盗用的印鉴或虚构的贸易往来，正可借此隐藏在日常付款之中。",
        "A payment to a familiar name is checked less closely at the counter: forged orders, stolen seals and"
        " trade that only exists on paper hide among the everyday payments.",
    ),
    definition=Text(
        "往来户借方正常交易单笔金额达到或超过限额，且在当日之前的回看月数内，该账户付给同一对手的次数达到规定次数。",
        "A normal entry that debits a corporate current account with the limit or more, to a counterparty"
        " that this account paid the given number of times or more in the months before the day.",
    ),
    false_positives=Text(
        "按合同支付的货款、工程款；集团资金归集；归还贷款、支付税费；本单位账户之间的划转。",
        "Goods and works paid under contract, money gathered within a group, loans repaid, taxes, transfers"
        " between the unit's own accounts.",
    ),
    decided=Text(
        "往来户指单位活期结算账户，对公定期账户归A12。交易对手取流水所记的对手账号，没有的取贷方账户；没有对手的不算日常，归A05。"
        "回看期从业务日往前推满月数的同一日起（该月没有这一日的取月末），含该日，至前一日止；当日的其他付款不计。"
        "只数付款笔数，不论金额；收款、反交易和冲正不计，同一单位其他账户的付款也不计。达到限额、次数即报（含等于）。"
        "自动记账、现金和付给内部账户的照计。银行提供的流水不足回看月数的，只看已有的日子。",
        "A corporate account is a corporate current account; corporate time accounts belong to A12. The"
        " counterparty is the account noted as such with the entry, else the account credited; a payment"
        " without one is not usual and belongs to A05. The months begin with the same date that many months"
        " before the business day (the last of the month where it has no such date), that date included, and"
        " end on the day before; other payments of the day do not count. Payments are counted whatever their"
        " amount; receipts, reversals, corrections and payments of the unit's other accounts are not. Equal"
        " to the limit, or to the number, is a hit. Automatic and cash entries, and those to internal"
        " accounts, count. Where the bank handed over fewer months, those there are decide.",
    ),
    drivers=("E3", "P3", "E2"),
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
        "counterparty_days": ("account_id", "counterparty", "payments", "booked_on"),
        "accounts": ("account_id", "kind"),
    },
    where_given={
        "journal": ("counterparty_account", "teller_id", "authoriser_id"),
        "accounts": ("customer_id",),
    },
    parameters=Limits,
    lookback=lambda p: {"counterparty_days": days_of(p.months)},
    compared={
        "counterparty": Text("交易对手账号", "Counterparty account"),
        "paid_before": Text("此前付款次数", "Payments to it before"),
        "times": Text("日常对手的次数标准", "Payments that make it usual"),
        "months": Text("回看月数", "Months looked back"),
        "limit": Text("单笔限额", "Limit of one payment"),
    },
    hits=hits,
    examples=(
        hit(
            "等于限额，此前付过三次",
            "Exactly the limit, paid three times before",
            "E1",
            _bank(THREE, teller_id="T1", authoriser_id="T2"),
            evidence={"counterparty": "Q1", "paid_before": 3, "times": 3, "months": 6, "limit": 5_000_000},
        ),
        near_miss("低于限额一分", "One fen below the limit", _bank(THREE, "4999999.99")),
        near_miss("此前只付过两次", "Paid twice before", _bank(_before(5, 2))),
        near_miss("当日的其他付款不计", "Another payment of the day", _bank(_before(5, 2, 0))),
        hit(
            "前一日一天付过三次",
            "Three times on the day before",
            "E1",
            _bank(_before(1, 1, 1)),
            evidence={"paid_before": 3},
        ),
        near_miss(
            "三次分属两个对手",
            "Three times, to two counterparties",
            _bank([*_before(5, 2), *_before(4, credit_account_id="Q2")]),
        ),
        near_miss(
            "本单位另一账户付过三次",
            "Paid three times by the unit's other account",
            _bank(_before(5, 4, 2, debit_account_id="C2")),
        ),
        near_miss(
            "只收过该对手的款",
            "Received from the counterparty, never paid",
            _bank(_before(5, 4, 2, debit_account_id="Q1", credit_account_id="C1")),
        ),
        hit(
            "经内部账户汇出，对手账号相同",
            "Sent through an internal account to the counterparty noted",
            "E1",
            _bank(
                _before(5, 4, 2, credit_account_id="N1", counterparty_account="X1"),
                credit_account_id="N1",
                counterparty_account="X1",
            ),
            evidence={"counterparty": "X1"},
        ),
        near_miss(
            "同经内部账户汇出，对手账号不同",
            "Sent through the same internal account to somebody else",
            _bank(
                _before(5, 4, 2, credit_account_id="N1", counterparty_account="X1"),
                credit_account_id="N1",
                counterparty_account="X2",
            ),
        ),
        near_miss(
            "没有交易对手",
            "No counterparty is known",
            _bank(_before(5, 4, 2, credit_account_id=None), credit_account_id=None),
        ),
        near_miss(
            "此前的反交易不计",
            "One of the three a reversal",
            _bank([*_before(5, 2), *_before(4, kind="reversal")]),
        ),
        near_miss(
            "此前的冲正不计",
            "One of the three a correction",
            _bank([*_before(5, 2), *_before(4, kind="correction")]),
        ),
        near_miss("反交易", "A reversal", _bank(THREE, "9000000.00", kind="reversal")),
        near_miss("冲正", "A correction", _bank(THREE, "9000000.00", kind="correction")),
        near_miss("对公定期账户", "A corporate time account", _bank(THREE, account_kind="corporate_time")),
        near_miss("个人结算账户", "A personal account", _bank(THREE, account_kind="personal_settlement")),
        near_miss(
            "前一日的大额支付",
            "A large payment of the day before",
            _bank(THREE, "9000000.00", booked_on=EXAMPLE_DAY - dt.timedelta(days=1)),
        ),
        hit("自动记账照计", "An automatic entry", "E1", _bank(THREE, automatic=True)),
        hit(
            "外币按当日入账汇率折算",
            "Foreign currency counts at the day's booked rate",
            "E1",
            _bank(THREE, "704225.36", currency="USD", amount_cny=Decimal("5000000.06")),
        ),
        # The months of another day are longer or shorter: these depend on the date, and name a setting.
        hit(
            "第一次恰在六个月前的同一日",
            "The first of them on the same date six months before",
            "E1",
            _bank([*_on(SIX_MONTHS_AGO), *_before(5, 2)]),
            settings=SIX_MONTHS,
            evidence={"paid_before": 3},
        ),
        near_miss(
            "第一次早于六个月一天",
            "The first of them a day earlier",
            _bank([*_on(SIX_MONTHS_AGO - dt.timedelta(days=1)), *_before(5, 2)]),
            settings=SIX_MONTHS,
        ),
        hit(
            "八月末往前六个月为二月末",
            "Six months before the end of August: the end of February",
            "E1",
            _bank(_on(*[dt.date(2024, 2, 29)] * 3)),
            settings=SIX_MONTHS,
            day=END_OF_AUGUST,
        ),
        near_miss(
            "二月末前一天已在期外",
            "The day before the end of February is outside",
            _bank(_on(*[dt.date(2024, 2, 28)] * 3)),
            settings=SIX_MONTHS,
            day=END_OF_AUGUST,
        ),
    ),
)
