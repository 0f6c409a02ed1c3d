"""Addresses that users give, looked at before they are kept; what is connected to is checked at each connection."""

import asyncio

import httpx

from notifications_service.delivery.addresses import RefusedAddressError, Resolver
from notifications_service.errors import RefusedAddress

RESOLVE_SECONDS = 3.0


async def check(resolver: Resolver, url: str, pointer: str = "/url") -> None:
    """Raises: RefusedAddress, which names the field."""
    try:
        async with asyncio.timeout(RESOLVE_SECONDS):
            await resolver.resolve(httpx.URL(url).raw_host.decode())
    except TimeoutError as error:
        raise RefusedAddress("the host does not resolve", pointer) from error
    except RefusedAddressError as error:
        raise RefusedAddress(str(error), pointer) from error
