"""What the room of the goods' makers remembers."""

from developers.models.counted import (
    CountedClaim,
    CountedCost,
    CountedSale,
    Follower,
    GoodsDay,
    GoodsMonth,
    GoodsNow,
    MakerDay,
)
from developers.models.credit import Credit, CreditRow
from developers.models.defects import (
    AnswerOwed,
    Defect,
    DefectDay,
    DefectFix,
    DefectMember,
    DefectTold,
    DefectWord,
)
from developers.models.funds import FundClaim, FundClaimCase, FundMove, FundWord
from developers.models.recalls import Recall, RecallLine, RecallQuerySet, RecallWord

__all__ = [
    "AnswerOwed", "CountedClaim", "CountedCost", "CountedSale", "Credit", "CreditRow", "Defect", "DefectDay",
    "DefectFix", "DefectMember", "DefectTold", "DefectWord", "Follower", "FundClaim", "FundClaimCase", "FundMove",
    "FundWord", "GoodsDay", "GoodsMonth", "GoodsNow", "MakerDay", "Recall", "RecallLine", "RecallQuerySet",
    "RecallWord",
]  # fmt: skip
