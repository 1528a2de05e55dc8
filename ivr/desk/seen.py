"""What somebody saw before they changed it, so that nobody overwrites what they have not seen.

A page puts the fingerprint of the record that it shows into its form. The change is refused if the record is another
one by then.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivr.records.base import Record

_LENGTH = 20  # hexadecimal digits


def fingerprint(record: Record | None) -> str:
    """The fingerprint of a record as it is stored; of None, which stands for no record, there is one too."""
    item = record.to_item() if record else {}
    text = json.dumps(item, sort_keys=True, default=sorted, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]
