"""A server that asks for tokens: who comes in, who does not, and what is kept of them."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
from sqlalchemy import update

import shoal
from problem_bodies import problem_of
from shoal.client.connection import Shoal
from shoal.errors import AlreadyExistsError, InvalidInputError, NotFoundError, UnauthenticatedError
from shoal.store.catalog import Token
from shoal.store.home import Home
from shoal_server import running_server
from shoal_server import shoal as run_shoal

AQUARIUM = "/aquarium/api/v1"


@dataclass(frozen=True)
class Closed:
    """A server that asks for tokens, and tokens for it."""

    url: str
    home: Path
    anna: str
    old: str

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask with headers; underscores in their names are hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.get(f"{self.url}{path}", headers=named)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Closed]:
    home = tmp_path_factory.mktemp("closed") / "home"
    anna = run_shoal("token", "create", "anna", home=home).stdout.strip()
    with shoal.connect(home) as sh:
        old = sh.tokens.create("old", expires_in_days=1).secret
        sh.create_project("driving", classes=["car"])
    with Home.open(home) as opened, opened.catalog.begin() as session:
        yesterday = datetime.now(UTC) - timedelta(days=1)
        session.execute(update(Token).where(Token.name == "old").values(expires_at=yesterday))
    with running_server(home, "--require-token") as server:
        yield Closed(server.url, home, anna, old or "")


@pytest.fixture
def sh(closed: Closed) -> Iterator[Shoal]:
    with shoal.connect(closed.url, token=closed.anna) as opened:
        yield opened


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def bearer_in_small_letters(secret: str) -> dict[str, str]:
    return {"authorization": f"bearer  {secret}"}


def api_key(secret: str) -> dict[str, str]:
    return {"x_illume_api_key": secret}


def app_of_anna(secret: str) -> dict[str, str]:
    return {"x_illume_app": "anna", "x_illume_key": secret}


@pytest.mark.parametrize("form", [bearer, bearer_in_small_letters, api_key, app_of_anna])
@pytest.mark.parametrize("path", ["/api/v1/projects", f"{AQUARIUM}/projects"])
def test_every_form_of_a_token_is_taken_and_held_against_the_list(
    closed: Closed, form: Callable[[str], dict[str, str]], path: str
) -> None:
    assert closed.get(path, **form(closed.anna)).status_code == 200
    for wrong in (f"{closed.anna[:-1]}~", "nonsense", closed.old):
        refused = closed.get(path, **form(wrong))
        assert refused.status_code == 401
        assert "unknown, was revoked, or has expired" in refused.text


def test_an_app_id_is_the_name_of_the_token(closed: Closed, sh: Shoal) -> None:
    path = f"{AQUARIUM}/projects"
    assert closed.get(path, x_illume_app=sh.tokens["anna"].id, x_illume_key=closed.anna).status_code == 200
    refused = closed.get(path, x_illume_app="bob", x_illume_key=closed.anna)
    assert refused.status_code == 401
    assert "app id 'bob' is that of another token" in refused.json()["message"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/projects",
        "/api/v1/health",
        "/api/v1/tokens",
        "/api/v1/openapi.json",
        "/api/v1/session/x",
        "/api/v1/nothing",
        "/api/docs",
        "/aquarium/projects/driving/preview_frame/x",
    ],
)
def test_without_a_token_nothing_is_told(closed: Closed, path: str) -> None:
    answer = closed.get(path)
    body = problem_of(answer, 401, "unauthenticated")
    assert "shoal token create" in body["hint"]
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["projects", "/projects", "storage", "storagex/1", "/storage/resumable/x"])
def test_the_old_client_is_told_in_its_own_way(closed: Closed, path: str) -> None:
    answer = closed.get(f"{AQUARIUM}/{path}")
    assert answer.status_code == 401
    assert answer.json()["message"].startswith("This server asks for a token, and none came.")


def test_links_carry_their_own_permission_and_no_other(closed: Closed) -> None:
    given = closed.get(
        f"{AQUARIUM}/projects/driving/datasets/val/get_upload_url?upload_filename=a.json",
        x_illume_api_key=closed.anna,
    ).json()
    assert httpx.put(given["put_url"], content=b"[1]").status_code == 200
    assert httpx.get(given["download_url"]).content == b"[1]"
    forged = httpx.put(f"{given['put_url']}x", content=b"[2]")
    assert forged.status_code == 403
    assert "was not made by this server" in forged.json()["message"]
    elsewhere = given["put_url"].replace("/storage/simple/", "/storage/resumable/")
    assert httpx.post(elsewhere, headers={"x-upload-content-length": "3"}).status_code == 403
    document = given["put_url"].replace("/storage/simple/", "/documents/")
    assert httpx.get(document).status_code == 403


def test_the_page_itself_is_for_everyone(closed: Closed) -> None:
    assert closed.get("/aquarium/projects/driving/details").headers["location"] == "/jobs"
    for path in ("/", "/p/driving", "/settings"):
        assert "<html" in closed.get(path).text


def test_a_browser_signs_in_and_out(closed: Closed) -> None:
    with httpx.Client(base_url=f"{closed.url}/api/v1") as browser:
        assert browser.get("/session").json() == {"requires_token": True, "name": None, "expires_at": None}
        for wrong in ("nonsense", closed.old):
            problem_of(browser.post("/session", json={"token": wrong}), 401, "unauthenticated")
        signed = browser.post("/session", json={"token": f" {closed.anna}\n"})
        assert signed.json()["name"] == "anna"
        cookie = signed.headers["set-cookie"].lower()
        assert closed.anna.lower() not in cookie
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert browser.get("/projects").status_code == 200
        assert browser.get("/session").json()["name"] == "anna"
        assert browser.delete("/session").status_code == 204
        assert browser.get("/projects").status_code == 401


def test_behind_tls_the_cookie_stays_there(closed: Closed) -> None:
    headers = {
        "x-forwarded-proto": "https",
        "host": "shoal.example.com",
        "origin": "https://shoal.example.com",
    }
    signed = httpx.post(f"{closed.url}/api/v1/session", json={"token": closed.anna}, headers=headers)
    assert signed.status_code == 200
    assert "; secure" in signed.headers["set-cookie"].lower()


def test_a_forged_cookie_is_none(closed: Closed) -> None:
    with httpx.Client(base_url=f"{closed.url}/api/v1") as browser:
        name = browser.post("/session", json={"token": closed.anna}).headers["set-cookie"].partition("=")[0]
        for forged in ("", "x", "eyJ0b2tlbiI6InRrXzEifQ.aaaa.bbbb"):
            assert httpx.get(f"{closed.url}/api/v1/projects", cookies={name: forged}).status_code == 401


def test_another_sites_page_cannot_use_the_cookie(closed: Closed) -> None:
    with httpx.Client(base_url=f"{closed.url}/api/v1") as browser:
        browser.post("/session", json={"token": closed.anna})
        for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
            problem_of(browser.post("/projects", json={"name": "x"}, headers=headers), 403, "forbidden")


def test_a_server_with_tokens_answers_to_any_name(closed: Closed) -> None:
    named = {"host": "shoal.example.com", "authorization": f"Bearer {closed.anna}"}
    assert httpx.get(f"{closed.url}/api/v1/projects", headers=named).status_code == 200
    del named["authorization"]
    assert httpx.get(f"{closed.url}/api/v1/projects", headers=named).status_code == 401


def test_a_revoked_token_is_refused_at_once_in_every_form(closed: Closed, sh: Shoal) -> None:
    made = sh.tokens.create("bob", expires_in_days=30)
    assert made.secret is not None
    assert made.body.created_by == "anna"
    assert made.expires_at is not None
    with (
        shoal.connect(closed.url, token=made.secret) as bob,
        httpx.Client(base_url=f"{closed.url}/api/v1") as browser,
    ):
        assert [project.name for project in bob.projects] == ["driving"]
        browser.post("/session", json={"token": made.secret})
        assert sh.tokens["bob"].last_used_at is not None
        sh.tokens["bob"].revoke()
        with pytest.raises(UnauthenticatedError):
            list(bob.projects)
        assert browser.get("/projects").status_code == 401
    with pytest.raises(NotFoundError):
        sh.tokens["bob"]


def test_a_token_cannot_stand_before_another(sh: Shoal) -> None:
    mallory = sh.tokens.create("mallory")
    with pytest.raises(InvalidInputError, match="looks like the id of a token"):
        sh.tokens.create(mallory.id)
    mallory.revoke()
    assert "mallory" not in [token.name for token in sh.tokens]


def test_what_signs_cookies_is_not_in_the_catalog(closed: Closed) -> None:
    key = closed.home / "signing.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    for file in closed.home.glob("catalog*"):
        assert key.read_bytes() not in file.read_bytes()


def test_credentials_of_a_proxy_do_not_lock_a_browser_out(closed: Closed) -> None:
    proxied = {"authorization": "Bearer eyJhbGciOi.of.the-proxy"}
    with httpx.Client(base_url=f"{closed.url}/api/v1", headers=proxied) as browser:
        assert browser.get("/session").json()["name"] is None
        assert browser.get("/projects").status_code == 401
        assert browser.post("/session", json={"token": closed.anna}).status_code == 200
        assert browser.get("/projects").status_code == 200


def test_little_is_read_of_whoever_has_no_token(closed: Closed) -> None:
    for size in (5_000, 5_000_000):
        answer = httpx.post(f"{closed.url}/api/v1/session", content=b" " * size)
        assert problem_of(answer, 413, "too_large")["location"] == {"limit": 4096}
    pieces = httpx.post(f"{closed.url}/api/v1/session", content=iter([b" " * 3000, b" " * 3000]))
    assert problem_of(pieces, 413, "too_large")["location"] == {"limit": 4096}
    for way in ("simple", "session"):
        answer = httpx.put(
            f"{closed.url}{AQUARIUM}/storage/{way}/x.y.z",
            content=b"1",
            headers={"content-range": "bytes 0-0/1"},
        )
        assert answer.status_code == 403


@pytest.mark.parametrize("around", ["{}\n", " {} ", "\t{}\r\n"])
def test_space_around_a_token_does_not_count(closed: Closed, around: str) -> None:
    with shoal.connect(closed.url, token=around.format(closed.anna)) as sh:
        assert sh.projects


@pytest.mark.parametrize("odd", ["sh\noal_x", "shoal_é", "shoal _x", "shoal_\x00"])
def test_an_odd_token_is_refused_and_not_repeated(closed: Closed, odd: str) -> None:
    with pytest.raises(InvalidInputError, match="no token has") as caught:
        shoal.connect(closed.url, token=odd)
    assert odd not in str(caught.value)


def test_the_key_of_a_folder_is_not_sent_from_another_machine(tmp_path: Path) -> None:
    heard: list[str | None] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.headers.get("authorization"))
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Listener) as listener:
        Thread(target=listener.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{listener.server_port}"
        home = tmp_path / "home"
        with Home.open(home):
            pass
        (home / "owner.key").write_text("secret of another process")
        owner = {"pid": 1, "host": "another.machine", "url": url, "started": ""}
        (home / "owner.json").write_text(json.dumps(owner))
        with shoal.connect(home) as sh:
            assert sh.projects == []
        listener.shutdown()
    assert heard == [None]


def test_secrets_are_told_once_and_not_kept(closed: Closed, sh: Shoal) -> None:
    made = sh.tokens.create("carol")
    assert made.secret is not None
    assert made.secret.startswith("shoal_")
    assert len(made.secret) >= 40
    listed = sh.tokens["carol"]
    assert listed.secret is None
    assert listed.body.ending == made.secret[-4:]
    assert "secret" not in listed.to_dict()
    for file in closed.home.glob("catalog*"):
        assert made.secret.encode() not in file.read_bytes()
    listed.revoke()


def test_names_are_unique_and_lifetimes_in_range(sh: Shoal) -> None:
    with pytest.raises(AlreadyExistsError, match="revoke the existing one"):
        sh.tokens.create("anna")
    with pytest.raises(InvalidInputError, match="expires_in_days"):
        sh.tokens.create("eve", expires_in_days=0)
    with pytest.raises(InvalidInputError, match="name"):
        sh.tokens.create("a b")
    with pytest.raises(NotFoundError, match="'nobody'"):
        sh.tokens["nobody"]


def test_what_is_changed_bears_the_tokens_name(sh: Shoal) -> None:
    project = sh.create_project("authors", classes=["car"])
    frames = [{"frame_id": f"f{i}", "labels": []} for i in range(3)]
    val = project.datasets.upload("val", frames=frames, progress=False)
    segment = val.segments.create("Some", type="scenario", ids=["f0"])
    segment.add(ids=["f1"])
    assert [version.author for version in segment.versions] == ["anna", "anna"]
    assert segment.comment("looks odd").author == "anna"
    assert segment.comment("to me too", author="bert").author == "bert (token anna)"


def test_who_may_read_the_folder_needs_no_token(closed: Closed) -> None:
    key = closed.home / "owner.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(closed.home.stat().st_mode) == 0o700
    with shoal.connect(closed.home) as sh:
        assert sh.address == closed.url
        assert "anna" in [token.name for token in sh.tokens]
    # It is for programs of this user; a browser signs in with a token that can be revoked.
    answer = httpx.post(f"{closed.url}/api/v1/session", json={"token": key.read_text()})
    problem_of(answer, 401, "unauthenticated")


def test_the_command_line_makes_lists_and_revokes(closed: Closed, monkeypatch: pytest.MonkeyPatch) -> None:
    made = run_shoal("token", "create", "dora", "--days", "7", home=closed.home)
    assert "not shown again" in made.stderr
    listed = run_shoal("token", "list", home=closed.home)
    assert "dora" in listed.stdout
    assert made.stdout.strip() not in listed.stdout
    refused = run_shoal("project", "list", "--url", closed.url)
    assert refused.returncode == 1
    assert "asks for a token" in refused.stderr
    monkeypatch.setenv("SHOAL_TOKEN", made.stdout.strip())
    assert "driving" in run_shoal("project", "list", "--url", closed.url).stdout
    assert run_shoal("token", "revoke", "dora", "--yes", home=closed.home).returncode == 0
    assert run_shoal("project", "list", "--url", closed.url).returncode == 1


@pytest.mark.parametrize("options", [["--host", "0.0.0.0"], ["--host", "::"], ["--require-token"]])
def test_the_first_token_comes_before_the_first_caller(tmp_path: Path, options: list[str]) -> None:
    home = tmp_path / "home"
    done = run_shoal("serve", *options, "--port", "0", "--no-browser", home=home)
    assert done.returncode == 1
    assert f"shoal token create NAME --home {home}" in done.stderr
    assert run_shoal("token", "create", "anna", home=home).returncode == 0


def test_a_server_for_other_machines_asks_for_tokens_unasked(tmp_path: Path) -> None:
    home = tmp_path / "home"
    secret = run_shoal("token", "create", "anna", home=home).stdout.strip()
    with running_server(home, "--host", "0.0.0.0") as server:
        assert server.url.startswith("http://127.0.0.1:")
        assert httpx.get(f"{server.url}/api/v1/projects").status_code == 401
        with shoal.connect(server.url, token=secret) as sh:
            assert sh.projects == []
        with shoal.connect(home) as sh:
            assert sh.projects == []


def test_this_machine_has_more_addresses_than_one(tmp_path: Path) -> None:
    with running_server(tmp_path / "home", "--host", "127.0.0.2") as server:
        assert httpx.get(f"{server.url}/api/v1/session").json()["requires_token"] is False


def test_closing_twice_leaves_the_next_owner_its_files(tmp_path: Path) -> None:
    first = Home.open(tmp_path / "home")
    first.close()
    with Home.open(tmp_path / "home") as second:
        first.close()
        assert (tmp_path / "home" / "owner.key").read_text() == second.owner_key


def test_an_open_server_takes_any_credential_but_a_dead_token(tmp_path: Path) -> None:
    home = tmp_path / "home"
    dead = run_shoal("token", "create", "anna", home=home).stdout.strip()
    run_shoal("token", "revoke", "anna", "--yes", home=home)
    with running_server(home) as server:
        for headers in ({}, {"x-illume-api-key": "any"}, {"authorization": "Bearer any"}):
            assert httpx.get(f"{server.url}{AQUARIUM}/projects", headers=headers).status_code == 200
        for headers in ({"x-illume-api-key": dead}, {"authorization": f"Bearer {dead}"}):
            refused = httpx.get(f"{server.url}{AQUARIUM}/projects", headers=headers)
            assert refused.status_code == 401
            assert "This server asks for none" in refused.text
        assert httpx.get(f"{server.url}/api/v1/session").json()["requires_token"] is False
