"""B09 反交易监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter
from riskloop.models.rules.entries import TOLD, as_hits, by_side
from riskloop.models.rules.undone import undone


class Limits(Parameters):
    amount: Decimal = parameter(
        Decimal(50_000),
        zh="单笔限额",
        en="Limit of one reversal",
        unit="CNY",
        low=1,
        high=10**12,
        why=Text(
            "建议值：与现金大额标准同一量级；限额以下归C01统计。",
            "Our proposal: the order of the cash reporting limit; what is below goes to the statistics of"
            " C01.",
        ),
    )
    times: int = parameter(
        2,
        zh="同柜员同账户当日反交易次数",
        en="Reversals of one teller on one account in the day",
        unit="times",
        low=2,
        high=100,
        why=Text(
            "建议值：同一柜员当日对同一账户反交易两次已不像差错。",
            "Our proposal: the second reversal by one teller on one account in a day hardly looks like an"
            " error.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Reversals of the day of the limit or more, and any that one teller repeats on one account."""
    all_columns = undone(bank, "reversal")
    reversals = bank.few(all_columns.select("debit_account_id", "credit_account_id", *TOLD))
    counted = _counted(reversals)
    large, repeated = counted.amount_cny >= p.amount, counted.repeats >= p.times
    found = counted.filter(large | repeated)
    return as_hits(
        bank,
        found,
        reaches_limit=found.amount_cny >= p.amount,
        limit=p.amount,
        repeats=found.repeats,
        times=p.times,
    )


def _counted(reversals: Relation) -> Relation:
    """Each reversal with `repeats`: the reversals of its teller on one of its accounts, the greater number.

    0 where no teller or no account is named.
    """
    both = by_side(reversals, "entry_id", "teller_id")
    # Distinct entries: one that names an account on both sides is one reversal.
    pairs = both.filter(both.teller_id.notnull(), both.account_id.notnull()).drop("side").distinct()
    numbers = pairs.group_by("teller_id", "account_id").aggregate(number=pairs.count())
    most = pairs.inner_join(numbers, ["teller_id", "account_id"])
    most = most.group_by("entry_id").aggregate(repeats=most.number.max())
    counted = reversals.left_join(most, reversals.entry_id == most.entry_id)
    return counted.select(reversals, repeats=most.repeats.fill_null(0))


def _reversal(amount: str, **entry: Any) -> dict[str, Any]:
    plain = {"kind": "reversal", "teller_id": "T1", "debit_account_id": "P2", "credit_account_id": "P1"}
    return plain | {"amount": Decimal(amount)} | entry


def _bank(*entries: dict[str, Any]):
    return {
        "accounts": [
            {"account_id": f"P{i}", "kind": "personal_settlement", "customer_id": f"K{i}"}
            for i in range(1, 5)
        ],
        "journal": [{"entry_id": f"E{i}"} | entry for i, entry in enumerate(entries, 1)],
    }


MODEL = Model(
    code="B09",
    version=1,
    name=Text("反交易监测", "Reverse transaction"),
    category="non_fund_movement",
    handling="itemised",
    grade="attention",
    subject="entry",
    purpose=Text(
        "反交易使已记账的业务消失：大额的、或同一柜员反复对同一账户的，可能是挪用后掩盖、空存套现。",
        "A reversal makes a booked item vanish. Large ones, and those that one teller repeats on one"
        " account, may hide a theft or a deposit that was never made.",
    ),
    definition=Text(
        "当日反交易金额达到或超过限额；或同一柜员当日对同一账户的反交易达到规定次数，此时不论金额。",
        "A reversal of the day of the limit or more; or, whatever the amount, one of those that a teller"
        " made on one account the given number of times or more in the day.",
    ),
    false_positives=Text(
        "录入差错当场更正后重做；客户改变主意撤回业务。",
        "A slip corrected and done again at once; a customer who changed his mind.",
    ),
    decided=Text(
        "只计“反交易”，错账冲正归B11至B13。金额为被撤销交易的人民币金额。账户在借方或贷方都算该账户的反交易，"
        "一笔借贷同户只算一次；取两方账户中次数较多的一个。达到次数时，该柜员该账户的每一笔各报一次。"
        "次数只按经办柜员计；没有柜员或没有账户的反交易只看金额。",
        "Only `reversal` counts; corrections belong to B11 to B13. The amount is that of the entry undone,"
        " in CNY. An entry is a reversal on an account whether it debits or credits it, once if it does"
        " both; of its two accounts the greater number counts. When the number is reached, every one of"
        " those reversals is a hit. Only the handling teller counts; a reversal without a teller or without"
        " an account is judged by its amount alone.",
    ),
    drivers=("P7", "P1", "P4"),
    needs={
        "journal": ("entry_id", "booked_on", "unit_id", "kind", "amount_cny"),
        "accounts": ("account_id",),
    },
    where_given={
        "journal": ("teller_id", "authoriser_id", "debit_account_id", "credit_account_id"),
        "accounts": ("customer_id",),
    },
    parameters=Limits,
    lookback=1,
    compared={
        "reaches_limit": Text("达到单笔限额", "Reaches the limit"),
        "limit": Text("单笔限额", "Limit of one reversal"),
        "repeats": Text("同柜员同账户当日反交易数", "Reversals of this teller on this account today"),
        "times": Text("规定次数", "Number that counts as repeated"),
    },
    hits=hits,
    examples=(
        hit(
            "等于限额",
            "Exactly the limit",
            "E1",
            _bank(_reversal("50000.00", authoriser_id="T2")),
            evidence={"reaches_limit": True, "limit": 50_000, "repeats": 1, "times": 2},
        ),
        near_miss("低于限额一分", "One fen below the limit", _bank(_reversal("49999.99"))),
        near_miss("冲正不是反交易", "A correction", _bank(_reversal("900000.00", kind="correction"))),
        near_miss("正常交易", "A normal entry", _bank(_reversal("900000.00", kind="normal"))),
        near_miss(
            "前一日的反交易",
            "A reversal of the day before",
            _bank(_reversal("900000.00", booked_on=EXAMPLE_DAY - dt.timedelta(days=1))),
        ),
        hit(
            "同柜员对同一账户两次，金额很小",
            "Twice by one teller on one account, small amounts",
            "E1",
            _bank(_reversal("10.00"), _reversal("20.00", debit_account_id="P3")),
            also=("E2",),
            evidence={"reaches_limit": False, "repeats": 2},
        ),
        hit(
            "一次在贷方一次在借方，另一方账户没有记录",
            "Once as a credit and once as a debit, single-sided",
            "E1",
            _bank(
                _reversal("10.00", debit_account_id=None),
                _reversal("10.00", debit_account_id="P1", credit_account_id=None),
            ),
            also=("E2",),
            evidence={"repeats": 2},
        ),
        near_miss(
            "两名柜员各一次",
            "Two tellers, once each",
            _bank(_reversal("10.00"), _reversal("10.00", teller_id="T2")),
        ),
        near_miss(
            "同柜员对不同账户各一次",
            "One teller, on other accounts",
            _bank(
                _reversal("10.00"),
                _reversal("10.00", debit_account_id="P3", credit_account_id="P4"),
            ),
        ),
        near_miss(
            "借贷同户的一笔只算一次",
            "One reversal with the account on both sides is one",
            _bank(_reversal("10.00", debit_account_id="P1")),
        ),
        near_miss(
            "没有柜员的不计次数",
            "Without a teller nothing repeats",
            _bank(_reversal("10.00", teller_id=None), _reversal("10.00", teller_id=None)),
        ),
        near_miss(
            "其中一次是前一日",
            "One of the two was the day before",
            _bank(
                _reversal("10.00"),
                _reversal("10.00", booked_on=EXAMPLE_DAY - dt.timedelta(days=1)),
            ),
        ),
        near_miss(
            "其中一次是冲正",
            "One of the two is a correction",
            _bank(_reversal("10.00"), _reversal("10.00", kind="correction")),
        ),
        hit(
            "没有柜员的大额反交易",
            "A large one without a teller",
            "E1",
            _bank(_reversal("60000.00", teller_id=None)),
            evidence={"repeats": 0},
        ),
        hit(
            "外币按当日入账汇率折算",
            "Foreign currency counts at the day's booked rate",
            "E1",
            _bank(_reversal("7100.00", currency="USD", amount_cny=Decimal("50410.00"))),
        ),
        hit(
            "本行规定三次",
            "A bank that counts to three",
            "E1",
            _bank(_reversal("10.00"), _reversal("10.00"), _reversal("10.00")),
            also=("E2", "E3"),
            settings={"times": 3},
            evidence={"repeats": 3, "times": 3},
        ),
    ),
)
