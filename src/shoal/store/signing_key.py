"""The key a home signs links and cookies with."""

from __future__ import annotations

import secrets
from typing import Final

from shoal.store.catalog import Catalog, Fact

_KEY: Final = "signing_key"


def signing_key(catalog: Catalog) -> str:
    """Return the home's key, 64 hexadecimal digits; it is made when first asked for and stays."""
    with catalog.read() as session:
        fact = session.get(Fact, _KEY)
    if fact is None:
        with catalog.begin() as session:
            fact = session.get(Fact, _KEY)
            if fact is None:
                fact = Fact(key=_KEY, value=secrets.token_hex(32))
                session.add(fact)
    return fact.value
