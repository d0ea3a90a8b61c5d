"""A13 二级分行与支行之间备付金账务核对监测."""

from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import Model, Text
from riskloop.models.rules import reserve


def hits(bank: Bank, p: reserve.Limits) -> Relation:
    """Sub-branches whose reserve with the second-level branch differs between the two books."""
    return reserve.differing(bank, p, "tier2_branch", "sub_branch")


MODEL = Model(
    code="A13",
    version=2,
    name=Text(
        "二级分行与支行之间备付金账务核对监测",
        "Reserve accounts of second-level branch and sub-branch differ",
    ),
    category="fund_movement",
    handling="itemised",
    grade="attention",
    subject="outlet",
    purpose=Text(
        "支行存放二级分行的备付金双方各记一账；不符说明有款项未达、记错，或一方的钱被挪用而账面未动。发现不符以直接确认法核实。",
        "Both sides book a sub-branch's reserve with its second-level branch. When the books differ, money is"
        " on its way or wrongly booked, or one side's money was taken and its book was not touched. It is"
        " verified by direct confirmation.",
    ),
    definition=Text(
        "二级分行与支行记录的备付金日终余额之差超过容差，且持续达到规定天数。",
        "The closing balance of the reserve by the second-level branch and by the sub-branch differs by more"
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
    examples=reserve.examples("tier2_branch", "sub_branch", other=("tier1_branch", "tier2_branch")),
)
