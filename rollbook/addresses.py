"""Which addresses may be connected to: the public internet, and what the workspace names in ``[collect] allow``.

A link in a public post, a feed's redirect or a changed DNS entry must never make the District's own machine fetch
from inside the District's networks. So the question is put to the very address a socket is about to be opened to.

**Source**: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890, as of 2025-10). They are written out here
because ``ipaddress.is_global`` changed its answers between patch releases of Python 3.11 and 3.12.
"""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

#: Where cloud providers hand a machine its own credentials: refused whatever the workspace allows, for no District
#: publishes there. **Source**: the metadata service pages of AWS (EC2, ECS, EKS), Google, Azure (also its platform
#: address, which is public), Oracle, Alibaba, Scaleway and Tencent.
METADATA: frozenset[Address] = frozenset(map(ip_address, (
    "169.254.169.254", "169.254.170.2", "169.254.170.23", "169.254.42.42", "169.254.0.23", "100.100.100.200",
    "192.0.0.192", "168.63.129.16", "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "fd00:42::42",
)))

_NOT_PUBLIC: tuple[tuple[Network, str], ...] = tuple((ip_network(network), why) for network, why in (
    ("0.0.0.0/8", "an unspecified"),
    ("10.0.0.0/8", "a private"),
    ("100.64.0.0/10", "a carrier's shared"),
    ("127.0.0.0/8", "this machine's own"),
    ("169.254.0.0/16", "a link-local"),
    ("172.16.0.0/12", "a private"),
    ("192.0.0.0/24", "a reserved"),
    ("192.0.2.0/24", "a documentation"),
    ("192.88.99.0/24", "a 6to4 relay's"),
    ("192.168.0.0/16", "a private"),
    ("198.18.0.0/15", "a benchmarking"),
    ("198.51.100.0/24", "a documentation"),
    ("203.0.113.0/24", "a documentation"),
    ("224.0.0.0/4", "a multicast"),
    ("240.0.0.0/4", "a reserved"),
    ("::/128", "an unspecified"),
    ("::1/128", "this machine's own"),
    ("fc00::/7", "a private"),
    ("fe80::/10", "a link-local"),
    ("ff00::/8", "a multicast"),
    ("2001::/23", "a tunnel's"),
    ("2001:db8::/32", "a documentation"),
    ("2002::/16", "a 6to4 tunnel's"),
    ("3fff::/20", "a documentation"),
))
#: The only part of IPv6 that is handed out for public use. **Source**: IANA IPv6 Global Unicast Address Assignments.
_PUBLIC_V6 = IPv6Network("2000::/3")
#: How a network without IPv4 reaches IPv4 hosts: the last 32 bits are the address that is meant. **Source**: RFC 6052.
_NAT64 = IPv6Network("64:ff9b::/96")


def refusal(address: str, allow: Collection[Network] = ()) -> str | None:
    """Says in words why an address may not be connected to; None where it may."""
    meant = _unmapped(ip_address(address))
    carried = _carried(meant)
    if METADATA & {meant, carried}:
        return "the address of a cloud provider's credentials"
    if any(meant in network for network in allow):
        return None
    if meant in _NAT64 and carried is not None:
        meant = carried
    for network, why in _NOT_PUBLIC:
        if meant in network:
            return f"{why} address"
    if meant.version == 6 and meant not in _PUBLIC_V6:
        return "a reserved address"
    return None


def is_loopback(host: str) -> bool:
    """True for a host that can only be this machine: ``localhost`` or a loopback address."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return _unmapped(ip_address(name)).is_loopback
    except ValueError:
        return False


def _unmapped(address: Address) -> Address:
    """``::ffff:10.0.0.1`` is 10.0.0.1 to the operating system."""
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address


def _carried(address: Address) -> IPv4Address | None:
    """The IPv4 address that a gateway on the way would send the packets to."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour or (address.teredo[1] if address.teredo else None)
