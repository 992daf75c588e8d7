r"""Regular expressions written as lists that a person can read and a district's lawyer can be shown.

An alternative stands on a line of its own, or between " | "; a backslash at the end of a line goes on in the next one;
a line that begins with "# " is a remark; ``<NAME>`` is a part that is given by keyword. A space that an alternative
begins or ends with is written ``[ ]``.
"""

from __future__ import annotations

import re

_CONTINUED = re.compile(r"\\\n\s*")
_SEPARATOR = re.compile(r"\n| \| ")
_PART = re.compile(r"<([A-Z_]+)>")


def group(text: str, **parts: str) -> str:
    """One group of all the alternatives, to be a part of other patterns. **Raises** KeyError for a part not given."""
    lines = (line.strip() for line in _SEPARATOR.split(_CONTINUED.sub("", text)))
    joined = "|".join(line for line in lines if line and not line.startswith("# "))
    return f"(?:{_PART.sub(lambda part: parts[part.group(1)], joined)})"


def pattern(text: str, **parts: str) -> re.Pattern[str]:
    """A pattern that finds any of the alternatives."""
    return re.compile(group(text, **parts))


def words(text: str, **parts: str) -> re.Pattern[str]:
    """A pattern that finds any of the alternatives as whole words."""
    return re.compile(rf"\b{group(text, **parts)}\b")
