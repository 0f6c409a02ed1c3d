"""Counts the todos that each user has completed."""

ROUTES = ("/api/example",)  # what the gateway sends here
