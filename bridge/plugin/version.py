"""The version of the plugin API.

A plugin's module says which it was written for: TILLBRIDGE_PLUGIN_API = "1.0". The major number must be equal; the minor
one must not be greater than the host's.
"""

PLUGIN_API_VERSION = "1.0"


def incompatibility(declared: object) -> str | None:
    """None where a plugin of that version may be loaded, else the reason in a sentence."""
    if not isinstance(declared, str):
        return f'the module does not declare TILLBRIDGE_PLUGIN_API = "{PLUGIN_API_VERSION}"'
    try:
        major, minor = (int(part) for part in declared.split("."))
    except ValueError:
        return f"TILLBRIDGE_PLUGIN_API is {declared!r}, not two numbers such as {PLUGIN_API_VERSION}"
    host_major, host_minor = (int(part) for part in PLUGIN_API_VERSION.split("."))
    if major != host_major or minor > host_minor:
        return f"it was written for plugin API {declared}, this host has {PLUGIN_API_VERSION}"
    return None
