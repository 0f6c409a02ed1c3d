"""The use cases, for the todos of one user."""
