"""The sample district: an invented workspace, and stand-ins for the networks on which its accounts post.

::

    folder = lay(Path("sample-district"))
    with StandInNetworks(state_for(folder)) as reroute:
        ...  # audit the folder with ``reroute`` as its [collect.reroute]
"""

from __future__ import annotations

from rollbook.sample.laying import lay, state_for
from rollbook.sample.server import StandInNetworks

__all__ = ["StandInNetworks", "lay", "state_for"]
