"""CloudWatch's embedded metric format: a log line that is also a metric, without a metric filter.

AWS's page "Specification: Embedded metric format" defines it: ``_aws`` at the root of the line holds the namespace, the
sets of dimensions and the metrics; the value of each dimension and metric is a member of the root.
"""

from __future__ import annotations

from typing import Any

# The dimensions of a metric. Their values are closed words, since CloudWatch bills each set of values as a metric. An
# alarm can't add up a metric over its dimensions, so each metric is also counted without them.
DIMENSIONS: dict[str, tuple[str, ...]] = {
    "call_screened": ("verdict", "reason"),
    "call_ended": ("outcome",),
    "errand_failed": ("kind", "refused_by"),
    "signature_rejected": ("why",),
}


def counted(namespace: str, metric: str, fields: dict[str, Any], now_ms: int, value: int = 1) -> dict[str, Any]:
    """The members that make a line count ``value`` for ``metric``. ``fields`` holds the values of its dimensions."""
    dimensions = [name for name in DIMENSIONS.get(metric, ()) if name in fields]
    directive = {
        "Namespace": namespace,
        "Dimensions": [dimensions, []] if dimensions else [[]],
        "Metrics": [{"Name": metric, "Unit": "Count"}],
    }
    metadata = {"Timestamp": now_ms, "CloudWatchMetrics": [directive]}
    return {"_aws": metadata, **{name: str(fields[name]) for name in dimensions}, metric: value}
