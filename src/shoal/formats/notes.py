"""What a reader understood, left out or found odd, without rejecting anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Notes:
    """Remarks of one reading, in order of first appearance; equal remarks are counted, not repeated."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, text: str, *, times: int = 1) -> None:
        """Count a remark `times` times; zero times leaves no trace."""
        if times:
            self.counts[text] = self.counts.get(text, 0) + times

    def __iter__(self) -> Iterator[str]:
        for text, count in self.counts.items():
            yield text if count == 1 else f"{text} ({count:,} times)"

    def __len__(self) -> int:
        return len(self.counts)
