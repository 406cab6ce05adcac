"""What a demonstration of this terminal needs. None: it takes no part yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DEMO: Mapping[str, Any] | None = None
