"""The client's three kinds of credentials are Shoal's tokens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import shoal
from aquarium_client import Driver
from shoal_server import RunningServer, running_server
from shoal_server import shoal as run_shoal

REFUSED = "The token that came is unknown, was revoked, or has expired."


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningServer, str]]:
    """A server that asks for tokens, and the one token it takes."""
    home = tmp_path_factory.mktemp("closed") / "home"
    secret = run_shoal("token", "create", "robot", home=home).stdout.strip()
    with running_server(home, "--require-token") as server:
        yield server, secret


@pytest.mark.parametrize(
    ("project", "kinds"),
    [
        ("by_key", ["api_key={}"]),
        ("by_token", ["token={}"]),
        ("by_app", ["app_id=robot", "app_key={}"]),
    ],
)
def test_each_kind_opens_everything(
    closed: tuple[RunningServer, str], drive: Driver, project: str, kinds: list[str]
) -> None:
    server, secret = closed
    done = drive("credentials.py", server.url, project, *(kind.format(secret) for kind in kinds))
    assert done["frames"] == ["f0", "f1", "f2"]
    assert done["elements"] == ["f1"]
    with shoal.connect(server.url, token=secret) as sh:
        segment = sh.project(project).datasets["val"].segments["One"]
        assert [version.author for version in segment.versions] == ["robot"]


@pytest.mark.parametrize(
    ("kinds", "message"),
    [
        (["api_key=any"], REFUSED),
        (["token=any"], REFUSED),
        (["app_id=robot", "app_key=any"], REFUSED),
        (["app_id=human", "app_key={}"], "The key that came with app id 'human' is that of another token."),
    ],
)
def test_what_is_no_token_is_refused_with_a_reason_the_client_prints(
    closed: tuple[RunningServer, str], drive: Driver, kinds: list[str], message: str
) -> None:
    server, secret = closed
    done = drive("credentials.py", server.url, "refused", *(kind.format(secret) for kind in kinds))
    assert message in done["refused"]
    with shoal.connect(server.url, token=secret) as sh:
        assert "refused" not in [project.name for project in sh.projects]
