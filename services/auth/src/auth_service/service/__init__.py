"""What the auth service does: accounts, sessions, keys, and the erasure of those who leave."""
