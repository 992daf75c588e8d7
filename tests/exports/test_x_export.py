"""The archive that an owner downloads from X: the same posts as by the API, and nothing that is not public."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import ijson
import pytest

from collectors import _x_archive
from collectors._x_words import Address, made_at, read_words
from rollbook.archive.archive import Archive
from rollbook.archive.posts import captures, versions
from rollbook.archive.verify import verify
from rollbook.collect import parse_page
from rollbook.errors import PageError
from rollbook.exports import Portion
from rollbook.formats import fingerprint, post_json, read_post
from rollbook.importing import chosen, take
from rollbook.plugins import collectors
from rollbook.types import Account, Page, Parsed, Post
from tests.standin_x import PICTURE, StandInX, number
from tests.x_district import KEY, NOW, District, fill, settled

from .building import every_byte

ACCOUNT = Account("x:Example_CSD", "district")
PRIVATE = "canary-private-4711"
#: What stands in every archive and is nobody's business.
NEVER = (
    "direct-messages", "direct-messages-group", "deleted-tweets", "deleted-tweet-headers", "deleted-note-tweet", "like",
    "contact", "email-address-change", "phone-number", "ip-audit", "ad-engagements", "personalization", "block", "mute",
    "saved-search", "twitter-circle-tweet", "follower", "following", "device-token", "grok-chat-item",
)


@dataclass
class ZippedExport:
    """An owner's archive as the reader sees it; notes which members are opened."""

    members: Mapping[str, bytes]
    opened: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in self.members.items():
                archive.writestr(name, data)
        self.zip = zipfile.ZipFile(buffer)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.zip.namelist())

    def values(self, member: str, path: str = "item") -> Iterator[object]:
        return ijson.items(io.BytesIO(self.whole(member, limit_bytes=10**8).partition(b"= ")[2]), path, use_float=True)

    def rows(self, member: str) -> Iterator[Mapping[str, str]]:
        raise AssertionError(f"an archive of X has no table: {member}")

    def whole(self, member: str, *, limit_bytes: int) -> bytes:
        self.opened.append(member)
        return self.zip.read(member)


def script(name: str, value: object) -> bytes:
    return f"window.YTD.{name}.part0 = {json.dumps(value, indent=2)}".encode()


def archive(tweets: list[Any], *, folder: str = "data/", notes: list[Any] | None = None, username: str = "example_csd", more: Mapping[str, bytes] | None = None) -> ZippedExport:
    about = {"account": {"username": username, "accountId": "7", "email": PRIVATE, "phoneNumber": PRIVATE, "accountDisplayName": "Example CSD"}}
    members = {
        f"{folder}account.js": script("account", [about]),
        f"{folder}tweets.js": script("tweets", [{"tweet": tweet} for tweet in tweets]),
        **{f"{folder}{name}.js": script(name, [{"secret": {"text": PRIVATE, "full_text": PRIVATE, "id_str": "1"}}]) for name in NEVER},
        "data/direct_messages_media/1-a.jpg": PRIVATE.encode(), "Your archive.html": PRIVATE.encode(),
        **(more or {}),
    }
    if notes is not None:
        members[f"{folder}note-tweet.js"] = script("note_tweet", [{"noteTweet": note} for note in notes])
    return ZippedExport(members)


def read(export: ZippedExport) -> tuple[list[Portion], list[Parsed]]:
    plugin = collectors()["x"]
    assert plugin.export
    assert plugin.export.recognises(export.names)
    portions = [replace(portion, items=list(portion.items)) for portion in plugin.export.read(export, ACCOUNT)]
    pages = [page(portion.part, portion.items, portion.context) for portion in portions]
    return portions, [plugin.parse(one) for one in pages]


def page(part: str, body: object, context: Mapping[str, str] | None = None) -> Page:
    return Page(ACCOUNT.key, part, "https://x.example/", 200, {}, json.dumps(body).encode(), datetime(2026, 11, 20, tzinfo=UTC), context or {})


def posts(export: ZippedExport) -> list[Post]:
    _, parsed = read(export)
    assert [mark for each in parsed for mark in each.marked] == []
    return [post for each in parsed for post in each.posts]


# -- the same post by both ways ----------------------------------------------------------------------------------------

DAY = datetime(2026, 10, 5, 14, 30, 7, tzinfo=UTC)
ID, OLD, OTHER = number(DAY), number(DAY.replace(minute=10)), number(DAY.replace(day=1))
LEGACY, ISO = "Mon Oct 05 14:30:07 +0000 2026", "2026-10-05T14:30:07.000Z"
TEXT = "Snow &amp; ice: https://t.co/a <3 @a_parent #snow".replace("<", "&lt;")
FILMS = [("256000", "https://video.twimg.com/s.mp4?tag=9"), ("832000", "https://video.twimg.com/vid/640x360/L_x1.mp4?tag=9")]
OWN = f"https://twitter.com/example_csd/status/{ID}"


def urls(*pairs: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"url": short, "expanded_url": full, "display_url": full[8:20], "start": 0, "end": 23} for short, full in pairs]


def by_api(text: str, **more: Any) -> dict[str, Any]:
    return {"id": ID, "text": text, "author_id": "7", "created_at": ISO, "lang": "en", "edit_history_tweet_ids": [ID], **more}


def by_archive(text: str, **more: Any) -> dict[str, Any]:
    return {"id_str": ID, "id": ID, "full_text": text, "created_at": LEGACY, "lang": "en", "truncated": False, "retweeted": False,
            "source": '<a href="https://mobile.twitter.com">Twitter Web App</a>', "favorite_count": "4", **more}


PICTURES_API = [
    {"media_key": "3_1", "type": "photo", "url": "https://pbs.twimg.com/media/AbC.jpg", "alt_text": "The gym"},
    {"media_key": "7_1", "type": "video", "preview_image_url": "https://pbs.twimg.com/thumb.jpg",
     "variants": [{"bit_rate": int(rate), "content_type": "video/mp4", "url": url} for rate, url in FILMS]},
]
PICTURES_ARCHIVE = [
    {"type": "photo", "media_url_https": "https://pbs.twimg.com/media/AbC.jpg", "ext_alt_text": "The gym", "url": "https://t.co/p", "expanded_url": f"{OWN}/photo/1"},
    {"type": "video", "media_url_https": "https://pbs.twimg.com/thumb.jpg", "url": "https://t.co/p", "expanded_url": f"{OWN}/photo/1",
     "video_info": {"variants": [{"bitrate": rate, "content_type": "video/mp4", "url": url} for rate, url in FILMS] + [{"content_type": "application/x-mpegURL", "url": "https://video.twimg.com/l.m3u8"}]}},
]
BEGUN = "Dear families, here is all that we know about the new bus routes, for which many of you have asked us since the first day of school"
LONG = f"{BEGUN}, and it is a good deal: https://t.co/n"
PAIRS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "words": (
        by_api(TEXT, entities={"urls": urls(("https://t.co/a", "https://example.example/?a=1&b=2")), "mentions": [{"username": "a_parent"}], "hashtags": [{"tag": "snow"}]}), {},
        by_archive(TEXT, entities={"urls": urls(("https://t.co/a", "https://example.example/?a=1&b=2")), "user_mentions": [{"screen_name": "a_parent"}], "hashtags": [{"text": "snow"}]})),
    "pictures": (
        by_api("Look https://t.co/p", attachments={"media_keys": ["3_1", "7_1"]}, entities={"urls": urls(("https://t.co/p", f"{OWN}/photo/1"))}), {"media": PICTURES_API},
        by_archive("Look https://t.co/p", entities={"media": PICTURES_ARCHIVE[:1]}, extended_entities={"media": PICTURES_ARCHIVE})),
    "reply": (
        by_api("@a_parent On Friday", in_reply_to_user_id="9", referenced_tweets=[{"type": "replied_to", "id": OTHER}]), {"users": [{"id": "9", "username": "a_parent"}]},
        by_archive("@a_parent On Friday", in_reply_to_status_id_str=OTHER, in_reply_to_screen_name="a_parent")),
    "quote": (
        by_api("So true https://t.co/q", referenced_tweets=[{"type": "quoted", "id": OTHER}], entities={"urls": urls(("https://t.co/q", f"https://twitter.com/a_parent/status/{OTHER}"))}), {},
        by_archive("So true https://t.co/q", entities={"urls": urls(("https://t.co/q", f"https://twitter.com/a_parent/status/{OTHER}"))})),
    "quote that X no longer tells": (
        by_api("So true https://t.co/q https://t.co/p", attachments={"media_keys": ["3_1"]}, entities={"urls": urls(("https://t.co/q", f"https://x.com/a_parent/status/{OTHER}?s=20"), ("https://t.co/p", f"{OWN}/photo/1"))}), {"media": PICTURES_API[:1]},
        by_archive("So true https://t.co/q https://t.co/p", entities={"urls": urls(("https://t.co/q", f"https://x.com/a_parent/status/{OTHER}?s=20"))}, extended_entities={"media": PICTURES_ARCHIVE[:1]})),
    "edited": (
        by_api("School at 9", edit_history_tweet_ids=[OLD, ID]), {},
        by_archive("School at 9", edit_info={"edit": {"initialTweetId": OLD, "editControlInitial": {"editTweetIds": [OLD, ID]}}})),
    "never edited": (by_api("Hello"), {}, by_archive("Hello", edit_info={"initial": {"editTweetIds": [ID]}})),
    "long": (
        by_api(f"{BEGUN}… https://t.co/s", note_tweet={"text": LONG, "entities": {"urls": urls(("https://t.co/n", "https://example.example/bus"))}},
               entities={"urls": urls(("https://t.co/s", f"https://twitter.com/i/web/status/{ID}"))}), {},
        by_archive(f"{BEGUN}… https://t.co/s", entities={"urls": urls(("https://t.co/s", f"https://twitter.com/i/web/status/{ID}"))})),
}
NOTE = {
    "noteTweetId": str(int(ID) - 4_000_000), "createdAt": ISO, "lifecycle": {"name": "Visible"},
    "core": {"text": LONG, "urls": [{"shortUrl": "https://t.co/n", "expandedUrl": "https://example.example/bus"}], "mentions": [], "hashtags": []},
}


@pytest.mark.parametrize("name", PAIRS)
def test_the_same_post_by_api_and_by_archive_is_one(name: str) -> None:
    api, includes, archived = PAIRS[name]
    asked = page("timeline", {"data": [api], "includes": includes}, {"account_id": "7"})
    (one,) = collectors()["x"].parse(asked).posts
    (other,) = posts(archive([archived], notes=[NOTE]))
    assert (one.id, one.kind, one.text, one.links) == (other.id, other.kind, other.text, other.links)
    assert [(item.type, item.url, item.alt) for item in one.media] == [(item.type, item.url, item.alt) for item in other.media]
    assert (one.created_at, one.edited_at, one.url, one.lang) == (other.created_at, other.edited_at, other.url, other.lang)
    assert (one.mentions, one.hashtags) == (other.mentions, other.hashtags) or name == "reply"
    assert fingerprint(one) == fingerprint(other)
    assert read_post(json.loads(json.dumps(post_json(other)))) == other


def test_a_repost_names_its_author_and_what_an_archive_tells_of_it() -> None:
    shared = by_archive("RT @WG_Mascot: What a &amp; day https://t.co/p", entities={"user_mentions": [{"screen_name": "WG_Mascot"}], "urls": []},
                        extended_entities={"media": [{**PICTURES_ARCHIVE[0], "source_status_id_str": OTHER}]})
    with_picture, without = posts(archive([shared, by_archive("RT @WG_Mascot: Only words")]))
    assert with_picture.repost_of
    assert without.repost_of
    assert (with_picture.kind, with_picture.text, with_picture.repost_of.id) == ("repost", "What a & day", f"x:{OTHER}")
    assert (without.kind, without.text, without.repost_of.account, without.repost_of.id) == ("repost", "Only words", "x:WG_Mascot", "")


def test_a_long_form_is_only_given_to_its_own_post() -> None:
    another = {**NOTE, "noteTweetId": number(DAY.replace(day=7))}
    (post,) = posts(archive([PAIRS["long"][2]], notes=[another]))
    assert post.text == f"{BEGUN}…"


@pytest.mark.parametrize("text", [
    "We… did it! Regional champions, what a night.", "We…", "We… https://t.co/s", f"{BEGUN[:90]}… https://t.co/s",
    f"{BEGUN}… as we said https://t.co/s", f"{BEGUN}… https://example.example/s",
])
def test_a_post_that_was_not_cut_keeps_its_words(text: str) -> None:
    """X cuts at 280, of which a letter of any script takes at most two, and writes its own link after it."""
    another = {**NOTE, "core": {"text": f"{text.partition('…')[0]} are hiring a bus driver. And more."}}
    (post,) = posts(archive([by_archive(text)], notes=[another]))
    assert post.text == text


def test_many_long_forms_cost_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each post looks among those of its own minute, not among all."""
    moments, asked = [DAY - timedelta(minutes=each) for each in range(300)], list[str]()
    monkeypatch.setattr(_x_archive, "made_at", lambda native: asked.append(native) or made_at(native))
    tweets = [by_archive(f"{BEGUN}… https://t.co/s", id_str=number(moment)) for moment in moments]
    notes = [NOTE | {"noteTweetId": number(moment), "core": {"text": f"{BEGUN}, {moment}"}} for moment in moments]
    (portion, *more), _ = read(archive(tweets, notes=notes))
    assert [item["noteTweet"]["core"]["text"] for part in (portion, *more) for item in part.items] == [f"{BEGUN}, {moment}" for moment in moments]
    assert len(asked) < 10 * len(moments)


def test_what_a_file_says_of_one_moment_is_read_in_linear_time(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = list[str]()
    begins = _x_archive._begins
    monkeypatch.setattr(_x_archive, "_begins", lambda note, beginning: begun.append(beginning) or begins(note, beginning))
    tweets = [by_archive(f"{BEGUN}… https://t.co/s", id_str=number(DAY, each)) for each in range(300)]
    notes = [NOTE | {"noteTweetId": number(DAY, each)} for each in range(300)]
    (portion,), _ = read(archive(tweets, notes=notes))
    assert all("noteTweet" in item for item in portion.items)
    assert len(begun) <= 300 * 40


def test_a_picture_whose_address_is_none_has_its_file_all_the_same() -> None:
    picture = {**PICTURES_ARCHIVE[0], "media_url_https": "https://[/AbC.jpg"}
    export = archive([by_archive("Look", extended_entities={"media": [picture]})], more={f"data/tweets_media/{ID}-AbC.jpg": b""})
    (post,) = posts(export)
    reads = collectors()["x"].export
    assert reads
    assert reads.member_of(export, post, post.media[0]) == f"data/tweets_media/{ID}-AbC.jpg"


def test_many_addresses_in_a_long_text_are_read_in_linear_time() -> None:
    """Were the last word looked for at each of them, this would take minutes."""
    addresses = [Address(f"https://t.co/{each}", f"https://x.com/a/status/{each}") for each in range(30_000)]
    words = read_words("one two " * 100_000 + "https://t.co/9", addresses, ())
    assert words.quoted == ("9", "a")


# -- what is read ------------------------------------------------------------------------------------------------------


def test_nothing_private_is_opened_or_handed_on() -> None:
    export = archive([by_archive("Public")], notes=[NOTE])
    portions, parsed = read(export)
    assert set(export.opened) == {"data/account.js", "data/tweets.js", "data/note-tweet.js"}
    assert PRIVATE not in json.dumps([list(portion.items) for portion in portions])
    assert PRIVATE not in repr((portions, parsed))


def test_every_part_is_read() -> None:
    more = {f"data/tweets-part{part}.js": script("tweets", [{"tweet": by_archive(f"Part {part}", id_str=number(DAY.replace(second=part)))}]) for part in (1, 2)}
    many = [by_archive(f"Note {each}", id_str=number(DAY, each)) for each in range(450)]
    portions, parsed = read(archive(many, more=more))
    assert [(portion.member, len(portion.items)) for portion in portions] == [
        ("data/tweets-part1.js", 1), ("data/tweets-part2.js", 1), ("data/tweets.js", 450)]
    assert {portion.part for portion in portions} == {"export:posts"}
    assert len({post.id for each in parsed for post in each.posts}) == 452


@pytest.mark.parametrize("folder", ["data/", "", "twitter-2026-10-05/data/"])
def test_archives_of_other_years_have_their_members_elsewhere(folder: str) -> None:
    assert [post.text for post in posts(archive([by_archive("Hello")], folder=folder))] == ["Hello"]


def test_the_archive_of_another_account_is_refused() -> None:
    export = archive([by_archive("Hello")], username="somebody_else")
    with pytest.raises(PageError, match="@somebody_else") as other:
        read(export)
    assert (other.value.code, other.value.account) == ("foreign-id", ACCOUNT.key)
    assert export.opened == ["data/account.js"]


def test_the_archive_of_a_protected_account_is_refused() -> None:
    def with_changes(*changes: Any) -> ZippedExport:
        return archive([by_archive("Hello")], more={"data/protected-history.js": script("protected_history", [{"protectedHistory": one} for one in changes])})

    once, later = "2026-06-01T10:00:00.000Z", "2026-09-01T10:00:00.000Z"
    protected, opened = {"protectedAt": once, "action": "Protect"}, {"protectedAt": later, "action": "Unprotect"}
    assert len(posts(with_changes())) == 1
    assert len(posts(with_changes(opened, protected))) == 1, "open since September"
    for export in (with_changes(protected), with_changes(protected, opened, {"protectedAt": "2026-10-01", "action": "Protect"})):
        with pytest.raises(PageError, match="protected since") as refused:
            read(export)
        assert refused.value.code == "not-public"
        assert not any("tweets" in member for member in export.opened)
    for odd in ("a word", {"action": "Protect"}, {"protectedAt": 5, "action": "Protect"}):
        with pytest.raises(PageError, match="may not be public"):
            read(with_changes(odd))


def test_other_files_are_not_taken_for_one() -> None:
    plugin = collectors()["x"]
    assert plugin.export
    for names in ((), ("data/tweets.js",), ("data/account.js", "data/deleted-tweets.js"), ("outbox.json", "actor.json"),
                  ("tweets.js/account.js", "x/data/tweets.js")):
        assert not plugin.export.recognises(frozenset(names))


def test_a_pictures_file_is_found_by_its_post() -> None:
    plugin = collectors()["x"]
    assert plugin.export
    names = (f"data/tweets_media/{ID}-AbC.jpg", f"data/tweets_media/{ID}-L_x1.mp4", f"data/tweets_media/{OTHER}-AbC.jpg")
    edited = PAIRS["edited"][2] | {"extended_entities": {"media": PICTURES_ARCHIVE}}
    for tweet in (PAIRS["pictures"][2], edited):
        export = archive([tweet], more=dict.fromkeys(names, b"picture"))
        (post,) = posts(export)
        assert [plugin.export.member_of(export, post, item) for item in post.media] == list(names[:2])
    bare = archive([PAIRS["pictures"][2]])
    assert {plugin.export.member_of(bare, post, item) for post in posts(bare) for item in post.media} == {""}


def test_a_broken_post_is_marked_and_the_others_go_on() -> None:
    _, (parsed,) = read(archive([by_archive("Fine"), {"id_str": "7"}, by_archive("No id", id_str=None, id=None), by_archive("Never", created_at="soon"), by_archive("Also fine")]))
    assert [post.text for post in parsed.posts] == ["Fine", "Also fine"]
    assert len(parsed.marked) == 3


# -- beside the API, in one archive --------------------------------------------------------------------------------------


@pytest.fixture
def district(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[District]:
    with settled(tmp_path / "district", monkeypatch) as district:
        yield district


def downloaded(server: StandInX, names: Mapping[str, str], folder: Path) -> Path:
    """What the owner of the stand-in's account would download."""
    tweets = []
    for name, native in names.items():
        post = server.posts[native]
        links = [{"url": link["url"], "expanded_url": link["expanded_url"]} for link in post.get("entities", {}).get("urls", []) if "media_key" not in link]
        tweets.append({"id_str": native, "full_text": post["text"], "lang": "en", "created_at": f"{post['at']:%a %b %d %H:%M:%S} +0000 {post['at'].year}", "entities": {"urls": links}})
        if name == "reply":
            tweets[-1] |= {"in_reply_to_status_id_str": post["refs"]["replied_to"], "in_reply_to_screen_name": "a_parent"}
        if name == "picture":
            tweets[-1]["extended_entities"] = {"media": [
                {"type": "photo", "url": "https://t.co/pic", "expanded_url": "", "media_url_https": server.media["3_1"]["url"], "ext_alt_text": "The new gym"},
                {"type": "video", "url": "https://t.co/pic", "expanded_url": "", "media_url_https": "", "video_info": {"variants": [
                    {"bitrate": str(film["bit_rate"]), "content_type": "video/mp4", "url": film["url"]} for film in server.media["7_1"]["variants"]]}}]}
    long = names["long"]
    note = {"noteTweetId": str(int(long) - 4000), "core": {"text": server.posts[long]["note"]["text"], "urls": [{"shortUrl": "https://t.co/n", "expandedUrl": "https://example.example/letter"}]}}
    export = archive(tweets, notes=[note], more={f"data/tweets_media/{names['picture']}-a.png": PICTURE})
    file = folder / "twitter-2026-11-20.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in export.members.items():
            packed.writestr(name, data)
    return file


def take_in(district: District, file: Path) -> tuple[int, int]:
    with chosen(district.workspace, file, KEY) as export, Archive(district.workspace.archive, operator="test", parse=parse_page) as held:
        outcome = take(held, export, "run", clock=lambda: NOW)
        assert verify(held, quick=False, now=NOW).problems == ()
        assert outcome.marked == []
    return outcome.new, outcome.edited


@pytest.mark.parametrize("first", ["api", "export"])
def test_one_post_with_both_captures_whichever_comes_first(district: District, tmp_path: Path, first: str) -> None:
    names = fill(district.server)
    del district.server.posts[names.pop("poll")]  # an archive has no polls: a post with one is another version there
    file = downloaded(district.server, names, tmp_path)
    if first == "export":
        assert take_in(district, file) == (6, 0)
        assert district.visit().new == 0
    else:
        assert district.visit().new == 6
    assert take_in(district, file) == (0, 0)
    again = district.visit()
    assert (again.new, again.edited, again.gone) == (0, 0, 0)
    with Archive(district.workspace.archive, operator="test", parse=parse_page, afresh=True) as held, held.store.begin() as connection:
        for name, native in names.items():
            told = versions(connection, f"x:{native}")
            # The words that X shows of a repost are news after an archive, which cuts them off.
            assert len(told) == (2 if (name, first) == ("repost", "export") else 1), name
            assert len(captures(connection, f"x:{native}")) == 2, name
        assert versions(connection, f"x:{names['repost']}")[-1].post.text == "The whole long story of our mascot, told once"
    assert PRIVATE.encode() not in every_byte(district.workspace.folder)
