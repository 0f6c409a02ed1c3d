"""The gateway of Todobus: verifies tokens, routes, limits rates, streams live events, serves the web app."""
