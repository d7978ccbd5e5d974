"""The wheel's build hook: builds `assets/` first, so that an installed wheel serves without Node."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsHook(BuildHookInterface[Any]):
    """Runs before the wheel's files are gathered; pyproject.toml names `engage/static/` as an artifact."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 -- hatchling's signature
        if self.target_name != "wheel" or version == "editable":
            return
        sys.path.insert(0, str(Path(self.root)))
        from engage import bootstrap_assets

        if not bootstrap_assets.current():
            bootstrap_assets.build()
