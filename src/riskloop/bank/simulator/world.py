"""Who and what a simulated bank consists of: units, staff, tellers, customers, accounts."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from riskloop.bank.simulator.shape import is_working
from riskloop.bank.tables import TABLES

_compute: Any = pc
Ints = npt.NDArray[np.int64]

TELLERS_PER_OUTLET = 6
_SURNAMES = tuple("王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗")
_GIVEN = tuple("伟芳娜敏静磊强洋勇军杰娟艳涛明超兰霞平刚")
_CITIES = ("江城", "海州", "云溪", "青岭", "平湖", "临川", "安阳", "宁远")
_HISTORY = 3650
_CORPORATE_SHARE = 0.1


@dataclass(frozen=True)
class Spec:
    """How large a bank, and how long.

    Attributes:
        per_day: journal entries on an ordinary working day.
        last_day: entries of the last day instead, where one great day is wanted after smaller ones.
    """

    outlets: int = 40
    days: int = 30
    per_day: int = 20_000
    seed: int = 1
    first_day: dt.date = dt.date(2024, 1, 1)
    last_day: int | None = None

    @property
    def all_days(self) -> list[dt.date]:
        return [self.first_day + dt.timedelta(days=n) for n in range(self.days)]

    @property
    def personal_customers(self) -> int:
        """Enough that an account has an entry every other day or so, and an outlet its regulars."""
        return max(50 * self.outlets, max(self.per_day, self.last_day or 0) // 4)

    @property
    def corporate_customers(self) -> int:
        return max(self.outlets, round(self.personal_customers * _CORPORATE_SHARE))

    def rng(self, what: int, day: dt.date | None = None) -> np.random.Generator:
        """Chance for one thing on one day: the same whatever else is simulated."""
        return np.random.default_rng([self.seed, what, day.toordinal() if day else 0])


@dataclass(frozen=True)
class Pool:
    """Accounts of one kind: ids, the outlet and customer of each by number, and its place in all."""

    ids: pa.Array
    outlet: Ints
    start: int

    def __len__(self) -> int:
        return len(self.outlet)


def numbered(prefix: str, numbers: Ints, width: int) -> pa.Array:
    """Ids as text: a prefix and a padded number."""
    text = _compute.cast(pa.array(numbers), pa.string())
    return _compute.binary_join_element_wise(prefix, _compute.utf8_lpad(text, width, "0"), "")


def names(count: int, rng: np.random.Generator) -> pa.Array:
    """Names of people, of short lists of ours."""
    surname = pa.array(_SURNAMES).take(pa.array(rng.integers(0, len(_SURNAMES), count)))
    first = pa.array(_GIVEN).take(pa.array(rng.integers(0, len(_GIVEN), count)))
    second = pa.array((*_GIVEN, "")).take(pa.array(rng.integers(0, len(_GIVEN) + 1, count)))
    return _compute.binary_join_element_wise(surname, first, second, "")


def table_of(name: str, columns: dict[str, Any], rows: int) -> pa.Table:
    """A canonical table of the columns given; a scalar fills its column, what is not given is null."""
    schema = TABLES[name].arrow_schema
    arrays = [_column(columns.get(field.name), field.type, rows) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def _column(value: Any, kind: pa.DataType, rows: int) -> Any:
    if value is None:
        return pa.nulls(rows, kind)
    if isinstance(value, pa.Array | pa.ChunkedArray):
        return value.cast(kind) if value.type != kind else value
    if isinstance(value, np.ndarray):
        return pa.array(value).cast(kind)
    return pa.repeat(pa.scalar(value, kind), rows)


def cents(amounts: Ints) -> pa.Array:
    """Whole cents as decimal(18, 2), without a float between."""
    raw = np.zeros((len(amounts), 2), dtype=np.int64)
    raw[:, 0] = amounts
    raw[:, 1] = np.where(amounts < 0, -1, 0)
    return pa.Array.from_buffers(
        pa.decimal128(18, 2), len(amounts), [None, pa.py_buffer(np.ascontiguousarray(raw))]
    )


def dates(days: Ints) -> pa.Array:
    """Days since 1970 as dates."""
    return pa.array(days.astype(np.int32)).cast(pa.date32())


class World:
    """The standing data of one simulated bank, and the running balance of its accounts in cents."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self._epoch = dt.date(1970, 1, 1)
        self._build_units()
        outlets = np.arange(spec.outlets)
        self.tellers = numbered("T", np.arange(spec.outlets * TELLERS_PER_OUTLET), 6)
        self.staff = numbered("G", np.arange(spec.outlets * TELLERS_PER_OUTLET), 6)
        self.teller_outlet = np.repeat(outlets, TELLERS_PER_OUTLET)
        rng = spec.rng(1)
        personal, corporate = spec.personal_customers, spec.corporate_customers
        self.customer_outlet = rng.integers(0, spec.outlets, personal)
        self.company_outlet = rng.integers(0, spec.outlets, corporate)
        self._next = 0
        carded = np.flatnonzero(rng.random(personal) < 0.7)  # noqa: PLR2004
        self.carded = carded
        self.pools = {
            "personal": self._pool("62", self.customer_outlet),
            "card": self._pool("63", self.customer_outlet[carded]),
            "corporate": self._pool("40", self.company_outlet),
            "internal": self._pool("20", np.repeat(outlets, 4)),
        }
        self.savers = np.flatnonzero(rng.random(personal) < 0.2)  # noqa: PLR2004
        self.quiet = {
            "personal_time": self._pool("64", self.customer_outlet[self.savers]),
            "corporate_time": self._pool("41", self.company_outlet[::10]),
            "suspense": self._pool("21", outlets),
            "dormant_unclaimed": self._pool("22", outlets),
            "reserve": self._pool("23", outlets[: len(self.sub_branches)] * 0),
            "outward_remittance": self._pool("24", outlets[: len(self.tier2)] * 0),
        }
        self.own = self._pool("62", self.teller_outlet)
        """Accounts of the bank's own people: no teller of the simulation works on them."""
        self.balance = np.zeros(self._next, dtype=np.int64)
        for name, low, high in (("personal", 5e5, 2e7), ("card", 1e5, 5e6), ("corporate", 1e8, 5e9)):
            pool = self.pools[name]
            draw = np.exp(rng.uniform(math.log(low), math.log(high), len(pool)))
            self.balance[pool.start : pool.start + len(pool)] = draw.astype(np.int64)

    def _pool(self, prefix: str, outlet: Ints) -> Pool:
        start = self._next
        self._next += len(outlet)
        return Pool(numbered(prefix, np.arange(start, self._next), 12), outlet, start)

    def _build_units(self) -> None:
        """Five levels: five outlets a sub-branch, three of those a second-level branch, two a first-level."""
        n_outlets = self.spec.outlets
        n_sub = math.ceil(n_outlets / 5)
        n_tier2 = math.ceil(n_sub / 3)
        n_tier1 = math.ceil(n_tier2 / 2)
        self.tier1 = numbered("1", np.arange(n_tier1), 3)
        self.tier2 = numbered("2", np.arange(n_tier2), 4)
        self.sub_branches = numbered("3", np.arange(n_sub), 5)
        self.outlets = numbered("5", np.arange(n_outlets), 5)
        levels = [
            (["0000"], "head_office", [None], "总行"),
            (self.tier1.to_pylist(), "tier1_branch", ["0000"] * n_tier1, "一级分行"),
            (
                self.tier2.to_pylist(),
                "tier2_branch",
                [self.tier1[i // 2].as_py() for i in range(n_tier2)],
                "分行",
            ),
            (
                self.sub_branches.to_pylist(),
                "sub_branch",
                [self.tier2[i // 3].as_py() for i in range(n_sub)],
                "支行",
            ),
            (
                self.outlets.to_pylist(),
                "outlet",
                [self.sub_branches[i // 5].as_py() for i in range(n_outlets)],
                "网点",
            ),
        ]
        self.units = [
            {
                "unit_id": unit_id,
                "name": "演示银行总行" if level == "head_office" else f"{_CITIES[n % 8]}{n + 1}{word}",
                "level": level,
                "parent_id": parent,
                "opened_on": dt.date(2005, 1, 1),
                "closed_on": None,
            }
            for ids, level, parents, word in levels
            for n, (unit_id, parent) in enumerate(zip(ids, parents, strict=True))
        ]

    def standing(self) -> dict[str, pa.Table]:
        """The standing tables, without what is planted."""
        return {
            "units": pa.Table.from_pylist(self.units, schema=TABLES["units"].arrow_schema),
            "staff": self._staff(),
            "staff_customers": table_of(
                "staff_customers",
                {"staff_id": self.staff, "customer_id": self._own_customers(), "relation": "self"},
                len(self.staff),
            ),
            "tellers": table_of(
                "tellers",
                {
                    "teller_id": self.tellers,
                    "staff_id": self.staff,
                    "unit_id": self.outlets.take(pa.array(self.teller_outlet)),
                    "from_on": dt.date(2018, 1, 1),
                },
                len(self.tellers),
            ),
            "customers": self._customers(),
            "accounts": self._accounts(),
            "hosted_accounts": self._hosted(),
            "suspense_items": self._suspense(),
            "calendar": self._calendar(),
        }

    def _own_customers(self) -> pa.Array:
        return numbered("KG", np.arange(len(self.staff)), 6)

    def _staff(self) -> pa.Table:
        n = len(self.staff)
        posts = pa.array(["营业经理", "柜员", "柜员", "柜员", "柜员", "客户经理"])
        return table_of(
            "staff",
            {
                "staff_id": self.staff,
                "name": names(n, self.spec.rng(2)),
                "unit_id": self.outlets.take(pa.array(self.teller_outlet)),
                "post": posts.take(pa.array(np.arange(n) % len(posts))),
                "phone": numbered("139", 90_000_000 + np.arange(n), 8),
                "joined_on": dt.date(2018, 1, 1),
            },
            n,
        )

    def _customers(self) -> pa.Table:
        rng = self.spec.rng(3)
        n, companies, own = self.spec.personal_customers, self.spec.corporate_customers, len(self.staff)
        first = (dt.date(1938, 1, 1) - self._epoch).days
        people = table_of(
            "customers",
            {
                "customer_id": numbered("K", np.arange(n), 9),
                "kind": "personal",
                "name": names(n, rng),
                "id_type": "身份证",
                "id_no": numbered("110101", rng.integers(10**9, 10**10, n), 12),
                "born_on": dates(rng.integers(first, first + 68 * 365, n)),
                "segment": pa.array([None, "premium"]).take(pa.array((rng.random(n) < 0.05).astype(int))),  # noqa: PLR2004
                "phone": numbered("138", rng.integers(0, 10**8, n), 8),
                "address": pa.array(_CITIES).take(pa.array(self.customer_outlet % len(_CITIES))),
            },
            n,
        )
        firms = table_of(
            "customers",
            {
                "customer_id": numbered("C", np.arange(companies), 9),
                "kind": "corporate",
                "name": _compute.binary_join_element_wise(
                    pa.array(_CITIES).take(pa.array(self.company_outlet % len(_CITIES))),
                    numbered("商贸", np.arange(companies), 1),
                    "公司",
                    "",
                ),
            },
            companies,
        )
        staff = table_of(
            "customers",
            {"customer_id": self._own_customers(), "kind": "personal", "name": names(own, self.spec.rng(2))},
            own,
        )
        return pa.concat_tables([people, firms, staff])

    def _accounts(self) -> pa.Table:
        people = numbered("K", np.arange(self.spec.personal_customers), 9)
        firms = numbered("C", np.arange(self.spec.corporate_customers), 9)
        owners: list[tuple[str, Pool, pa.Array | None]] = [
            ("personal_settlement", self.pools["personal"], people),
            ("card", self.pools["card"], people.take(pa.array(self.carded))),
            ("corporate_current", self.pools["corporate"], firms),
            ("internal", self.pools["internal"], None),
            ("personal_time", self.quiet["personal_time"], people.take(pa.array(self.savers))),
            ("corporate_time", self.quiet["corporate_time"], firms[::10]),
            *(
                (kind, self.quiet[kind], None)
                for kind in ("suspense", "dormant_unclaimed", "reserve", "outward_remittance")
            ),
            ("personal_settlement", self.own, self._own_customers()),
        ]
        return pa.concat_tables(
            self._accounts_of(kind, pool, owner, self.spec.rng(40 + n))
            for n, (kind, pool, owner) in enumerate(owners)
        )

    def _accounts_of(
        self, kind: str, pool: Pool, owner: pa.Array | None, rng: np.random.Generator
    ) -> pa.Table:
        n = len(pool)
        # Opened years ago at the latest: what happens to new accounts is planted, not met by chance.
        newest = (self.spec.first_day - self._epoch).days - 60
        own_money = kind not in {"personal_settlement", "card", "corporate_current"}
        return table_of(
            "accounts",
            {
                "account_id": pool.ids,
                "kind": kind,
                "customer_id": owner,
                "unit_id": self.outlets.take(pa.array(pool.outlet)),
                "currency": "CNY",
                "opened_on": dates(newest - rng.integers(0, _HISTORY, n)),
                "opening_amount": cents(rng.integers(1_000, 100_000_00, n)),
                "status": "normal",
                "special": False,
                "auto_only": False,
                "zero_at_close": False,
                "overdraft_allowed": own_money,
                "suspense_max_days": 30 if kind == "suspense" else None,
            },
            n,
        )

    def _hosted(self) -> pa.Table:
        n = min(len(self.pools["personal"]) // 2, self.spec.outlets)
        people = numbered("K", np.arange(2 * n), 9)
        return table_of(
            "hosted_accounts",
            {
                "hosting_id": numbered("H", np.arange(n), 6),
                "account_id": self.pools["personal"].ids[:n],
                "grantor_id": people[:n],
                "administrator_id": people[n:],
                "started_on": self.spec.first_day - dt.timedelta(days=90),
            },
            n,
        )

    def _suspense(self) -> pa.Table:
        n = len(self.quiet["suspense"])
        return table_of(
            "suspense_items",
            {
                "item_id": numbered("S", np.arange(n), 6),
                "account_id": self.quiet["suspense"].ids,
                "opened_on": self.spec.first_day - dt.timedelta(days=5),
                "amount": cents(np.full(n, 50_000)),
                "cleared_on": self.spec.first_day - dt.timedelta(days=2),
            },
            n,
        )

    def _calendar(self) -> pa.Table:
        first = self.spec.first_day - dt.timedelta(days=60)
        days = [first + dt.timedelta(days=n) for n in range(self.spec.days + 120)]
        return pa.Table.from_pylist(
            [{"on": day, "working": is_working(day)} for day in days], schema=TABLES["calendar"].arrow_schema
        )
