"""All SQL of the todo service.

A function for one user takes the user's id first. Those that read all users (the change log for other services,
housekeeping) say so.
"""
