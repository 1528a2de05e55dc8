"""Takes a request for DynamoDB to moto's handler at once, and reads each expression once.

Plain moto tries the addresses of all services, builds a request as of a web server, and lists the handler's methods
anew. It reads a condition twice and an update three times, and copies what it has read token by token. All that costs
twice what the operation itself does.
"""

from __future__ import annotations

import ast
import functools
import re
from collections import deque
from types import SimpleNamespace

from moto.core import DEFAULT_ACCOUNT_ID, responses
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.serialize import ResponseSerializer
from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.parsing import validators
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser, Node
from moto.dynamodb.parsing.expressions import UpdateExpressionParser
from moto.dynamodb.responses import DynamoHandler
from moto.dynamodbstreams.responses import DynamoDBStreamsHandler
from werkzeug.datastructures import Headers
from werkzeug.http import http_date

_ADDRESS = re.compile(r"https://(streams\.)?dynamodb\.([a-z0-9-]+)\.amazonaws\.com/$")
_WRITTEN_AS_THEY_ARE = {"S", "N", "BOOL", "SS", "NS"}  # sent as the JSON that moto keeps


def shorten(patch=setattr):
    """``patch`` sets an attribute."""
    lex = ConditionExpressionParser._lex_condition_expression
    patch(BotocoreStubber, "process_request", _to_the_handler(BotocoreStubber.process_request))
    patch(
        ResponseSerializer,
        "_serialize_type_structure",
        _by_the_members_it_has(ResponseSerializer._serialize_type_structure),
    )
    patch(responses, "method_names_from_class", functools.lru_cache(responses.method_names_from_class))
    patch(UpdateExpressionParser, "make", functools.lru_cache(UpdateExpressionParser.make))
    patch(validators, "deepcopy", _copied)
    patch(DepthFirstTraverser, "traverse_node_recursively", _traverse)
    patch(ConditionExpressionParser, "_lex_condition_expression", _lexed_once(lex))
    patch(ConditionExpressionParser, "parse", _parsed_once(ConditionExpressionParser.parse))


class _Request:
    """One operation, with all that a handler of moto's asks of its request."""

    def __init__(self, request, region):
        super().__init__()
        self.headers = Headers([(name, _text(value)) for name, value in request.headers.items()])
        self.querystring, self.uri_match, self.body = {}, {}, request.body.decode()
        self.region, self.current_account = region, DEFAULT_ACCOUNT_ID
        self.response_headers = {"server": "amazon.com", "date": http_date()}
        if self.automated_parameter_parsing:
            self.parse_parameters(
                SimpleNamespace(
                    method="POST",
                    content_type=self.headers["Content-Type"],
                    headers=self.headers,
                    data=request.body,
                    values={},
                    path="/",
                )
            )


class _TableRequest(_Request, DynamoHandler):
    pass


class _StreamRequest(_Request, DynamoDBStreamsHandler):
    pass


def _text(value):
    return value.decode() if isinstance(value, bytes) else value


def _to_the_handler(process_request):
    def process(stubber, request):
        address = _ADDRESS.match(request.url)
        if address is None:
            return process_request(stubber, request)
        kind = _StreamRequest if address[1] else _TableRequest
        return kind(request, address[2]).call_action()

    return process


def _by_the_members_it_has(serialize):
    """Of an attribute's value ({"S": ...}) write the one member that it has, not each of the ten that it may have."""

    def by_members(serializer, serialized, value, shape, key):
        if shape.name == "AttributeValue" and key and type(value) is dict:
            [(kind, held)] = value.items()
            if kind in _WRITTEN_AS_THEY_ARE:
                serialized[serializer.get_serialized_name(shape, key)] = {kind: held}
                return
        serialize(serializer, serialized, value, shape, key)

    return by_members


@functools.cache
def _is_one_of(kind, kinds):
    """The nodes' metaclass makes each isinstance a search."""
    return issubclass(kind, kinds)


def _copied(tree):
    """The tree of an update, of whose nodes alone a validator puts others in their place."""
    new = object.__new__(type(tree))
    new.__dict__.update(tree.__dict__)
    if tree.children is not None:
        new.children = [_copied(child) if _is_one_of(type(child), Node) else child for child in tree.children]
        for child in new.children:
            if _is_one_of(type(child), Node):
                child.parent = new
    return new


def _traverse(self, node, child_id=-1):
    """Ask the traverser once, and not at every node, which nodes it changes."""
    kinds = self.nodes_to_be_processed()

    def walk(node, child_id):
        if not _is_one_of(type(node), Node):
            return node
        parent = node.parent
        for nth, child in enumerate(node.children or ()):
            self.pre_processing_of_child(node, nth)
            walk(child, nth)
        if _is_one_of(type(node), kinds):
            node = self.process(node)
            node.parent = parent
            if parent:
                parent.children[child_id] = node
        return node

    return walk(node, child_id)


def _lexed_once(lex):
    """Read the tokens of a condition from its text once; each parser takes them out of a queue of its own."""

    @functools.lru_cache
    def tokens(text):
        return tuple(lex(ConditionExpressionParser(text, None, None)))

    return lambda parser: deque(tokens(parser.condition_expression))


def _parsed_once(parse):
    """A condition with its names and values: the handler reads it to check them, and the table to judge an item."""

    @functools.lru_cache
    def parsed(text, names, values):
        parser = ConditionExpressionParser(text, ast.literal_eval(names), ast.literal_eval(values))
        return parse(parser), parser.expr_attr_names_found, parser.expr_attr_values_found

    def parse_once(parser):
        given = repr(parser.expression_attribute_names), repr(parser.expression_attribute_values)
        condition, names, values = parsed(parser.condition_expression, *given)
        parser.expr_attr_names_found.extend(names)
        parser.expr_attr_values_found.extend(values)
        return condition

    return parse_once
