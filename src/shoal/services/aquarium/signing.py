"""Links that carry their own permission: the client follows them without its credentials."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import time
from typing import Any, Final

from shoal.errors import ForbiddenError
from shoal.services.runtime import Runtime
from shoal.store.catalog import Fact

_SECRET: Final = "aquarium_signing_key"
_DAY_S: Final = 24 * 3600.0

UPLOAD_LIFETIME_S: Final = 7 * _DAY_S
"""How long a file may take to come in; as long as an upload nobody touches is kept."""

DOWNLOAD_LIFETIME_S: Final = 3600.0


def sign(runtime: Runtime, kind: str, payload: dict[str, Any], *, lifetime_s: float) -> str:
    """Return a token, safe in URLs, that says `payload` and cannot be made by others.

    Args:
        runtime: the open home; its key survives a restart.
        kind: what the token is good for.
        payload: a JSON object.
        lifetime_s: seconds until it is refused.
    """
    claims = {"kind": kind, "until": int(time.time() + lifetime_s), "payload": payload}
    body = _encoded(json.dumps(claims, separators=(",", ":")).encode())
    return f"{body}.{_signature(runtime, body)}"


def verify(runtime: Runtime, kind: str, token: str) -> dict[str, Any]:
    """Return what a token says.

    Raises:
        ForbiddenError: it was not made by this home, is for something else, or is too old.
    """
    body, _, signature = token.partition(".")
    try:
        genuine = hmac.compare_digest(signature.encode(), _signature(runtime, body).encode())
    except UnicodeEncodeError:
        genuine = False
    if not genuine:
        raise ForbiddenError("This link was not made by this server.", hint="Ask for a new one.")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    if claims["kind"] != kind:
        raise ForbiddenError(f"This link is not for a {kind}.")
    if claims["until"] < time.time():
        raise ForbiddenError("This link is too old.", hint="Ask for a new one.")
    payload: dict[str, Any] = claims["payload"]
    return payload


def _signature(runtime: Runtime, body: str) -> str:
    return _encoded(hmac.digest(bytes.fromhex(_secret(runtime)), body.encode(), "sha256"))


def _secret(runtime: Runtime) -> str:
    with runtime.catalog.read() as session:
        fact = session.get(Fact, _SECRET)
    if fact is None:
        with runtime.catalog.begin() as session:
            fact = session.get(Fact, _SECRET)
            if fact is None:
                fact = Fact(key=_SECRET, value=secrets.token_hex(32))
                session.add(fact)
    return fact.value


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
