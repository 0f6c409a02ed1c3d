"""Test fixtures: PostgreSQL, NATS, tokens and the whole system. For development only."""
