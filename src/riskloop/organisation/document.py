"""The document of the roles: what each may do at each level as installed, and what must be apart.

`python -m riskloop.organisation.document [FOLDER]` writes `roles.md` and `roles.zh.md` below `docs/`, without
a database: what the head office decided since stands on the roles' page.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from riskloop.bank.text import Text
from riskloop.models.labels import CODE_NAMES
from riskloop.models.markdown import MADE_BY, differing, table, write
from riskloop.organisation.functions import Function
from riskloop.organisation.labels import KINDS, check_of, grouped

FILES = {"en": "roles.md", "zh": "roles.zh.md"}
SEEDS = "riskloop.organisation.migrations.0003_seed_roles"
LATER = "riskloop.organisation.migrations.0020_functions_of_inspection"
CHECKS = "riskloop.organisation.migrations.0015_exceptions_past_the_outlet"
_WORDS = {
    "title": Text("角色与不相容职责", "Roles and segregation of duties"),
    "intro": Text(
        "下表为系统初装时的建议。此后的变更由总行决定并注明生效日期，见“角色”页面。"
        "分行自设的角色，仅该分行及其上级、下级机构可见，页面与接口一致。",
        "These are the proposals that an installation begins with. Later decisions of the head office, with "
        'their dates, are on the page "Roles". A branch\'s own role is seen in that branch, below it and '
        "above it only, on the page as by the API.",
    ),
    "roles": Text("角色", "Roles"),
    "code": Text("代码", "Code"),
    "name": Text("名称", "Name"),
    "levels": Text("存在的层级", "Levels at which it exists"),
    "functions": Text("功能", "Functions"),
    "function": Text("功能", "Function"),
    "pairs": Text("不相容职责", "Segregation of duties"),
    "number": Text("序号", "No."),
    "kind": Text("类型", "Kind"),
    "left": Text("一方", "One side"),
    "right": Text("另一方", "Other side"),
    "basis": Text("依据", "Basis"),
    "check": Text("检查方式", "Held apart by"),
}


def documents() -> Mapping[str, str]:
    """The texts by their paths below `docs/`."""
    return {path: _document(language) for language, path in FILES.items()}


def stale(folder: Path) -> list[str]:
    """The documents that are not as they would be written now."""
    return differing(folder, documents())


def _document(language: str) -> str:
    seeds, allowed = import_module(SEEDS), import_module(LATER).functions()

    def say(text: Text) -> str:
        return text.in_language(language)

    def word(name: str) -> str:
        return say(_WORDS[name])

    text = f"# {word('title')}\n\n{MADE_BY}{word('intro')}\n\n## {word('roles')}\n\n"
    levels = [say(CODE_NAMES["level"][level]) for level in seeds.LEVELS]
    comma = say(Text("、", ", "))
    overview = [
        [code, say(Text(*names)), comma.join(levels[n - 1] for n in sorted(allowed[code]))]
        for code, names in seeds.ROLES.items()
    ]
    text += table([word("code"), word("name"), word("levels")], overview)
    text += f"\n## {word('functions')}\n"
    for code, names in seeds.ROLES.items():
        text += f"\n### {code} {say(Text(*names))}\n\n"
        head = [word("function"), *(levels[n - 1] for n in sorted(allowed[code]))]
        text += table(head, _functions(allowed[code], language))
    return text + f"\n## {word('pairs')}\n\n" + _pairs(seeds, language)


def _functions(by_level: Mapping[int, list[str]], language: str) -> Iterable[list[str]]:
    """Function × level of one role, without the functions that it has nowhere."""
    levels = sorted(by_level)
    anywhere = {code for codes in by_level.values() for code in codes}
    functions: list[Function] = [f for _name, several in grouped(anywhere) for f in several]
    return [
        [f.name.in_language(language), *("✓" if f.code in by_level[n] else "—" for n in levels)]
        for f in functions
    ]


def _pairs(seeds: Any, language: str) -> str:
    def side(codes: Iterable[str]) -> str:
        return "<br>".join(f"{code} {Text(*seeds.ROLES[code]).in_language(language)}" for code in codes)

    checks = import_module(CHECKS).RULES
    names = ("number", "kind", "left", "right", "basis", "check")
    return table(
        [_WORDS[name].in_language(language) for name in names],
        [
            [
                str(number),
                KINDS[kind].in_language(language),
                side(left),
                side(right),
                Text(zh, en).in_language(language),
                check_of(kind, rule or checks.get(number, "")).in_language(language),
            ]
            for number, kind, left, right, rule, zh, en in seeds.PAIRS
        ],
    )


def main(arguments: list[str] | None = None) -> None:
    """Writes what is stale."""
    given = sys.argv[1:] if arguments is None else arguments
    changed = write(Path(given[0] if given else "docs"), documents())
    print(f"{len(changed)} of {len(FILES)} documents of the roles written")


if __name__ == "__main__":
    main(sys.argv[1:])
