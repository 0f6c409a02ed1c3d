"""Keys that put todos and projects in order: between any two there is room for another, and no other key changes.

A key is a path of whole numbers, written in base 62 (`COLLATE "C"`); a path sorts before those that continue it. Its
first number, its third and so on are on a line that goes on at both ends, so that what is always put at the same side
of the last one counts up or down. The second, the fourth and so on are filled from both ends towards the middle, so
that what is always put between the last two counts as well. 10,000 keys of one such kind have at most 7 characters.

Keys of less than 100 characters cannot serve every order of moves: each can halve what is left between two neighbours,
so 590 moves can use up 62^99 keys. About 480 moves, each to a random side of the last one, end with `NoRoom`: then the
list needs new keys (`several`).
"""

from bisect import bisect_right
from collections.abc import Iterator

LONGEST = 99
_STEP = 8  # leaves room between neighbours, which costs less than to continue the path
_BASE = 62
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
_SHORT = 20  # a number from here on begins with how many digits follow, up to 11; a smaller one is one character
_LEAST = (0, *(_SHORT + sum(_BASE**n for n in range(1, length)) for length in range(1, 12)))
"""The least number that so many digits follow."""

Path = tuple[int, ...]


class NoRoom(Exception):
    """A key between these two would be longer than `LONGEST`."""


def between(before: str | None, after: str | None) -> str:
    """A key between two, or at an end where there is none (None). Raises: ValueError, NoRoom."""
    if after is not None and (before or "") >= after:
        raise ValueError("the keys are not in order")
    key = _written(_between(_read(before or ""), None if after is None else _read(after), 0))
    if len(key) > LONGEST:
        raise NoRoom
    return key


def several(before: str | None, after: str | None, count: int) -> Iterator[str]:
    """As many keys between two, in order. Raises: ValueError, NoRoom."""
    for _ in range(count):
        before = between(before, after)
        yield before


def at_end(sequence: int) -> str:
    """The key of what is created with this number of its feed: above all keys that the feed has had until then.

    A statement can make it: `chr(111 + length(n::text)) || n::text`. A move to the end takes a number of the feed too,
    and counts one further in base 62, which is never beyond the decimal digits of that number.
    """
    digits = str(sequence)
    return chr(ord("o") + len(digits)) + digits


def _between(low: Path, high: Path | None, depth: int) -> Path:
    """What continues a path of `depth` numbers above `low`, which may be empty, and below `high`, if there is one."""
    first = low[0] if low else None
    last = high[0] if high else None
    if first is not None and first == last:
        return (first, *_between(low[1:], high[1:] if high else None, depth + 1))
    number = _filled(first, last) if depth % 2 else _counted(first, last, _STEP if depth else 1)
    if number is not None:
        return (number,)
    if first is not None:
        return (first, *_between(low[1:], None, depth + 1))
    return (0, *_between((), high[1:] if high and last == 0 else None, depth + 1))


def _counted(first: int | None, last: int | None, step: int) -> int | None:
    """A number between two of … -1 0 1 …, if there is one."""
    if first is None:
        return 0 if last is None else last - step
    if last is None:
        return first + step
    return _middle(first, last)


def _filled(first: int | None, last: int | None) -> int | None:
    """A number between two of 0 1 2 … -2 -1, if there is one; 0 is only continued, by what comes before 1."""
    low, high = first or 0, last or 0
    if low >= 0 >= high and last != 0:
        return low + _STEP if low <= -high else high - _STEP
    return _middle(low, high)


def _middle(low: int, high: int) -> int | None:
    return (low + high) // 2 if high - low > 1 else None


def _written(path: Path) -> str:
    values: list[int] = []
    for depth, number in enumerate(path):
        first, *digits = _values(number) if number >= 0 else (_BASE - 1 - value for value in _values(-1 - number))
        values += ((first + _origin(depth)) % _BASE, *digits)
    return "".join(_DIGITS[value] for value in values)


def _values(size: int) -> Iterator[int]:
    length = bisect_right(_LEAST, size) - 1
    rest = size - _LEAST[length]
    yield _SHORT - 1 + length if length else rest
    for place in reversed(range(length)):
        yield rest // _BASE**place % _BASE


def _read(key: str) -> Path:
    """Raises: ValueError for what is not a key."""
    path: list[int] = []
    values = iter([_VALUES.get(character, 0) for character in key])
    for value in values:
        first = (value - _origin(len(path))) % _BASE
        mirrored = _BASE - 1 if first > _BASE // 2 - 1 else 0
        first = abs(mirrored - first)
        length = max(first - _SHORT + 1, 0)
        size = 0 if length else first
        for _ in range(length):
            size = size * _BASE + abs(mirrored - next(values, 0))
        size += _LEAST[length]
        path.append(-1 - size if mirrored else size)
    if _written(tuple(path)) != key or (len(path) % 2 == 0 and path[-1:] == [0]):
        raise ValueError("not a key")
    return tuple(path)


def _origin(depth: int) -> int:
    """Which first character 0 has: numbers that are filled begin with it, before others the negative ones sort."""
    return 0 if depth % 2 else _BASE // 2
