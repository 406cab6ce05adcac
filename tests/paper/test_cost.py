"""What a bridge pays that draws no pictures: nothing of the libraries that draw."""

from __future__ import annotations

import subprocess
import sys


def test_a_server_that_draws_nothing_loads_no_library_for_it() -> None:
    asked = "import sys, bridge.server.run; print(sorted({'PIL', 'segno', 'wcwidth'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
