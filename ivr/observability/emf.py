"""CloudWatch's embedded metric format: a log line that is a metric too, without any metric filter.

The members are those of AWS's page "Specification: Embedded metric format": ``_aws`` at the root of the line, and there
the namespace, the sets of dimensions, and the metrics; each of these is then a member of the root with its value.
"""

from __future__ import annotations

from typing import Any

# What a metric is counted by, beside all of it: closed words, for each set of values is a metric of its own at
# CloudWatch, which bills it. An alarm can add up no metric over its dimensions, so that there is one without them too.
DIMENSIONS: dict[str, tuple[str, ...]] = {
    "call_screened": ("verdict", "reason"),
    "call_ended": ("outcome",),
    "signature_rejected": ("why",),
}


def counted(namespace: str, metric: str, fields: dict[str, Any], now_ms: int) -> dict[str, Any]:
    """The members that make a line count one more of ``metric``. ``fields`` hold the values of its dimensions."""
    dimensions = [name for name in DIMENSIONS.get(metric, ()) if name in fields]
    directive = {
        "Namespace": namespace,
        "Dimensions": [dimensions, []] if dimensions else [[]],
        "Metrics": [{"Name": metric, "Unit": "Count"}],
    }
    metadata = {"Timestamp": now_ms, "CloudWatchMetrics": [directive]}
    return {"_aws": metadata, **{name: str(fields[name]) for name in dimensions}, metric: 1}
