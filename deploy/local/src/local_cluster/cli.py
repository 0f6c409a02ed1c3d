"""The command line: the app, and the options that its commands share."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

app = App(name="todobus", help="Todobus on this machine: run it, look at it, take care of it.")

DataDir = Annotated[Path, Parameter(name="--data-dir", help="The folder that holds everything the cluster keeps.")]
AsJson = Annotated[bool, Parameter(name="--json", negative=(), help="Print it for programs.")]
DEFAULT = Path(".data")
