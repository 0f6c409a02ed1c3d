"""When a recurring todo comes again: rules of RFC 5545, on days without times."""

from todos_service.recurrence.days import Mode, Occurrence, next_days, next_occurrence
from todos_service.recurrence.rules import Rule, parse

__all__ = ["Mode", "Occurrence", "Rule", "next_days", "next_occurrence", "parse"]
