"""A05 往来户非日常交易对手大额支付业务监测."""

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
        Decimal(2_000_000),
        zh="单笔限额",
        en="Limit of one payment",
        unit="CNY",
        low=1,
        high=10**12,
        why=Text(
            "《金融机构大额交易和可疑交易报告管理办法》（人民银行令〔2016〕第3号）：单位款项划转200万元以上为大额交易。",
            "Reporting limit for transfers of units (PBC Order 2016 No. 3): 2,000,000.",
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
            "建议值：与A04一致，应随其调整。", "Our proposal: the same as A04, to be changed along with it."
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
            "建议值：与A04一致，应随其调整。", "Our proposal: the same as A04, to be changed along with it."
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Payments of the limit or more by corporate accounts to a counterparty that is not usual to them."""
    paid = large_payments(bank, p.amount, p.months)
    unusual = paid.filter(paid.paid_before < p.times)
    return unusual.mutate(times=p.times, months=p.months)


def _before(*days_ago: int, **entry: Any) -> list[dict[str, Any]]:
    """A small payment of C1 to Q1 on each of these days."""
    plain = {"debit_account_id": "C1", "credit_account_id": "Q1", "amount": Decimal("100.00")}
    return [plain | {"booked_on": EXAMPLE_DAY - dt.timedelta(days=ago)} | entry for ago in days_ago]


def _on(*days: dt.date) -> list[dict[str, Any]]:
    return [payment | {"booked_on": day} for day in days for payment in _before(0)]


def _bank(
    before: Sequence[Mapping[str, Any]] = (),
    amount: str = "2000000.00",
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
SIX_MONTHS = {"months": 6}

MODEL = Model(
    code="A05",
    version=1,
    name=Text("往来户非日常交易对手大额支付业务监测", "Large corporate payment to an unusual counterparty"),
    category="fund_movement",
    handling="itemised",
    grade="attention",
    subject="entry",
    purpose=Text(
        "单位资金突然大额付给从未或很少往来的对手，可能是电信诈骗、伪造凭证、内外勾结挪用，或账户被用来过渡资金。",
        "A large sum to somebody whom the unit never or hardly ever paid may be fraud by phone or mail, a"
        " forged order, money taken with inside help, or an account that money only passes through.",
    ),
    definition=Text(
        "往来户借方正常交易单笔金额达到或超过限额，且在当日之前的回看月数内，该账户付给同一对手的次数不足规定次数，或没有交易对手。",
        "A normal entry that debits a corporate current account with the limit or more, to a counterparty"
        " that this account paid fewer than the given number of times in the months before the day, or"
        " without a known counterparty.",
    ),
    false_positives=Text(
        "新签合同的首付款、购置房产设备、缴纳保证金；新开立的账户；本单位账户之间的首次划转；大额提现。",
        "The first payment under a new contract, property or machines bought, margins; a new account; the"
        " first transfer between the unit's own accounts; a large cash withdrawal.",
    ),
    decided=Text(
        "与A04互补：同一笔付款的对手或为日常或为非日常，判断标准与A04相同，限额较低。往来户指单位活期结算账户，对公定期账户归A12。"
        "交易对手取流水所记的对手账号，没有的取贷方账户；两者都没有的（如单边记账）不能认作日常，按非日常报送。"
        "回看期从业务日往前推满月数的同一日起（该月没有这一日的取月末），含该日，至前一日止；当日的其他付款不计。"
        "只数付款笔数，不论金额；收款、反交易和冲正不计，同一单位其他账户的付款也不计。达到限额即报（含等于），达到次数的不报。"
        "自动记账、现金和付给内部账户的照计。银行提供的流水不足回看月数的，只看已有的日子，此时报送偏多。",
        "The complement of A04: a counterparty is usual or not by the same test, and the limit is lower. A"
        " corporate account is a corporate current account; corporate time accounts belong to A12. The"
        " counterparty is the account noted as such with the entry, else the account credited; where there is"
        " neither (a single-sided entry) it cannot be called usual, and the payment is a hit. The months"
        " begin with the same date that many months before the business day (the last of the month where it"
        " has no such date), that date included, and end on the day before; other payments of the day do not"
        " count. Payments are counted whatever their amount; receipts, reversals, corrections and payments of"
        " the unit's other accounts are not. Equal to the limit is a hit; equal to the number is none."
        " Automatic and cash entries, and those to internal accounts, count. Where the bank handed over fewer"
        " months, those there are decide, and there are more hits.",
    ),
    drivers=("E3", "E2", "P7"),
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
            "等于限额，此前未付过",
            "Exactly the limit, never paid before",
            "E1",
            _bank(teller_id="T1", authoriser_id="T2"),
            evidence={"counterparty": "Q1", "paid_before": 0, "times": 3, "months": 6, "limit": 2_000_000},
        ),
        near_miss("低于限额一分", "One fen below the limit", _bank(amount="1999999.99")),
        hit("此前只付过两次", "Paid twice before", "E1", _bank(_before(5, 2)), evidence={"paid_before": 2}),
        near_miss("此前付过三次为日常对手", "Paid three times before: a usual counterparty", _bank(THREE)),
        near_miss("前一日一天付过三次", "Three times on the day before", _bank(_before(1, 1, 1))),
        hit("当日的其他付款不计", "Another payment of the day does not count", "E1", _bank(_before(5, 2, 0))),
        hit(
            "三次分属两个对手",
            "Three times, to two counterparties",
            "E1",
            _bank([*_before(5, 2), *_before(4, credit_account_id="Q2")]),
            evidence={"paid_before": 2},
        ),
        hit(
            "本单位另一账户付过三次",
            "Paid three times by the unit's other account",
            "E1",
            _bank(_before(5, 4, 2, debit_account_id="C2")),
            evidence={"paid_before": 0},
        ),
        hit(
            "只收过该对手的款",
            "Received from the counterparty, never paid",
            "E1",
            _bank(_before(5, 4, 2, debit_account_id="Q1", credit_account_id="C1")),
        ),
        hit(
            "没有交易对手",
            "No counterparty is known",
            "E1",
            _bank(_before(5, 4, 2, credit_account_id=None), credit_account_id=None),
            evidence={"counterparty": None, "paid_before": 0},
        ),
        near_miss(
            "经内部账户汇出，对手账号相同",
            "Sent through an internal account to the counterparty noted",
            _bank(
                _before(5, 4, 2, credit_account_id="N1", counterparty_account="X1"),
                credit_account_id="N1",
                counterparty_account="X1",
            ),
        ),
        hit(
            "同经内部账户汇出，对手账号不同",
            "Sent through the same internal account to somebody else",
            "E1",
            _bank(
                _before(5, 4, 2, credit_account_id="N1", counterparty_account="X1"),
                credit_account_id="N1",
                counterparty_account="X2",
            ),
            evidence={"counterparty": "X2", "paid_before": 0},
        ),
        hit(
            "此前的反交易不计",
            "One of the three a reversal",
            "E1",
            _bank([*_before(5, 2), *_before(4, kind="reversal")]),
        ),
        hit(
            "此前的冲正不计",
            "One of the three a correction",
            "E1",
            _bank([*_before(5, 2), *_before(4, kind="correction")]),
        ),
        near_miss("反交易", "A reversal", _bank(amount="9000000.00", kind="reversal")),
        near_miss("冲正", "A correction", _bank(amount="9000000.00", kind="correction")),
        near_miss("对公定期账户", "A corporate time account", _bank(account_kind="corporate_time")),
        near_miss("个人结算账户", "A personal account", _bank(account_kind="personal_settlement")),
        near_miss(
            "收款不是支付",
            "A receipt is no payment",
            _bank(amount="9000000.00", debit_account_id="Q1", credit_account_id="C1"),
        ),
        near_miss(
            "前一日的大额支付",
            "A large payment of the day before",
            _bank(amount="9000000.00", booked_on=EXAMPLE_DAY - dt.timedelta(days=1)),
        ),
        hit("自动记账照计", "An automatic entry", "E1", _bank(automatic=True)),
        hit(
            "外币按当日入账汇率折算",
            "Foreign currency counts at the day's booked rate",
            "E1",
            _bank(amount="281690.15", currency="USD", amount_cny=Decimal("2000000.07")),
        ),
        # The months of another day are longer or shorter: these depend on the date, and name a setting.
        near_miss(
            "第一次恰在六个月前的同一日",
            "The first of three on the same date six months before",
            _bank([*_on(SIX_MONTHS_AGO), *_before(5, 2)]),
            settings=SIX_MONTHS,
        ),
        hit(
            "第一次早于六个月一天",
            "The first of three a day earlier",
            "E1",
            _bank([*_on(SIX_MONTHS_AGO - dt.timedelta(days=1)), *_before(5, 2)]),
            settings=SIX_MONTHS,
            evidence={"paid_before": 2},
        ),
    ),
)
