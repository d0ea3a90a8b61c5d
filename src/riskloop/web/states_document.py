"""The document of the states of an event: drawn from the table that the actions obey.

`python -m riskloop.web.states_document [FOLDER]` writes `states.md` and `states.zh.md` below `docs/`. What no
action does yet is not drawn: it appears by itself once an action of that name is there.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from riskloop.bank.text import Text
from riskloop.models.markdown import MADE_BY, differing, table, write

FILES = {"en": "states.md", "zh": "states.zh.md"}
LANGUAGES = {"en": "en", "zh": "zh-hans"}
_WORDS = {
    "title": Text("事件的状态", "The states of an event"),
    "intro": Text(
        "每个操作只能在所列状态下进行，并只能到达所列状态；不在表中的操作不能改变状态。",
        "Each action can be done in the states listed only, and leads to those listed only; what is not in "
        "the table changes no state.",
    ),
    "action": Text("操作", "Action"),
    "from": Text("所处状态", "In the states"),
    "to": Text("到达状态", "Leads to"),
    "function": Text("所需权限", "Function"),
    "stays": Text("不变", "stays"),
    "system": Text("系统自动", "the system"),
}


def documents() -> Mapping[str, str]:
    """The texts by their paths below `docs/`."""
    return {path: _document(language) for language, path in FILES.items()}


def stale(folder: Path) -> list[str]:
    """The documents that are not as they would be written now."""
    return differing(folder, documents())


def _document(language: str) -> str:
    from django.utils.translation import override

    with override(LANGUAGES[language]):
        return "".join(_parts(language))


def _parts(language: str) -> Iterator[str]:
    from riskloop.loop.states import ENDED, State

    def word(name: str) -> str:
        return _WORDS[name].in_language(language)

    yield f"# {word('title')}\n\n{MADE_BY}{word('intro')}\n\n```mermaid\nstateDiagram-v2\n"
    for state in State:
        yield f'    state "{state.label}" as {state.value}\n'
    yield f"    [*] --> {State.NEW.value}\n"
    for (begin, end), names in _edges().items():
        yield f"    {begin} --> {end}: {word_between(names, language)}\n"
    for state in ENDED:
        yield f"    {state.value} --> [*]\n"
    yield "```\n\n"
    yield table([word(n) for n in ("action", "from", "to", "function")], _rows(language))


def word_between(names: list[str], language: str) -> str:
    """Several actions that lead the same way, as one label."""
    # A colon would end the label.
    return Text("、", " / ").in_language(language).join(name.replace(": ", ", ") for name in names)


def _done() -> Iterator[tuple[str, str]]:
    """The actions of the table that somebody or something does, each with what it is called."""
    from riskloop.loop.states import TRANSITIONS
    from riskloop.organisation import telling

    known = telling.actions()
    return ((name, str(known[name].name)) for name in TRANSITIONS if name in known)


def _edges() -> dict[tuple[str, str], list[str]]:
    from riskloop.loop.states import TRANSITIONS

    edges: dict[tuple[str, str], list[str]] = {}
    for name, called in _done():
        way = TRANSITIONS[name]
        for begin in way.states:
            for end in way.to:
                edges.setdefault((begin.value, end.value), []).append(called)
    return edges


def _rows(language: str) -> Iterator[list[str]]:
    from riskloop.loop.states import TRANSITIONS
    from riskloop.organisation.functions import FUNCTIONS

    comma = Text("、", ", ").in_language(language)
    functions = _functions()
    for name, called in _done():
        way = TRANSITIONS[name]
        code = functions.get(name)
        who = _WORDS["system"] if code is None else FUNCTIONS[code].name
        yield [
            called,
            comma.join(str(state.label) for state in way.states),
            comma.join(str(state.label) for state in way.to) or _WORDS["stays"].in_language(language),
            who.in_language(language),
        ]


def _functions() -> dict[str, str]:
    """By name of an action the function that it takes."""
    from riskloop.loop.actions import Action

    def below(kind: type[Action]) -> Iterator[type[Action]]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    return {kind.name: kind.function for kind in below(Action) if "name" in vars(kind)}


def main(arguments: list[str] | None = None) -> None:
    """Writes what is stale."""
    given = sys.argv[1:] if arguments is None else arguments
    changed = write(Path(given[0] if given else "docs"), documents())
    print(f"{len(changed)} of {len(FILES)} documents of the states written")


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "riskloop.web.settings")
    django.setup()
    main()
