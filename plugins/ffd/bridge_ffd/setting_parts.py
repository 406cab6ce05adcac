"""Parts of settings that families of Russian registers have alike."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

FfdChoice = Annotated[
    Literal["auto", "1.05", "1.1", "1.2"],
    Field(description="Version of the fiscal document format. auto: as the device says, else 1.05."),
]

TaxationChoice = Annotated[
    Literal["osn", "usn_income", "usn_income_outcome", "envd", "eshn", "patent"] | None,
    Field(description="Taxation system of receipts that name none. It must be one that the device is registered for."),
]

OnPaper = Annotated[
    bool, Field(description="false: every receipt is electronic; the customer's e-mail or phone number is then needed.")
]
