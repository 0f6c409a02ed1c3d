"""`python -m service_common.deadletters list|replay|drop`: what to do with events that a consumer could not handle.

It logs in as the operator, with TODOBUS_NATS_URL and TODOBUS_NATS_PASSWORD.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence

import nats
import orjson
from nats.aio.client import Client
from nats.errors import Error as NatsError

from service_common.provisioning import ProvisioningSettings
from service_common.subscriber.dead_letters import DeadLetter, drop, read, replay


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="deadletters", description="Events that a consumer could not handle.")
    verbs = made.add_subparsers(dest="verb", required=True)
    listing = verbs.add_parser("list", help="show them, oldest first")
    listing.add_argument("--json", action="store_true", help="one JSON document per line, with the event")
    replaying = verbs.add_parser("replay", help="give them back to their consumer")
    dropping = verbs.add_parser("drop", help="forget them")
    for verb in (listing, replaying, dropping):
        verb.add_argument("--consumer", help="only those of this consumer")
    for verb in (replaying, dropping):
        which = verb.add_mutually_exclusive_group(required=True)
        which.add_argument("numbers", nargs="*", type=int, default=[], metavar="NUMBER", help="as `list` shows them")
        which.add_argument("--all", action="store_true", help="all of them")
    return made


async def run(client: Client, arguments: Sequence[str]) -> int:
    """Do what the command line says; its exit code."""
    chosen = parser().parse_args(arguments)
    letters = [letter async for letter in read(client, chosen.consumer)]
    if chosen.verb == "list":
        _print(letters, as_json=chosen.json)
        return 0
    wanted = [letter for letter in letters if chosen.all or letter.sequence in chosen.numbers]
    for letter in wanted:
        await (replay if chosen.verb == "replay" else drop)(client, letter)
    unknown = set(chosen.numbers) - {letter.sequence for letter in wanted}
    sys.stdout.write(f"{'replayed' if chosen.verb == 'replay' else 'dropped'}: {len(wanted)}\n")
    if unknown:
        sys.stderr.write(f"no such dead letter: {', '.join(map(str, sorted(unknown)))}\n")
    return 1 if unknown else 0


def _print(letters: Sequence[DeadLetter], *, as_json: bool) -> None:
    for letter in letters:
        fields = {name: getattr(letter, name) for name in ("sequence", "consumer", "type", "failed_at", "reason")}
        if as_json:
            document = fields | {"subject": letter.subject, "event": letter.payload.decode(errors="replace")}
            sys.stdout.write(orjson.dumps(document).decode() + "\n")
        else:
            sys.stdout.write("  ".join(str(value) for value in fields.values()) + "\n")
    if not letters and not as_json:
        sys.stdout.write("no dead letters\n")


async def main() -> int:
    parser().parse_args()
    settings = ProvisioningSettings.load()
    try:
        client = await nats.connect(
            settings.nats_servers,
            user=settings.nats_user,
            password=settings.nats_password,
            inbox_prefix=f"_INBOX_{settings.nats_user}",
            name="deadletters",
            allow_reconnect=False,
        )
    except (OSError, NatsError) as error:
        sys.stderr.write(f"deadletters: no connection to NATS: {error}\n")
        return 1
    try:
        return await run(client, sys.argv[1:])
    finally:
        await client.close()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
