"""A15 总行与二级分行备付金账务核对监测."""

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import Model, Text
from riskloop.models.rules import reserve


def hits(bank: Bank, p: reserve.Limits) -> Relation:
    """Second-level branches whose reserve with the head office differs between the two books."""
    return reserve.differing(bank, p, "head_office", "tier2_branch")


MODEL = Model(
    code="A15",
    version=2,
    name=Text(
        "总行与二级分行备付金账务核对监测", "Reserve accounts of head office and second-level branch differ"
    ),
    category="fund_movement",
    handling="itemised",
    grade="attention",
    subject="outlet",
    purpose=Text(
        "二级分行直接存放总行的备付金越过一级分行，缺少中间一级的核对，双方账务不符更须由监督中心发现。",
        "A reserve that a second-level branch keeps with the head office itself passes the first-level branch"
        " by: nobody between the two compares, so that the supervision centre has to.",
    ),
    definition=Text(
        "总行与二级分行记录的备付金日终余额之差超过容差，且持续达到规定天数。",
        "The closing balance of the reserve by the head office and by the second-level branch differs by more"
        " than the tolerance, and has for the days given.",
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
    examples=reserve.examples("head_office", "tier2_branch", other=("tier1_branch", "tier2_branch")),
)
