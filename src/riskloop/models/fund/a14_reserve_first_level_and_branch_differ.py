"""A14 一级分行与二级分行备付金账务核对监测."""

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import Model, Text
from riskloop.models.rules import reserve


def hits(bank: Bank, p: reserve.Limits) -> Relation:
    """Second-level branches whose reserve with the first-level branch differs between the two books."""
    return reserve.differing(bank, p, "tier1_branch", "tier2_branch")


MODEL = Model(
    code="A14",
    version=2,
    name=Text(
        "一级分行与二级分行备付金账务核对监测",
        "Reserve accounts of first-level and second-level branch differ",
    ),
    category="fund_movement",
    handling="itemised",
    grade="attention",
    subject="outlet",
    purpose=Text(
        "二级分行存放一级分行的备付金双方各记一账；层级越高金额越大，不符须当日查明。",
        "Both sides book a second-level branch's reserve with its first-level branch. The higher the level"
        " the greater the sums, and a difference must be cleared up on its day.",
    ),
    definition=Text(
        "一级分行与二级分行记录的备付金日终余额之差超过容差，且持续达到规定天数。",
        "The closing balance of the reserve by the first-level branch and by the second-level branch differs"
        " by more than the tolerance, and has for the days given.",
    ),
    false_positives=reserve.FALSE_POSITIVES,
    decided=reserve.DECIDED,
    drivers=("P1", "P7", "R5"),
    needs=reserve.NEEDS,
    parameters=reserve.Limits,
    lookback=lambda p: p.age + reserve.GAP,
    extends=reserve.GAP,
    since="since",
    compared=reserve.COMPARED,
    hits=hits,
    examples=reserve.examples("tier1_branch", "tier2_branch", other=("head_office", "tier2_branch")),
)
