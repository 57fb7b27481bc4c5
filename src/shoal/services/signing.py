"""Texts only this home can have made, for links and cookies: what they say can be read, not changed."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from shoal.errors import ForbiddenError
from shoal.services.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a signed text is good for.

    Attributes:
        name: as messages call it; a text signed for one purpose is refused for another.
        lifetime_s: seconds until it is refused.
    """

    name: str
    lifetime_s: int


def sign(runtime: Runtime, purpose: Purpose, payload: dict[str, Any]) -> str:
    """Return a text, safe in URLs, that says `payload` (a JSON object) and cannot be made by others."""
    return str(_serializer(runtime, purpose).dumps(payload))


def verify(runtime: Runtime, purpose: Purpose, text: str) -> dict[str, Any]:
    """Return what a signed text says.

    Raises:
        ForbiddenError: it was not made by this home for this purpose, or is too old.
    """
    try:
        payload: dict[str, Any] = _serializer(runtime, purpose).loads(text, max_age=purpose.lifetime_s)
    except SignatureExpired as error:
        raise ForbiddenError("This link is too old.", hint="Ask for a new one.") from error
    except BadSignature as error:
        raise ForbiddenError(
            f"This link was not made by this server for a {purpose.name}.", hint="Ask for a new one."
        ) from error
    return payload


def _serializer(runtime: Runtime, purpose: Purpose) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        runtime.home.signing_key,
        salt=purpose.name,
        signer_kwargs={"digest_method": sha256, "key_derivation": "hmac"},
    )
