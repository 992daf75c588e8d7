"""Which addresses the Door connects to, and which it never does."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from rollbook.addresses import METADATA, is_loopback, refusal

INSIDE = (
    "0.0.0.0", "0.1.2.3", "10.1.2.3", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.255.0.9", "169.254.10.20",
    "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.9.9",
    "198.51.100.7", "203.0.113.7", "224.0.0.251", "239.1.1.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "3fff::1", "100::1",
    "4000::1", "5f00::1", "fec0::1",
    # an address inside another one
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::8.8.8.8",
    "2002:a00:1::", "2002:808:808::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:20::1",
)
OUTSIDE = (
    "8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1", "198.17.0.1",
    "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
)


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_refused_with_its_reason(address: str) -> None:
    assert refusal(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_a_public_address_is_not_refused(address: str) -> None:
    assert refusal(address) is None


def test_what_the_workspace_allows_and_no_more() -> None:
    allow = (ip_network("127.0.0.0/8"), ip_network("10.20.0.0/16"))
    assert refusal("127.0.0.1", allow) is None
    assert refusal("::ffff:127.0.0.1", allow) is None
    assert refusal("10.20.30.40", allow) is None
    for address in ("10.21.0.1", "192.168.0.1", "::1", "64:ff9b::10.20.0.1", "2002:a14:1::"):
        assert refusal(address, allow), address


@pytest.mark.parametrize("address", sorted(map(str, METADATA)))
def test_a_cloud_providers_credentials_are_refused_whatever_is_allowed(address: str) -> None:
    everything = (ip_network("0.0.0.0/0"), ip_network("::/0"), ip_network(address))
    assert "credentials" in (refusal(address, everything) or "")


def test_credentials_are_not_reached_through_another_notation_either() -> None:
    everything = (ip_network("0.0.0.0/0"), ip_network("::/0"))
    for address in ("::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::"):
        assert "credentials" in (refusal(address, everything) or ""), address


def test_what_is_this_machine() -> None:
    assert all(map(is_loopback, ("localhost", "LOCALHOST.", "app.localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]")))
    assert all(is_loopback(host) for host in ("::ffff:127.0.0.1",))
    assert not any(map(is_loopback, ("localhost.example", "10.0.0.1", "news.example", "", "128.0.0.1", "::2")))
