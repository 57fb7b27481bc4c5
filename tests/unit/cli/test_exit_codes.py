"""Exit codes and messages of commands that fail, in this process and in one of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import shoal
from shoal.cli.app import app, run

GROUPS = ["upload", "segment", "target", "export", "project", "dataset", "jobs", "token"]


@pytest.fixture(autouse=True)
def _no_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SHOAL_URL", raising=False)
    monkeypatch.delenv("SHOAL_HOME", raising=False)
    monkeypatch.chdir(tmp_path)


def test_version_and_help_succeed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"shoal {shoal.__version__}\n"
    assert run([]) == 0
    assert "Examples:" in capsys.readouterr().out


def command_names() -> list[list[str]]:
    names: list[list[str]] = [[str(command.name)] for command in app.registered_commands]
    for group in app.registered_groups:
        assert group.typer_instance is not None
        names += [[str(group.name), str(one.name)] for one in group.typer_instance.registered_commands]
    return names


@pytest.mark.parametrize("name", command_names(), ids=" ".join)
def test_every_command_has_help_with_examples(name: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*name, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "Examples:" in shown
    assert f"shoal {' '.join(name)}" in shown.split("Examples:")[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gate"], "--candidate"),
        (["gate", "--candidate"], "requires an argument"),
        (["gate", "--candidat", "x"], "--candidat"),
        (["gate", "--candidate", "x", "--iou", "abc"], "--iou"),
        (["gate", "--candidate", "x", "--home", "a", "--url", "http://b"], "--home or --url"),
        (["nonsense"], "nonsense"),
        (["query", "--limit", "5000"], "--limit"),
        (["segment", "create", "x", "--type", "split"], "--query and --id"),
        (["segment", "update", "x"], "something to change"),
        (["upload", "inferences", "x"], "--coco-results"),
        (["matrix", "--results", "x.json"], "--coco and --labels"),
        (["matrix", "--coco", "x.json"], "--results"),
        (["matrix", "--coco", "x.json", "--results", "y.json", "--home", "z"], "without a home"),
        (["matrix", "--split-by", "x"], "go with"),
        (["import", "val", "--coco", "x", "--results", "nothing.json"], "no file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_usage_errors_leave_with_3(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(arguments) == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["query"], 1),
        (["matrix"], 1),
        (["segment", "list", "--json"], 1),
        (["gate", "--candidate", "x"], 3),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_folder_that_is_not_there_is_an_error_and_is_not_made(
    arguments: list[str], code: int, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(arguments) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "no data folder 'shoal-data'" in captured.err
    assert "Hint: " in captured.err
    assert not list(tmp_path.iterdir())


def test_a_gate_nobody_answers_is_not_a_rejection(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["gate", "--candidate", "x", "--url", "http://"]) == 3
    assert "Error: Expected a server's address" in capsys.readouterr().err


def test_the_console_script_passes_the_code_on() -> None:
    program = "import sys; sys.argv = ['shoal', 'gate']; import shoal.cli; shoal.cli.main()"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (3, "")


def test_output_that_nobody_reads_is_no_error() -> None:
    program = f"'{sys.executable}' -c 'from shoal.cli import main; main()' --help | head -c 1"
    done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""


def test_a_terminal_without_unicode_gets_question_marks() -> None:
    program = (
        "from shoal.cli.app import run; run(['--version']); "
        "from shoal.cli.output import print_rows; print_rows([{'verdict': '✓ pass'}], ['verdict'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        timeout=60,
        check=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )
    assert b"? pass" in done.stdout
