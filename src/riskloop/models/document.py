"""The documents that are generated: a page a model, their index, the data dictionary.

`python -m riskloop.models.document [FOLDER]` (`make docs`) writes them below `docs/`.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from riskloop.bank.tables import TABLES
from riskloop.models import clean_month, labels
from riskloop.models.api import About, AnyModel, Example, Text
from riskloop.models.delivered import delivered
from riskloop.models.dictionary import dictionary
from riskloop.models.hits import plain
from riskloop.models.markdown import MADE_BY, differing, table
from riskloop.models.own import file_of, is_own

LANGUAGES = {"zh": "中文", "en": "English"}
ALL_MODELS = 65
"""How many models the reference catalogue lists."""

_WORDS: Mapping[str, Text] = labels.texts(
    class_=("类别", "Class"),
    handling=("处理方式", "Handling"),
    grade=("关注等级", "Grade"),
    subject=("对象", "Subject"),
    lookback=("读取天数（默认参数）", "Days read (by default)"),
    drivers=("建议风险驱动因素", "Suggested risk drivers"),
    version=("版本", "Version"),
    file=("模型文件", "Model file"),
    origin=("来源", "Where it comes from"),
    own=("本行自有", "the bank's own"),
    purpose=("目的", "Purpose"),
    definition=("定义", "Definition"),
    decided=("口径", "What was decided"),
    parameters=("参数", "Parameters"),
    no_parameters=("本模型没有参数。", "This model has no parameters."),
    parameter=("参数", "Parameter"),
    name=("名称", "Name"),
    type=("类型", "Type"),
    unit=("单位", "Unit"),
    bounds=("范围（含两端）", "Bounds (included)"),
    default=("默认值", "Default"),
    why=("依据", "Why"),
    needs=("读取的表和列", "Tables and columns read"),
    table=("表", "Table"),
    columns=("列", "Columns"),
    where_given=("有则读取，无则为空", "Read where given, else null"),
    compared=("列示的比较值", "Values shown"),
    value=("值", "Value"),
    examples=("示例", "Examples"),
    case=("情形", "Case"),
    result=("结果", "Result"),
    settings=("参数（非默认）", "Parameters (not default)"),
    hits=("**命中**", "**hit**"),
    misses=("不命中", "no hit"),
    false_positives=("已知误报", "Known false positives"),
    code=("编号", "Code"),
    models=("模型", "Models"),
    clean_month=("无植入月份每万笔命中", "Clean month, hits per 10,000 entries"),
)
_TYPES: Mapping[type, Text] = {
    int: Text("整数", "whole number"),
    Decimal: Text("小数", "decimal"),
    bool: Text("是否", "yes or no"),
    tuple: Text("代码清单", "list of codes"),
}


def page(model: AnyModel, language: str) -> str:
    """All that a model's file says of it, as Markdown in one language ("zh" or "en")."""
    name = model.name.in_language(language)
    return f"# {model.code} {name}\n\n{_body(model, language, '##')}"


def documents() -> dict[str, str]:
    """Every generated document: its path below `docs/`, and its text."""
    pages = {f"models/{code}.md": _both_languages(model) for code, model in delivered().items()}
    return pages | {
        "models/README.md": MADE_BY + _index("en"),
        "models/README.zh.md": MADE_BY + _index("zh"),
        "tables.md": MADE_BY + dictionary(delivered().values()),
    }


def stale(folder: Path) -> list[str]:
    """Documents below `folder` that are missing, differ from the sources, or tell of no model there is."""
    due = documents()
    pages = {f"models/{p.name}" for p in (folder / "models").glob("[A-Z][0-9][0-9].md")}
    return sorted({*differing(folder, due), *(pages - set(due))})


def write(folder: Path) -> list[str]:
    """Brings the documents below `folder` up to date; returns the paths that were not."""
    due = documents()
    changed = stale(folder)
    for path in changed:
        file = folder / path
        if path in due:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(due[path], encoding="utf-8")
        else:
            file.unlink()
    return changed


def _both_languages(model: AnyModel) -> str:
    links = " · ".join(f"[{name}](#{name.lower()})" for name in LANGUAGES.values())
    parts = [f"## {name}\n\n{_body(model, code, '###')}" for code, name in LANGUAGES.items()]
    title = f"# {model.code} {model.name.zh}\n\n{model.name.en}\n\n{links} · [README](README.md)\n\n"
    return MADE_BY + title + "\n".join(parts)


def _body(model: AnyModel, language: str, level: str) -> str:
    def say(word: str) -> str:
        return _WORDS[word].in_language(language)

    texts = [(say(k), getattr(model, k)) for k in ("purpose", "definition", "decided")]
    sections = [(title, text.in_language(language)) for title, text in texts if text]
    sections += [
        (say("parameters"), _parameters(model, language)),
        (say("needs"), _needs(model, language)),
        (say("compared"), _compared(model, language)),
        (say("examples"), _examples(model, language)),
        (say("false_positives"), model.false_positives.in_language(language)),
    ]
    told = [f"{level} {title}\n\n{text.strip()}\n" for title, text in sections]
    return "\n".join([_facts(model, language), *told])


def _facts(model: AnyModel, language: str) -> str:
    rows = (
        ("class_", labels.CATEGORY_NAMES[model.category].in_language(language)),
        ("handling", labels.HANDLING_NAMES[model.handling].in_language(language)),
        ("grade", labels.GRADE_NAMES[model.grade].in_language(language)),
        ("subject", labels.SUBJECT_NAMES[model.subject].in_language(language)),
        ("lookback", str(model.days_read(model.parameters()))),
        ("drivers", " · ".join(model.drivers)),
        ("clean_month", _rate(model.code)),
        ("version", str(model.version)),
        ("file", f"`src/{model.hits.__module__.replace('.', '/')}.py`"),
    )
    if is_own(model.code):
        own = (("origin", _WORDS["own"].in_language(language)), ("file", f"`{file_of(model)}`"))
        rows = (*(row for row in rows if row[0] not in {"file", "clean_month"}), *own)
    return table(("", ""), [(_WORDS[word].in_language(language), value) for word, value in rows])


def _parameters(model: AnyModel, language: str) -> str:
    if not model.about():
        return _WORDS["no_parameters"].in_language(language)
    defaults = {f.name: f.default for f in dataclasses.fields(model.parameters)}
    head = ("parameter", "name", "type", "unit", "default", "bounds", "why")
    rows = [
        (
            f"`{name}`",
            about.name.in_language(language),
            _TYPES[type(defaults[name])].in_language(language),
            labels.MEASURE_NAMES[about.unit].in_language(language),
            _number(defaults[name]),
            _bounds(about, defaults[name]),
            about.why.in_language(language),
        )
        for name, about in model.about().items()
    ]
    return table([_WORDS[word].in_language(language) for word in head], rows)


def _bounds(about: About, default: Any) -> str:
    if isinstance(default, bool):
        return "false, true"
    if isinstance(default, tuple):
        return "—"
    return f"{_number(about.low)} – {_number(about.high)}"


def _needs(model: AnyModel, language: str) -> str:
    rows = [
        (
            f"`{name}`",
            labels.TABLE_NAMES[name].in_language(language),
            _columns(columns),
            _columns(model.where_given.get(name, ())),
        )
        for name, columns in model.needs.items()
    ]
    head = ("table", "name", "columns", "where_given")
    return table([_WORDS[word].in_language(language) for word in head], rows)


def _columns(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _compared(model: AnyModel, language: str) -> str:
    rows = [(f"`{name}`", label.in_language(language)) for name, label in model.compared.items()]
    return table([_WORDS[word].in_language(language) for word in ("value", "name")], rows)


def _examples(model: AnyModel, language: str) -> str:
    head = ["case", "result", "settings"]
    if not any(example.settings for example in model.examples):
        head.pop()
    rows = [_example(example, language)[: len(head)] for example in model.examples]
    return table([_WORDS[word].in_language(language) for word in head], rows)


def _example(example: Example, language: str) -> tuple[str, str, str]:
    said = "hits" if example.subject_id else "misses"
    settings = ", ".join(f"`{k}` = {_number(v)}" for k, v in example.settings.items())
    return example.title.in_language(language), _WORDS[said].in_language(language), settings


def _index(language: str) -> str:
    models = delivered().values()
    title, other, intro, feeds, feeds_intro = _index_texts(language)
    head = ("code", "name", "class_", "handling", "subject", "grade", "clean_month")
    rows = [
        (
            f"[{m.code}]({m.code}.md)",
            m.name.in_language(language),
            labels.CATEGORY_NAMES[m.category].in_language(language),
            labels.HANDLING_NAMES[m.handling].in_language(language),
            labels.SUBJECT_NAMES[m.subject].in_language(language),
            labels.GRADE_NAMES[m.grade].in_language(language),
            _rate(m.code),
        )
        for m in models
    ]
    coverage = [
        (
            f"[`{name}`](../tables.md#{name})",
            labels.TABLE_NAMES[name].in_language(language),
            " · ".join(f"[{m.code}]({m.code}.md)" for m in models if name in m.needs) or "—",
        )
        for name in TABLES
    ]
    return "\n".join(
        (
            f"# {title}\n\n{other}\n\n{intro}\n",
            table([_WORDS[word].in_language(language) for word in head], rows),
            f"## {feeds}\n\n{feeds_intro}\n",
            table([_WORDS[word].in_language(language) for word in ("table", "name", "models")], coverage),
        )
    )


def _rate(code: str) -> str:
    rate = clean_month.recorded().rate(code)
    return "—" if rate is None else f"{rate:.2f}"


def _index_texts(language: str) -> tuple[str, str, str, str, str]:
    number = len(delivered())
    if language == "zh":
        return (
            "监督模型目录",
            "[English](README.md)",
            f"参考目录共{ALL_MODELS}个模型，已有{number}个。每个模型一个文件，本页及各模型页由模型文件生成。"
            "编写模型见[writing.zh.md](writing.zh.md)，数据表见[数据字典](../tables.md)。",
            "哪些表供给哪些模型",
            "缺少所需表或列的模型报告为“不适用”并说明原因，其余照常运行。",
        )
    return (
        "The supervision models",
        "[中文](README.zh.md)",
        f"The reference catalogue lists {ALL_MODELS} models; {number} are here. A model is one file, and"
        " this page and the page of each model are made from it. How to write one:"
        " [writing.md](writing.md); the tables: [data dictionary](../tables.md).",
        "Which tables feed which models",
        "A model whose tables or columns are missing is reported as not applicable, with the reason; the"
        " others run.",
    )


def _number(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | Decimal):
        return f"{Decimal(plain(value)):,f}"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType]
    return str(value)


def main(arguments: list[str]) -> None:
    """Writes the documents below the folder given, `docs` by default, and names those that changed."""
    folder = Path(arguments[0]) if arguments else Path("docs")
    changed = write(folder)
    for path in changed:
        sys.stdout.write(f"{folder / path}\n")
    sys.stdout.write(f"{len(changed)} of {len(documents())} documents written\n")


if __name__ == "__main__":
    main(sys.argv[1:])
