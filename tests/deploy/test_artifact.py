"""The folders that `sam build` makes: what is in each, and that it runs as Lambda runs it."""

import ast
import base64
import json
import re
import subprocess
from importlib.metadata import distributions
from pathlib import Path
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from infra.build import artifact as builder
from infra.build import contents
from tests.deploy.conftest import installed
from tests.deploy.lambda_service import TOKEN_OF_TESTS, LambdaService
from tests.slowly import slow_but

# Of each folder, unzipped, with its bytecode. Half of the desk's is cryptography, which signs people in.
MOST_BYTES = {
    "voice": 4_800_000,
    "follow_up": 4_100_000,
    "reputation": 2_500_000,
    "redeliver": 2_300_000,
    "watch": 2_300_000,
    "desk": 26_000_000,
}
FORM = {
    "CallSid": "CA" + "0" * 32,
    "AccountSid": "AC" + "0" * 32,
    "From": "+13035550199",
    "To": "+12025550100",
    "CallStatus": "ringing",
    "Direction": "inbound",
    "ApiVersion": "2010-04-01",
    "FromCity": "",
}
# Modules of the kept packages that work nowhere without something that isn't ours, such as the data that phonenumbers
# has and phonenumberslite leaves out.
FOR_OTHERS = {
    # Of the desk's libraries: Windows, translations by Babel, and a cipher that no issuer signs with.
    "click._winconsole",
    "flask_wtf.i18n",
    "joserfc.drafts.jwe_chacha20",
    "phonenumbers.carrier",
    "phonenumbers.geocoder",
    "phonenumbers.timezone",
}
IMPORT = """
import importlib, json, sys
sys.path[:0] = sys.argv[1:]
failed = {}
for name in json.load(sys.stdin):
    try:
        importlib.import_module(name)
    except Exception as error:
        failed[name] = repr(error)
print(json.dumps(failed))
"""


@pytest.fixture(
    scope="module", params=slow_but(["voice"], ["voice", "reputation", "redeliver", "watch", "follow_up", "desk"])
)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def artifact(artifact_of, name):
    return artifact_of(name)


def files(folder, pattern="*"):
    return [file.relative_to(folder) for file in sorted(folder.rglob(pattern)) if file.is_file()]


def failed_imports(python, modules, *path):
    """What a Python that sees nothing but `path` and its own library can't import of `modules`."""
    run = subprocess.run(
        [python, "-I", "-S", "-c", IMPORT, *path], input=json.dumps(modules), capture_output=True, text=True, check=True
    )
    return json.loads(run.stdout.splitlines()[-1])


@pytest.mark.slow
def test_the_artifact_is_small(artifact, name):
    assert sum((artifact / file).stat().st_size for file in files(artifact)) < MOST_BYTES[name]


@pytest.mark.slow
def test_time_zones_come_under_all_their_names_and_once(artifact):
    zones = {file.as_posix() for file in files(artifact / "tzdata" / "zoneinfo")}
    assert {"Asia/Muscat", "Asia/Kolkata", "Asia/Calcutta", "UTC"} <= zones
    assert not {"tzdata.zi", "zone1970.tab"} & zones


def test_it_holds_only_what_the_keep_list_names(artifact, name):
    ours = {"handlers", "ivr"}
    theirs = {kept.split("/")[0].replace(".py", ".pyc") for kept in contents.THEIRS[name]}
    compiled = {file.name for file in artifact.glob("*.so")}
    assert {file.split(".")[0] for file in compiled} == set(contents.COMPILED.get(name, ()))
    about = {folder.name for folder in artifact.glob("*.dist-info")}
    assert {file.parts[0] for file in files(artifact)} - compiled - about == ours | theirs
    whole = (*contents.DATA, "ivr/web/", *compiled, *about)
    code = [file for file in files(artifact) if not file.as_posix().startswith(whole)]
    assert {file.suffix for file in code} <= {".py", ".pyc", ".json"}  # nothing else compiled for one processor
    assert all(file.parts[0] == "ivr" for file in files(artifact, "*.json"))
    assert not [file for file in files(artifact) if {"tests", "infra", "boto3"} & set(file.parts)]
    has_rest = [file for file in files(artifact) if {"rest", "requests"} & set(file.parts)]
    assert bool(has_rest) == (name in {"voice", "follow_up", "desk"})
    assert [file.stem for file in files(artifact / "handlers", "*.py")] == ["__init__", name]


def test_each_library_says_its_name_version_and_licence(artifact, name):
    """Scanners find what is vulnerable by these folders."""
    requirements = builder.requirements_of(name)
    owners = {
        file.parts[0]: (library.name, library.version)
        for library in distributions(path=[str(installed(requirements))])
        for file in library.files
    }
    told = {(library.name, library.version) for library in distributions(path=[str(artifact)])}
    parts = {file.parts[0].replace(".pyc", ".py") for file in files(artifact)} - {"handlers", "ivr"}
    assert {owners[part] for part in parts if not part.endswith(".dist-info")} == told
    for about in artifact.glob("*.dist-info"):
        names = {file.name for file in files(about)}
        assert "METADATA" in names
        assert len(names) > 1, f"{about.name} holds no licence"


@pytest.mark.parametrize("function", slow_but(["voice"], ["voice", "follow_up"]))
def test_no_resource_class_of_twilios_rest_client_is_packed(artifact_of, function):
    folder = artifact_of(function)
    assert files(folder / "twilio" / "rest", "*.py*") == [Path("__init__.pyc")]
    assert (folder / "certifi" / "cacert.pem").exists()


@pytest.mark.slow
def test_a_function_holds_no_other_functions_code(artifact_of):
    messages = artifact_of("follow_up")
    assert not (messages / "twilio" / "twiml").exists()
    assert {file.name for file in files(messages, "*.json")} == {"language.json", "sms.json", "categories.json"}
    calls, *background = map(artifact_of, ["voice", "reputation", "redeliver"])
    assert not [
        file for file in files(calls) if {"batch", "data_classes"} & set(file.parts) or file.stem == "projections"
    ]
    for folder in background:
        assert not [
            file
            for file in files(folder)
            if {"stdnum", "pages", "prompts"} & set(file.parts) or file.parts[0] == "twilio"
        ]
        assert not [file for file in files(folder) if file.stem in {"registry", "webhook", "twiml", "secrets"}]


def test_every_module_comes_with_bytecode_that_is_used_unchecked(artifact):
    missing = [
        file
        for file in files(artifact, "*.py")
        if not (artifact / file.parent / "__pycache__" / f"{file.stem}.cpython-313.pyc").exists()
    ]
    assert missing == []
    flags = {int.from_bytes((artifact / file).read_bytes()[4:8], "little") for file in files(artifact, "*.pyc")}
    assert flags == {1}  # hash-based, and not checked against the source (PEP 552)


def test_only_our_own_code_comes_with_its_source_and_no_bytecode_comes_twice(artifact):
    ours = {"handlers", "ivr"}
    assert {file.parts[0] for file in files(artifact, "*.py")} == ours
    cached = [file for file in files(artifact, "*.pyc") if file.parent.name == "__pycache__"]
    bare = [file for file in files(artifact, "*.pyc") if file.parent.name != "__pycache__"]
    assert {file.parts[0] for file in cached} == ours
    assert len(cached) == len(files(artifact, "*.py"))
    assert bare
    assert not {file.parts[0] for file in bare} & ours


@pytest.mark.slow
def test_an_error_in_a_library_names_its_file_line_and_function(artifact_of, runtime, python):
    """Its source is not here, and not missed: the log shows no source line of anybody's."""
    program = (
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "from ivr.observability.log import _described\n"
        "from urllib3.util.retry import Retry\n"
        "try: Retry.from_int(object()).increment(error=OSError())\n"
        "except Exception as error: print(*_described(error)['frames'], sep='\\n')"
    )
    run = [python, "-I", "-S", "-c", program, artifact_of("voice"), runtime]
    frames = subprocess.run(run, capture_output=True, text=True, check=True).stdout.splitlines()
    assert any(re.fullmatch(r"/var/task/urllib3/util/retry\.py:\d+ increment", frame) for frame in frames), frames


@pytest.mark.slow
def test_every_packed_module_can_be_imported_in_the_runtime(artifact, runtime, python):
    code = [*files(artifact, "*.py"), *files(artifact, "*.pyc")]
    modules = {
        ".".join(file.with_suffix("").parts).removesuffix(".__init__")
        for file in code
        if file.parent.name != "__pycache__" and file.stem != "__main__"
    }
    failed = failed_imports(python, sorted(modules), artifact, runtime)
    assert {name: why for name, why in failed.items() if name not in FOR_OTHERS} == {}


@pytest.mark.slow
def test_late_imports_are_packed(artifact, runtime, python):
    """An import inside a function fails only in the first call that needs it, and not at the start."""
    imported = set()
    for folder in ("handlers", "ivr"):
        for file in sorted((artifact / folder).rglob("*.py")):
            imported |= runtime_imports(ast.parse(file.read_text(encoding="utf-8")))
    assert failed_imports(python, sorted(imported), artifact, runtime) == {}


def runtime_imports(tree):
    names = set()
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                continue
            case ast.Try(handlers=[ast.ExceptHandler(type=ast.Name(id="ImportError"))]):
                continue  # it goes on without
            case ast.Import():
                names |= {alias.name for alias in node.names}
            case ast.ImportFrom(module=str(module), level=0):
                names.add(module)
        names |= runtime_imports(node)
    return names


@pytest.fixture(scope="module")
def function(python, artifact_of, runtime, deployed_environment):
    service = LambdaService(python, artifact_of("voice"), runtime, deployed_environment)
    yield service
    service.stop()


def webhook(path, url="", signature=None):
    headers = {"content-type": "application/x-www-form-urlencoded; charset=UTF-8", "host": "example.com"}
    if url:
        signature = RequestValidator(TOKEN_OF_TESTS).compute_signature(url + path, FORM)
    if signature:
        headers["x-twilio-signature"] = signature
    return {
        "version": "2.0",
        "routeKey": f"POST {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers,
        "requestContext": {"http": {"method": "POST", "path": path}, "stage": "$default", "timeEpoch": 1795500000000},
        "body": base64.b64encode(urlencode(FORM).encode()).decode(),
        "isBase64Encoded": True,
    }


@pytest.mark.parametrize("signature", [None, "bm90IHR3aWxpbydz", "\u00e9"])
def test_a_forged_webhook_is_refused_with_an_empty_answer(function, signature):
    answer = function.invoke(webhook("/voice/incoming", signature=signature))
    assert (answer["statusCode"], answer["body"]) == (403, "")
    assert function.restored  # from a snapshot, as deployed


def test_the_fallback_speaks_with_no_store_behind_it(function, deployed_environment):
    answer = function.invoke(webhook("/voice/fallback", url=deployed_environment["PUBLIC_BASE_URL"]))
    assert answer["statusCode"] == 200
    assert answer["headers"]["content-type"].startswith("text/xml")
    assert "<Say" in answer["body"]


def metrics_of(service):
    """Each metric that CloudWatch Logs finds in what reaches it, with its namespace: ``_aws`` at a line's root."""
    directives = [one for line in service.delivered for one in line.get("_aws", {}).get("CloudWatchMetrics", [])]
    return {(one["Namespace"], metric["Name"]) for one in directives for metric in one["Metrics"]}


@pytest.mark.parametrize("level", slow_but(["INFO"], ["DEBUG", "INFO", "WARN", "ERROR"]))
def test_every_count_reaches_cloudwatch_whatever_the_log_level_is_and_no_line_shows_a_number(
    python, artifact_of, runtime, deployed_environment, template, level
):
    environment = {**deployed_environment, "LOG_LEVEL": level}
    of_lambda = template["Resources"]["VoiceFunction"]["Properties"]["LoggingConfig"]["ApplicationLogLevel"]
    service = LambdaService(python, artifact_of("voice"), runtime, environment, log_level=of_lambda)
    service.invoke(webhook("/voice/incoming"))  # not signed
    service.invoke(webhook("/voice/incoming", url=environment["PUBLIC_BASE_URL"]))  # its DynamoDB listens nowhere
    service.stop()
    namespace = environment["METRICS_NAMESPACE"]
    assert metrics_of(service) >= {(namespace, "signature_rejected"), (namespace, "store_read_failed")}
    told = {line["message"] for line in service.delivered if "status" in line}
    assert ("signature_rejected" in told) == (level in {"DEBUG", "INFO"})
    for number in (FORM["From"], FORM["To"]):
        assert number.removeprefix("+") not in "".join(service.log)


SESSION = "session-token-of-tests"
PATHS = ("incoming", "screened/unknown", "fallback", "status", "report_line/language", "care/hours")


def test_no_log_level_shows_a_secret_or_a_whole_number_whatever_the_libraries_would_write(
    python, artifact_of, runtime, deployed_environment
):
    """Both levels at DEBUG: botocore then writes requests, credentials and answers to its logger."""
    environment = {**deployed_environment, "LOG_LEVEL": "DEBUG", "AWS_SESSION_TOKEN": SESSION}
    service = LambdaService(python, artifact_of("voice"), runtime, environment, log_level="DEBUG")
    service.invoke(webhook("/voice/incoming"))
    answers = [service.invoke(webhook(f"/voice/{path}", url=environment["PUBLIC_BASE_URL"])) for path in PATHS]
    service.stop()
    assert {answer["statusCode"] for answer in answers} == {200, 204}
    written = "".join(service.log)
    assert "secret_unavailable" not in written  # so that both secrets could have been shown
    shown = {secret for secret in (TOKEN_OF_TESTS, SESSION, FORM["From"], FORM["To"]) if secret.strip("+") in written}
    assert shown == set()
    assert {json.loads(line).get("logger", "root") for line in service.log if line.startswith("{")} <= {"root"}


REPORT = {
    "pk": {"S": "CALL#CA1"},
    "sk": {"S": "REPORT#screened"},
    **{name: {"S": name} for name in ("call_sid", "which", "reporter")},
    "reference": {"S": "12345672"},
    "caller": {"S": FORM["From"]},
    **{name: {"N": "1795500000"} for name in ("reported_at", "expires")},
    "counted": {"N": "1"},
}
BATCHES = {
    "reputation": {
        "eventSource": "aws:dynamodb",
        "eventName": "INSERT",
        "dynamodb": {"SequenceNumber": "1", "Keys": {"pk": REPORT["pk"], "sk": REPORT["sk"]}, "NewImage": REPORT},
    },
    "follow_up": {
        "eventSource": "aws:dynamodb",
        "eventName": "INSERT",
        "dynamodb": {
            "SequenceNumber": "1",
            "NewImage": {
                "pk": {"S": "CALL#CA1"},
                "sk": {"S": "RING_BACK"},
                "call_sid": {"S": "CA1"},
                "person": {"S": "1"},
                "day": {"S": "2026-11-24"},
                "line": {"S": FORM["To"]},
                "languages": {"S": "ar-en"},
                **{name: {"N": "1795500000"} for name in ("asked_at", "expires")},
            },
        },
    },
    "redeliver": {
        "eventSource": "aws:sqs",
        "messageId": "1",
        "body": json.dumps(
            {
                "version": 1,
                "kind": "details",
                "record": {"call_sid": "CA1", "which": "screened", "category": "prize", "loss": ""},
            }
        ),
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("background", slow_but(["redeliver"], BATCHES))
def test_a_write_refused_off_the_callers_path_is_retried(python, artifact_of, runtime, environment_of, background):
    environment = environment_of(f"{background.title().replace('_', '')}Function")
    service = LambdaService(python, artifact_of(background), runtime, environment, handler=background, snapshot=False)
    answer = service.invoke({"Records": [BATCHES[background]]})  # its DynamoDB listens nowhere
    service.stop()
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    failure = {"reputation": "reputation_failed", "follow_up": "errand_put_off", "redeliver": "redelivery_failed"}
    [line] = [line for line in service.delivered if line["message"] == failure[background]]
    assert line["why"] == "no_connection"
    assert (environment["METRICS_NAMESPACE"], failure[background]) in metrics_of(service)
    assert FORM["From"].removeprefix("+") not in "".join(service.log)


@pytest.mark.slow
def test_the_watch_counts_a_look_that_fails_in_the_runtime(python, artifact_of, runtime, environment_of):
    environment = environment_of("WatchFunction")
    service = LambdaService(python, artifact_of("watch"), runtime, environment, handler="watch", snapshot=False)
    answer = service.invoke({"source": "aws.events", "detail-type": "Scheduled Event"})  # its DynamoDB listens nowhere
    service.stop()
    assert answer is None
    assert (environment["METRICS_NAMESPACE"], "watch_failed") in metrics_of(service)


@pytest.mark.slow
def test_the_desk_answers_in_the_runtime_and_lets_nobody_in(python, artifact_of, runtime, environment_of):
    environment = environment_of("DeskFunction", {"DeskSignIn": "cognito"}) | {"HMAC_KEY": "k" * 40}
    service = LambdaService(python, artifact_of("desk"), runtime, environment, handler="desk", snapshot=False)
    answer = service.invoke(
        {
            "version": "2.0",
            "rawPath": "/desk",
            "rawQueryString": "",
            "headers": {"host": "example.com", "accept-language": "ar"},
            "requestContext": {
                "http": {"method": "GET", "path": "/desk", "sourceIp": "192.0.2.1", "protocol": "HTTP/1.1"}
            },
            "isBase64Encoded": False,
        }
    )
    service.stop()
    assert answer["statusCode"] == 401
    assert 'dir="rtl"' in answer["body"]
    assert (environment["METRICS_NAMESPACE"], "desk_refused") in metrics_of(service)


@pytest.mark.slow
def test_what_is_compiled_in_the_desks_artifact_is_for_the_functions_machine(tmp_path, template):
    builder.build("desk", tmp_path)
    assert template["Resources"]["DeskFunction"]["Properties"]["Architectures"] == ["arm64"]
    compiled = files(tmp_path, "*.so")
    assert len(compiled) == 2
    for file in compiled:
        machine = int.from_bytes((tmp_path / file).read_bytes()[18:20], "little")
        assert machine == 183  # EM_AARCH64, by the ELF specification


def test_no_function_holds_the_stand_in_for_the_desks_issuer(artifact):
    assert not [file for file in files(artifact) if "oidc_provider_mock" in file.parts or "infra" in file.parts]


@pytest.mark.slow
def test_two_builds_are_the_same_to_the_byte(artifact_of, tmp_path):
    """Else a second deployment would upload other artifacts, and change every function for nothing."""
    first, second = artifact_of("voice"), tmp_path / "again"
    builder.fill("voice", second, installed(builder.requirements_of("voice")))
    assert files(first) == files(second)
    assert [file for file in files(first) if (first / file).read_bytes() != (second / file).read_bytes()] == []
