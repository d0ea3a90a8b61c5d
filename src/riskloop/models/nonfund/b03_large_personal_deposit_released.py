"""B03 个人大额存款解挂业务监测."""

import datetime as dt
from decimal import Decimal
from typing import Any

import ibis

from riskloop.bank.bank import Bank, Relation
from riskloop.bank.subjects import subject_of
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter

PERSONAL_KINDS = ("personal_settlement", "card", "personal_time")


class Limits(Parameters):
    amount: Decimal = parameter(
        Decimal(50_000),
        zh="存款金额限额",
        en="Limit of the deposit",
        unit="CNY",
        low=1,
        high=10**12,
        why=Text("建议值：与现金大额标准同一量级。", "Our proposal: the order of the cash reporting limit."),
    )
    days: int = parameter(
        7,
        zh="挂失回溯天数",
        en="Days in which the loss report is looked for",
        unit="days",
        low=1,
        high=60,
        why=Text(
            "建议值：挂失后一般七天办理补领或解挂。",
            "Our proposal: a certificate is usually replaced or released within seven days of the report.",
        ),
    )


def hits(bank: Bank, p: Limits) -> Relation:
    """Releases of the day on personal deposits of the limit or more."""
    large = _large(bank, p)
    reports = _reports(bank, p, large)
    known = large.left_join(reports, large.event_id == reports.release_id)
    return known.select(
        subject_id=ibis.literal(subject_of("maintenance_events", "")) + large.event_id,
        unit_id=large.unit_id,
        # No rate stands with the event: in foreign currency there is no amount in CNY.
        amount=ibis.ifelse(large.currency == "CNY", large.deposit, ibis.null()),
        teller_id=large.teller_id,
        authoriser_id=large.authoriser_id,
        account_id=large.account_id,
        customer_id=large.customer_id,
        deposit=large.deposit,
        currency=large.currency,
        limit=p.amount,
        reported_on=reports.reported_on,
        reported_today=(reports.reported_on == bank.day).fill_null(False),
        other_unit=reports.other_unit.fill_null(False),
        withdrawn_today=large.withdrawn_today,
    )


def _large(bank: Bank, p: Limits) -> Relation:
    """The day's releases with their account, what it held, and whether money left it today."""
    events, accounts = bank.today("maintenance_events"), bank.standing("accounts")
    released = events.filter(events.event == "loss_released", events.subject == "deposit")
    personal = accounts.filter(accounts.kind.isin(PERSONAL_KINDS))
    balances, moved = bank.today("balances"), bank.today("account_days")
    known = (
        released.inner_join(personal, released.account_id == personal.account_id)
        .left_join(balances, released.account_id == balances.account_id)
        .left_join(moved, released.account_id == moved.account_id)
    )
    found = known.select(
        released,
        currency=personal.currency,
        customer_id=personal.customer_id,
        deposit=ibis.coalesce(released.amount, _held(personal, balances, moved)),
        withdrawn_today=(moved.debits > 0).fill_null(False),
    )
    return found.filter((found.deposit >= p.amount) | (found.currency != "CNY"))


def _held(personal: Relation, balances: Relation, moved: Relation) -> Relation:
    """The closing balance and what left the account today, null where neither is known."""
    # A deposit that is emptied on the day of its release closes at nothing, and is the one to be seen.
    in_cny: Relation = (balances.closing.fill_null(0) + moved.debit_sum.fill_null(0)).cast("decimal(18, 2)")
    known = (personal.currency == "CNY") & (balances.closing.notnull() | (moved.debits > 0))
    return ibis.ifelse(known, in_cny, balances.closing)


def _reports(bank: Bank, p: Limits, large: Relation) -> Relation:
    """Releases with the loss reports before them in the window: when last, and whether at another unit."""
    events = bank.window("maintenance_events", p.days)
    reported = events.filter(events.event == "loss_reported", events.subject == "deposit")
    released = large.select("event_id", "account_id", "at", "unit_id").view()
    pairs = reported.inner_join(
        released, (reported.account_id == released.account_id) & (reported.at <= released.at)
    ).select(
        release_id=released.event_id,
        booked_on=reported.booked_on,
        elsewhere=reported.unit_id != released.unit_id,
    )
    return pairs.group_by("release_id").aggregate(
        reported_on=pairs.booked_on.max(), other_unit=pairs.elsewhere.any()
    )


def _at(hour: int, ago: int = 0) -> dict[str, Any]:
    day = EXAMPLE_DAY - dt.timedelta(days=ago)
    return {"booked_on": day, "at": dt.datetime.combine(day, dt.time(hour))}


def _report(ago: int = 0, hour: int = 9, **event: Any) -> dict[str, Any]:
    plain = {"event_id": f"L{ago}", "subject": "deposit", "account_id": "P1", "event": "loss_reported"}
    return plain | {"unit_id": "U1"} | _at(hour, ago) | event


def _bank(
    *reports: dict[str, Any],
    amount: str | None = "50000.00",
    closing: str | None = None,
    closing_on: dt.date = EXAMPLE_DAY,
    debit: dict[str, Any] | None = None,
    account: dict[str, Any] | None = None,
    **release: Any,
):
    """A release on account P1, the loss reports before it, its closing balance and a debit of it."""
    event = {
        "event_id": "M1",
        "subject": "deposit",
        "account_id": "P1",
        "event": "loss_released",
        "amount": None if amount is None else Decimal(amount),
        "unit_id": "U1",
        "teller_id": "T1",
    }
    deposit = {"account_id": "P1", "kind": "personal_time", "customer_id": "K1", "unit_id": "U1"}
    paid = {"entry_id": "E1", "debit_account_id": "P1", "unit_id": "U1"}
    balance = {"account_id": "P1", "as_of": closing_on}
    return {
        "accounts": [deposit | (account or {})],
        "maintenance_events": [event | _at(15) | release, *reports],
        "balances": [] if closing is None else [balance | {"closing": Decimal(closing)}],
        "journal": [] if debit is None else [paid | debit],
    }


YESTERDAY = EXAMPLE_DAY - dt.timedelta(days=1)
M1 = "maintenance_events:M1"

MODEL = Model(
    code="B03",
    version=1,
    name=Text("个人大额存款解挂业务监测", "Release of loss report on a large personal deposit"),
    category="non_fund_movement",
    handling="itemised",
    grade="attention",
    subject="event",
    purpose=Text(
        "先挂失再解挂可使他人绕开存款人掌握的存单、卡或密码；大额存款的解挂须核实是否本人意愿、手续是否齐全。",
        "A loss report and its release can put a deposit into hands that hold neither the certificate nor"
        " the password. For a large deposit it must be verified that the depositor himself wanted it and"
        " that the papers are complete.",
    ),
    definition=Text(
        "当日解除个人结算、卡或个人定期账户的存款挂失，存款金额达到或超过限额。",
        "The loss report on a deposit of a personal settlement, card or personal time account is released"
        " today, and the deposit reaches the limit.",
    ),
    false_positives=Text(
        "客户找回存单或卡后本人解挂；挂失期满补领新凭证后正常支取。",
        "The depositor found his certificate or card again; it was replaced after the waiting period and he"
        " draws on it as usual.",
    ),
    decided=Text(
        "金额取解挂事项所载金额；没有的取当日日终余额加当日借方正常交易合计，以免解挂后当日取空的反而漏报；"
        "两者都没有的人民币账户不报。达到限额即报（含等于）。外币账户没有汇率可折算，不论金额都报，不列人民币金额。"
        "系统只看得见已发生的事：当日挂失、异机构挂失、当日支取三项作为加重标志列示，不影响是否命中；"
        "解挂以前的支取和以后的支取不看。挂失只看同一账户在截至当日的N个日历日内、不晚于解挂时刻的存款挂失，"
        "其中任一笔在其他机构办理的即为异机构挂失。凭证挂失归B15。机构取解挂机构。",
        "The amount is the event's own; where it has none, the closing balance of the day and the normal"
        " debits of the day together, so that a deposit emptied after its release is not missed; a CNY"
        " account with neither brings no hit. Equal to the limit is a hit. In foreign currency no rate stands"
        " with the event: it is told whatever the amount, and bears none in CNY. Only what has happened can"
        " be seen: reported today, reported at another unit and withdrawn today are shown as marks and"
        " decide nothing; debits of earlier and of later days are not looked at. Loss reports are those on"
        " the deposit of the same account within the N calendar days that end today, not after the hour of"
        " the release; one of them at another unit is enough for that mark. Vouchers belong to B15. The"
        " unit is that of the release.",
    ),
    drivers=("P3", "P4", "E3"),
    needs={
        "maintenance_events": (
            "event_id",
            "booked_on",
            "at",
            "subject",
            "account_id",
            "event",
            "unit_id",
        ),
        "accounts": ("account_id", "kind", "currency"),
        "balances": ("account_id", "as_of", "closing"),
        "account_days": ("account_id", "booked_on", "debits", "debit_sum"),
    },
    where_given={
        "maintenance_events": ("amount", "teller_id", "authoriser_id"),
        "accounts": ("customer_id",),
    },
    parameters=Limits,
    lookback=lambda p: {"maintenance_events": p.days},
    compared={
        "deposit": Text("存款金额", "Deposit"),
        "currency": Text("币种", "Currency"),
        "limit": Text("存款金额限额", "Limit of the deposit"),
        "reported_on": Text("最近挂失日", "Last reported on"),
        "reported_today": Text("当日挂失当日解挂", "Reported and released today"),
        "other_unit": Text("在其他机构挂失", "Reported at another unit"),
        "withdrawn_today": Text("当日有支取", "Withdrawn from today"),
    },
    hits=hits,
    examples=(
        hit(
            "等于限额",
            "Exactly the limit",
            M1,
            _bank(_report(3)),
            evidence={
                "deposit": 50_000,
                "currency": "CNY",
                "limit": 50_000,
                "reported_on": EXAMPLE_DAY - dt.timedelta(days=3),
                "reported_today": False,
                "other_unit": False,
                "withdrawn_today": False,
            },
        ),
        near_miss("低于限额一分", "One fen below the limit", _bank(amount="49999.99")),
        hit(
            "没有事项金额，日终余额等于限额",
            "No amount, a closing balance of exactly the limit",
            M1,
            _bank(amount=None, closing="50000.00"),
            evidence={"deposit": 50_000},
        ),
        near_miss(
            "没有事项金额，日终余额低于限额一分",
            "No amount, a closing balance one fen below the limit",
            _bank(amount=None, closing="49999.99"),
        ),
        near_miss(
            "前一日的余额不作数",
            "A balance of yesterday",
            _bank(amount=None, closing="90000.00", closing_on=YESTERDAY),
        ),
        near_miss("没有金额也没有余额", "Neither an amount nor a balance", _bank(amount=None)),
        near_miss(
            "有事项金额的不看余额",
            "The event's amount decides, not the balance",
            _bank(amount="100.00", closing="90000.00"),
        ),
        hit(
            "解挂后当日取空",
            "Emptied on the day of the release",
            M1,
            _bank(_report(2), amount=None, closing="0.00", debit={"amount": Decimal("80000.00")}),
            evidence={"deposit": 80_000, "withdrawn_today": True},
        ),
        hit(
            "当日取空销户，没有日终余额",
            "Emptied and closed, no closing balance",
            M1,
            _bank(amount=None, debit={"amount": Decimal("80000.00")}),
            evidence={"deposit": 80_000, "withdrawn_today": True},
        ),
        hit(
            "前一日的支取不作标志",
            "Withdrawn the day before",
            M1,
            _bank(debit={"amount": Decimal("100.00"), "booked_on": YESTERDAY}),
            evidence={"withdrawn_today": False},
        ),
        hit(
            "反交易不是支取",
            "A reversal is no withdrawal",
            M1,
            _bank(debit={"amount": Decimal("100.00"), "kind": "reversal"}),
            evidence={"withdrawn_today": False},
        ),
        hit(
            "存入不是支取",
            "A deposit is no withdrawal",
            M1,
            _bank(
                debit={
                    "amount": Decimal("100.00"),
                    "debit_account_id": None,
                    "credit_account_id": "P1",
                }
            ),
            evidence={"withdrawn_today": False},
        ),
        hit(
            "当日在另一机构挂失",
            "Reported today at another unit",
            M1,
            _bank(_report(unit_id="U2")),
            evidence={"reported_on": EXAMPLE_DAY, "reported_today": True, "other_unit": True},
        ),
        hit(
            "窗口首日在另一机构挂失",
            "Reported elsewhere on the first day of the window",
            M1,
            _bank(_report(6, unit_id="U2")),
            evidence={"other_unit": True, "reported_today": False},
        ),
        hit(
            "窗口前一天在另一机构挂失",
            "Reported elsewhere a day before the window",
            M1,
            _bank(_report(7, unit_id="U2")),
            evidence={"reported_on": None, "other_unit": False},
        ),
        hit(
            "解挂之后的挂失是另一次",
            "Reported again after the release",
            M1,
            _bank(_report(hour=16, unit_id="U2")),
            evidence={"reported_today": False, "other_unit": False},
        ),
        hit(
            "另一账户或凭证的挂失无关",
            "Reports on another account or on a voucher",
            M1,
            _bank(_report(account_id="P2"), _report(1, subject="voucher")),
            evidence={"reported_on": None},
        ),
        near_miss("挂失本身不报", "A loss report", _bank(amount="900000.00", event="loss_reported")),
        near_miss("凭证解挂归B15", "A voucher", _bank(amount="900000.00", subject="voucher")),
        near_miss(
            "前一日的解挂",
            "Released the day before",
            _bank(amount="900000.00", booked_on=YESTERDAY),
        ),
        hit(
            "个人结算账户",
            "A personal settlement account",
            M1,
            _bank(account={"kind": "personal_settlement"}),
        ),
        hit("卡账户", "A card account", M1, _bank(account={"kind": "card"})),
        near_miss(
            "单位账户不是个人存款",
            "A corporate account",
            _bank(amount="900000.00", account={"kind": "corporate_time"}),
        ),
        near_miss(
            "账户资料中没有的账户",
            "An account that the standing data do not know",
            _bank(amount="900000.00", account_id="P9"),
        ),
        hit(
            "外币存款没有汇率，不论金额",
            "Foreign currency, without a rate, whatever the amount",
            M1,
            _bank(amount="100.00", account={"currency": "USD"}),
            evidence={"deposit": 100, "currency": "USD"},
        ),
        hit(
            "外币存款没有事项金额",
            "Foreign currency, no amount: the closing balance alone",
            M1,
            _bank(
                amount=None,
                closing="20.00",
                account={"currency": "USD"},
                debit={"amount": Decimal("10.00"), "currency": "USD", "amount_cny": Decimal("71.00")},
            ),
            evidence={"deposit": 20, "withdrawn_today": True},
        ),
    ),
)
