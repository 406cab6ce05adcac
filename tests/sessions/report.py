"""What was held against what, and what was wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Report:
    """`passed` counts what was looked at and right; a finding is a sentence."""

    passed: int = 0
    findings: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def failed(self) -> int:
        return len(self.findings)

    def check(self, right: bool, finding: str) -> None:
        if right:
            self.passed += 1
        elif finding not in self.findings:
            self.findings.append(finding)

    def summary(self) -> str:
        return ", ".join(f"{count} {what}" for what, count in sorted(self.counts.items()))
