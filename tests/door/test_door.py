"""The Door on a good day: what is sent, what comes back, what is recorded."""

from __future__ import annotations

import _socket
import gzip
import shutil
import socket
import ssl
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from rollbook import __version__, wire
from rollbook.errors import AccessError, AddressRefused, NetworkError, PageError, RateLimited
from rollbook.http import PAGE_BYTES, Door, page_of

from .conftest import FakeSleepClock
from .loopback import ListSink, Loopback, answer, loopback, redirect, settings

ACCOUNT = "feed:https://news.example/feed"


def test_a_page_and_its_record(server: Loopback, sink: ListSink, door: Door) -> None:
    server.scripts["/feed"] = answer(200, b"hello", "Content-Type: text/plain", "X-Two: a", "X-Two: b", 'ETag: "1"')
    page = door.fetch(f"{server.url}/feed", account=ACCOUNT, part="feed", context={"base": "x"}, params={"n": 2},
                      headers={"If-None-Match": '"0"'})
    assert (page.account, page.part, page.status, page.body) == (ACCOUNT, "feed", 200, b"hello")
    assert page.url == f"{server.url}/feed?n=2"
    assert page.context == {"base": "x"}
    assert page.headers["x-two"] == "a, b"
    assert page.headers["etag"] == '"1"'
    assert page.record_id == "<urn:uuid:1>"
    [exchange] = sink.exchanges
    assert (exchange.method, exchange.status, exchange.reason, exchange.body) == ("GET", 200, "OK", b"hello")
    assert exchange.url == page.url
    assert exchange.started_at == page.fetched_at
    assert exchange.started_at.tzinfo is not None
    assert (exchange.ip_address, exchange.http_version, exchange.truncated) == ("127.0.0.1", "HTTP/1.1", "")
    assert ("X-Two", "b") in exchange.response_headers
    sent = dict(exchange.request_headers)
    assert sent["Host"] == f"127.0.0.1:{server.address[1]}"
    assert sent["If-None-Match"] == '"0"'
    assert {name.lower(): value for name, value in sent.items()} == server.asked[0].headers


def test_without_a_sink_nothing_is_recorded(server: Loopback) -> None:
    server.scripts["/"] = answer(200, b"x")
    with Door(settings()) as door:
        assert door.fetch(f"{server.url}/", account=ACCOUNT, part="feed").record_id == ""


def test_it_says_who_asks(server: Loopback, door: Door) -> None:
    server.scripts["/"] = answer(200)
    door.fetch(f"{server.url}/", account=ACCOUNT, part="feed")
    door.get(f"{server.url}/", headers={"User-Agent": "Python/3 Tweepy/4"})
    ours = f"Rollbook/{__version__} (+https://www.quarrybay.example/contact)"
    assert [asked.headers["user-agent"] for asked in server.asked] == [ours, f"{ours} Python/3 Tweepy/4"]


@pytest.mark.parametrize("contact", ["Büro (Raum 7)\r\nX: y", "webmaster@quarrybay.example"])
def test_a_contact_cannot_break_the_header(server: Loopback, contact: str) -> None:
    server.scripts["/"] = answer(200)
    with Door(settings(contact=contact)) as door:
        door.fetch(f"{server.url}/", account=ACCOUNT, part="feed")
    assert "x" not in server.asked[0].headers
    assert server.asked[0].headers["user-agent"].startswith(f"Rollbook/{__version__} (+")


@pytest.mark.parametrize(("coding", "pack"), [
    ("gzip", gzip.compress), ("x-gzip", gzip.compress), ("deflate", zlib.compress), ("identity", bytes),
    ("deflate", lambda body: zlib.compress(body)[2:-4]),
    ("gzip, gzip", lambda body: gzip.compress(gzip.compress(body))),
    ("gzip", lambda body: gzip.compress(body[:5]) + gzip.compress(body[5:])),
    ("gzip", lambda body: gzip.compress(body) + b"\0" * 20),
])
def test_content_codings_are_undone_and_told(server: Loopback, sink: ListSink, door: Door, coding, pack) -> None:  # type: ignore[no-untyped-def]
    body = b"the quick brown bus " * 40
    server.scripts["/"] = answer(200, pack(body), f"Content-Encoding: {coding}")
    assert door.fetch(f"{server.url}/", account=ACCOUNT, part="feed").body == body
    told = dict(sink.exchanges[0].response_headers)
    assert told["X-Archive-Orig-Content-Encoding"] == coding
    assert "Content-Encoding" not in told
    assert told["Content-Length"] == str(len(body))


def test_chunks_are_put_together_and_told(server: Loopback, sink: ListSink, door: Door) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    server.scripts["/"] = head + b"5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nT: 1\r\n\r\n"
    assert door.fetch(f"{server.url}/", account=ACCOUNT, part="feed").body == b"hello world"
    told = dict(sink.exchanges[0].response_headers)
    assert (told["X-Archive-Orig-Transfer-Encoding"], told["Content-Length"]) == ("chunked", "11")
    door.fetch(f"{server.url}/", account=ACCOUNT, part="feed")
    assert server.connections == 1, "a whole answer leaves the connection usable"


def test_not_modified_is_an_answer(server: Loopback, sink: ListSink, door: Door) -> None:
    server.scripts["/"] = b'HTTP/1.1 304 Not Modified\r\nETag: "7"\r\nContent-Length: 5000\r\n\r\n'
    page = door.fetch(f"{server.url}/", account=ACCOUNT, part="feed", accept=(200, 304))
    assert (page.status, page.body, page.headers["etag"]) == (304, b"", '"7"')
    assert sink.exchanges[0].truncated == ""


def test_head_has_no_body_and_says_how_long_it_would_be(server: Loopback, sink: ListSink, door: Door) -> None:
    server.scripts["/a.jpg"] = answer(200, b"", length=90_000_000)
    response = door.head(f"{server.url}/a.jpg")
    assert (response.status_code, response.headers["Content-Length"], response.content) == (200, "90000000", b"")
    assert response.raw.read() == b""
    assert ("X-Archive-Orig-Content-Length", "90000000") in sink.exchanges[0].response_headers


def test_streaming_callers_get_the_body_too(server: Loopback, sink: ListSink, door: Door) -> None:
    packed = gzip.compress(b"one\ntwo\n")
    server.scripts["/"] = answer(200, packed, "Content-Encoding: gzip")
    with door.get(f"{server.url}/", stream=True) as response:
        assert list(response.iter_lines()) == [b"one", b"two"]
    with door.get(f"{server.url}/", stream=True) as response:
        assert b"".join(response.iter_content(3)) == b"one\ntwo\n"
        assert response.text == "one\ntwo\n"
    assert door.get(f"{server.url}/", stream=True).raw.read() == packed
    assert door.get(f"{server.url}/", stream=True).raw.read(decode_content=True) == b"one\ntwo\n"
    assert [exchange.body for exchange in sink.exchanges] == [b"one\ntwo\n"] * 4


@pytest.mark.parametrize(("status", "kind", "code"), [
    (401, AccessError, "no-access"), (403, AccessError, "no-access"), (404, PageError, "http-404"),
    (410, PageError, "http-410"), (304, PageError, "http-304"), (500, NetworkError, "server-error"),
    (520, NetworkError, "server-error"), (503, NetworkError, "server-error"), (429, RateLimited, "rate-limited"),
])
def test_other_statuses_are_named_errors(
    server: Loopback, sink: ListSink, door: Door, status: int, kind: type[Exception], code: str
) -> None:
    server.scripts["/p"] = answer(status, b"" if status == 304 else b"sorry")
    with pytest.raises(kind) as caught:
        door.fetch(f"{server.url}/p", account=ACCOUNT, part="feed")
    err = caught.value
    assert type(err) is kind
    assert (err.account, err.place, err.code) == (ACCOUNT, f"{server.url}/p", code)  # type: ignore[attr-defined]
    assert sink.statuses[-1] == status, "it is recorded all the same"


def test_a_status_that_is_accepted_is_no_error(server: Loopback, door: Door) -> None:
    server.scripts["/p"] = answer(404, b'{"error":"Record not found"}')
    page = door.fetch(f"{server.url}/p", account=ACCOUNT, part="lookup", accept=(200, 404, 410))
    assert (page.status, page.body) == (404, b'{"error":"Record not found"}')


# -- redirects and cookies ---------------------------------------------------------------------------------------


def test_every_hop_is_an_exchange(server: Loopback, sink: ListSink, door: Door) -> None:
    server.scripts |= {"/a": redirect("/b", 301), "/b": redirect("/c", 307), "/c": answer(200, b"here")}
    page = door.fetch(f"{server.url}/a", account=ACCOUNT, part="feed")
    assert (page.url, page.body, page.record_id) == (f"{server.url}/c", b"here", "<urn:uuid:3>")
    assert [(exchange.status, exchange.url.removeprefix(server.url)) for exchange in sink.exchanges] == [
        (301, "/a"), (307, "/b"), (200, "/c")]
    assert {exchange.account for exchange in sink.exchanges} == {ACCOUNT}


def test_a_redirect_that_is_not_followed_is_an_answer(server: Loopback, sink: ListSink, door: Door) -> None:
    server.scripts["/a"] = redirect("https://elsewhere.example/", 301)
    page = door.fetch(f"{server.url}/a", account="website:x", part="page", accept=(301,), follow=False)
    assert (page.status, page.headers["location"]) == (301, "https://elsewhere.example/")
    assert len(sink.exchanges) == 1
    with pytest.raises(PageError) as caught:
        door.fetch(f"{server.url}/a", account="website:x", part="page", follow=False)
    assert caught.value.code == "http-301"


def test_redirects_end(server: Loopback, sink: ListSink, door: Door) -> None:
    server.scripts["/a"] = redirect("/a")
    with pytest.raises(NetworkError) as caught:
        door.fetch(f"{server.url}/a", account=ACCOUNT, part="feed")
    assert caught.value.code == "redirects"
    assert len(sink.exchanges) == 11


@pytest.mark.parametrize("target", ["http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/",
                                    "http://[::ffff:10.0.0.1]/", "file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://x",
                                    "http://u:p@127.0.0.1/", "http://127.0.0.1:99999/", "http://[bad/", "//10.1.1.1/x"])
def test_every_hop_is_checked(server: Loopback, sink: ListSink, door: Door, target: str) -> None:
    server.scripts["/a"] = redirect(target)
    with pytest.raises(AddressRefused) as caught:
        door.fetch(f"{server.url}/a", account=ACCOUNT, part="feed")
    assert caught.value.account == ACCOUNT
    assert sink.statuses == [302]


def test_cookies_live_as_long_as_one_chain_of_redirects(server: Loopback, door: Door) -> None:
    server.scripts["/a"] = answer(302, b"", "Location: /b", "Set-Cookie: visit=1; Path=/")
    server.scripts["/b"] = answer(200, b"", "Set-Cookie: later=1; Path=/")
    door.fetch(f"{server.url}/a", account=ACCOUNT, part="feed")
    door.fetch(f"{server.url}/b", account="feed:another", part="feed")
    assert [asked.headers.get("cookie") for asked in server.asked] == [None, "visit=1", None]
    assert not len(door.cookies)


def test_credentials_stay_with_their_host(server: Loopback, door: Door) -> None:
    with loopback() as other:
        server.scripts |= {"/a": redirect("/b"), "/b": redirect(f"{other.url}/c")}
        other.scripts["/c"] = answer(200)
        door.fetch(f"{server.url}/a", account=ACCOUNT, part="feed",
                   headers={"Authorization": "Bearer canary", "X-Api-Key": "canary", "X-Page": "1"})
        for asked in server.asked:
            assert (asked.headers["authorization"], asked.headers["x-api-key"]) == ("Bearer canary", "canary")
        [asked] = other.asked
        assert "canary" not in str(asked.headers)
        assert asked.headers["x-page"] == "1"


# -- where requests go -------------------------------------------------------------------------------------------


def test_a_rerouted_host_is_recorded_as_the_one_that_was_asked_for(server: Loopback, sink: ListSink) -> None:
    server.scripts |= {"/feed": redirect("https://news.example/new"), "/new": answer(200, b"here")}
    with Door(settings(reroute={"https://News.example/": server.url}), sink) as door:
        with door.on_behalf_of(ACCOUNT, "feed"):
            response = door.get("https://news.example:443/feed?x=1#top")
        assert response.url == "https://news.example/new#top"
    assert [exchange.url for exchange in sink.exchanges] == ["https://news.example:443/feed?x=1", "https://news.example/new"]
    assert [asked.headers["host"] for asked in server.asked] == ["news.example:443", "news.example"]
    assert dict(sink.exchanges[1].request_headers)["Host"] == "news.example"


@pytest.fixture
def resolve_with(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., list[Any]]], None]:
    """Lets a test say what names lead to, where the Door asks for it; everything after that is real."""

    def use(resolve: Callable[..., list[Any]]) -> None:
        made = wire.Call
        monkeypatch.setattr("rollbook.http.Call", lambda *args: made(*args, resolve=resolve))

    return use


def found(address: str, port: int) -> tuple[Any, ...]:
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "0177.0.0.1"])
def test_this_machine_is_refused_unless_the_workspace_allows_it(
    server: Loopback, host: str, resolve_with: Callable[[Any], None]
) -> None:
    resolve_with(_socket.getaddrinfo)  # the system's own, which reads these as numbers; no name server is asked
    server.scripts["/"] = answer(200, b"inside")
    url = f"http://{host}:{server.address[1]}/"
    with Door(settings(allow=())) as door, pytest.raises(AddressRefused, match=r"district\.toml"):
        door.fetch(url, account=ACCOUNT, part="feed")
    assert server.connections == 0, "not even a connection is opened"
    with Door(settings()) as door:
        assert door.fetch(url, account=ACCOUNT, part="feed").body == b"inside"


def test_a_name_that_changes_its_answer_gains_nothing(
    server: Loopback, door: Door, resolve_with: Callable[[Any], None]
) -> None:
    """The address that was checked is the one that is connected to: the name is asked once."""
    questions: list[str] = []

    def fake_resolve(host: str, port: int, *_: object) -> list[Any]:
        questions.append(host)
        return [found("127.0.0.1" if len(questions) == 1 else "10.0.0.1", port)]

    resolve_with(fake_resolve)
    server.scripts["/"] = answer(200, b"x")
    url = f"http://rebinding.example:{server.address[1]}/"
    assert door.fetch(url, account=ACCOUNT, part="feed").body == b"x"
    assert questions == ["rebinding.example"]
    assert server.asked[0].headers["host"] == f"rebinding.example:{server.address[1]}"
    door.close()
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.1, a private"):
        door.fetch(url, account=ACCOUNT, part="feed")


def test_an_address_inside_is_passed_over_where_a_host_has_others(
    server: Loopback, door: Door, resolve_with: Callable[[Any], None]
) -> None:
    def fake_resolve(host: str, port: int, *_: object) -> list[Any]:
        return [found("10.0.0.1", port), found("127.0.0.9", port), found("127.0.0.1", port)]

    resolve_with(fake_resolve)
    server.scripts["/"] = answer(200, b"x")
    assert door.fetch(f"http://many.example:{server.address[1]}/", account=ACCOUNT, part="feed").body == b"x"


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "file:///etc/passwd", "127.0.0.1", "", "http://", "https://user@a.example/",
                                 "http://user:pass@127.0.0.1/", "javascript:alert(1)", "http://[::1"])
def test_what_is_no_address_of_a_web_page_is_refused(door: Door, url: str) -> None:
    with pytest.raises(AddressRefused) as caught:
        door.fetch(url, account=ACCOUNT, part="feed")
    assert caught.value.__context__ is None, "nothing that knows the whole address hangs on it"
    with pytest.raises(AddressRefused):
        door.get(url)


def test_neither_proxy_nor_netrc_of_whoever_runs_it(
    server: Loopback, door: Door, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password canary\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    for name in ("http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    server.scripts["/"] = answer(200, b"x")
    assert door.fetch(f"{server.url}/", account=ACCOUNT, part="feed").body == b"x"
    assert "authorization" not in server.asked[0].headers
    with pytest.raises(TypeError, match="without proxies"):
        door.get(f"{server.url}/", proxies={"http": "http://127.0.0.1:1"})
    with pytest.raises(TypeError, match="certificates"):
        door.get(f"{server.url}/", verify=False)


def test_tls_keeps_the_hosts_name_for_the_certificate(tmp_path: Path, sink: ListSink) -> None:
    """A certificate for the name, a socket to the checked address; another name, or none that is known, is refused."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl to make a certificate with")
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        cwd=tmp_path, capture_output=True, check=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    names: list[str | None] = []
    context.sni_callback = lambda _, name, __: names.append(name)
    with loopback(tls=context) as server, Door(settings(), sink) as door:
        server.scripts["/"] = answer(200, b"safe")
        port = server.address[1]
        door.verify = str(tmp_path / "cert.pem")
        assert door.fetch(f"https://localhost:{port}/", account=ACCOUNT, part="feed").body == b"safe"
        assert names == ["localhost"]
        assert sink.exchanges[0].ip_address == "127.0.0.1"
        with pytest.raises(NetworkError, match="no safe connection"):
            door.fetch(f"https://127.0.0.1:{port}/", account=ACCOUNT, part="feed")
        door.verify = True
        with pytest.raises(NetworkError, match="no safe connection"):
            door.fetch(f"https://localhost:{port}/", account=ACCOUNT, part="feed")


# -- on behalf of an account -------------------------------------------------------------------------------------


def test_requests_of_a_library_are_recorded_for_the_account(server: Loopback, sink: ListSink, door: Door) -> None:
    server.scripts |= {"/a": redirect("/b"), "/b": answer(200, b"1"), "/c": answer(404, b"2")}
    with door.on_behalf_of("x:wg", "timeline", {"user": "7"}) as behalf:
        response = door.get(f"{server.url}/a")
        door.post(f"{server.url}/c", data={"q": "x"})
    assert [page.body for page in behalf.pages] == [b"1", b"2"]
    assert behalf.pages[0] == page_of(response)
    assert behalf.pages[0].record_id == "<urn:uuid:2>"
    assert {(exchange.account, exchange.part, exchange.context["user"]) for exchange in sink.exchanges} == {
        ("x:wg", "timeline", "7")}
    assert sink.exchanges[2].request_body == b"q=x"
    door.get(f"{server.url}/b")
    assert (sink.exchanges[-1].account, sink.exchanges[-1].part) == ("", "")


def test_a_response_that_came_another_way_is_no_page() -> None:
    with pytest.raises(TypeError, match="Door"):
        page_of(requests.Response())


def test_the_bound_of_a_page_is_the_default(door: Door) -> None:
    with door.on_behalf_of(ACCOUNT, "feed") as behalf:
        assert behalf.limit_bytes == PAGE_BYTES


def test_local_hosts_are_not_slowed_down(server: Loopback, clock: FakeSleepClock, door: Door) -> None:
    server.scripts["/"] = answer(200)
    for _ in range(20):
        door.fetch(f"{server.url}/", account=ACCOUNT, part="feed")
    assert clock.slept == []
    assert server.connections == 1
