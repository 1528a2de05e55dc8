"""What a deployment may set: each setting with its default, how it is read, and what must go together."""

from ivr.settings.fields import SettingsError
from ivr.settings.settings import DEFAULT_LANGUAGES, Settings, current

__all__ = ["DEFAULT_LANGUAGES", "Settings", "SettingsError", "current"]
