"""All SQL of the stats service: users, what is read of the projection, what applies events to it, and its shadow.

A function for one user takes the user's id first, one for several users their ids.
"""
