"""`todobus mail`: the messages in the data folder, where they are written without a mail server."""

import json
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from local_cluster.cli import DEFAULT, AsJson, DataDir
from local_cluster.data_folder import DataFolder
from local_cluster.errors import ClusterError
from service_common.mail import folder

SHOWN = ("Date", "To", "Subject")


def mail(
    number: Annotated[int | None, Parameter(help="Show this message: 1 is the newest.")] = None,
    *,
    data_dir: DataDir = DEFAULT,
    as_json: AsJson = False,
) -> None:
    paths = folder.newest_first(DataFolder(data_dir).mail)
    if number is not None and not 1 <= number <= len(paths):
        raise ClusterError(f"there is no message {number}: {len(paths)} are there")
    messages = [_read(path) for path in (paths if number is None else [paths[number - 1]])]
    if as_json:
        print(json.dumps([_headers(message) | {"text": _text(message)} for message in messages], indent=2))
    elif number is None:
        for position, message in enumerate(messages, 1):
            print(f"{position:>4}  {'  '.join(_headers(message).values())}")
    else:
        [message] = messages
        print("\n".join(f"{name}: {value}" for name, value in _headers(message).items()), _text(message), sep="\n\n")


def _read(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), EmailMessage, policy=policy.default)


def _headers(message: EmailMessage) -> dict[str, str]:
    return {name: str(message[name]) for name in SHOWN}


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    return "\n".join(body.get_content().splitlines()) if body else ""
