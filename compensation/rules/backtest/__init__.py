"""A policy run over decisions that were made under another: what would have cost more, who would have got less."""

from compensation.rules.backtest.accumulating import UNSEEN, Backtest, Case, as_stored
from compensation.rules.backtest.report import MOST, Report

__all__ = ["MOST", "UNSEEN", "Backtest", "Case", "Report", "as_stored"]
