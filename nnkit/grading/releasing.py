"""`nbgrader generate_assignment` on the course's own units, which are released already.

Where nnkit was installed without the units' texts, nbgrader's source folder is the
course as students get it. nbgrader empties every answer cell without a solution in it:
students would miss the first lines of each function, and what is half filled in.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

# nbconvert ships no types: what comes from it is Any.
from nbconvert.exporters import NotebookExporter

from nnkit.course import course_directory

CLEARS = "ClearSolutions"


class Exporter(NotebookExporter):
    """Leaves the answer cells of the course's own notebooks as they are.

    Everywhere else, solutions are taken out as nbgrader does it.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]  # untyped
        converter: Any = self.parent
        course = converter.coursedir
        source = Path(course.root) / course.source_directory
        if source.resolve() == course_directory().resolve():
            converter.preprocessors = [
                item for item in converter.preprocessors if item.__name__ != CLEARS
            ]
