"""What a customer can hand to the Public Prosecution, in both languages: a report's facts, as people and programs read.

The desk's page and JSON file show them, and ``infra.dossier`` draws them as a PDF.
"""

from ivr.dossier.gathering import facts, json_file

__all__ = ["facts", "json_file"]
