"""Names of people, companies and places: short lists of ours, no one's in particular."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from riskloop.bank.simulator.columns import Ints, joined, padded, picked

SURNAMES = tuple("王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗")
GIVEN = tuple("伟芳娜敏静磊强洋勇军杰娟艳涛明超兰霞平刚")
CITIES = ("江城", "海州", "云溪", "青岭", "渔湾", "柳川", "石桥", "松原里")
ROADS = ("人民路", "解放路", "中山路", "建设路", "滨江路", "学府路", "新华街", "和平街")
TRADES = ("商贸", "建材", "物流", "机电", "纺织", "食品", "科技", "装饰")
BANKS = ("江城商业银行", "海州农商银行", "云溪银行", "青岭城市银行")


def people(count: int, rng: np.random.Generator) -> pa.Array:
    """So many names of two or three characters."""
    return joined(
        picked(SURNAMES, rng.integers(0, len(SURNAMES), count)),
        picked(GIVEN, rng.integers(0, len(GIVEN), count)),
        picked((*GIVEN, ""), rng.integers(0, len(GIVEN) + 1, count)),
    )


def person(number: int) -> str:
    """A name for the person with this number."""
    surname, given = number % len(SURNAMES), number // len(SURNAMES) % len(GIVEN)
    return SURNAMES[surname] + GIVEN[given]


def place(word: str, number: int, roads: bool = False) -> str:
    """A name for the unit with this number: of a city, or of a road in it, counted on when they run out."""
    city, rest = CITIES[number % len(CITIES)], number // len(CITIES)
    if roads:
        city, rest = city + ROADS[rest % len(ROADS)], rest // len(ROADS)
    return f"{city}{'第' + str(rest + 1) if rest else ''}{word}"


def companies(numbers: Ints, city: Ints) -> pa.Array:
    """Names of companies, each with its number, so that no two are alike."""
    return joined(
        picked(CITIES, city % len(CITIES)),
        picked(TRADES, numbers % len(TRADES)),
        padded(numbers + 1, 1),
        "有限公司",
    )


def addresses(count: int, city: Ints, rng: np.random.Generator) -> pa.Array:
    """Addresses in the cities given by number."""
    return joined(
        picked(CITIES, city % len(CITIES)),
        picked(ROADS, rng.integers(0, len(ROADS), count)),
        padded(rng.integers(1, 400, count), 1),
        "号",
    )
