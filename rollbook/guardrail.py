"""Protected speech: decides before anything is stored. First patterns; the full set follows."""

from __future__ import annotations

import re

from rollbook.text.folding import fold
from rollbook.types import Account, Post

_UNION = re.compile(r"\bour union\b|\bmy union\b|\bunion (?:rep|meeting|members?)\b|\bcollective bargaining\b|\bcontract talks\b")


def protected(post: Post, account: Account) -> str | None:
    """The category of protected speech that an employee's own words are, or None."""
    if account.kind == "district":
        return None
    return "union and bargaining" if _UNION.search(fold(post.text).text) else None
