"""The SQL of the todo service; the user's id is an argument of every function."""
