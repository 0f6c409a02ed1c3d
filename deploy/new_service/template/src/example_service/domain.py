"""What counts as a completion."""

from collections.abc import Collection


def difference(created: bool, changed: Collection[str], completed: bool) -> int:  # noqa: FBT001 - facts of a change
    """By how much a change of a todo changes the number of completions; `changed` names its fields that changed."""
    if created:
        return int(completed)
    if "completed" not in changed:
        return 0
    return 1 if completed else -1
