"""Pages as a platform's mistake or an enemy would send them: each yields posts, marks or a named error, nothing else.

The recorded pages of every network, changed by a seeded chance: fields dropped, of another type, twice or null, values
absurd, lists long or deep, letters that are none, bodies cut and in other encodings.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from rollbook.errors import CollectError, PageError
from rollbook.formats import fingerprint, post_json, read_post
from rollbook.plugins import collectors
from rollbook.unwrapping import plain, unwrapped

from .test_contract import every_page, networks

#: How often each network's pages are changed: some seconds for all of them.
ROUNDS = int(os.environ.get("ROLLBOOK_ODD_PAGES", "400"))
ODD: tuple[object, ...] = (
    None, True, False, 0, -1, 10**30, -(10**400), 1e308, float("inf"), float("nan"), "", " ", "\x00", "\ud800", "https://[", "http://x:y/",
    "at://", "9" * 400, "0000-00-00T00:00:00Z", "9999-12-31T23:59:59-23:59", "1" * 5000, "\u202e", [], {}, [[]], [None], {"": None},
    {"id": {"id": {"id": []}}}, ["x"] * 50, "<a href='//['>" * 20, "&#0;&#xD800;&#99999999;", "%" * 9,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every holder of a value, and under which key or number."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        pairs = holder.items() if isinstance(holder, dict) else enumerate(holder) if isinstance(holder, list) else ()
        for key, inner in pairs:
            found.append((holder, key))
            waiting.append(inner)
    return found


def changed(top: Any, chance: random.Random) -> Any:
    """One to four changes anywhere in a value."""
    for _ in range(chance.randint(1, 4)):
        found = places(top)
        if not found:
            return deepcopy(chance.choice(ODD))
        holder, key = chance.choice(found)
        match chance.randrange(6):
            case 0 if isinstance(holder, dict):
                del holder[key]
            case 1:
                holder[key] = holder[key] if isinstance(holder[key], list) and chance.random() < 0.5 else [holder[key]]
            case 2 if isinstance(holder, list):
                holder.insert(key, deepcopy(holder[key]))
            case 3:
                other, name = chance.choice(found)
                holder[key] = deepcopy(other[name])
            case 4:
                holder[key] = {"value": holder[key]} if chance.random() < 0.5 else str(holder[key])
            case _:
                holder[key] = deepcopy(chance.choice(ODD))
    return top


def deep(body: bytes, chance: random.Random) -> bytes:
    depth = chance.choice((50, 900, 100_000))
    sign = chance.choice((b"[", b'{"a":'))
    return sign * depth + body


BODIES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    lambda body, chance: body[: chance.randrange(len(body) + 1)],
    lambda body, chance: body.decode("utf-8", "replace").encode("utf-16"),
    lambda body, chance: body.decode("utf-8", "replace").encode("latin-1", "replace"),
    lambda body, chance: b"\xef\xbb\xbf" + body,
    lambda body, chance: body + body,
    deep,
)


def odd_body(body: bytes, chance: random.Random) -> bytes:
    if chance.random() < 0.2:
        return chance.choice(BODIES)(body, chance)
    try:
        top = json.loads(body)
    except (ValueError, RecursionError):
        at, end = sorted(chance.randrange(len(body) + 1) for _ in range(2))
        return chance.choice((body[:at] + body[end:], body[:at] + json.dumps(str(chance.choice(ODD))).encode() + body[at:]))
    return json.dumps(changed(top, chance)).encode()


@networks
def test_an_odd_page_is_posts_marks_or_a_named_error(network: str) -> None:
    chance = random.Random(f"{network} {ROUNDS}")
    parse = collectors()[network].parse
    pages = [page for page in every_page(network) if page.status == 200]
    read = 0
    for number in range(ROUNDS):
        page = chance.choice(pages)
        odd = replace(page, body=odd_body(page.body, chance), part="file" if number % 2 else page.part)
        try:
            parsed = [parse(plain(one)) for one in unwrapped(odd)] if number % 2 else [parse(odd)]
        except CollectError as err:
            assert isinstance(err, PageError), odd.body
            assert err.cause, odd.body
            assert err.account == page.account, odd.body
            continue
        for post in (post for one in parsed for post in one.posts):
            assert read_post(json.loads(json.dumps(post_json(post)))).id == post.id, odd.body
            fingerprint(post)
            read += 1
        assert all(mark.problem for one in parsed for mark in one.marked), odd.body
    assert read > ROUNDS / 20, "the changes leave no post that can be read: they show nothing"
