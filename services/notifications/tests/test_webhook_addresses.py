"""Which addresses a webhook may reach, in every way to write one."""

import socket
from ipaddress import ip_address, ip_network

import pytest

from notifications_service.delivery.addresses import RefusedAddressError, Resolver, is_public, is_usable

INTERNAL = [
    "0.0.0.0",  # noqa: S104
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "2002:7f00:1::",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
PUBLIC = ["1.1.1.1", "8.8.8.8", "172.32.0.1", "192.169.0.1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2606:4700::1111"]
# How the system reads addresses that are not written with dots and decimal numbers.
FORMS = ["127.1", "0177.0.0.1", "0x7f.0.0.1", "2130706433", "017700000001", "0x7f000001", "127.0.1", "localhost"]


@pytest.mark.parametrize("text", INTERNAL)
def test_internal_addresses_are_not_public(text):
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_are(text):
    assert is_public(ip_address(text))


@pytest.mark.parametrize(
    ("text", "allowed"), [("10.1.2.3", True), ("::ffff:10.1.2.3", True), ("10.2.0.1", False), ("fd00::5", True)]
)
def test_networks_can_be_allowed(text, allowed):
    assert is_usable(ip_address(text), [ip_network("10.1.0.0/16"), ip_network("fd00::/64")]) is allowed


@pytest.fixture
def resolver():
    resolver = Resolver()
    yield resolver
    resolver.close()


class TestResolving:
    @pytest.mark.parametrize("host", FORMS)
    async def test_other_forms_of_addresses_are_addresses(self, resolver, host):
        with pytest.raises(RefusedAddressError, match="not on the public Internet"):
            await resolver.resolve(host)

    @pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 64 + ".example", "..", "\0"])
    async def test_a_host_without_an_address_is_refused(self, resolver, host):
        with pytest.raises(RefusedAddressError, match="does not resolve"):
            await resolver.resolve(host)

    async def test_one_internal_address_among_several_refuses_the_host(self, resolver, monkeypatch):
        found = [(0, 0, 0, "", (address, 0)) for address in ("8.8.8.8", "10.0.0.1")]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        with pytest.raises(RefusedAddressError):
            await resolver.resolve("two.example")
