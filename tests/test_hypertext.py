"""HTML as a reader sees it."""

from __future__ import annotations

import pytest

from rollbook.errors import PageError
from rollbook.hypertext import LIMIT_CHARACTERS, Anchor, media_type, read_html, web_address


@pytest.mark.parametrize(("html", "text"), [
    ("<p>one</p><p>two<br>three</p>", "one\n\ntwo\nthree"),
    ("<div><div><div>nest</div></div></div><div>next</div>", "nest\nnext"),
    ("<ul><li>a<li>b</ul>after", "a\nb\n\nafter"),
    ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n3"),
    ("  many \n\t spaces\xa0here ", "many spaces\xa0here"),
    ("a<br><br><br><br>b", "a\n\nb"),
    ("&lt;b&gt; &amp;amp; &#128075; &nbsp;", "<b> &amp; 👋"),
    ("shown<script>x = '<p>hidden</p>'</script><style>p {}</style><!-- <p>no</p> --> too", "shown too"),
    ('<span class="invisible">https://</span><span>school.example/a</span>', "https://school.example/a"),
    ('well done <img class="emoji" alt="🎉" src="x.png"> all', "well done 🎉 all"),
    ("half a pair \ud83d and a nul \x00.", "half a pair \N{REPLACEMENT CHARACTER} and a nul\n."),
    ("<p>one</p><script>if (a<!b) { x() }</script><p>two</p>", "one\n\ntwo"),
    ('<script>s = "<!-- x"</script><p>one</p><STYLE>/* <!-- */</STYLE ><p>two</p>', "one\n\ntwo"),
    ("<p>one</p><!--><p>two</p><!---><p>three</p><!-- x --!><p>four</p>", "one\n\ntwo\n\nthree\n\nfour"),
    ("<script src=a />one<!-- <p>no</p> --> <scripts>two", "one two"),
    ("never <b closed", "never <b closed"),
    ("5 < 6 and 7 > 2", "5 < 6 and 7 > 2"),
    ("", ""),
])
def test_words_and_their_lines(html: str, text: str) -> None:
    assert read_html(html).text == text


def test_links_with_their_words_and_marks() -> None:
    html = (
        '<a href="/map">the <b>map</b></a><a href="#top">up</a><a href="javascript:alert(1)">no</a>'
        '<a class="u-url Mention" rel="me" href="https://town.example/@a">@a</a><a href="mailto:x@y.example">mail</a>'
        '<iframe src="https://video.example/1"></iframe><a href="http://[">broken</a><a href="relative">unresolved'
    )
    found = read_html(html, "https://school.example/news/").anchors
    assert found == (
        Anchor("https://school.example/map", "the map"),
        Anchor("https://town.example/@a", "@a", frozenset(("u-url", "mention", "me"))),
        Anchor("mailto:x@y.example", "mail"),
        Anchor("https://video.example/1", "", frozenset(("embedded",))),
        Anchor("https://school.example/news/relative", "unresolved"),
    )


def test_pictures_with_what_is_said_of_them() -> None:
    html = (
        '<img src="/a.jpg" alt=" A drum "><img src="/a.jpg" alt="again"><img src="data:image/png;base64,xx">'
        '<img src="data:x" data-src="/late.jpg"><img src="/count.gif" width="1" height="1">'
        '<video src="/film.mp4"></video><audio><source src="/s.mp3" type="audio/mpeg"></audio>'
    )
    found = [(item.type, item.url, item.alt) for item in read_html(html, "https://school.example/").media]
    assert found == [
        ("image", "https://school.example/a.jpg", "A drum"), ("image", "https://school.example/late.jpg", None),
        ("video", "https://school.example/film.mp4", None), ("audio", "https://school.example/s.mp3", None),
    ]


def test_a_picture_within_the_markup_does_not_cost_the_words_after_it() -> None:
    pasted = '<p>before</p><img src="data:image/png;base64,' + "A" * LIMIT_CHARACTERS + '" alt="A lion"><p>data:image/png;base64,AA is how</p>'
    assert read_html(pasted).text == "before\n\ndata:image/png;base64,AA is how"
    with pytest.raises(PageError) as err:
        read_html("word " * LIMIT_CHARACTERS)
    assert err.value.code == "too-long"


@pytest.mark.parametrize("piece", ["<", "<a ", '<a b="', "<!--", "<![CDATA[", "<!x ", "&#", "</", "<script>", "<div>", "<br>", "<script ", "<style>a</style "])
def test_markup_that_never_ends_ends_all_the_same(piece: str) -> None:
    # Were any of these read in quadratic time, this would take minutes.
    read_html(piece * 200_000)
    read_html(piece * 200_000 + ">")
    read_html(f"<p title='<script>'>{piece * 200_000}")


def test_addresses_and_kinds() -> None:
    assert web_address("a", "https://x.example/y/") == "https://x.example/y/a"
    assert web_address("a") is None
    assert web_address("https://[") is None
    assert web_address(" https://x.example ") == "https://x.example"
    assert [media_type(name) for name in ("image/png", "video/mp4", "Audio/x", "text/html", "")] == [
        "image", "video", "audio", None, None,
    ]
