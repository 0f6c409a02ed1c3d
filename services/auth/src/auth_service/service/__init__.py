"""The use cases: accounts, sessions, keys, recovery, mail, and the erasure of deleted accounts."""
