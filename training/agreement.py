"""How far the two readers of the training text agreed, by label.

python training/agreement.py
"""

from __future__ import annotations

import sys

from corpus import first_labels

from rollbook.meaning.labels import LABELS


def kappa(both: int, first: int, second: int, neither: int) -> float:
    """Cohen's kappa of two readers' yes and no. **Source**: Cohen (1960)."""
    posts = both + first + second + neither
    agreed = (both + neither) / posts
    by_chance = ((both + first) * (both + second) + (second + neither) * (first + neither)) / posts**2
    return 1.0 if by_chance == 1 else (agreed - by_chance) / (1 - by_chance)


def main() -> int:
    """Prints a line for each label."""
    pairs = list(first_labels())
    values = []
    for label in LABELS:
        both = sum(label in first and label in second for first, second in pairs)
        first_only = sum(label in first and label not in second for first, second in pairs)
        second_only = sum(label not in first and label in second for first, second in pairs)
        values.append(kappa(both, first_only, second_only, len(pairs) - both - first_only - second_only))
        counts = f"both {both:5}  author only {first_only:4}  reader only {second_only:4}"
        print(f"{label:24} {counts}  kappa {values[-1]:.3f}")
    same = sum(first == second for first, second in pairs)
    print(f"mean kappa {sum(values) / len(values):.3f}; the same labels for {same} of {len(pairs)} posts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
