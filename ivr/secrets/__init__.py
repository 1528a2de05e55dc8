"""The two secrets of a deployment: the auth tokens that sign webhooks, and the HMAC key of the pseudonyms."""


class SecretUnavailableError(Exception):
    """A secret can't be had. The text names its parameter and the code says why; neither holds its value."""

    def __init__(self, name: str, code: str = "") -> None:
        super().__init__(name)
        self.code = code
