"""Answers in, verdicts out: what an answer shows, and how a person reads it."""
