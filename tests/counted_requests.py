"""A DynamoDB client that tells what was asked of it, whatever its make: what a table is given stands behind it."""

from __future__ import annotations


class CountedClient:
    """Hands each request on and keeps its name in ``asked``, in order. Each page of a query is a request."""

    def __init__(self, client, asked=None):
        self._client, self.asked = client, [] if asked is None else asked

    def __getattr__(self, name):
        attribute = getattr(self._client, name)
        if name == "get_paginator":
            return lambda operation: _CountedPages(attribute(operation), _name_of(operation), self.asked)
        if not callable(attribute):
            return attribute

        def request(**arguments):
            self.asked.append(_name_of(name))
            return attribute(**arguments)

        return request


class _CountedPages:
    def __init__(self, paginator, name, asked):
        self._paginator, self._name, self._asked = paginator, name, asked

    def paginate(self, **arguments):
        for page in self._paginator.paginate(**arguments):
            self._asked.append(self._name)
            yield page


def _name_of(operation):
    return "".join(word.title() for word in operation.split("_"))
