"""Measures the budgets of DESIGN 10: every row beside its floor, on this machine, in the same run."""
