"""`todobus`: the whole system on one machine, and the commands of its operator."""

import sys

from service_common.engines.process import EngineError

from local_cluster.errors import ClusterError


def main() -> None:
    from local_cluster.operator_commands import app  # noqa: PLC0415 - after the interpreter knows how to fail in one line

    try:
        app()
    except (ClusterError, EngineError) as error:
        sys.exit(f"todobus: {error}")


if __name__ == "__main__":
    main()
