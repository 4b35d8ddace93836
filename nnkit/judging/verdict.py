"""What a judge says about one exercise: data only; `show` makes it readable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from nnkit.judging.errormap import ErrorMap

Status = Literal["right", "partly right", "wrong", "open"]


@dataclass(frozen=True)
class PartVerdict:
    """How one part fared over all cases; it counts when it is right in all of them.

    `wrong_in` names the cases in which it is not.
    """

    name: str
    right: bool
    right_cases: int
    cases: int
    wrong_in: tuple[str, ...] = ()


@dataclass(frozen=True)
class Diagnosis:
    """One thing that went wrong.

    Attributes:
        kind: "slip", or the `Kind` of outcome that it describes.
        slip: the slip's id when a known misconception was recognized, else "".
        text: what a student reads; never an expected value.
        parts: the parts that it concerns.
        case: name of the first case in which it shows.
        entry: the worst entry there, as "dw[2]"; "" where no entry stands out.
        map: where the error sits there; None unless it is a vector or a matrix.
    """

    kind: str
    slip: str
    text: str
    parts: tuple[str, ...]
    case: str
    entry: str = ""
    map: ErrorMap | None = None


@dataclass(frozen=True)
class Verdict:
    """The judgement of one exercise.

    Attributes:
        exercise: its id.
        points: what the answer earns.
        max_points: what the exercise is worth.
        parts: one verdict a part.
        diagnoses: what went wrong, the most telling first; empty when all is right.
        flags: what an instructor may want to look at; never changes the points.
    """

    exercise: str
    points: float
    max_points: float
    parts: tuple[PartVerdict, ...]
    diagnoses: tuple[Diagnosis, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """Say in a word how the answer stands."""
        if all(part.right for part in self.parts):
            return "right"
        if any(part.right for part in self.parts):
            return "partly right"
        if self.diagnoses and self.diagnoses[0].kind == "not attempted":
            return "open"
        return "wrong"

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as JSON's plain types, for the journal."""
        # As `dataclasses.asdict`, which copies every leaf and takes 15 times as long.
        return {
            **vars(self),
            "parts": tuple(dict(vars(part)) for part in self.parts),
            "diagnoses": tuple(
                {**vars(item), "map": dict(vars(item.map)) if item.map else None}
                for item in self.diagnoses
            ),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Verdict:
        """Rebuild a verdict that `to_json` has written."""
        diagnoses = tuple(
            Diagnosis(**{**item, "parts": tuple(item["parts"]), "map": _map(item)})
            for item in data["diagnoses"]
        )
        parts = tuple(
            PartVerdict(**{**item, "wrong_in": tuple(item.get("wrong_in", ()))})
            for item in data["parts"]
        )
        fields = {**data, "parts": parts, "diagnoses": diagnoses}
        return cls(**{**fields, "flags": tuple(data["flags"])})


def _map(item: Mapping[str, Any]) -> ErrorMap | None:
    # A verdict from an older journal has none.
    return ErrorMap.from_json(item["map"]) if item.get("map") else None
