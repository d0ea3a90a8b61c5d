"""Personal customers, and how old they are: what is opened to persons is judged of persons alone."""

from __future__ import annotations

from riskloop.bank.bank import Bank, Relation


def persons(bank: Bank) -> Relation:
    """Personal customers, by `customer_id`; who is not known by the standing data is none."""
    customers = bank.standing("customers")
    return customers.filter(customers.kind == "personal").select("customer_id")


def persons_with_age(bank: Bank) -> Relation:
    """Personal customers whose birth date is known, with `age` in full years on the business day."""
    customers = bank.standing("customers")
    born = customers.filter(customers.kind == "personal", customers.born_on <= bank.day)
    # Year, month and day as one number: its ten-thousands are full years, and who was born on
    # 29 February grows older on 1 March of a common year.
    return born.select("customer_id", age=(_number(bank.day) - _number(born.born_on)) // 10_000)


def _number(date: Relation) -> Relation:
    return date.year() * 10_000 + date.month() * 100 + date.day()
