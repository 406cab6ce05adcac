"""When two goods names are the same for the printer. Source: protocol-specs/posnet, "Data types", name identity."""


def goods_key(name: str) -> str:
    """What takes part in the comparison: letters without case, digits and `. , / \\ %`. Empty: no name at all."""
    return "".join(c for c in name.upper() if c.isalnum() or c in ".,/\\%")
