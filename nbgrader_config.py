"""nbgrader's configuration for working on the course itself, from this folder.

An instructor grades in a folder of their own, which nnkit makes with its own
configuration. The paths are absolute so that a configuration elsewhere can load this.
"""

from pathlib import Path

here = Path(__file__).resolve().parent

c = get_config()  # noqa: F821  # traitlets puts this name in before it runs the file
c.CourseDirectory.course_id = "nnkit"
c.CourseDirectory.source_directory = str(here / "solutions")
c.CourseDirectory.release_directory = str(here / "course")

# Submissions run in nnkit's sandbox and are judged outside of it.
c.Autograde.exporter_class = "nnkit.grading.nbgrader.Exporter"
