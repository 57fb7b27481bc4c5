"""The part of the package build that is our own: the web page is built before it is packed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent / "scripts"))

import build_page


class PageBuildHook(BuildHookInterface[Any]):
    """Builds the page when its sources have changed, with the machine's Node or the one of a wheel."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for the wheel that carries Node where the machine has none and the page is to be built."""
        is_needed = (
            build_page.is_wanted() and not build_page.is_current() and build_page.node_folder() is None
        )
        return [build_page.NODE_WHEEL] if is_needed else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page if need be."""
        if not build_page.is_wanted() or build_page.is_current():
            return
        try:
            build_page.build()
        except build_page.PageError as error:
            self.app.abort(str(error))
