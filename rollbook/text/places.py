"""The places of a post that hold words, as evidence names them."""

from __future__ import annotations

from collections.abc import Iterator

from rollbook.types import Post


def own_words(post: Post) -> tuple[str, str]:
    """Where the author's own words stand (``text``, or ``profile`` of a profile), and the words."""
    return ("profile" if post.kind == "profile" else "text"), post.text


def words_of(post: Post) -> Iterator[tuple[str, str]]:
    """Every place that a reader sees words in, and the words: the text, pictures' descriptions, links."""
    yield own_words(post)
    for number, media in enumerate(post.media):
        if media.alt:
            yield f"alt:{number}", media.alt
    for number, link in enumerate(post.links):
        yield f"link:{number}", link


def called(where: str) -> str:
    """A place as a person calls it."""
    kind, _, number = where.partition(":")
    names = {
        "text": "the text", "profile": "the profile", "alt": "the description of picture {}", "link": "link {}",
        "ocr": "the writing on picture {}",
    }
    return names[kind].format(int(number) + 1 if number else "")
