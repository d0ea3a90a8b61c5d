"""The data dictionary: what a bank hands over, column by column, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from riskloop.bank.derived import DERIVED, Derived
from riskloop.bank.tables import FACTS, STANDING, Column, Kind, Table
from riskloop.models.api import Model, Text
from riskloop.models.labels import TABLE_NAMES, code_name, column_name, texts
from riskloop.models.markdown import table

_INTRO = """\
# 数据字典 · Data dictionary

银行交付、riskloop 读取的规范表。一次交付是一个文件夹，每张表一个文件或文件夹：`NAME.parquet`、`NAME.csv`
或 `NAME/booked_on=YYYY-MM-DD/*.parquet`。不必交付全部的表：缺表或缺列的模型报告为“不适用”并说明原因，
其余照常运行。

- **基础资料**整表替换，保留旧版本；运行某日时读取当日有效的版本，没有则读最早的版本。
- **事实表**按日期列分区，逐日装载。
- **拒收**：缺主键、类型不符、代码值未知、金额为负、主键重复、日期不在所属分区的行，连同表、行、
  列和原因存入 `rejects/`；读入行数 = 保留行数 + 拒收行数。引用未知的机构、柜员、客户或账户照收并计数。

The canonical tables that a bank hands over and riskloop reads. A feed is a folder with one file or folder
a table: `NAME.parquet`, `NAME.csv` or `NAME/booked_on=YYYY-MM-DD/*.parquet`. A bank need not have every
table: a model whose tables or columns are missing is reported as not applicable, with the reason, and the
others run.

- **Standing data** are replaced whole, and older versions kept: a run of a day reads the version in force
  on that day, or the oldest there is.
- **Facts** are partitioned by their date column and loaded day by day.
- **Set aside**: a row with a missing key, a wrong type, an unknown code value, a negative amount, a
  duplicate key or a date outside its partition goes to `rejects/` with table, row, column and reason; rows
  in = rows kept + rows set aside. References to unknown units, tellers, customers or accounts are kept and
  counted.
"""

_DERIVED = """\
银行不交付派生表：由事实表逐日算出，按日保存在湖中，当日数据变化后重算；模型像读其他表一样读取。只汇总正常交易。

A bank hands over no derived table: they are computed from the facts day by day, kept per day in the lake and
made anew when the facts of a day change. Models read them like any other table. Only normal entries are
summed.
"""

_KINDS: Mapping[Kind, Text] = MappingProxyType(
    {
        "id": Text("标识，字符串", "identity, a string"),
        "text": Text("字符串", "string"),
        "date": Text("日期", "date"),
        "time": Text(
            "时间，不带时区，银行当地时间，微秒", "timestamp without zone, local bank time, microseconds"
        ),
        "money": Text(
            "decimal(18,2)，该行币种，不为负", "decimal(18,2) in the currency of the row, never negative"
        ),
        "signed_money": Text("decimal(18,2)，可为负", "decimal(18,2), may be negative"),
        "flag": Text("是或否", "true or false"),
        "int": Text("整数", "whole number"),
    }
)

_NOTES: Mapping[str, Text] = texts(
    **{
        "accounts.effective_on": (
            "给出时以此为准，之前不得付款",
            "where given, the account may not pay before it",
        ),
        "accounts.suspense_max_days": ("销账账户", "of a suspense account"),
        "accounts.opened_by": ("开户柜员", "a teller"),
        "accounts.closed_by": ("销户柜员", "a teller"),
        "accounts.status_since": ("现状态自何日起", "since when it has its status"),
        "calendar.working": (
            "未列出的日期：周一至周五为工作日",
            "a date not listed is a working day from Monday to Friday",
        ),
        "journal.entry_id": (
            "一行一笔分录，一记双讫",
            "one row is one entry with both sides",
        ),
        "journal.amount_cny": (
            "按当日入账汇率折算，各项金额限额均与此比较",
            "at the day's booked rate; every amount limit compares it",
        ),
        "journal.debit_account_id": ("单边记账时一方为空", "a single-sided entry leaves one side null"),
        "journal.credit_account_id": ("单边记账时一方为空", "a single-sided entry leaves one side null"),
        "journal.original_entry_id": (
            "反交易、冲正所撤销的分录；该行借贷方向和正数金额与原分录相同",
            "the entry that a reversal or correction undoes, whose sides and positive amount it carries",
        ),
        "journal.code": ("银行自己的交易代码", "the bank's own transaction code"),
        "customers.segment": ("如 premium（优质）", "such as premium"),
        "card_events.card_no": (
            "末位为校验位，连号看前面各位",
            "the last digit is a check digit: consecutive cards are consecutive before it",
        ),
    }
)


def dictionary(models: Iterable[Model[Any]]) -> str:
    """The whole data dictionary as Markdown; each table names the models that read it."""
    known = list(models)
    kinds = [(f"`{kind}`", text.zh, text.en) for kind, text in _KINDS.items()]
    parts = [_INTRO, table(("类型 · Type", "中文", "English"), kinds)]
    for title, listed in (("基础资料 · Standing data", STANDING), ("事实表 · Facts", FACTS)):
        parts.append(f"## {title}\n")
        parts += [_table(t, known) for t in listed]
    parts.append(f"## 派生表 · Derived tables\n\n{_DERIVED}")
    parts += [_table(d.table, known, d) for d in DERIVED.values()]
    return "\n".join(parts)


def _table(spec: Table, models: Iterable[Model[Any]], derived: Derived | None = None) -> str:
    name = TABLE_NAMES[spec.name]
    readers = " · ".join(f"[{m.code}](models/{m.code}.md)" for m in models if spec.name in m.needs) or "—"
    key = ", ".join(f"`{column}`" for column in spec.key)
    parts = [f"**{name.zh} · {name.en}**", f"主键 · key: {key}"]
    if spec.date_column:
        parts.append(f"分区 · partition: `{spec.date_column}`")
    if derived:
        parts.append("来源 · made of: " + ", ".join(f"[`{name}`](#{name})" for name in derived.needs))
    parts.append(f"模型 · models: {readers}")
    head = ("列 · Column", "名称 · Name", "类型 · Type", "可空 · Null", "说明 · Notes")
    return f"### {spec.name}\n\n{' — '.join(parts)}\n\n{table(head, [_row(spec, c) for c in spec.columns])}"


def _row(spec: Table, column: Column) -> tuple[str, ...]:
    label = column_name(spec.name, column.name)
    told: list[str] = []
    if column.refers_to:
        told.append(f"→ [`{column.refers_to}`](#{column.refers_to})")
    if column.codes:
        names = [(code, code_name(column.name, code)) for code in column.codes]
        told.append("; ".join(f"`{code}` {name.zh} {name.en}" for code, name in names))
    if note := _NOTES.get(f"{spec.name}.{column.name}"):
        told.append(f"{note.zh} · {note.en}")
    null = "✓" if column.nullable else ""
    return f"`{column.name}`", f"{label.zh} · {label.en}", column.kind, null, "; ".join(told)
