"""Option texts that stand for more than text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from shoal.cli.faults import UsageFault


def number_per_set(texts: Sequence[str] | None, option: str) -> float | dict[str, float] | None:
    """Return `["0.3"]` as a number and `["a=0.3", "b=0.4"]` as a number per inference set.

    Raises:
        UsageFault: a text is neither, or both kinds are mixed.
    """
    if not texts:
        return None
    if len(texts) == 1 and "=" not in texts[0]:
        return _number(texts[0], option)
    return {name: _number(value, option) for name, value in (_pair(text, option) for text in texts)}


def targets_of(texts: Sequence[str] | None) -> dict[str, float] | None:
    """Return `["recall=0.9", "recall@car=0.8"]` as targets by short name.

    Raises:
        UsageFault: a text is not of the form NAME=NUMBER.
    """
    if not texts:
        return None
    return {name: _number(value, "--target") for name, value in (_pair(text, "--target") for text in texts)}


def named_files(texts: Sequence[str], option: str) -> dict[str, Path]:
    """Return `["v1.json", "new=runs/v2.json"]` as files by name; the name is the file's own by default.

    Raises:
        UsageFault: a file is not there, or two have one name.
    """
    files: dict[str, Path] = {}
    for text in texts:
        name, _, path = text.partition("=") if "=" in text and not Path(text).exists() else ("", "", text)
        file = Path(path).expanduser()
        if not file.is_file():
            raise UsageFault(f"{option}: no file {path!r}.")
        name = name or file.name.split(".")[0]
        if name in files:
            raise UsageFault(f"{option}: two files are named {name!r}; write NAME=FILE.")
        files[name] = file
    return files


def _pair(text: str, option: str) -> tuple[str, str]:
    name, sign, value = text.rpartition("=")
    if not sign or not name:
        raise UsageFault(f"{option}: expected NAME=NUMBER, found {text!r}.")
    return name, value


def _number(text: str, option: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageFault(f"{option}: expected a number, found {text!r}.") from None
