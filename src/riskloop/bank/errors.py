"""What can be wrong with what a person handed in."""


class BadInput(Exception):
    """Bad usage or bad input.

    The message is one clear sentence that names the file, row or option; the command line prints it
    on standard error and exits with 2.
    """
