"""Tokens, and signing in with one."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from shoal.server.access import HolderOf, RuntimeOf
from shoal.services import sessions, tokens
from shoal.services.credentials import OWNER
from shoal.wire.tokens import SessionBody, SignIn, TokenCreate, TokenList, TokenSecret

router = APIRouter(tags=["tokens"])


@router.get("/tokens")
def list_tokens(runtime: RuntimeOf) -> TokenList:
    """Return the tokens by name, without their secrets."""
    return tokens.list_tokens(runtime)


@router.post("/tokens", status_code=201)
def create_token(runtime: RuntimeOf, holder: HolderOf, request: TokenCreate) -> TokenSecret:
    """Make a token; its secret is in the answer and nowhere else."""
    return tokens.create_token(runtime, request, maker=holder or OWNER)


@router.delete("/tokens/{token}", status_code=204)
def revoke_token(runtime: RuntimeOf, token: str) -> None:
    """Revoke a token: whoever uses it is refused from now on."""
    tokens.revoke_token(runtime, token)


@router.get("/session")
def get_session(request: Request, holder: HolderOf) -> SessionBody:
    """Say whether the server asks for tokens, and whose came; answered without one."""
    return SessionBody(
        requires_token=request.app.state.requires_token,
        name=holder.name if holder else None,
        expires_at=holder.expires_at if holder else None,
    )


@router.post("/session")
def sign_in(request: Request, response: Response, runtime: RuntimeOf, credentials: SignIn) -> SessionBody:
    """Take a token and give a browser a cookie for it."""
    holder, cookie = sessions.sign_in(runtime, credentials.token)
    response.set_cookie(
        sessions.cookie_name(runtime),
        cookie,
        max_age=sessions.LIFETIME_S,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return SessionBody(
        requires_token=request.app.state.requires_token, name=holder.name, expires_at=holder.expires_at
    )


@router.delete("/session", status_code=204)
def sign_out(response: Response, runtime: RuntimeOf) -> None:
    """Take the cookie back."""
    response.delete_cookie(sessions.cookie_name(runtime))
