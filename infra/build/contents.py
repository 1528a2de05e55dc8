"""What goes into each function's Lambda artifact, and why. What isn't named here stays out.

A list of what to keep, not of what to drop: a release that brings another 40 MB changes nothing here, while one that
moves something we use fails the build, or tests/deploy/test_artifact.py, which imports all of it under Lambda's Python.
"""

# Our code and the prompt catalogs. Of the code, a function gets what its handler reaches (infra/build/reached.py).
OURS = (
    "handlers/**/*.py",
    "ivr/**/*.py",
    "ivr/**/*.json",
)
_LANGUAGES = ("ivr/locales/*/language.json",)  # what the settings of any function are checked against
DATA_OF_OURS = {
    "voice": (*_LANGUAGES, "ivr/locales/*/prompts.json"),
    "reputation": _LANGUAGES,
    "redeliver": _LANGUAGES,
    "follow_up": (*_LANGUAGES, "ivr/locales/*/sms.json"),
}

# Paths in the folder that requirements/voice.txt was installed into: a file, or a package with all that is below it.
# boto3 and what it needs come with the Lambda runtime, patched by AWS, and aren't bundled.

# What any import of Powertools brings with it (logging, metrics and tracing among it), and its own needs.
# Left out: event_handler, parser, idempotency, kafka and the like, most of its 7.5 MB.
_POWERTOOLS = (
    "aws_lambda_powertools/__init__.py",
    "aws_lambda_powertools/package_logger.py",
    "aws_lambda_powertools/exceptions",
    "aws_lambda_powertools/logging",
    "aws_lambda_powertools/metrics",
    "aws_lambda_powertools/middleware_factory",
    "aws_lambda_powertools/shared",
    "aws_lambda_powertools/tracing",
    "aws_lambda_powertools/utilities/__init__.py",
    "aws_lambda_powertools/utilities/jmespath_utils",
    "aws_lambda_powertools/utilities/typing",
    "aws_lambda_powertools/warnings",
    # The runtime's boto3 brings a jmespath too, but of the runtime's version, not of our pins.
    "jmespath",
    "typing_extensions.py",
)
# What reading the settings takes.
_SETTINGS = (
    # All of it, the short numbers' data too: regions are loaded by name when a number first needs them.
    "phonenumbers",
    # Time zones, under all their names: nothing promises that Lambda's image has them.
    "tzdata/__init__.py",
    "tzdata/zoneinfo",
)
# What answers a batch of a stream or of a queue in parts. data_classes is 1 MB, and imports all of itself.
_BATCHES = (
    "aws_lambda_powertools/utilities/batch",
    "aws_lambda_powertools/utilities/data_classes",
)
# Of pseudonyms and references. The rest is tax and bank numbers of 80 countries.
_CHECK_DIGITS = (
    "stdnum/__init__.py",
    "stdnum/exceptions.py",
    "stdnum/util.py",
    "stdnum/luhn.py",
    "stdnum/damm.py",
    "stdnum/verhoeff.py",
    "stdnum/iso7064",
)
# Of what asks over HTTP, all but its stand-ins for OpenSSL, SOCKS and browsers.
_URLLIB3 = (
    "__init__",
    "_base_connection",
    "_collections",
    "_request_methods",
    "_version",
    "connection",
    "connectionpool",
    "exceptions",
    "fields",
    "filepost",
    "poolmanager",
    "response",
)

# Of Twilio's REST client, some 50 MB, what asks over HTTP. Its resource classes are for who places calls and sends.
_REST = (
    "twilio/__init__.py",
    "twilio/auth_strategy/__init__.py",
    "twilio/auth_strategy/auth_strategy.py",
    "twilio/auth_strategy/auth_type.py",
    "twilio/base",
    "twilio/credential/__init__.py",
    "twilio/credential/credential_provider.py",
    "twilio/http/__init__.py",
    "twilio/http/http_client.py",
    "twilio/http/request.py",
    "twilio/http/response.py",
    "twilio/rest/__init__.py",
    "requests",
    *(f"urllib3/{name}.py" for name in _URLLIB3),
    "urllib3/util",
    "urllib3/contrib/__init__.py",
    "urllib3/http2/__init__.py",
    "urllib3/http2/probe.py",
    "certifi/__init__.py",
    "certifi/core.py",
    "certifi/cacert.pem",
    "charset_normalizer",
    "idna",
)

THEIRS = {
    "voice": (
        # Imported by the first call that moves a leg, and by no call before it.
        *_REST,
        "twilio/request_validator.py",
        "twilio/twiml/__init__.py",
        "twilio/twiml/voice_response.py",
        *_CHECK_DIGITS,
        *_SETTINGS,
    ),
    "reputation": (*_BATCHES, *_POWERTOOLS, *_SETTINGS),
    "redeliver": (*_BATCHES, *_POWERTOOLS, *_SETTINGS),
    "follow_up": (
        *_REST,
        "twilio/rest/api",  # its oldest API alone: calls, messages, recordings
        "twilio/request_validator.py",
        *_CHECK_DIGITS,
        *_BATCHES,
        *_POWERTOOLS,
        *_SETTINGS,
    ),
}

# Of a kept package, only code: type stubs, caches and markers serve no function, and a compiled extension would be this
# machine's and not arm64's. (None is needed: the test imports all that was kept.)
SUFFIXES = frozenset({".py"})
DATA = ("tzdata/zoneinfo/", "certifi/cacert.pem")  # data, and kept whatever its suffix
NO_DATA = frozenset({".tab", ".zi"})  # suffixes of what tzdata has beside the zones: the same once more, as text

# Code that generators wrote, most of it tables and docstrings: its bytecode alone goes in, without docstrings. A
# traceback still tells file, line and function. Of Twilio's oldest API this is 2.3 MB, where both would be 8.2 MB.
GENERATED = ("phonenumbers/data", "phonenumbers/shortdata", "twilio/rest/api")
