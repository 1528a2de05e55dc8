"""The prompts as sound, for calls to play (``ivr.locales.audio``): a voice renders them, or a person records them."""
