"""The use cases: accounts, sessions, keys, and the erasure of deleted accounts."""
