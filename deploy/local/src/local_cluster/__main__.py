"""`todobus`: the whole system on one machine, and the commands of its operator."""

import sys

from local_cluster.cli import app
from local_cluster.errors import ClusterError
from local_cluster.launcher.engines.process import EngineError


def main() -> None:
    try:
        app()
    except (ClusterError, EngineError) as error:
        sys.exit(f"todobus: {error}")


if __name__ == "__main__":
    main()
