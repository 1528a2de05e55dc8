"""AWS's page "Specification: Embedded metric format" as a judge of lines: each MUST of it that concerns a count."""

import json

METADATA = {"Timestamp", "CloudWatchMetrics"}
DIRECTIVE, METRIC = {"Namespace", "Dimensions", "Metrics"}, {"Name", "Unit"}


def faults(line):
    """What is wrong with a line, as a list of words; empty for one that CloudWatch makes metrics of."""
    root = json.loads(line)
    metadata = root.get("_aws")
    if not isinstance(metadata, dict) or set(metadata) != METADATA:
        return ["_aws at the root must hold Timestamp and CloudWatchMetrics, and nothing else"]
    found = [] if type(metadata["Timestamp"]) is int and metadata["Timestamp"] > 10**12 else ["Timestamp: milliseconds"]
    for directive in metadata["CloudWatchMetrics"]:
        if set(directive) == DIRECTIVE:
            found += [*_of_dimensions(directive["Dimensions"], root), *_of_metrics(directive["Metrics"], root)]
            found += [] if 1 <= len(directive["Namespace"]) <= 1024 else ["Namespace: 1 to 1024 characters"]
        else:
            found.append(f"a directive has the members {directive.keys()}")
    return found


def _of_dimensions(sets, root):
    if not sets:
        yield "Dimensions: one set at least, which may be empty"
    for names in sets:
        if len(names) > 30:
            yield "Dimensions: 30 in a set at most"
        for name in names:
            if not isinstance(root.get(name), str) or not 1 <= len(root[name]) <= 1024:
                yield f"{name}: a dimension must be a text of 1 to 1024 characters at the root"


def _of_metrics(metrics, root):
    if not 1 <= len(metrics) <= 100:
        yield "Metrics: 1 to 100"
    for metric in metrics:
        if set(metric) != METRIC or metric["Unit"] != "Count":
            yield f"{metric}: a count has a Name and the Unit Count"
        if type(root.get(metric.get("Name"))) is not int:
            yield f"{metric}: its value must be a number at the root"
