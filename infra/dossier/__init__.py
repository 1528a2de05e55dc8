"""What a customer can hand to the Public Prosecution: a report's facts as JSON, and the same as a bilingual PDF."""

from __future__ import annotations

from infra.dossier.document import pdf
from ivr.dossier.gathering import facts, json_file

__all__ = ["facts", "json_file", "pdf"]
