"""What goes into the Lambda artifact, and why. What isn't named here stays out.

A list of what to keep, not of what to drop: a release that brings another 40 MB changes nothing here, while one that
moves something we use fails the build, or tests/deploy/test_artifact.py, which imports all of it under Lambda's Python.
"""

OURS = (
    "handlers/**/*.py",
    "ivr/**/*.py",
    "ivr/**/*.json",  # the prompt catalogs
)

# Paths in the folder that requirements/voice.txt was installed into: a file, or a package with all that is below it.
# boto3 and what it needs come with the Lambda runtime, patched by AWS, and aren't bundled.
THEIRS = (
    # twilio is about 50 MB, nearly all of it the REST client (and with it aiohttp, requests, pyjwt). Neither signatures
    # nor TwiML import it; it comes back the day a leg is moved or an SMS is sent.
    "twilio/__init__.py",
    "twilio/request_validator.py",
    "twilio/twiml/__init__.py",
    "twilio/twiml/voice_response.py",
    # All of it, the short numbers' data too: regions are loaded by name when a number first needs them.
    "phonenumbers",
    # Only the check digits. The rest is tax and bank numbers of 80 countries.
    "stdnum/__init__.py",
    "stdnum/exceptions.py",
    "stdnum/util.py",
    "stdnum/luhn.py",
    "stdnum/damm.py",
    "stdnum/verhoeff.py",
    "stdnum/iso7064",
    # Powertools: the Logger, Parameters, and what these import (metrics and tracing among it).
    # Left out: event_handler, data_classes, parser, idempotency, batch, kafka and the like, 6 of its 7.5 MB.
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
    "aws_lambda_powertools/utilities/parameters",
    "aws_lambda_powertools/utilities/typing",
    "aws_lambda_powertools/warnings",
    # Powertools' own needs. The runtime's boto3 brings a jmespath too, but of the runtime's version, not of our pins.
    "jmespath",
    "typing_extensions.py",
    # Time zones: nothing promises that Lambda's image has them.
    "tzdata/__init__.py",
    "tzdata/zoneinfo",
)

# Of a kept package, only code: type stubs, caches and markers serve no function, and a compiled extension would be this
# machine's and not arm64's. (None is needed: the test imports all that was kept.)
SUFFIXES = frozenset({".py"})
DATA = "tzdata/zoneinfo"  # where every file is data and kept
