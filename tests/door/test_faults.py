"""The Door on a bad day: everything that a broken, slow or hostile server may do is a named error, and is recorded."""

from __future__ import annotations

import gzip
import socket
import time
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from rollbook.errors import CollectError, NetworkError, PageError, RateLimited, TooLarge
from rollbook.http import Door, Limits

from .conftest import FakeSleepClock
from .loopback import ListSink, Loopback, answer, redirect, settings

ACCOUNT = "feed:https://news.example/feed"
HASTY = Limits(connect_s=0.5, read_s=0.4, call_s=0.8, attempts=2)


def failing(door: Door, url: str, *, limit_bytes: int = 1000) -> CollectError:
    with pytest.raises(CollectError) as caught:
        door.fetch(url, account=ACCOUNT, part="feed", limit_bytes=limit_bytes)
    assert caught.value.account == ACCOUNT
    assert caught.value.place.startswith("http://")
    assert caught.value.__context__ is None, "nothing that knows the whole address hangs on it"
    return caught.value


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    return head + b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + end


CLOSE = "Connection: close"

# -- cut off -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("said", "kept"), [
    (answer(200, b"only a part", CLOSE, length=500), b"only a part"),
    (chunked(b"one", b"two", end=b""), b"onetwo"),
    (chunked(b"one", end=b"5\r\ntw"), b"onetw"),
    (chunked(b"one", end=b"zz\r\ntwo"), b"one"),
    (chunked(b"one", end=b""), b"one"),
    (answer(200, gzip.compress(b"packed " * 9)[:-9], CLOSE, "Content-Encoding: gzip"), b"packed " * 9),
    (b"HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n" + gzip.compress(b"packed " * 9)[:-6],
     b"packed " * 9),
], ids=["length", "no last chunk", "in a chunk", "no chunk size", "no end", "in gzip", "in gzip without length"])
def test_a_body_that_is_cut_off(
    server: Loopback, sink: ListSink, door: Door, clock: FakeSleepClock, said: bytes, kept: bytes
) -> None:
    server.scripts["/"] = said
    err = failing(door, f"{server.url}/")
    assert isinstance(err, PageError)
    assert err.code == "truncated"
    assert len(sink.exchanges) == 3, "asked again, for this is a broken connection"
    for exchange in sink.exchanges:
        assert (exchange.truncated, exchange.body) == ("disconnect", kept), "what arrived stays"


def test_a_body_that_is_whole_the_second_time(server: Loopback, sink: ListSink, door: Door) -> None:
    server.scripts["/"] = [answer(200, b"half", CLOSE, length=8), answer(200, b"all of it")]
    assert door.fetch(f"{server.url}/", account=ACCOUNT, part="feed").body == b"all of it"
    assert [exchange.truncated for exchange in sink.exchanges] == ["disconnect", ""]


def test_more_than_was_told_does_not_reach_the_next_answer(server: Loopback, door: Door) -> None:
    server.scripts |= {"/a": answer(200, b"12345 and a forged answer", length=5), "/b": answer(200, b"true")}
    assert door.fetch(f"{server.url}/a", account=ACCOUNT, part="feed").body == b"12345"
    assert door.fetch(f"{server.url}/b", account=ACCOUNT, part="feed").body == b"true"


# -- too large ---------------------------------------------------------------------------------------------------


def endless(head: bytes, part: bytes) -> Callable[[socket.socket], None]:
    def say(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.sendall(head)
            while True:
                connection.sendall(part)

    return say


def bomb(layers: int) -> bytes:
    body = bytes(20_000_000)
    for _ in range(layers):
        body = gzip.compress(body)
    return body


@pytest.mark.parametrize("said", [
    answer(200, b"x" * 1001),
    answer(200, b"x", length=2**40),
    endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 4096),
    endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"3e8\r\n" + b"x" * 1000 + b"\r\n"),
    answer(200, bomb(2), "Content-Encoding: gzip, gzip"),
    answer(200, zlib.compress(bytes(900_000)), "Content-Encoding: deflate"),
    answer(200, gzip.compress(b"x" * 600) * 2, "Content-Encoding: gzip"),
], ids=["told", "told, not sent", "never ending", "never ending chunks", "gzip in gzip", "deflate", "two members"])
def test_an_answer_beyond_the_bound(
    server: Loopback, sink: ListSink, door: Door, said: bytes | Callable[[socket.socket], None]
) -> None:
    server.scripts["/"] = said
    err = failing(door, f"{server.url}/")
    assert isinstance(err, TooLarge)
    assert "1,000 bytes" in str(err)
    [exchange] = sink.exchanges
    assert (exchange.status, exchange.truncated, exchange.body) == (200, "length", b"")


def test_a_bomb_is_not_unpacked_beyond_the_bound(server: Loopback, door: Door) -> None:
    server.scripts["/"] = answer(200, gzip.compress(bytes(64_000_000)), "Content-Encoding: gzip")
    tracemalloc.start()
    try:
        assert isinstance(failing(door, f"{server.url}/", limit_bytes=100_000), TooLarge)
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


def test_the_bound_itself_is_allowed(server: Loopback, door: Door) -> None:
    server.scripts |= {"/a": answer(200, b"x" * 1000),
                       "/b": answer(200, gzip.compress(b"y" * 1000), "Content-Encoding: gzip")}
    for path in "ab":
        page = door.fetch(f"{server.url}/{path}", account=ACCOUNT, part="feed", limit_bytes=1000)
        assert len(page.body) == 1000


@pytest.mark.parametrize(("coding", "body"), [
    ("br", b"\x0b\x02\x80hello\x03"), ("zstd", b"(\xb5/\xfd\x20\x05)\x00\x00hello"), ("gzip", b"this is no gzip"),
    ("deflate", b"\xff\xff\xff\xff"), ("gzip, gzip, gzip, gzip", b"x"), ("utf-8", b"x"),
    ("gzip", gzip.compress(b"") * 65),
])
def test_a_packing_that_cannot_be_undone(
    server: Loopback, sink: ListSink, door: Door, coding: str, body: bytes
) -> None:
    """No decoder of Brotli or Zstandard is asked, so no bomb of theirs can go off, whatever is installed."""
    server.scripts["/"] = answer(200, body, f"Content-Encoding: {coding}")
    err = failing(door, f"{server.url}/", limit_bytes=10_000)
    assert (type(err), err.code) == (PageError, "coding")
    assert server.asked[0].headers["accept-encoding"] == "gzip, deflate"
    [exchange] = sink.exchanges
    assert exchange.body == body, "as it came"
    assert ("Content-Encoding", coding) in exchange.response_headers


# -- too slow ----------------------------------------------------------------------------------------------------


def dripping(head: bytes, drop: bytes) -> Callable[[socket.socket], None]:
    def say(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.sendall(head)
            while True:
                time.sleep(0.05)
                connection.sendall(drop)

    return say


@pytest.mark.parametrize(("head", "drop"), [
    (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b"x"),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
    (b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
    (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
    (b"", b"H"),
    (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
], ids=["body", "chunks", "chunk size", "header", "headers", "status line", "continue"])
def test_a_drip_does_not_hold_a_run(server: Loopback, sink: ListSink, head: bytes, drop: bytes) -> None:
    """Each byte comes well within the time-out between two bytes; the whole call has a deadline."""
    server.scripts["/"] = dripping(head, drop)
    with Door(settings(), sink, limits=HASTY) as door:
        err = failing(door, f"{server.url}/")
    assert type(err) is NetworkError
    assert server.connections == 1, "not asked again: the time is spent"
    assert all(exchange.truncated == "time" for exchange in sink.exchanges)


def test_the_deadline_is_one_over_all_hops(server: Loopback, sink: ListSink) -> None:
    def late(connection: socket.socket) -> None:
        time.sleep(0.3)
        connection.sendall(redirect("/"))

    server.scripts["/"] = late
    with Door(settings(), sink, limits=HASTY) as door:
        assert type(failing(door, f"{server.url}/")) is NetworkError
    assert 1 <= len(sink.exchanges) <= 3


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"])
def test_silence_is_a_time_out(server: Loopback, clock: FakeSleepClock, head: bytes) -> None:
    def silent(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.sendall(head)
            connection.recv(1)

    server.scripts["/"] = silent
    with Door(settings(), limits=Limits(read_s=0.1, call_s=5), clock=clock) as door:
        assert type(failing(door, f"{server.url}/")) is NetworkError
    assert len(clock.slept) == (0 if head else 2), "a time-out before an answer began is tried again"


def test_the_deadline_ends_a_silence_too(server: Loopback, sink: ListSink) -> None:
    def silent(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
        connection.settimeout(3)
        with suppress(OSError):
            connection.recv(1)

    server.scripts["/"] = silent
    with Door(settings(), sink, limits=Limits(read_s=30, call_s=0.3)) as door:
        assert type(failing(door, f"{server.url}/")) is NetworkError
    assert [exchange.truncated for exchange in sink.exchanges] == ["time"], "not the server's own end, seconds later"


# -- no HTTP -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", [
    b"220 mail.example ESMTP\r\n", b"\x00\x01\x02\x03" * 50 + b"\r\n", b"HTTP/1.1 abc\r\n\r\n",
    b"HTTP/1.1 200 " + b"x" * 70000, b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nx",
])
def test_what_does_not_speak_http(server: Loopback, door: Door, said: bytes) -> None:
    def say(connection: socket.socket) -> None:
        connection.sendall(said)

    server.scripts["/"] = say
    err = failing(door, f"{server.url}/")
    assert isinstance(err, NetworkError | PageError)


def test_a_connection_that_is_closed_is_tried_again(server: Loopback, door: Door, clock: FakeSleepClock) -> None:
    def hang_up(_: socket.socket) -> None:
        """Says nothing."""

    server.scripts["/"] = [hang_up, hang_up, answer(200, b"at last")]
    assert door.fetch(f"{server.url}/", account=ACCOUNT, part="feed").body == b"at last"
    assert len(clock.slept) == 2
    server.scripts["/"] = hang_up
    assert "closed before an answer" in str(failing(door, f"{server.url}/"))


def test_nobody_listens(door: Door, clock: FakeSleepClock) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        err = failing(door, f"http://127.0.0.1:{closed.getsockname()[1]}/?access_token=canary-abc")
    assert (type(err), err.code) == (NetworkError, "unreachable")
    assert "refused" in str(err)
    assert "canary" not in str(err)
    assert len(clock.slept) == 2


def test_a_name_that_is_not_known_is_not_tried_again(door: Door, clock: FakeSleepClock) -> None:
    err = failing(door, "http://no-such-host.invalid/?key=canary-abc")
    assert "name is not known" in str(err)
    assert "canary" not in str(err)
    assert clock.slept == []


def test_a_header_that_cannot_be_sent_is_not_told(door: Door, server: Loopback) -> None:
    for value in (" canary-in-a-header", "canary\r\nX: y", "canary-\N{KEY}"):
        with pytest.raises(NetworkError) as caught:
            door.fetch(f"{server.url}/", account=ACCOUNT, part="feed", headers={"X-Key": value})
        assert "canary" not in repr(caught.value)
    assert server.asked == []


# -- later -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_asked_again_where_that_helps(
    server: Loopback, sink: ListSink, door: Door, clock: FakeSleepClock, status: int
) -> None:
    server.scripts["/"] = [answer(status), answer(status), answer(200, b"now")]
    assert door.fetch(f"{server.url}/", account=ACCOUNT, part="feed").body == b"now"
    assert sink.statuses == [status, status, 200], "every attempt is an exchange"
    assert len(clock.slept) == 2
    assert clock.slept[1] == 2 * clock.slept[0]


@pytest.mark.parametrize("status", [400, 401, 404, 408, 500, 501])
def test_not_asked_again_where_it_does_not(server: Loopback, sink: ListSink, door: Door, status: int) -> None:
    server.scripts["/"] = answer(status)
    failing(door, f"{server.url}/")
    assert sink.statuses == [status]


def test_nothing_is_sent_twice_that_may_do_something_twice(server: Loopback, sink: ListSink, door: Door) -> None:
    server.scripts["/"] = answer(503)
    assert door.post(f"{server.url}/", data=b"x").status_code == 503
    assert sink.statuses == [503]


def test_it_gives_up_after_a_few_attempts(server: Loopback, sink: ListSink, door: Door) -> None:
    server.scripts["/"] = answer(502)
    assert failing(door, f"{server.url}/").code == "server-error"
    assert sink.statuses == [502, 502, 502]


@pytest.mark.parametrize("name", ["Retry-After", "RateLimit-Reset", "X-RateLimit-Reset", "x-rate-limit-reset"])
@pytest.mark.parametrize("spell", [
    lambda at: "120", format_datetime, lambda at: str(int(at.timestamp())),
    lambda at: at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
], ids=["seconds", "HTTP date", "epoch", "ISO 8601"])
def test_the_platforms_own_wait_is_kept(
    server: Loopback, door: Door, clock: FakeSleepClock, name: str, spell: Callable[[datetime], str]
) -> None:
    at = datetime.now(UTC) + timedelta(seconds=120)
    server.scripts["/"] = [answer(429, b"", f"{name}: {spell(at)}"), answer(200)]
    door.fetch(f"{server.url}/", account=ACCOUNT, part="feed")
    [slept] = clock.slept
    assert 118 <= slept <= 122


def test_a_wait_that_is_too_long_is_told_instead(
    server: Loopback, sink: ListSink, door: Door, clock: FakeSleepClock
) -> None:
    server.scripts["/"] = answer(429, b"", "Retry-After: 7200")
    err = failing(door, f"{server.url}/")
    assert isinstance(err, RateLimited)
    assert err.retry_at is not None
    assert timedelta(hours=1, minutes=59) < err.retry_at - datetime.now(UTC) <= timedelta(hours=2)
    assert "may be asked again after" in str(err)
    assert (sink.statuses, clock.slept) == ([429], [])


def test_all_waits_of_a_call_have_one_bound(server: Loopback, sink: ListSink, clock: FakeSleepClock) -> None:
    server.scripts["/"] = answer(429, b"", "Retry-After: 400")
    with Door(settings(), sink, limits=Limits(patience_s=960, attempts=9), clock=clock) as door:
        assert isinstance(failing(door, f"{server.url}/"), RateLimited)
    assert sum(clock.slept) <= 960
    assert sink.statuses == [429, 429, 429]


def test_a_server_that_is_down_for_long_is_rate_limited_too(server: Loopback, door: Door) -> None:
    server.scripts["/"] = answer(503, b"", "Retry-After: 86400")
    assert isinstance(failing(door, f"{server.url}/"), RateLimited)
    server.scripts["/"] = answer(503, b"", "X-RateLimit-Reset: 86400")
    assert type(failing(door, f"{server.url}/")) is NetworkError, "a budget's reset says nothing of when it is up again"


def test_no_wait_goes_beyond_a_runs_time_limit(server: Loopback, door: Door, clock: FakeSleepClock) -> None:
    door.wait_until(clock.monotonic() + 60)
    server.scripts["/"] = answer(429, b"", "Retry-After: 120")
    assert isinstance(failing(door, f"{server.url}/"), RateLimited)
    assert clock.slept == []


def test_a_low_budget_slows_the_next_request_down(server: Loopback, door: Door, clock: FakeSleepClock) -> None:
    low = ("X-RateLimit-Limit: 300", "X-RateLimit-Remaining: 29", "X-RateLimit-Reset: 60")
    server.scripts["/"] = answer(200, b"", *low)
    for _ in range(3):
        door.fetch(f"{server.url}/", account=ACCOUNT, part="feed")
    assert clock.slept == [pytest.approx(2, abs=0.2), pytest.approx(2, abs=0.2)]
