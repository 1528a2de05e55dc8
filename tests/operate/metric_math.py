"""CloudWatch's metric math, as far as our alarms use it: AWS's page "Using math expressions with CloudWatch metrics".

A value is a number, or a series: one number or None (no data) for each period of a range. What the page says of
missing data is kept: arithmetic gives none where a side has none, a comparison of two series takes it as 0, FILL fills
it, and HOUR and MINUTE have a value for every period of the range, whatever their metric has.
"""

from __future__ import annotations

import ast
import operator
from datetime import UTC, datetime

ARITHMETIC = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
COMPARISON = {
    ast.GtE: operator.ge,
    ast.Gt: operator.gt,
    ast.LtE: operator.le,
    ast.Lt: operator.lt,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class Math:
    """Evaluates expressions over series by their ids. ``starts`` are the periods' beginnings in epoch seconds."""

    def __init__(self, starts, series, quotas=()):
        self.starts, self.known, self.quotas = starts, dict(series), dict(quotas)

    def series(self, expression):
        """The value of an expression for each period. Raises ``SyntaxError`` or ``KeyError`` for what isn't math."""
        tree = ast.parse(expression.replace(" AND ", " and ").replace(" OR ", " or "), mode="eval")
        return self._each(self._of(tree.body))

    def _each(self, value):
        return value if isinstance(value, list) else [value] * len(self.starts)

    def _of(self, node):
        match node:
            case ast.Constant(value=int() | float()):
                return node.value
            case ast.Name():
                return self.known[node.id]
            case ast.BinOp():
                return self._both(ARITHMETIC[type(node.op)], self._of(node.left), self._of(node.right))
            case ast.Compare(ops=[op], comparators=[right]):
                return self._compare(COMPARISON[type(op)], self._of(node.left), self._of(right))
            case ast.BoolOp():
                together = all if isinstance(node.op, ast.And) else any
                sides = [self._each(self._of(one)) for one in node.values]
                return [float(together(values)) for values in zip(*sides, strict=True)]
            case ast.Call(func=ast.Name(id=name)):
                return getattr(self, f"_{name.lower()}")(*node.args)
            case _:
                raise SyntaxError(f"metric math has no {ast.dump(node)}")

    def _both(self, operation, left, right):
        if not isinstance(left, list) and not isinstance(right, list):
            return operation(left, right)
        pairs = zip(self._each(left), self._each(right), strict=True)
        return [None if None in pair else operation(*pair) for pair in pairs]

    def _compare(self, operation, left, right):
        if isinstance(left, list) and isinstance(right, list):
            left, right = ([value or 0 for value in side] for side in (left, right))
        compared = self._both(operation, left, right)
        return [None if one is None else float(one) for one in self._each(compared)]

    def _if(self, condition, then, otherwise):
        parts = (self._each(self._of(part)) for part in (condition, then, otherwise))
        return [yes if holds else no for holds, yes, no in zip(*parts, strict=True)]

    def _fill(self, series, filler):
        value = self._of(filler)
        return [value if one is None else one for one in self._each(self._of(series))]

    def _hour(self, _):
        return [datetime.fromtimestamp(start, UTC).hour for start in self.starts]

    def _minute(self, _):
        return [datetime.fromtimestamp(start, UTC).minute for start in self.starts]

    def _service_quota(self, metric):
        return self.quotas[metric.id]
