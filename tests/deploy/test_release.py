"""A changed setting reaches the next call: every release publishes a version, and the alias goes to it."""

import json
import shutil

import pytest
from cfnlint.decode import cfn_yaml
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from infra.deploy.release import NotBuiltError, release, stamped
from infra.deploy.template import environment
from infra.local import template as of_template
from tests.deploy.parameter_answers import REQUIRED
from tests.slowly import slow_after

# Another value for each parameter whose own does not just grow by one.
OTHERS = {
    "TwilioAccountSid": "AC" + "1" * 32,
    "BrandAr": "\u0645\u062b\u0627\u0644\u0627",
    "PublicBaseUrl": "https://voice.example.com",
    "CareHours": "Su-Th 08:00-20:00",
    "HomeRegion": "AE",
    "Timezone": "Asia/Dubai",
    "OwnNumbers": "1500",
    "ExtraNumberRanges": "+9686xxxxxxx",
    "SmsFrom": "Nakhla",
}


@pytest.fixture
def built(tmp_path):
    return built_in(tmp_path)


@pytest.fixture(scope="module")
def first_version(tmp_path_factory):
    """The version that the first deployment publishes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "me-central-1")  # the SAM transform asks for one
        return version(built_in(tmp_path_factory.mktemp("first")), REQUIRED)


def built_in(parent):
    """What `sam build` leaves, with one small artifact: the template names each function's folder."""
    folder = parent / "build"
    (folder / "VoiceFunction").mkdir(parents=True)
    (folder / "VoiceFunction" / "voice.py").write_text("handler = 1\n")
    shutil.copy(of_template.TEMPLATE, folder / "template.yaml")
    return folder


def translated(built, answers, *, release=release):
    """What CloudFormation is given for a release: the stamped template, as the SAM transform leaves it."""
    text = stamped((built / "template.yaml").read_text(), release(built, answers))
    file = built.parent / "stamped.yaml"
    file.write_text(text)
    template = of_template.plain(cfn_yaml.load(str(file)))
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":  # as `sam deploy` uploads it
            resource["Properties"]["CodeUri"] = {"Bucket": "b", "Key": "k"}
    return Translator({}, Parser()).translate(template, answers)


def version(built, answers, **how):
    """The logical id of the version that the alias names."""
    alias = translated(built, answers, **how)["Resources"]["VoiceFunctionAliaslive"]
    return alias["Properties"]["FunctionVersion"]["Fn::GetAtt"][0]


def other(name):
    if name in OTHERS:
        return OTHERS[name]
    parameter = of_template.parameters()[name]
    default = str(parameter.get("Default", ""))
    if "AllowedValues" in parameter:
        return next(str(one) for one in parameter["AllowedValues"] if str(one) != default)
    if parameter["Type"] == "Number":
        return str(int(default) + 1)
    if name.endswith("Parameter"):
        return default + "-2"
    return {
        "number": "+96824000009",
        "url": "https://audio.example.com",
        "voice": "Polly.Zayd-Neural",
        "sid": "WW" + "0" * 32,
    }.get(_shape(name), "dublin" if name.startswith("Twilio") else "Another")


def _shape(name):
    for ending, shape in (("Number", "number"), ("Url", "url"), ("Sid", "sid"), ("Ring", "number")):
        if name.endswith(ending):
            return shape
    return "voice" if name.startswith("Voice") and "Language" not in name else ""


def parameters_read():
    """Each parameter in a function's environment, with the functions that read it."""
    read = {}
    for name, resource in of_template.resources().items():
        if resource["Type"] == "AWS::Serverless::Function":
            text = repr(resource["Properties"]["Environment"])
            for parameter in of_template.parameters():
                if f"'{parameter}'" in text or f"${{{parameter}}}" in text:
                    read.setdefault(parameter, []).append(name)
    return read


@pytest.mark.slow
@pytest.mark.parametrize("name", slow_after(10, sorted(parameters_read())))
def test_each_parameter_that_a_function_reads_reaches_the_next_call(built, first_version, name):
    before, after = REQUIRED, REQUIRED | {name: other(name)}
    for function in parameters_read()[name]:
        assert environment(function, before) != environment(function, after)
    if "VoiceFunction" in parameters_read()[name]:  # the others have no alias: they run what was deployed last
        assert version(built, after) != first_version


def test_without_a_new_release_a_changed_parameter_publishes_no_version(built):
    def always_the_same(*_):
        return "0" * 12

    changed = REQUIRED | {"CareNumber": "+96824000009"}
    assert version(built, REQUIRED, release=always_the_same) == version(built, changed, release=always_the_same)


def test_an_unchanged_deployment_publishes_no_version(built, first_version):
    assert version(built, dict(reversed(REQUIRED.items()))) == first_version
    (built / "VoiceFunction" / "__pycache__").mkdir()
    (built / "VoiceFunction" / "__pycache__" / "voice.cpython-313.pyc").write_bytes(b"bytecode")  # of the same source
    assert version(built, REQUIRED) == first_version


@pytest.mark.parametrize("file", ["voice.py", "library.pyc"])
def test_changed_code_publishes_a_version(built, first_version, file):
    (built / "VoiceFunction" / file).write_text("handler = 2\n")
    assert version(built, REQUIRED) != first_version


def test_the_version_before_stays_to_go_back_to(built):
    resources = translated(built, REQUIRED)["Resources"]
    [policy] = {one["DeletionPolicy"] for one in resources.values() if one["Type"] == "AWS::Lambda::Version"}
    assert policy == "Retain"  # `make deploy` deletes all but the newest of them (test_versions.py)


def test_a_new_version_gets_one_webhook_in_ten_for_five_minutes_and_an_alarm_takes_it_back(built):
    resources = translated(built, REQUIRED)["Resources"]
    policy = resources["VoiceFunctionAliaslive"]["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    assert policy["DeploymentGroupName"] == {"Ref": "VoiceFunctionDeploymentGroup"}
    group = resources["VoiceFunctionDeploymentGroup"]["Properties"]
    at_once, canary = group["DeploymentConfigName"]["Fn::If"][1:]
    assert canary["Fn::Sub"][1] == {"ConfigName": "Canary10Percent5Minutes"}
    assert at_once["Fn::Sub"][1] == {"ConfigName": "AllAtOnce"}
    assert of_template.parameters()["Rollout"]["Default"] == "canary"
    assert set(group["AutoRollbackConfiguration"]["Events"]) >= {"DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"}
    condition, none, watched = group["AlarmConfiguration"]["Fn::If"]
    assert (condition, none, watched["Enabled"]) == ("RollsOutAtOnce", {}, True)
    # A flood of the desk, or of forgeries, makes the API answer with errors, and must keep no correction out.
    alarms = {alarm["Name"]["Ref"] for alarm in watched["Alarms"]}
    assert alarms == {"FunctionErrorsAlarm", "ApologySpokenAlarm", "FallbackAskedAlarm"}
    for alarm in watched["Alarms"]:
        properties = resources[alarm["Name"]["Ref"]]["Properties"]
        assert properties["Period"] * properties["EvaluationPeriods"] <= 120  # it goes off well within the five minutes


def test_functions_report_the_release(built):
    resources = translated(built, REQUIRED)["Resources"]
    told = {
        json.dumps(one["Properties"]["Environment"]["Variables"]["RELEASE"])
        for one in resources.values()
        if one["Type"] == "AWS::Lambda::Function"
    }
    assert told == {f'"r-{release(built, REQUIRED)}"'}


def test_the_version_names_the_release_and_the_commit(built, monkeypatch):
    monkeypatch.setattr("infra.deploy.release.commit_of", lambda _: "9d7c65912ab0")
    resources = translated(built, REQUIRED)["Resources"]
    [described] = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::Lambda::Version"]
    assert described["Description"] == f"r-{release(built, REQUIRED)}"
    assert described["Description"].endswith("-9d7c65912ab0")


def test_another_commit_is_another_release(built, monkeypatch):
    names = set()
    for commit in ("9d7c65912ab0", "9d7c65912ab0-changed", "4f3a90bb71c2", ""):
        monkeypatch.setattr("infra.deploy.release.commit_of", lambda _, commit=commit: commit)
        names.add(version(built, REQUIRED))
    assert len(names) == 4


def test_without_a_build_nothing_is_deployed(tmp_path):
    with pytest.raises(NotBuiltError, match="make build"):
        release(tmp_path, {})


def test_a_template_without_a_place_for_the_release_is_not_deployed():
    with pytest.raises(ValueError, match="RELEASE: unreleased"):
        stamped("Resources: {}\n", "0123456789ab")
