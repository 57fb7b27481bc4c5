"""Who calls: secrets on their way in, held against the tokens of the home."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock
from typing import Final

from sqlalchemy import select, update

from shoal.store.catalog import Catalog, Token, now

PREFIX: Final = "shoal_"
"""How every secret begins, so that people and scanners of repositories know one when they see it."""

_NOTED_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose token came with a request.

    Attributes:
        id: the token's id; empty for whoever owns the machine.
        name: the token's name; empty for whoever owns the machine.
        expires_at: when the token expires.
    """

    id: str = ""
    name: str = ""
    expires_at: datetime | None = None

    @property
    def is_expired(self) -> bool:
        """Whether the token is too old."""
        return self.expires_at is not None and self.expires_at <= now()


OWNER: Final = Holder()
"""Whoever may read the home's own files."""


def digest_of(secret: str) -> str:
    """Return what is kept of a secret: SHA-256, hexadecimal.

    A secret has 256 random bits, so it needs none of the slowness that protects words people think up.
    """
    return sha256(secret.encode(errors="surrogatepass")).hexdigest()


def author_of(claimed: str, token: str) -> str:
    """Return whom a change is kept under: who it is said to be by, and whose token says so."""
    if not claimed or claimed == token:
        return token
    return f"{claimed} (token {token})" if token else claimed


class TokenRegister:
    """The tokens of a home in memory, read anew after each change; only this process changes them.

    Args:
        catalog: where tokens are kept.
        owner_key: taken like a secret, for whoever may read the home's own files.
    """

    def __init__(self, catalog: Catalog, *, owner_key: str) -> None:
        self._catalog = catalog
        self._owner_key = owner_key
        self._lock = Lock()
        self._by_digest: Mapping[str, Holder] | None = None
        self._noted: dict[str, datetime] = {}

    def holder(self, secret: str) -> Holder | None:
        """Return whose secret it is; `None` when it is nobody's, was revoked, or has expired."""
        if hmac.compare_digest(secret.encode(errors="surrogatepass"), self._owner_key.encode()):
            return OWNER
        return _unless_expired(self._known().get(digest_of(secret)))

    def holder_of(self, token_id: str) -> Holder | None:
        """Return who holds a token; `None` when it was revoked or has expired."""
        found = (holder for holder in self._known().values() if holder.id == token_id)
        return _unless_expired(next(found, None))

    def are_any(self) -> bool:
        """Return whether a token holds."""
        return any(not holder.is_expired for holder in self._known().values())

    def forget(self) -> None:
        """Read the tokens anew when next asked."""
        with self._lock:
            self._by_digest = None

    def is_use_due(self, holder: Holder) -> bool:
        """Return whether a use is worth writing down: the last one that was is a minute old."""
        last = self._noted.get(holder.id)
        return bool(holder.id) and (last is None or now() - last >= _NOTED_EVERY)

    def note_use(self, holder: Holder) -> None:
        """Write down that a token was used now."""
        moment = self._noted[holder.id] = now()
        with self._catalog.begin() as session:
            session.execute(update(Token).where(Token.id == holder.id).values(last_used_at=moment))

    def _known(self) -> Mapping[str, Holder]:
        with self._lock:
            if self._by_digest is None:
                with self._catalog.read() as session:
                    self._by_digest = {
                        token.digest: Holder(token.id, token.name, token.expires_at)
                        for token in session.scalars(select(Token))
                    }
            return self._by_digest


def _unless_expired(holder: Holder | None) -> Holder | None:
    return None if holder is None or holder.is_expired else holder
