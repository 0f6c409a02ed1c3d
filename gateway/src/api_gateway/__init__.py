"""The only door of Todobus: verifies tokens, routes, limits, streams."""
