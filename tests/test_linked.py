"""Which account a link leads to, and which links are posts, buttons or a person's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.linked import account_linked, plain_key, site_linked


@pytest.mark.parametrize(("url", "key"), [
    ("https://x.com/WG_CSD", "x:WG_CSD"),
    ("http://www.twitter.com/@WG_CSD/?lang=en#top", "x:WG_CSD"),
    ("https://mobile.twitter.com/WG_CSD/media", "x:WG_CSD"),
    ("https://twitter.com/#!/WG_CSD", "x:WG_CSD"),
    ("https://twitter.com/intent/follow?screen_name=WG_CSD", "x:WG_CSD"),
    ("https://www.facebook.com/LincolnCSD/", "facebook:LincolnCSD"),
    ("https://m.facebook.com/LincolnCSD/photos", "facebook:LincolnCSD"),
    ("https://es-la.facebook.com/pg/LincolnCSD", "facebook:LincolnCSD"),
    ("https://www.facebook.com/pages/Lincoln-School/123456789012", "facebook:123456789012"),
    ("https://www.facebook.com/p/Lincoln-School-100012345678901/", "facebook:100012345678901"),
    ("https://www.facebook.com/profile.php?id=100012345678901", "facebook:100012345678901"),
    ("https://www.facebook.com/plugins/page.php?href=https%3A%2F%2Fwww.facebook.com%2FLincolnCSD&tabs=timeline", "facebook:LincolnCSD"),
    ("https://l.facebook.com/l.php?u=https%3A%2F%2Finstagram.com%2Flincoln", "instagram:lincoln"),
    ("https://fb.com/LincolnCSD", "facebook:LincolnCSD"),
    ("https://instagram.com/lincoln.lions", "instagram:lincoln.lions"),
    ("https://www.instagram.com/lincoln.lions/?hl=en", "instagram:lincoln.lions"),
    ("https://www.youtube.com/@LincolnLions/videos", "youtube:LincolnLions"),
    ("https://youtube.com/channel/UCabcdefghijklmnopqrstuv", "youtube:UCabcdefghijklmnopqrstuv"),
    ("https://www.youtube.com/user/lincolntv", "youtube:lincolntv"),
    ("https://bsky.app/profile/lincoln.example", "bluesky:lincoln.example"),
    ("https://bsky.app/profile/did:plc:abcdefg", "bluesky:did:plc:abcdefg"),
    ("https://www.threads.net/@lincoln.lions", "threads:lincoln.lions"),
    ("https://www.tiktok.com/@lincoln", "tiktok:lincoln"),
    ("https://www.flickr.com/photos/lincoln/albums", "flickr:lincoln"),
    ("https://www.flickr.com/people/12345678@N00/", "flickr:12345678@N00"),
    ("https://www.linkedin.com/school/lincoln-csd/", "linkedin:lincoln-csd"),
    ("https://mastodon.town.example/@library", "mastodon:library@mastodon.town.example"),
    ("https://social.town.example/users/library", "mastodon:library@social.town.example"),
    ("https://mastodon.town.example/@library@Other.example", "mastodon:library@other.example"),
    ("https://m.youtube.com/@LincolnLions?si=abc", "youtube:LincolnLions"),
    ("https://www.youtube.com/c/LincolnTV/featured", "youtube:LincolnTV"),
    ("https://m.youtube.com/channel/UCabcdefghijklmnopqrstuv/videos", "youtube:UCabcdefghijklmnopqrstuv"),
    ("https://www.threads.com/@lincoln.lions?xmt=1", "threads:lincoln.lions"),
    ("https://mbasic.facebook.com/LincolnCSD?ref=page_internal", "facebook:LincolnCSD"),
    ("https://m.tiktok.com/@lincoln?lang=en", "tiktok:lincoln"),
    ("https://bsky.app/profile/@lincoln.example", "bluesky:lincoln.example"),
])
def test_a_profile_is_its_account(url: str, key: str) -> None:
    found = account_linked(url)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize("url", [
    "https://x.com/", "https://x.com/WG_CSD/status/1790000000000000001", "https://twitter.com/intent/tweet?text=Hello",
    "https://twitter.com/share?url=x", "https://x.com/hashtag/lions", "https://x.com/search?q=lions", "https://help.x.com/lions",
    "https://netx.com/lions", "https://x.com/a_name_that_is_far_too_long",
    "https://www.facebook.com/sharer/sharer.php?u=https://www.facebook.com/LincolnCSD", "https://www.facebook.com/share.php?u=x",
    "https://www.facebook.com/dialog/feed?href=https://www.facebook.com/x", "https://www.facebook.com/plugins/like.php?href=https://facebook.com/Lincoln",
    "https://www.facebook.com/LincolnCSD/posts/123", "https://www.facebook.com/groups/lions", "https://www.facebook.com/events/123",
    "https://developers.facebook.com/docs", "https://www.facebook.com/profile.php?id=me", "https://www.facebook.com",
    "https://l.facebook.com/l.php?u=https://l.facebook.com/l.php?u=https://x.com/lions",
    "https://www.instagram.com/p/Cabc/", "https://www.instagram.com/explore/tags/lions/", "https://www.instagram.com/lincoln/p/Cabc/",
    "https://www.youtube.com/watch?v=abcdefghijk", "https://youtu.be/abcdefghijk", "https://www.youtube.com/embed/abcdefghijk",
    "https://www.youtube.com/playlist?list=PL1", "https://www.youtube.com/channel/UCshort",
    "https://bsky.app/profile/lincoln.example/post/3k", "https://bsky.app/intent/compose?text=x",
    "https://www.tiktok.com/@lincoln/video/1", "https://www.tiktok.com/tag/lions", "https://www.flickr.com/photos/lincoln/5123",
    "https://www.linkedin.com/in/somebody", "https://www.linkedin.com/shareArticle?url=x",
    "https://mastodon.town.example/@library/109", "https://medium.example/@somebody", "https://mastodon.town.example/share?text=x",
    "https://x.com/i/lists/1", "https://twitter.com/explore", "https://x.com/home", "https://x.com/i/status/179", "https://x.com/intent/post?text=x",
    "https://www.facebook.com/watch/?v=1", "https://www.facebook.com/event/1", "https://www.facebook.com/share/p/abc/",
    "https://www.facebook.com/story.php?story_fbid=1&id=2", "https://www.facebook.com/permalink.php?id=2", "https://www.facebook.com/reel/123",
    "https://www.instagram.com/reel/Cabc/", "https://www.instagram.com/stories/highlights/17900/", "https://www.instagram.com/accounts/login/",
    "https://www.youtube.com/hashtag/lions", "https://www.youtube.com/shorts/abcdefghijk", "https://www.youtube.com/live/abcdefghijk",
    "https://www.threads.net/search?q=lions", "https://www.tiktok.com/explore", "https://www.tiktok.com/music/x-1", "https://bsky.app/hashtag/lions",
    "https://bsky.app/search?q=lions", "https://medium.com/@somebody", "https://somebody.medium.com/@somebody",
    "mailto:info@school.example", "javascript:void(0)", "https://[", "", "//x.com/lions",
])
def test_posts_buttons_and_people_are_no_accounts(url: str) -> None:
    assert account_linked(url) is None


@pytest.mark.parametrize(("url", "key"), [
    ("https://x.com/WG_CSD/status/1790000000000000001?s=20", "x:WG_CSD"),
    ("https://mobile.twitter.com/WG_CSD/statuses/179/photo/1", "x:WG_CSD"),
    ("https://www.instagram.com/lincoln.lions/reel/Cabc/?igsh=x", "instagram:lincoln.lions"),
    ("https://www.instagram.com/lincoln.lions/p/Cabc/", "instagram:lincoln.lions"),
    ("https://www.instagram.com/stories/lincoln.lions/31790/", "instagram:lincoln.lions"),
    ("https://www.facebook.com/LincolnCSD/posts/pfbid02", "facebook:LincolnCSD"),
    ("https://www.facebook.com/LincolnCSD/videos/123/", "facebook:LincolnCSD"),
    ("https://www.threads.net/@lincoln.lions/post/Cabc", "threads:lincoln.lions"),
    ("https://www.tiktok.com/@lincoln/video/7311", "tiktok:lincoln"),
    ("https://bsky.app/profile/lincoln.example/post/3k", "bluesky:lincoln.example"),
    ("https://www.flickr.com/photos/lincoln/5123", "flickr:lincoln"),
    ("https://mastodon.town.example/@library/109", "mastodon:library@mastodon.town.example"),
    ("https://social.town.example/users/library/statuses/109", "mastodon:library@social.town.example"),
])
def test_a_post_leads_to_its_account_where_posts_are_wanted(url: str, key: str) -> None:
    assert account_linked(url) is None
    found = account_linked(url, posts=True)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize("url", [
    "https://x.com/i/status/179", "https://x.com/i/web/status/179", "https://x.com/search/status/1", "https://www.facebook.com/watch/posts/1",
    "https://www.facebook.com/groups/lions/posts/1", "https://www.facebook.com/share/p/abc/", "https://www.instagram.com/p/Cabc/",
    "https://www.instagram.com/stories/highlights/17900/", "https://www.instagram.com/explore/tags/lions/", "https://www.youtube.com/watch?v=abcdefghijk",
    "https://www.tiktok.com/tag/lions", "https://bsky.app/hashtag/lions", "https://medium.com/@somebody/a-title", "https://twitter.com/hashtag/lions",
])
def test_a_post_that_does_not_name_its_account_leads_to_none(url: str) -> None:
    assert account_linked(url, anywhere=True, posts=True) is None


@pytest.mark.parametrize(("url", "key"), [
    ("https://mrs-kelly-grade3.blogspot.com/2026/09/welcome.html?m=1", "website:https://mrs-kelly-grade3.blogspot.com/"),
    ("https://kelly.weebly.com", "website:https://kelly.weebly.com/"),
    ("https://sites.google.com/view/mrskelly/home", "website:https://sites.google.com/view/mrskelly"),
    ("https://kelly.wixsite.com/grade3/about", "website:https://kelly.wixsite.com/grade3"),
    ("https://mrs-kelly-grade3.example/", "website:https://mrs-kelly-grade3.example/"),
    ("http://mrs-kelly-grade3.example/index.html#top", "website:http://mrs-kelly-grade3.example/"),
])
def test_a_front_page_is_its_site(url: str, key: str) -> None:
    found = site_linked(url)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize("url", [
    "https://news.example/2026/09/story", "https://shop.example/?item=1", "https://sites.google.com/", "https://www.facebook.com/", "https://x.com",
    "https://docs.google.com/", "https://www.nysed.gov/", "https://health.some-county.gov", "https://bit.ly/", "https://localhost/",
    "https://school.example:8443/", "https://user@school.example/", "ftp://school.example/", "https://[", "",
])
def test_other_pages_and_tools_are_nobodys_site(url: str) -> None:
    assert site_linked(url) is None


def test_a_link_that_is_called_ones_own_may_be_anywhere() -> None:
    assert account_linked("https://town.example/@library") is None
    found = account_linked("https://www.town.example/@library", anywhere=True)
    assert found is not None
    assert found.key == "mastodon:library@town.example"
    assert account_linked("https://town.example/about", anywhere=True) is None


@pytest.mark.parametrize(("one", "other"), [
    ("x:@WG_CSD", "x:wg_csd"), ("youtube:@Lincoln", "youtube:lincoln"), ("mastodon:Office@School.Example", "mastodon:office@school.example"),
    ("website:http://WWW.school.example", "website:https://school.example/"), ("wordpress:school.example/blog", "wordpress:http://school.example/blog/"), ("feed:https://school.example/feed/", "feed:https://school.example/feed"),
])
def test_spellings_of_one_account(one: str, other: str) -> None:
    assert plain_key(one) == plain_key(other)


def test_spellings_of_two_accounts() -> None:
    assert plain_key("website:https://school.example/A") != plain_key("website:https://school.example/a")
    assert plain_key("bluesky:did:plc:abc") != plain_key("bluesky:did:plc:ABC")


@given(st.text(max_size=60), st.sampled_from(["https://x.com/", "https://www.facebook.com/", "https://youtube.com/", "https://town.social/", ""]))
def test_no_link_breaks_it(text: str, start: str) -> None:
    site_linked(start + text)
    found = account_linked(start + text, anywhere=True, posts=True)
    if found is not None:
        assert " " not in found.key
        assert found.key.isprintable()
        assert plain_key(found.key)
