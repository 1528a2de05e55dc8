"""The contents of each function's Lambda artifact, with the reasons. Nothing else goes into it.

This is a list of what to keep, not of what to drop. If a new release of a library adds 40 MB, the artifact stays as it
is; if it moves a module that is kept, the build fails, or tests/deploy/test_artifact.py, which imports every kept
module under Lambda's Python.
"""

# This project's code and catalogs. A function gets the modules that its handler imports (infra/build/reached.py).
OURS = (
    "handlers/**/*.py",
    "ivr/**/*.py",
    "ivr/**/*.json",
)
_LANGUAGES = ("ivr/locales/*/language.json",)  # what the settings of any function are checked against
DATA_OF_OURS = {
    "voice": (*_LANGUAGES, "ivr/locales/*/prompts.json", "ivr/locales/*/categories.json", "ivr/locales/*/audio.json"),
    "reputation": _LANGUAGES,
    "redeliver": _LANGUAGES,
    "watch": _LANGUAGES,
    "desk": (
        *_LANGUAGES,
        "ivr/locales/*/desk.json",
        "ivr/locales/*/papers.json",
        "ivr/locales/*/categories.json",
        "ivr/dossier/languages.json",
        "ivr/web/static/*",
        "ivr/web/templates/*",
    ),
    "follow_up": (*_LANGUAGES, "ivr/locales/*/sms.json", "ivr/locales/*/categories.json"),
}

# Paths below the folder where requirements/voice.txt is installed: a file, or a whole package.
# boto3 and its dependencies are part of the Lambda runtime, where AWS patches them, and aren't bundled.

# For the settings.
_SETTINGS = (
    # All of it, with the data of short numbers: it loads a region by name when a number first needs it.
    "phonenumbers",
    # All time zones: AWS does not promise that Lambda's image has them.
    "tzdata/__init__.py",
    "tzdata/zoneinfo",
)
# For pseudonyms and references. The rest of the library is tax and bank numbers of 80 countries.
_CHECK_DIGITS = (
    "stdnum/__init__.py",
    "stdnum/exceptions.py",
    "stdnum/util.py",
    "stdnum/luhn.py",
    "stdnum/damm.py",
    "stdnum/verhoeff.py",
    "stdnum/iso7064",
)
# The HTTP client, without its variants for OpenSSL, SOCKS and browsers.
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

# The client of HTTP, without which nobody asks Twilio's REST API or the desk's issuer.
_HTTP = (
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
# Of Twilio's REST client (some 50 MB) the HTTP part: nothing that is deployed asks by its resource classes.
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
    *_HTTP,
)

# For the desk's pages: Flask and what it stands on, forms, OpenID Connect, times and numbers.
_PAGES = (
    "apig_wsgi",
    "authlib/__init__.py",
    "authlib/_joserfc_helpers.py",
    "authlib/common",
    "authlib/consts.py",
    "authlib/deprecate.py",
    "authlib/integrations/__init__.py",
    "authlib/integrations/base_client",
    "authlib/integrations/flask_client",
    "authlib/integrations/requests_client",
    "authlib/oauth1",
    "authlib/oauth2",
    "authlib/oidc",
    "babel/__init__.py",
    "babel/core.py",
    "babel/dates.py",
    "babel/global.dat",
    "babel/locale-data",
    "babel/localedata.py",
    "babel/localtime",
    "babel/numbers.py",
    "babel/plural.py",
    "babel/util.py",
    "blinker",
    "click",
    "cryptography",
    "flask",
    "flask_wtf",
    "itsdangerous",
    "jinja2",
    "joserfc",
    "markupsafe",
    "werkzeug",
    "wtforms",
)

# Whose requirements a function is built from; the others are built from requirements/voice.txt.
REQUIREMENTS = {"desk": "desk"}

THEIRS = {
    "desk": (*_PAGES, *_HTTP, *_CHECK_DIGITS, *_SETTINGS),
    "voice": (
        # Imported by the first call that moves a leg, not before.
        *_REST,
        "twilio/request_validator.py",
        "twilio/twiml/__init__.py",
        "twilio/twiml/voice_response.py",
        *_CHECK_DIGITS,
        *_SETTINGS,
    ),
    "reputation": _SETTINGS,
    "redeliver": _SETTINGS,
    "watch": _SETTINGS,
    "follow_up": (
        *_REST,
        "twilio/request_validator.py",
        *_CHECK_DIGITS,
        *_SETTINGS,
    ),
}

# Only the code of a kept package: no function needs type stubs, caches and markers.
SUFFIXES = frozenset({".py"})
# Data: kept with any suffix. Of Babel the desk's languages; of compiled code only what has no Python beside it.
DATA = (
    "tzdata/zoneinfo/",
    "certifi/cacert.pem",
    "babel/global.dat",
    "babel/locale-data/root.dat",
    "babel/locale-data/ar.dat",
    "babel/locale-data/ar_",
    "babel/locale-data/en.dat",
    "babel/locale-data/en_",
    "cryptography/hazmat/bindings/_rust",
)
# Modules that are one compiled file, whose name says for which machine.
COMPILED = {"desk": ("_cffi_backend",)}
NO_DATA = frozenset({".tab", ".zi", ".pyi"})  # tzdata has the zones a second time, as text with these suffixes
