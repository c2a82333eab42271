"""The command line: `python -m cnnbook train` and `python -m cnnbook evaluate`."""
