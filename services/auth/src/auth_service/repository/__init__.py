"""All SQL of the auth service, a module for each table; whoever owns a row is an argument."""
