"""What stands in the tables of networks in district.toml and is read by nobody: most likely it is misspelt."""

from __future__ import annotations

from collections.abc import Iterator

from rollbook.plugins import collectors
from rollbook.workspace import Workspace


def unread_settings(workspace: Workspace) -> Iterator[tuple[str, str]]:
    """Each table ``[collect.NETWORK]`` that no collector reads, or a line of it, and what is wrong with it in words."""
    for network, table in sorted(workspace.collect.networks.items()):
        plugin = collectors().get(network)
        if plugin is None:
            yield f"[collect.{network}]", "no collector is called so; `rollbook plugins` lists them"
            continue
        expected = ", ".join(sorted(plugin.settings)) or "no line at all"
        for name in sorted(table.keys() - plugin.settings):
            yield f"[collect.{network}]", f"{name!r} is unknown, and nothing comes of it; expected {expected}"
