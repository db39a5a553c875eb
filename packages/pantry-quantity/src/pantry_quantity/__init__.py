"""Amounts as a cook writes them: `200 g`, `1/2 tsp`, `3`."""

from dataclasses import dataclass
from fractions import Fraction

__all__ = ["Quantity"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact amount and its unit; things that are counted have no unit."""

    amount: Fraction
    unit: str = ""

    @classmethod
    def parse(cls, text: str) -> "Quantity":
        """Read `200 g`; raise `ValueError` where the amount is not a number."""
        amount, _, unit = text.strip().partition(" ")
        return cls(Fraction(amount), unit.strip())

    def scaled(self, factor: Fraction) -> "Quantity":
        """Return this quantity `factor` times."""
        return Quantity(self.amount * factor, self.unit)

    def __str__(self) -> str:
        """Write whole numbers plainly and the rest as a mixed fraction."""
        whole, rest = divmod(self.amount, 1)
        parts = [str(part) for part in (whole, rest) if part] or ["0"]
        return " ".join([*parts, self.unit]).strip()
