"""The `ivr` command: what ops, the fraud desk and QA type."""
