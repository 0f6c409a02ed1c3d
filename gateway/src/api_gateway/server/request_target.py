"""Which request targets are accepted: none that a proxy and a service could interpret differently."""

import re

# Empty and dot segments; encoded control bytes, dots, slashes, backslashes, percents; broken escapes; anything that
# RFC 3986 does not allow in a path, and `;`, whose parameters some servers cut off and others do not.
AMBIGUOUS_PATH = re.compile(
    rb"//|/\.{1,2}(?:/|$)"
    rb"|%(?:[01][0-9a-f]|7f|2[e5f]|5c|(?![0-9a-f]{2}))"
    rb"|[^A-Za-z0-9._~!$&'()*+,=:@%/-]",
    re.IGNORECASE,
)
UNUSUAL_QUERY = re.compile(rb"[^!-~]|[#\\]")


def is_unambiguous(path: bytes, query: bytes) -> bool:
    return path.startswith(b"/") and not AMBIGUOUS_PATH.search(path) and not UNUSUAL_QUERY.search(query)
