"""What an environment file is refused with."""


class EnvironmentFileError(Exception):
    """An environment file can't be deployed. The message names the file, the line, the value and the remedy."""
