"""What a person did in a component, step by step.

A person may be faster than the server answers. So the browser keeps the steps until it knows that
they are applied, and sends all that are not, some of them again (see `steps.js`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# Comes before a component's own script.
SCRIPT = "shared/steps.js"

Step = Mapping[str, Any]


@dataclass(eq=False)
class AppliedSteps:
    """How many steps have been applied.

    Attributes:
        counts: by run: each time that the browser makes the component anew, it begins a run.
    """

    counts: dict[str, int] = field(default_factory=dict)

    def take(self, sent: object) -> list[Step]:
        """The steps that are new. They count as applied from now on.

        Args:
            sent: what the browser has sent: `run`; `steps`; and `start`, how many steps of the run
                came before these. Anything else holds no steps.
        """
        if not isinstance(sent, Mapping):
            return []
        run, start, steps = str(sent.get("run")), sent.get("start"), sent.get("steps")
        if not isinstance(steps, Sequence) or not isinstance(start, int | float):
            return []
        first = int(start)
        applied = self.counts.get(run, 0)
        self.counts[run] = max(applied, first + len(steps))
        return [step for step in steps[max(0, applied - first) :] if isinstance(step, Mapping)]
