"""Policies, decisions, remedies and budgets; and what people ruled beside them."""

from compensation.models.by_hand import HandWord
from compensation.models.owed import (
    REMEDY_KINDS,
    REMEDY_STATES,
    DecisionRecord,
    DeliveredUnit,
    ForgottenRemedy,
    LineBudget,
    PolicyRetirement,
    PolicyVersion,
    Remedy,
    RemedyQuerySet,
    UnitDelivery,
    UnitList,
)
from compensation.models.rulings import PARTIES, Approval, Bearer, Finding, Override

__all__ = [
    "PARTIES",
    "REMEDY_KINDS",
    "REMEDY_STATES",
    "Approval",
    "Bearer",
    "DecisionRecord",
    "DeliveredUnit",
    "Finding",
    "ForgottenRemedy",
    "HandWord",
    "LineBudget",
    "Override",
    "PolicyRetirement",
    "PolicyVersion",
    "Remedy",
    "RemedyQuerySet",
    "UnitDelivery",
    "UnitList",
]
