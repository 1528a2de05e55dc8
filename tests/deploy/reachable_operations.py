"""The DynamoDB and SQS operations that a handler's code can reach: its role must allow exactly these."""

import ast
from collections import defaultdict

from infra.build.reached import reached

PARTS = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item", "ConditionCheck": "condition_check_item"}


def operations(root, handler):
    """The client methods that ``handler`` may call, a transaction's as its parts (which is what its role must allow).

    Followed by name from the handler on. Of a class that holds a client, or is made of one that does, only the methods
    count that somebody names; any other class counts as a whole, since pages name their effects in words.
    """
    files = [file for file in reached(root, handler) if root / "ivr" / "aws" not in (root / file).parents]  # the client
    trees = [ast.parse((root / file).read_text(encoding="utf-8")) for file in files]
    known = _Known()
    for tree in trees:
        known.add(tree)
    ahead = [ast.parse((root / handler.replace(".", "/")).with_suffix(".py").read_text(encoding="utf-8"))]
    made, met = set(), set()
    while ahead:
        node = ahead.pop()
        if node not in met:
            met.add(node)
            made |= _made_in(node)
            ahead += known.named_in(node)
    return made


class _Known:
    """What is defined in the code, by name."""

    def __init__(self):
        self.functions, self.methods, self.classes = defaultdict(list), defaultdict(list), defaultdict(list)
        self.with_a_client = set()
        self.rooms = defaultdict(
            set, table={"Table"}, _table={"Table"}
        )  # what an attribute holds: the store's class for a subject

    def add(self, tree):
        for node in tree.body:
            match node:
                case ast.FunctionDef(name=name):
                    self.functions[name].append(node)
                case ast.ClassDef(name=name, body=body):
                    for method in body:
                        if isinstance(method, ast.FunctionDef):
                            self.methods[method.name].append((name, method))
                            self._room(method)
                    self.classes[name].append(node)
                    if _made_in(tree) or _is_given_a_client(node):
                        self.with_a_client.add(node)

    def _room(self, method):
        """Remember which class a property like ``Store.calls`` gives: two subjects may each have a method ``get``."""
        match method:
            case ast.FunctionDef(name=name, decorator_list=[ast.Name(id="cached_property")], returns=ast.Name(id=held)):
                self.rooms[name].add(held)

    def named_in(self, node):
        named = []
        for part in ast.walk(node):
            match part:
                case ast.Attribute(value=ast.Attribute(attr=room), attr=name) if room in self.rooms:
                    named += [method for of, method in self.methods[name] if of in self.rooms[room]]
                case ast.Attribute(attr=name):
                    named += [*(method for _, method in self.methods[name]), *self.functions[name]]
                case ast.Name(id=name):
                    named += [one for one in self.classes[name] if not self._holds_a_client(one)]
                    named += self.functions[name]
        return named

    def _holds_a_client(self, node):
        names = [getattr(base, "attr", getattr(base, "id", "")) for base in node.bases]
        bases = [one for name in names for one in self.classes[name] if one is not node]
        return node in self.with_a_client or any(map(self._holds_a_client, bases))


def _is_given_a_client(node):
    """Whether a class is made of a client, or of the table that holds one."""
    annotations = [arg.annotation for one in ast.walk(node) if isinstance(one, ast.arguments) for arg in one.args]
    return any(isinstance(one, ast.Name) and one.id in {"Table", "DynamoDBClient"} for one in annotations)


def _made_in(node):
    """The operations that this very code asks a client for."""
    made = set()
    for part in ast.walk(node):
        match part:
            case ast.Attribute(value=ast.Attribute(attr="client" | "_client"), attr=name):
                made.add(name)
            case ast.Call(func=ast.Attribute(attr="get_paginator"), args=[ast.Constant(value=name)]):
                made.add(name)
            case ast.Dict(keys=[ast.Constant(value=str(name))]) if name in PARTS:
                made.add(PARTS[name])
    return made - {"get_paginator", "transact_write_items"}
