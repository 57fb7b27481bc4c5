"""What is not loaded: slow libraries stay away from `import shoal` and from `--help`."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SLOW = ["fastapi", "httpx", "lance", "numba", "numpy", "pandas", "polars", "pyarrow", "pydantic", "scipy"]
SERVER = [*SLOW, "sqlalchemy", "uvicorn", "alembic", "PIL", "lark", "huey"]

_LIST = "import json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
_HELP = "import sys\nfrom shoal.cli.app import run\nrun({arguments!r})\n"


def loaded_by(program: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\n{_LIST}"], capture_output=True, text=True, check=True, timeout=60
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_import_shoal_loads_nothing_but_itself() -> None:
    assert not loaded_by("import shoal") & {*SERVER, "typer", "rich"}


@pytest.mark.parametrize(
    "arguments", [["--help"], ["segment", "--help"], ["gate", "--help"], ["segment", "create", "--help"]]
)
def test_help_loads_no_library_but_typer(arguments: list[str]) -> None:
    # typer itself reads option values with pydantic, and loads it even before a command's help.
    allowed = set() if arguments[0] == "--help" else {"pydantic"}
    assert not loaded_by(_HELP.format(arguments=arguments)) & ({*SERVER, "rich"} - allowed)


def test_connecting_to_a_server_loads_no_part_of_one() -> None:
    loaded = loaded_by("import shoal\nshoal.connect('http://127.0.0.1:9').close()")
    assert not loaded & (set(SERVER) - {"httpx", "pydantic"})
