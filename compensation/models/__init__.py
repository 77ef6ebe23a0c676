"""Policies, decisions, remedies and budgets; and what people ruled beside them."""

from compensation.models.backtests import OPEN_BACKTESTS, BacktestRun
from compensation.models.by_hand import HandWord
from compensation.models.contests import Contest, ContestAnswer
from compensation.models.owed import (
    REMEDY_KINDS,
    REMEDY_STATES,
    DecisionRecord,
    DeliveredUnit,
    ForgottenRemedy,
    LineBudget,
    Remedy,
    RemedyQuerySet,
    UnitDelivery,
    UnitList,
)
from compensation.models.policies import PolicyDraft, PolicyRetirement, PolicyVersion
from compensation.models.rulings import PARTIES, Approval, Bearer, Finding, Override

__all__ = [
    "OPEN_BACKTESTS",
    "PARTIES",
    "REMEDY_KINDS",
    "REMEDY_STATES",
    "Approval",
    "BacktestRun",
    "Bearer",
    "Contest",
    "ContestAnswer",
    "DecisionRecord",
    "DeliveredUnit",
    "Finding",
    "ForgottenRemedy",
    "HandWord",
    "LineBudget",
    "Override",
    "PolicyDraft",
    "PolicyRetirement",
    "PolicyVersion",
    "Remedy",
    "RemedyQuerySet",
    "UnitDelivery",
    "UnitList",
]
