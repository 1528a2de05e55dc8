"""Builds the Lambda artifacts. No artifact contains this package."""
