"""What we noticed: warnings, incidents, effects, how goods behave; and what is told of it each month."""

from watch.models.effects import RESULTS, EffectCheck, Pass
from watch.models.health import FIGURES, PROPOSAL_STATES, DayFigure, LineHealth, Proposal
from watch.models.points import ENDS, OrderPoints
from watch.models.reports import RUN_STATES, MonthlyReport, ReportRun, SurveyAnswer
from watch.models.stumbles import Stumble
from watch.models.warnings import INCIDENT_STATES, WINDOWS, DropWarning, Incident

__all__ = [
    "ENDS", "FIGURES", "INCIDENT_STATES", "PROPOSAL_STATES", "RESULTS", "RUN_STATES", "WINDOWS", "DayFigure",
    "DropWarning", "EffectCheck", "Incident", "LineHealth", "MonthlyReport", "OrderPoints", "Pass", "Proposal",
    "ReportRun", "Stumble", "SurveyAnswer",
]  # fmt: skip
