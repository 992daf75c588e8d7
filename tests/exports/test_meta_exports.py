"""The exports of Facebook and Instagram: what is public of them, whatever their layout, and nothing else opened."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ijson
import pytest

from rollbook.archive.archive import Archive
from rollbook.archive.verify import verify
from rollbook.collect import parse_page
from rollbook.errors import PageError
from rollbook.exports import Portion
from rollbook.importing import chosen, take
from rollbook.plugins import collectors
from rollbook.types import Account, Page, Parsed

from .building import CANARY, district, every_byte, zipped

NOW = datetime(2026, 10, 9, 12, 0, tzinfo=UTC)
PAGE, PROFESSIONAL = Account("facebook:QuarryBay.CSD", "district"), Account("instagram:quarrybaycsd", "district")


class ExportInMemory:
    """An export whose private members must not be opened."""

    def __init__(self, members: Mapping[str, Any]) -> None:
        self.members, self.opened = dict(members), list[tuple[str, str]]()

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.members)

    def values(self, member: str, path: str = "item") -> Iterator[object]:
        self.opened.append((member, path))
        assert not any(word in member for word in ("messages", "friends", "ads", "security", "archived", "others_posts")), member
        yield from ijson.items(io.BytesIO(json.dumps(self.members[member]).encode()), path)

    @property
    def document(self) -> bytes:
        return b""

    def rows(self, member: str) -> Iterator[Mapping[str, str]]:
        raise AssertionError(f"{member} is no table")

    def whole(self, member: str, *, limit_bytes: int) -> bytes:
        raise AssertionError(f"{member} is not read whole")


def broken(text: str) -> str:
    """A text as these exports spell it."""
    return text.encode().decode("latin-1")


def read(export: ExportInMemory, account: Account) -> tuple[list[Portion], Parsed]:
    """As `rollbook import` does: each portion is the body of one page."""
    plugin = collectors()[account.network].export
    assert plugin
    assert plugin.recognises(export.names)
    portions = [replace(portion, items=list(portion.items)) for portion in plugin.read(export, account)]
    parsed = [
        collectors()[account.network].parse(Page(
            account.key, portion.part, "", 200, {}, json.dumps(portion.items).encode(), datetime.now(UTC), portion.context,
        )) for portion in portions
    ]
    posts = tuple(post for one in parsed for post in one.posts)
    return portions, Parsed(posts, tuple(mark for one in parsed for mark in one.marked))


PRIVATE = {
    "messages/inbox/a_parent_1/message_1.json": {"messages": [{"content": "private"}]},
    "your_facebook_activity/messages/inbox/a/message_1.json": {"messages": []}, "friends_and_followers/friends.json": {},
    "ads_information/advertisers.json": {}, "security_and_login_information/logins.json": {},
    "your_facebook_activity/posts/others_posts_1.json": [],
}
POSTS = [
    {"timestamp": 1793000000, "data": [{"post": broken("Café opens — ¡bienvenidos! ☕ #Lunch")}], "title": "Quarry Bay updated their status."},
    {"timestamp": 1793000100, "data": [], "attachments": [{"data": [
        {"media": {"uri": "posts/media/gym.jpg", "creation_timestamp": 1793000100, "description": broken("5 °C in the gym")}},
        {"media": {"uri": "posts/media/film.mp4", "creation_timestamp": 1793000101}},
        {"external_context": {"url": "https://l.facebook.com/l.php?u=https%3A%2F%2Fquarrybay.example%2Fgym"}},
    ]}]},
]


@pytest.mark.parametrize("member", [
    "posts/your_posts.json", "posts/your_posts_1.json", "your_facebook_activity/posts/your_posts_1.json",
    "your_facebook_activity/posts/your_posts__check_ins__photos_and_videos_1.json",
    "facebook-quarrybay-2026-10-05/your_facebook_activity/posts/your_posts_2.json",
    "this_profile's_activity_across_facebook/posts/profile_posts_1.json",
])
def test_every_layout_of_a_facebook_export(member: str) -> None:
    export = ExportInMemory({**PRIVATE, member: POSTS})
    _, parsed = read(export, PAGE)
    assert [name for name, _ in export.opened] == [member], "nothing else is opened"
    first, second = parsed.posts
    assert first.text == "Café opens — ¡bienvenidos! ☕ #Lunch"
    assert first.created_at == datetime(2026, 10, 26, 7, 33, 20, tzinfo=UTC)
    assert first.id.startswith("facebook:export:1793000000-")
    assert (second.text, second.links) == ("5 °C in the gym", ("https://quarrybay.example/gym",))
    assert [(item.type, item.url) for item in second.media] == [("image", "posts/media/gym.jpg"), ("video", "posts/media/film.mp4")]


def test_an_old_facebook_export_keeps_its_posts_under_a_name() -> None:
    _, parsed = read(ExportInMemory({"posts/your_posts.json": {"status_updates": POSTS}}), PAGE)
    assert len(parsed.posts) == 2


def test_what_is_not_public_in_a_facebook_export_is_left_out() -> None:
    hidden = [
        {"timestamp": 1, "data": [{"post": "secret"}], "title": "Quarry Bay posted in Parents of Quarry Bay."},
        {"timestamp": 2, "data": [{"post": "secret"}], "title": broken("Quarry Bay wrote on José's timeline.")},
        {"timestamp": 3, "data": [{"post": "secret"}], "privacy": {"value": "FRIENDS"}},
        {"timestamp": 4, "data": [{"post": "secret"}], "audience": "Only me"},
        {"timestamp": 4, "data": [{"post": "secret"}], "privacy": {"value": ""}, "audience": "friends"},
        {"timestamp": 4, "data": [{"post": "secret"}], "privacy": {"description": "Your friends"}},
        {"timestamp": 5, "data": [{"post": "open"}], "privacy": {"value": "EVERYONE"}},
    ]
    portions, parsed = read(ExportInMemory({"posts/your_posts_1.json": hidden}), PAGE)
    assert [post.text for post in parsed.posts] == ["open"]
    assert "secret" not in json.dumps([portion.items for portion in portions]), "nor is it archived"
    parsed = collectors()["facebook"].parse(Page(PAGE.key, "file", "", 200, {}, json.dumps(hidden).encode(), NOW))
    assert [post.text for post in parsed.posts] == ["open"]
    assert {mark.problem for mark in parsed.marked} == {
        "not-public: was not read in: marked for others than everybody", "not-public: was not read in: whether in the account's own place, for everybody, is not said",
    }


OWN_PLACE = (
    "Quarry Bay updated its status.", "Ana Ruiz updated her status.", "Quarry Bay added a new photo.", "Quarry Bay added 12 new photos.",
    "Quarry Bay shared a link.", "Quarry Bay shared an event.", "Quarry Bay was live.", "Shared from Instagram",
)
ELSEWHERE = (
    "Jane Doe posted in Band Parents.", "Jane Doe shared a link to the group: Band Parents.", "Jane Doe shared a post to the group: Band Parents.",
    "Jane Doe added a new photo to Band Parents' timeline.", "Jane Doe shared a link to José's timeline.", "Jane Doe wrote on José's timeline.",
    "Jane Doe posted in We shared a link.", "Ana Ruiz publicó en el grupo Padres de 3º B.", "Jane Doe hat in der Gruppe Elternrat gepostet.",
    "Ana Ruiz actualizó su estado.", "Jane Doe",
)


def test_a_title_says_whose_place_it_is_or_the_item_is_counted_and_told() -> None:
    """Facebook spells it in the language of the profile; what is not known is not the account's own place."""
    titled = [{"timestamp": 9, "title": broken(title), "data": [{"post": title}]} for title in (*OWN_PLACE, *ELSEWHERE)]
    stated = [{"timestamp": 9, "data": [{"post": "secret"}], "privacy": {"value": "FRIENDS"}}] * 2
    portions, parsed = read(ExportInMemory({"posts/your_posts_1.json": [*titled, *stated]}), PAGE)
    assert [post.text for post in parsed.posts] == list(OWN_PLACE)
    assert [mark.problem for mark in parsed.marked] == [
        f"not-public: {len(ELSEWHERE)} items were not read in: whether in the account's own place, for everybody, is not said",
        "not-public: 2 items were not read in: marked for others than everybody",
    ]
    assert not any(title in json.dumps([portion.items for portion in portions], ensure_ascii=False) for title in ELSEWHERE[:-1])
    said = [{"timestamp": 9, "title": ELSEWHERE[7], "data": [{"post": "open"}], "privacy": {"value": "EVERYONE"}}]
    assert [post.text for post in read(ExportInMemory({"posts/your_posts_1.json": said}), PAGE)[1].posts] == ["open"]


def test_an_export_of_somebody_else_is_refused() -> None:
    whose: dict[str, Any] = {"profile_v2": {"name": {"full_name": "A Person"}, "profile_uri": "https://www.facebook.com/a.person"}}
    export = ExportInMemory({"profile_information/profile_information.json": whose, "posts/your_posts_1.json": POSTS})
    with pytest.raises(PageError, match=r"of a\.person, not of QuarryBay\.CSD") as foreign:
        read(export, PAGE)
    assert foreign.value.code == "foreign-id"
    assert export.opened == [("profile_information/profile_information.json", "profile_v2.profile_uri")], "that value only"
    for address in ("https://www.facebook.com/quarrybaycsd/", "https://www.facebook.com/profile.php?id=1090001", None, ""):
        whose["profile_v2"]["profile_uri"] = address
        assert len(read(export, PAGE)[1].posts) == 2, "what cannot be compared is not held against it"


@pytest.mark.parametrize("folder", ["your_instagram_activity/media", "your_instagram_activity/content", "content", "instagram-q/media"])
def test_every_layout_of_an_instagram_export(folder: str) -> None:
    posts = [
        {"media": [{"uri": "media/posts/202610/a.jpg", "creation_timestamp": 1793000000, "title": broken("Café ☕ #Lunch @quarrybay.library")}]},
        {"title": broken("¡Hola!"), "creation_timestamp": 1793000105, "media": [
            {"uri": "media/posts/b.jpg", "creation_timestamp": 1793000100, "title": ""},
            {"uri": "media/posts/c.mp4", "creation_timestamp": 1793000101, "title": ""},
        ]},
    ]
    export = ExportInMemory({
        f"{folder}/posts_1.json": posts, f"{folder}/stories.json": {"ig_stories": [{"uri": "media/stories/s.mp4", "creation_timestamp": 1793000300, "title": ""}]},
        f"{folder}/reels.json": {"ig_reels_media": [{"media": [{"uri": "media/reels/r.mp4", "creation_timestamp": 1793000200, "title": "Film"}]}]},
        f"{folder}/archived_posts.json": {}, "your_instagram_activity/messages/inbox/a/message_1.json": {}, "connections/followers_and_following/friends.json": [],
        "ads_information/ads.json": {},
    })
    portions, parsed = read(export, PROFESSIONAL)
    assert [portion.part for portion in portions] == ["export:posts", "export:reels", "export:stories"]
    assert [post.text for post in parsed.posts] == ["Café ☕ #Lunch @quarrybay.library", "¡Hola!", "Film"]
    assert [len(post.media) for post in parsed.posts] == [1, 2, 1]
    assert parsed.posts[0].mentions == ("quarrybay.library",)
    assert all(post.id.startswith("instagram:export:17930") for post in parsed.posts)


def labelled(*values: Any, at: int, **further: Any) -> dict[str, Any]:
    """An item of the layout that has labels."""
    values = tuple({"label": label, "value": value} if isinstance(value, str) else {"label": label, **value} for label, value in values)
    return {"timestamp": at, "media": [], "label_values": list(values), "fbid": "17900000000000001", **further}


def file(name: str, at: int, title: str = "") -> dict[str, Any]:
    return {"uri": f"media/posts/{name}", "creation_timestamp": at, "title": broken(title), "media_metadata": {"photo_metadata": {"exif_data": [{"latitude": CANARY}]}}}


PUBLISHED = (("Draft", "False"), ("Published", "True"))
LABELLED = [
    labelled(("Media", {"media": [file("a.jpg", 1793000000, "Café ☕ @quarrybay.library")]}), *PUBLISHED, ("Latitude", CANARY), at=1793000000),
    labelled(
        ("Caption", broken("¡Hola!")), ("Media", {"media": [file("b.jpg", 1793000099)]}), *PUBLISHED, ("Tagged users", {"dict": [{"dict": [{"label": "Name", "value": CANARY}]}]}),
        ("", {"title": "Carousel", "dict": [{"dict": [{"label": "Media", "media": [file("c.mp4", 1793000099), file("c.srt", 1793000099)]}]}, {"dict": [{"label": "Media", "media": [file("d.jpg", 1793000099)]}]}]}),
        at=1793000100, title=broken("¡Hola!"),
    ),
]


def test_the_newer_layout_of_an_instagram_export() -> None:
    """Its files hang at any depth below its labels, and what nobody was shown stays in the file."""
    portions, parsed = read(ExportInMemory({"your_instagram_activity/media/posts.json": LABELLED}), PROFESSIONAL)
    assert [post.text for post in parsed.posts] == ["Café ☕ @quarrybay.library", "¡Hola!"]
    assert [[item.url for item in post.media] for post in parsed.posts] == [["media/posts/a.jpg"], ["media/posts/b.jpg", "media/posts/c.mp4", "media/posts/d.jpg"]]
    assert [int(post.created_at.timestamp()) for post in parsed.posts] == [1793000000, 1793000100]
    assert parsed.marked == ()
    assert CANARY not in json.dumps([portion.items for portion in portions])
    alone = collectors()["instagram"].parse(Page(PROFESSIONAL.key, "file", "", 200, {}, json.dumps(LABELLED).encode(), NOW))
    assert (alone.posts, alone.marked) == (parsed.posts, ())


@pytest.mark.parametrize(("values", "why"), [
    ([("Draft", "True")], "marked 'Draft'"), ([("Draft", "False"), ("Published", "false")], "not published"),
    ([("Published", "True"), ("Is archived", "True")], "marked 'Is archived'"), ([("Draft", "False"), ("Audience", "Close friends")], "marked 'Audience'"),
    ([("Published", {"value": False})], "not published"), ([("Draft", "True"), ("Draft", "")], "marked 'Draft'"),
    ([("Published", "True"), ("Audience", {"dict": [{"label": "Name", "value": "Close friends"}]})], "marked 'Audience'"),
    ([("Published", "True"), ("", {"dict": [{"label": "Archived", "value": "True"}]})], "marked 'Archived'"),
    ([("Published", "True"), ("Visibility", "Followers")], "marked 'Visibility'"),
    ([("Published", "")], "whether they were published is not said, or in another language than English"),
    ([("Caption", "secret")], "whether they were published is not said, or in another language than English"),
    ([("Brouillon", "Faux"), ("Publié", "Vrai")], "whether they were published is not said, or in another language than English"),
])
def test_what_the_newer_layout_does_not_call_published_is_counted_only(values: list[tuple[str, Any]], why: str) -> None:
    items = [labelled(("Media", {"media": [file(f"{number}.jpg", 5, "secret")]}), *values, at=5) for number in range(2)]
    portions, parsed = read(ExportInMemory({"content/posts.json": items}), PROFESSIONAL)
    assert (parsed.posts, [mark.problem for mark in parsed.marked]) == ((), [f"not-public: 2 items were not read in: {why}"])
    assert "secret" not in json.dumps([portion.items for portion in portions])
    alone = collectors()["instagram"].parse(Page(PROFESSIONAL.key, "file", "", 200, {}, json.dumps(items).encode(), NOW))
    assert (alone.posts, len(alone.marked)) == ((), 2)


def test_a_post_that_stands_in_both_layouts_is_one_and_a_draft_stays_one() -> None:
    """The older member does not say what is a draft."""
    draft = labelled(("Media", {"media": [file("draft.jpg", 7, "secret")]}), ("Draft", "True"), at=7)
    foreign = labelled(("Média", {"media": [file("e.jpg", 8, "In French")]}), ("Brouillon", "Faux"), at=8)
    older = [
        {"media": [file("a.jpg", 1793000000, "Café ☕ @quarrybay.library")]}, {"media": [file("draft.jpg", 7, "secret")]},
        {"media": [file("b.jpg", 1793000099)], "title": "¡Hola!", "creation_timestamp": 1793000100}, {"media": [file("e.jpg", 8, "In French")]},
        {"media": [file("only.jpg", 9, "Only in the older")]}, {"media": [file("d.jpg", 10), file("more.jpg", 10)], "title": "More files"},
    ]
    folder = "your_instagram_activity/media"
    portions, parsed = read(ExportInMemory({f"{folder}/posts_1.json": older, f"{folder}/posts.json": [*LABELLED, draft, foreign]}), PROFESSIONAL)
    assert [post.text for post in parsed.posts] == ["Café ☕ @quarrybay.library", "¡Hola!", "In French", "Only in the older"]
    assert [mark.problem.partition("read in: ")[2] for mark in parsed.marked] == [
        "marked 'Draft'", "whether they were published is not said, or in another language than English",
        "some of their files stand in another item too: which of the two is whole is not said",
    ]
    assert "secret" not in json.dumps([portion.items for portion in portions])


@pytest.mark.parametrize("names", [("content/posts_1.json", "media/posts.json"), ("content/posts_1.json", "content/reels.json")])
def test_a_draft_is_met_before_the_member_that_does_not_say_so(names: tuple[str, str]) -> None:
    draft = labelled(("Media", {"media": [file("draft.jpg", 7, "secret")]}), ("Draft", "True"), at=7)
    members = dict(zip(names, ([{"media": [file("draft.jpg", 7, "secret")]}], [draft]), strict=True))
    portions, parsed = read(ExportInMemory(members), PROFESSIONAL)
    assert (parsed.posts, len(parsed.marked)) == ((), 1)
    assert "secret" not in json.dumps([portion.items for portion in portions])


@pytest.mark.parametrize("member", ["personal_information/personal_information/personal_information.json", "q/account_information/personal_information.json"])
def test_an_instagram_export_says_whose_it_is_and_whether_everybody_sees_it(member: str) -> None:
    """Only where its account is in English; of what else stands there nothing is read."""
    def about(**labels: str) -> dict[str, Any]:
        return {"profile_user": [{"title": "", "string_map_data": {
            "Email": {"value": CANARY}, **{label.replace("_", " "): {"href": "", "value": value, "timestamp": 0} for label, value in labels.items()}}}]}

    posts = {"your_instagram_activity/media/posts_1.json": [{"media": [file("a.jpg", 5, "Hello")]}]}
    good: list[Any] = [about(Username="QuarryBayCSD", Private_Account="False"), about(Nombre_de_usuario="quarrybaycsd"), {"profile_user": "x"}, []]
    for told in good:
        portions, parsed = read(ExportInMemory({**posts, member: told}), PROFESSIONAL)
        assert [post.text for post in parsed.posts] == ["Hello"]
        assert CANARY not in json.dumps([portion.items for portion in portions])
    for wrong, code in ((about(Username="somebody.else"), "foreign-id"), (about(Username="quarrybaycsd", Private_Account="True"), "not-public")):
        with pytest.raises(PageError) as refused:
            read(ExportInMemory({**posts, member: wrong}), PROFESSIONAL)
        assert refused.value.code == code
        assert CANARY not in str(refused.value)


@pytest.mark.parametrize("member", [{"ig_stories": [{"uri": "s.mp4", "creation_timestamp": 5, "title": "secret"}] * 3}, [{"uri": "s.mp4", "creation_timestamp": 5, "title": "secret"}] * 3])
def test_stories_may_be_for_close_friends_and_are_counted_only(member: Any) -> None:
    """The export tells of a story its file, its moment and its words; not whom it was shown to."""
    portions, parsed = read(ExportInMemory({"your_instagram_activity/media/posts_1.json": [], "your_instagram_activity/media/stories.json": member}), PROFESSIONAL)
    assert parsed.posts == ()
    assert [mark.problem for mark in parsed.marked] == [
        "not-public: 3 items were not read in: whether the story was for everybody or for close friends is not said",
    ]
    assert "secret" not in json.dumps([portion.items for portion in portions])
    alone = collectors()["instagram"].parse(Page(PROFESSIONAL.key, "file", "", 200, {}, json.dumps(member).encode(), NOW))
    assert (alone.posts, len(alone.marked)) == ((), 3)


def test_posts_of_one_second_are_told_apart_and_stay_themselves() -> None:
    twice = [{"timestamp": 7, "data": [{"post": "one"}]}, {"timestamp": 7, "data": [{"post": "two"}]}]
    first = [post.id for post in read(ExportInMemory({"posts/your_posts_1.json": twice}), PAGE)[1].posts]
    again = [post.id for post in read(ExportInMemory({"posts/your_posts_1.json": twice[::-1]}), PAGE)[1].posts]
    assert len(set(first)) == 2
    assert first == again[::-1]


@pytest.mark.parametrize("account", [PAGE, PROFESSIONAL], ids=["facebook", "instagram"])
def test_an_import_takes_the_posts_with_their_files_and_nothing_private(account: Account, tmp_path: Path) -> None:
    workspace = district(tmp_path / "district", account.key)
    members = {
        "facebook": {"q/your_facebook_activity/posts/your_posts_1.json": [
            {**POSTS[0], "tags": [{"name": CANARY}]}, {"timestamp": 3, "title": "Q posted in Parents.", "data": [{"post": CANARY}]},
            {**POSTS[1], "attachments": [{"data": [{"media": {
                "uri": "posts/media/gym.jpg", "media_metadata": {"exif": [{"upload_ip": CANARY}]}, "comments": [{"comment": CANARY}],
            }}]}]},
        ], "q/posts/media/gym.jpg": "a picture"},
        "instagram": {"your_instagram_activity/media/posts_1.json": [
            {"media": [{"uri": "media/posts/a.jpg", "creation_timestamp": 1793000000, "title": "The gym", "media_metadata": {"latitude": CANARY}}]},
            {"media": [{"uri": "media/posts/b.jpg", "creation_timestamp": 1793000100, "title": "Lost"}]},
        ], "media/posts/a.jpg": "a picture"},
    }[account.network]
    private = {name: json.dumps({"private": CANARY}) for name in PRIVATE}
    spelled = {name: value if isinstance(value, str) else json.dumps(value) for name, value in members.items()}
    file = zipped(tmp_path / "export.zip", private | spelled)
    for again in (False, True):
        with chosen(workspace, file, account.key) as export, Archive(workspace.archive, operator="test", parse=parse_page) as archive:
            outcome = take(archive, export, "run", clock=lambda: NOW)
            assert verify(archive, quick=False, now=NOW).problems == ()
        assert (outcome.code, outcome.new, outcome.edited) == ("", 0 if again else 2, 0)
    assert CANARY.encode() not in every_byte(workspace.folder)
    assert any(path.read_bytes() == b"a picture" for path in (workspace.archive / "media").rglob("*") if path.is_file())


def test_a_picture_is_found_wherever_the_export_lies() -> None:
    export = ExportInMemory({"fb-2026/posts/your_posts_1.json": POSTS, "fb-2026/posts/media/gym.jpg": b""})
    plugin = collectors()["facebook"].export
    assert plugin
    (_, post) = read(export, PAGE)[1].posts
    assert [plugin.member_of(export, post, item) for item in post.media] == ["fb-2026/posts/media/gym.jpg", ""]


@pytest.mark.parametrize(("account", "member"), [
    (PAGE, POSTS), (PAGE, {"status_updates": POSTS}),
    (PROFESSIONAL, [{"media": [{"uri": "a.jpg", "creation_timestamp": 5, "title": "one"}]}, {"media": [{"uri": "b.jpg", "creation_timestamp": 6}]}]),
    (PROFESSIONAL, {"ig_reels_media": [{"media": [{"uri": "a.mp4", "creation_timestamp": 5}]}, {"media": [{"uri": "b.mp4", "creation_timestamp": 6}]}]}),
])
def test_a_whole_member_is_read_by_its_shape(account: Account, member: Any) -> None:
    """As `rollbook parse` gives it."""
    parsed = collectors()[account.network].parse(Page(account.key, "file", "", 200, {}, json.dumps(member).encode(), datetime.now(UTC)))
    assert (len(parsed.posts), parsed.marked) == (2, ())
    for private in ({"messages": [{"content": "private"}], "participants": []}, {"friends_v2": [{"name": "A", "timestamp": 1}]}):
        page = Page(account.key, "file", "", 200, {}, json.dumps(private).encode(), datetime.now(UTC))
        with pytest.raises(PageError):
            collectors()[account.network].parse(page)


@pytest.mark.parametrize("item", [
    None, 7, "text", [], {}, {"timestamp": "now"}, {"timestamp": 10**30}, {"timestamp": 5, "data": {}}, {"timestamp": 5, "data": [{"post": 7}]},
    {"timestamp": 5, "attachments": [{"data": ["x"]}]}, {"timestamp": 5, "data": [{"post": "\ud800\0"}]},
    {"label_values": [7]}, {"label_values": "x"}, {"label_values": [{"label": "Draft", "value": "False"}, {"media": "x"}]},
    {"media": "x"}, {"media": [7]}, {"creation_timestamp": 5, "uri": 7}, {"creation_timestamp": -5, "title": "x"},
])
@pytest.mark.parametrize("account", [PAGE, PROFESSIONAL], ids=["facebook", "instagram"])
def test_an_odd_item_costs_the_others_nothing(account: Account, item: Any) -> None:
    good = {"timestamp": 9, "data": [{"post": "good"}], "media": [{"creation_timestamp": 9, "title": "good"}]}
    body = json.dumps([item, good]).encode()
    parsed = collectors()[account.network].parse(Page(account.key, "export:posts", "", 200, {}, body, datetime.now(UTC)))
    assert parsed.posts[-1].text == "good"
    assert len(parsed.posts) + len(parsed.marked) == 2
    assert all("\0" not in post.text and post.text.encode() for post in parsed.posts)
