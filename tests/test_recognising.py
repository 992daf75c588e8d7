"""When a post of an export without ids is one that the archive holds, and when it is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rollbook.exports import is_made, made_id
from rollbook.recognising import Held, recognise
from rollbook.types import Media, Post

AT = datetime(2026, 10, 5, 12, 0, 30, tzinfo=UTC)


def post(text: str, seconds: float = 0, *, name: str = "facebook:export:1-a", pictures: int = 0) -> Post:
    media = tuple(Media("image", url=f"{number}.jpg") for number in range(pictures))
    return Post(name, "facebook:Office", "facebook", "post", text, AT + timedelta(seconds=seconds), media=media)


def held(*posts: Post) -> list[Held]:
    return [Held(f"facebook:{number}", one.created_at, {f"content {number}": one}) for number, one in enumerate(posts)]


@pytest.mark.parametrize(("there", "post", "alone", "expected"), [
    ([post("Bus 7 is late")], post("Bus 7  is\nlate"), False, ("facebook:0", "content 0")),
    ([post("Bus 7 is late")], post("Bus 7 is late", 119), True, ("facebook:0", "content 0")),
    ([post("Bus 7 is late")], post("Bus 7 is late", 121), True, None),
    ([post("Thanks @quarrybay.library")], post("Thanks quarrybay.library"), True, ("facebook:0", "content 0")),
    # The nearest of two alike.
    ([post("Go Owls!"), post("Go Owls!", 50)], post("Go Owls!", 49), True, ("facebook:1", "content 1")),
    # Other words are a version only where nothing else stands in that second, on either side.
    ([post("Bus 7 is late today")], post("Bus 7 is late today. Update: it has arrived"), True, ("facebook:0", "")),
    ([post("Bus 7 is late today")], post("Bus 7 is late today. Update: it has arrived"), False, None),
    ([post("Bus 7 is late today")], post("Bus 7 is late today. Update: it has arrived", 5), True, None),
    ([post("Photo 1 of 3"), post("Photo 2 of 3")], post("Photo 3 of 3"), True, None),
    ([post("Bus 7 is late today")], post("The play opens on Friday"), True, None),
    # Without words: the moment and the number of pictures.
    ([post("", pictures=2)], post("", 1, pictures=2), True, ("facebook:0", "content 0")),
    ([post("", pictures=2)], post("", 2, pictures=2), True, None),
    ([post("", pictures=2)], post("", pictures=1), True, None),
    ([post("", pictures=2)], post("The fall play", pictures=2), True, ("facebook:0", "")),
    ([post("")], post("The fall play"), True, None),
    ([], post("Bus 7 is late"), True, None),
])
def test_recognise(there: list[Post], post: Post, *, alone: bool, expected: tuple[str, str] | None) -> None:
    found = recognise(post, held(*there), alone=alone)
    assert (None if found is None else (found.id, found.version)) == expected


def test_an_older_version_is_recognised_too() -> None:
    one = Held("facebook:9", AT, {"new": post("Bus 7 has arrived"), "old": post("Bus 7 is late")})
    found = recognise(post("Bus 7 is late"), [one], alone=True)
    assert found is not None
    assert (found.id, found.version) == ("facebook:9", "old")


def test_an_id_that_was_made_is_told_from_a_networks_own() -> None:
    assert is_made(made_id("facebook", AT, "words", ()))
    assert not any(is_made(name) for name in ("facebook:109_5", "x:1790", "facebook:Office", "feed:https://export:1", "export:x"))
