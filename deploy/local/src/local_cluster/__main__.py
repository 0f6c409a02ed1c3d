"""`todobus`: the whole system on one machine, and the commands of its operator."""

import sys

from local_cluster.errors import ClusterError
from local_cluster.launcher.engines.process import EngineError


def main() -> None:
    # Imported here, so that an import error of an optional part is reported by the command that needs it.
    import local_cluster.launcher.commands  # noqa: PLC0415
    import local_cluster.operator.commands  # noqa: F401, PLC0415
    from local_cluster.cli import app  # noqa: PLC0415

    try:
        app()
    except (ClusterError, EngineError) as error:
        sys.exit(f"todobus: {error}")


if __name__ == "__main__":
    main()
