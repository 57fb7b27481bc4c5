"""Browsers that signed in: a cookie that stands for a token, for as long as the token holds."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from shoal.errors import ForbiddenError, UnauthenticatedError
from shoal.services.credentials import Holder
from shoal.services.runtime import Runtime
from shoal.services.signing import Purpose, sign, verify

_SIGNED_IN: Final = Purpose("signing in", lifetime_s=30 * 24 * 3600)

LIFETIME_S: Final = _SIGNED_IN.lifetime_s


def cookie_name(runtime: Runtime) -> str:
    """Return the cookie's name: browsers send cookies to all ports of a machine, where two Shoals may be."""
    return f"shoal_session_{sha256(runtime.home.signing_key.encode()).hexdigest()[:8]}"


def sign_in(runtime: Runtime, secret: str) -> tuple[Holder, str]:
    """Return who holds a token, and a cookie in its place.

    Raises:
        UnauthenticatedError: the token is unknown, was revoked, or has expired.
    """
    holder = runtime.tokens.holder(secret.strip())
    if holder is None or not holder.id:
        raise UnauthenticatedError(
            "This token is unknown, was revoked, or has expired.",
            hint="Copy it whole, or ask for another.",
        )
    return holder, sign(runtime, _SIGNED_IN, {"token": holder.id})


def holder_of(runtime: Runtime, cookie: str | None) -> Holder | None:
    """Return who signed in with a cookie; `None` when nobody did, or the token holds no longer."""
    if not cookie:
        return None
    try:
        claims = verify(runtime, _SIGNED_IN, cookie)
    except ForbiddenError:
        return None
    return runtime.tokens.holder_of(str(claims.get("token")))
