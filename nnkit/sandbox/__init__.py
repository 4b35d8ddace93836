"""Where a stranger's code runs. Nothing in this folder knows an answer."""
