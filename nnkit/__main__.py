"""The `nnkit` command."""

import sys


def main() -> None:
    """Run the command line, or say in one line what is not installed."""
    try:
        from nnkit.cli import main as run
    except ModuleNotFoundError as error:
        if error.name and error.name.split(".")[0] == "nnkit":
            raise
        sys.exit(
            f"nnkit's commands need {error.name}, which is not installed. "
            "Try: python -m pip install 'nnkit-course[lab]'"
        )
    run()


if __name__ == "__main__":
    main()
