"""The commands behind `safe-bench`, by what they are about."""
