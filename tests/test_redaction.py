"""No secret stays, in any spelling; what is no secret stays as it was."""

from __future__ import annotations

import base64
import html
import json
import logging
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from rollbook.redaction import MARK, Redactor, watch_logs

#: Canaries: the shapes of tokens in use, all invented.
CANARIES = {
    "letters and digits": "EAAGm0PX4ZCpsBAKfSG7ZC8ZBvT2kq9LrWq1",
    "app token": "123456789012345|aB-cD_eF.gH~iJ/kL+mN=oP",
    "hexadecimal": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "password": "p@ss wörd \"quoted\" \\ & <it's> 99 🔑",
    "no letters": "--..~~__||//++==",
    "eight": "k3Y-9$zQ",
}


def _units(text: str) -> Iterator[int]:
    packed = text.encode("utf-16-be")
    return (int.from_bytes(packed[at : at + 2], "big") for at in range(0, len(packed), 2))


def spellings(secret: str) -> Iterator[tuple[str, str]]:
    """Every way in which something that passes the Door may write a secret."""
    yield "as it is", secret
    encoders = {"percent": lambda text: quote(text, safe=""), "percent in a path": quote, "form": quote_plus}
    for name, encode in encoders.items():
        yield name, encode(secret)
        yield f"{name}, small letters", re.sub("%..", lambda found: found[0].lower(), encode(secret))
        yield f"{name}, twice", quote(encode(secret), safe="")
    yield "every byte percent-encoded", "".join(f"%{byte:02X}" for byte in secret.encode())
    yield "every byte percent-encoded, small letters", "".join(f"%{byte:02x}" for byte in secret.encode())
    yield "a form", urlencode({"q": f"x {secret} y"})
    yield "JSON", json.dumps(secret)
    yield "JSON in UTF-8", json.dumps(secret, ensure_ascii=False)
    yield "JSON as PHP writes it", json.dumps(secret).replace("/", "\\/")
    yield "JSON for HTML", re.sub("[<>&'=+]", lambda found: f"\\u{ord(found[0]):04x}", json.dumps(secret))
    yield "JSON within JSON", json.dumps(json.dumps(secret).replace("/", "\\/"))
    yield "JSON, every letter escaped", "".join(f"\\u{unit:04x}" for unit in _units(secret))
    yield "JSON, every letter escaped, capitals", "".join(f"\\u{unit:04X}" for unit in _units(secret))
    yield "HTML", html.escape(secret)
    for before in ("", "a", "ab", "user:", "abcd"):
        for after in ("", "x", "xy"):
            text = f"{before}{secret}{after}".encode()
            place = f"at {len(before) % 3}, {len(after)}"
            yield f"Base64 {place}", base64.b64encode(text).decode()
            yield f"Base64 for URLs {place}", base64.urlsafe_b64encode(text).decode().rstrip("=")
            yield f"Base64 in a URL {place}", quote(base64.b64encode(text).decode(), safe="")


def gives_away(secret: str, cleaned: str) -> bool:
    """True where any stretch of eight characters of any spelling is left."""
    for name, form in spellings(secret):
        form = form if "Base64" not in name else form[4:-4]
        core = form.strip('"\\')
        stretches = (core[at : at + 8] for at in range(len(core) - 7))
        if any(stretch in cleaned for stretch in stretches if _telling(stretch)):
            return True
    return False


def _telling(stretch: str) -> bool:
    """A stretch that is not only the frame of an encoding."""
    return len(set(stretch) - set("%\\u025&#x;q+=")) > 2


@pytest.mark.parametrize("kind", CANARIES)
def test_a_known_secret_stays_in_no_spelling(kind: str) -> None:
    secret, redactor = CANARIES[kind], Redactor()
    redactor.keep(secret)
    for name, form in spellings(secret):
        answer = redactor.body(f'{{"before": 1, "x": "{form}", "after": 2}}'.encode(), "application/json").decode()
        assert MARK in answer, name
        assert not gives_away(secret, answer), (name, answer)
        assert answer.startswith('{"before": 1, '), (name, answer)
        assert answer.endswith(', "after": 2}'), (name, answer)
        url, header = f"https://a.example/x?y={form}&z=1", f"at {form} end"
        for cleaned in (redactor.value(url), redactor.header("X-Trace", header)):
            assert MARK in cleaned, name
            assert not gives_away(secret, cleaned), (name, cleaned)
        assert not gives_away(secret, redactor.sent_body(f"note={form}".encode()).decode()), name


VISIBLE = some.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp"))


@settings(max_examples=60, deadline=None)
@given(some.text(VISIBLE, min_size=8, max_size=60))
def test_any_text_may_be_a_secret(secret: str) -> None:
    redactor = Redactor()
    redactor.keep(secret)
    for name, form in spellings(secret):
        if secret in MARK or "Base64" in name:
            continue
        assert secret.strip() not in redactor.body(f"<{form}>".encode(), "text/html").decode(), name
        assert MARK in redactor.body(f"<{form}>".encode(), "text/html").decode(), name


def test_what_is_no_secret_stays_byte_for_byte() -> None:
    redactor = Redactor()
    for secret in CANARIES.values():
        redactor.keep(secret)
    body = json.dumps({
        "next_token": "b26v89c19zqg8o3f", "nextPageToken": "CAUQAA", "secret": "Our secret ingredient is cinnamon",
        "text": "The door code is 4711, the password: swordfish", "caption": "broken, spoken, token=1",
        "url": "https://cdn.example/i.jpg?key=18&sig=1a2b3c&signature=zz",
        "access_token": None, "expires": 12, "scopes": ["access_token", "public"],
    }).encode()
    assert redactor.body(body, "application/json") == body


def test_a_token_nobody_told_of_is_known_by_its_name() -> None:
    body = redactor_body({
        "data": [{"name": "Split Rock", "access_token": "EAAunknownPageToken"}],
        "paging": {"next": "https://graph.facebook.com/v25.0/1/feed?access_token=EAAunknown2&limit=5&after=B"},
        "accessJwt": "ey.unknown.3", "refreshJwt": "ey.unknown.6", "appsecret_proof": "unknown-7",
        "client_secret": "unknown-4", "inner": json.dumps({"refresh_token": "unknown-5"}),
    })
    assert b"nknown" not in body
    read = json.loads(body)
    assert read["data"] == [{"name": "Split Rock", "access_token": MARK}]
    assert read["paging"]["next"] == f"https://graph.facebook.com/v25.0/1/feed?access_token={MARK}&limit=5&after=B"
    assert json.loads(read["inner"]) == {"refresh_token": MARK}


def redactor_body(value: object, content_type: str = "application/json") -> bytes:
    return Redactor().body(json.dumps(value).encode(), content_type)


@pytest.mark.parametrize("body", [
    b'next=https%3A%2F%2Fg.example%2F%3Faccess_token%3DEAAunknown%26limit%3D5',
    b'<a href="/x?access_token=EAAunknown&amp;y=1">',
    b'{"next":"https:\\/\\/g.example\\/?access_token\\u003dEAAunknown\\u0026limit=5"}',
    b"access_token=EAAunknown&expires=5183999",
    b"{'oauth_token_secret': 'EAAunknown'}",
])
def test_a_name_counts_in_every_notation(body: bytes) -> None:
    cleaned = Redactor().body(body, "text/html")
    assert b"unknown" not in cleaned
    assert MARK.encode() in cleaned
    assert cleaned.endswith(body[-2:]), cleaned


def test_a_name_inside_a_picture_means_nothing_but_a_known_secret_does() -> None:
    redactor = Redactor()
    redactor.keep(CANARIES["letters and digits"])
    picture = b"\xff\xd8\xff access_token=whatever \x00"
    assert redactor.body(picture, "image/jpeg") == picture
    assert redactor.body(picture + CANARIES["letters and digits"].encode(), "image/jpeg") == picture + MARK.encode()


@pytest.mark.parametrize(("url", "cleaned"), [
    ("https://a.example/?access_token=abc&x=1", f"https://a.example/?access_token={MARK}&x=1"),
    ("https://a.example/?X=1&Client_Secret=abc#f", f"https://a.example/?X=1&Client_Secret={MARK}#f"),
    ("https://a.example/?key=abc", f"https://a.example/?key={MARK}"),
    ("https://a.example/?monkey=abc&page_token=d&sig=e", f"https://a.example/?monkey=abc&page_token=d&sig={MARK}"),
    ("https://a.example/#access_token=abc&type=x", f"https://a.example/#access_token={MARK}&type=x"),
    ("https://b.example/?to=https%3A%2F%2Fa.example%2F%3Ftoken%3Dabc%26x%3D1",
     f"https://b.example/?to=https%3A%2F%2Fa.example%2F%3Ftoken%3D{MARK}%26x%3D1"),
    ("https://user:pass@a.example/", f"https://{MARK}@a.example/"),
    ("https://a.example/@mrs_k/1?x=2", "https://a.example/@mrs_k/1?x=2"),
])
def test_addresses(url: str, cleaned: str) -> None:
    assert Redactor().value(url) == cleaned
    assert Redactor().header("Location", url) == cleaned
    assert Redactor().value(cleaned) == cleaned


@pytest.mark.parametrize(("name", "value", "cleaned"), [
    ("Authorization", "Bearer abc", f"Bearer {MARK}"),
    ("authorization", "abc", MARK),
    ("Proxy-Authorization", "Basic dTpw", f"Basic {MARK}"),
    ("Cookie", "a=b; c=d", MARK),
    ("Set-Cookie", "a=b; Path=/", MARK),
    ("X-Api-Key", "abc", MARK),
    ("X-Goog-Api-Key", "abc", MARK),
    ("X-Amz-Security-Token", "abc", MARK),
    ("DPoP", "abc", MARK),
    ("Link", '<https://a.example/?max_id=7>; rel="next"', '<https://a.example/?max_id=7>; rel="next"'),
    ("X-RateLimit-Reset", "2026-10-05T14:05:00Z", "2026-10-05T14:05:00Z"),
    ("ETag", 'W/"1a2b"', 'W/"1a2b"'),
    ("X-Debug", "q=1&appsecret_proof=abc", f"q=1&appsecret_proof={MARK}"),
])
def test_headers(name: str, value: str, cleaned: str) -> None:
    assert Redactor().header(name, value) == cleaned


@pytest.mark.parametrize("body", [
    b"grant_type=client_credentials&client_id=1&client_secret=unknown", b"x=1&fb_exchange_token=unknown&y=2",
    b'{"identifier": "a", "password": "unknown it\'s"}', b"password=unknown",
])
def test_bodies_that_are_sent(body: bytes) -> None:
    cleaned = Redactor().sent_body(body)
    assert b"unknown" not in cleaned
    assert MARK.encode() in cleaned


def test_binary_bodies_that_are_sent_stay_as_they_are() -> None:
    body = bytes(range(256)) * 4
    assert Redactor().sent_body(body) == body


def test_secrets_of_the_environment_by_their_variables_names() -> None:
    redactor = Redactor({
        "ROLLBOOK_X_BEARER_TOKEN": "canary-one-1", "ROLLBOOK_SMTP_PASSWORD": "canary-two-2",
        "ROLLBOOK_KEY": "canary-three", "HOME_TOKEN": "canary-four", "ROLLBOOK_MONKEYS": "canary-five",
    })
    cleaned = redactor.body(b"canary-one-1 canary-two-2 canary-three canary-four canary-five", "text/plain")
    assert cleaned == f"{MARK} {MARK} {MARK} canary-four canary-five".encode()


def test_values_under_eight_characters_do_not_eat_ordinary_words() -> None:
    redactor = Redactor({"ROLLBOOK_SMTP_PASSWORD": "school"})
    assert redactor.body(b"our school", "text/plain") == b"our school"
    assert redactor.value("https://a.example/?password=school") == f"https://a.example/?password={MARK}"


def test_what_a_request_carries_as_its_credential_is_known_from_then_on() -> None:
    redactor = Redactor()
    redactor.keep_sent("https://a.example/?access_token=AAAA1111BBBB2222&key=homepage&page=a1b2c3d4e5f6g7h8i9",
                       {"Authorization": "Bearer CCCC3333DDDD4444"}, b"client_secret=EEEE5555FFFF6666")
    said = b"AAAA1111BBBB2222 CCCC3333DDDD4444 EEEE5555FFFF6666 homepage a1b2c3d4e5f6g7h8i9"
    assert redactor.body(said, "text/plain") == f"{MARK} {MARK} {MARK} homepage a1b2c3d4e5f6g7h8i9".encode()


def test_the_longer_of_two_secrets_goes_first() -> None:
    redactor = Redactor()
    redactor.keep("canary-app-secret")
    redactor.keep("1234|canary-app-secret")
    assert redactor.body(b"1234|canary-app-secret canary-app-secret", "") == f"{MARK} {MARK}".encode()


@given(some.lists(some.text("abAB12|.%", min_size=8, max_size=12), min_size=1, max_size=12, unique=True), some.data())
def test_many_secrets_that_overlap_are_found_in_one_pass(secrets: list[str], data: some.DataObject) -> None:
    redactor = Redactor()
    for secret in secrets:
        redactor.keep(secret)
    written = [form for secret in secrets for _, form in spellings(secret)]
    told = " ".join(data.draw(some.lists(some.sampled_from(written), min_size=1, max_size=6)))
    cleaned = redactor.known(f"said {told} again".encode()).decode()
    assert not any(secret.strip() in cleaned for secret in secrets if len(secret.strip()) >= 8), cleaned
    assert cleaned.startswith("said ")
    assert cleaned.endswith(" again")


# -- logs --------------------------------------------------------------------------------------------------------


def test_no_logger_of_a_client_library_tells(caplog: pytest.LogCaptureFixture) -> None:
    redactor = Redactor()
    redactor.keep("canary-in-the-mine")
    watch_logs(redactor)
    caplog.set_level(logging.DEBUG)
    names = ("urllib3.connectionpool", "tweepy.client", "requests_oauthlib.oauth1_auth", "oauthlib.oauth1", "new.one")
    for name in names:
        log = logging.getLogger(name)
        log.debug('%s://%s:%s "%s %s" %s', "https", "g.example", 443, "GET", "/me?access_token=unknown&x=1", 200)
        log.debug("Headers: %s", {"User-Agent": "me", "Authorization": "Bearer unknown-abcdefgh"})
        log.debug("Authorization: Bearer unknown-abcdefgh")
        log.debug("Collected params: %s", [("oauth_token", "unknown"), ("oauth_nonce", "7")])
        log.debug("Content: %r", b"canary-in-the-mine")
        try:
            raise ValueError("Max retries exceeded with url: /me?access_token=unknown")
        except ValueError:
            log.exception("failed")
    logging.getLogger("new.one").info("nothing %s here", "secret")
    told = "\n".join(logging.Formatter().format(record) for record in caplog.records)
    assert "unknown" not in told
    assert "canary" not in told
    assert told.count(MARK) == 5 * 7, "five lines, the failure, and its line of source"
    assert caplog.records[-1].args == ("secret",), "a record without secrets is left alone"


def test_a_record_that_cannot_be_written_out_does_not_break_its_caller() -> None:
    redactor = Redactor()
    watch_logs(redactor)
    record = logging.getLogger("new.one").makeRecord("new.one", logging.INFO, "file", 1, "%d %d", (1,), None)
    assert record.args == (1,)


def test_a_redactor_that_is_gone_is_not_asked(caplog: pytest.LogCaptureFixture) -> None:
    redactor = Redactor()
    redactor.keep("canary-of-yesterday")
    watch_logs(redactor)
    del redactor
    caplog.set_level(logging.INFO)
    logging.getLogger("later").info("canary-of-yesterday")
    assert caplog.messages == ["canary-of-yesterday"]
