"""All SQL of the auth service, a module for each table.

A function for one user takes the user's id first. Those that cannot know it yet take what stands for it: the address,
its digest, or the session that a token names.
"""
