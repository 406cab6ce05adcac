"""The version of the installed distribution."""

from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed


@cache
def version() -> str:
    try:
        return installed("tillbridge")
    except PackageNotFoundError:
        return "unknown"
