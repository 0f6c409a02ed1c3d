"""`todobus`: the whole system on one machine, and the commands of its operator."""

import sys

from local_cluster.errors import ClusterError
from local_cluster.launcher.engines.process import EngineError


def main() -> None:
    from local_cluster.operator.commands import app  # noqa: PLC0415 - after the interpreter knows how to fail in one line

    try:
        app()
    except (ClusterError, EngineError) as error:
        sys.exit(f"todobus: {error}")


if __name__ == "__main__":
    main()
