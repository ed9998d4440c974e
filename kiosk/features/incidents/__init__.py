"""Incident notes: one question a screen, and a sentence that grows from the taps."""
