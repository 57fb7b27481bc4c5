"""How commands describe themselves."""

from __future__ import annotations

import typer


def new_app(help_text: str, *, epilog: str | None = None) -> typer.Typer:
    """Return an empty group of commands; help is plain text, which is three times as fast as rich text."""
    return typer.Typer(
        help=help_text,
        epilog=epilog,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )


def examples(*lines: str) -> str:
    """Return examples as the end of a help text."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
