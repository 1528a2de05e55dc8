"""The properties of template.yaml that the product relies on."""

import ast
import json
import re
from pathlib import Path

import pytest

from infra.build.reached import reached
from infra.local.documented import documented
from ivr import settings
from ivr.web.roles import Role

ROOT = Path(__file__).resolve().parents[2]
# Secrets: deployed, the environment holds only their names. And where a stand-in for Twilio is.
ON_A_LAPTOP = {"TWILIO_AUTH_TOKEN", "HMAC_KEY", "TWILIO_API_BASE_URL"}
OURS = {"Fn::Sub": "CallScreening/${AWS::StackName}"}
OFF_THE_CALLERS_PATH = {"SET_ASIDE_QUEUE_URL", "RETENTION_AUDIT_DAYS"}
OF_THE_DESK = {name for name in documented() if name.startswith("DESK_")}


def of_type(template, kind):
    return {name: one["Properties"] for name, one in template["Resources"].items() if one["Type"] == kind}


def only(template, kind):
    (properties,) = (
        one["Properties"]
        for one in template["Resources"].values()
        if one["Type"] == kind and one.get("Condition") != "ServesDesk"
    )
    return properties


@pytest.fixture
def function(template):
    return template["Resources"]["VoiceFunction"]["Properties"]


@pytest.fixture
def table(template):
    return template["Resources"]["Table"]


def test_the_template_is_plain_ascii():
    assert (ROOT / "template.yaml").read_bytes().isascii()


def test_the_routes_are_those_that_twilio_calls_and_all_end_at_the_live_alias(template):
    routes = [one for name, one in of_type(template, "AWS::ApiGatewayV2::Route").items() if not name.startswith("Desk")]
    assert {route["RouteKey"] for route in routes} == {
        "POST /voice/incoming",
        "POST /voice/fallback",
        "POST /voice/status",
        "POST /voice/{proxy+}",
        "GET /voice/recordings/{recording}",
    }
    assert {json.dumps(route["Target"]) for route in routes} == {'{"Fn::Sub": "integrations/${VoiceIntegration}"}'}
    integration = only(template, "AWS::ApiGatewayV2::Integration")
    assert integration["IntegrationUri"]["Fn::Sub"][1] == {"Alias": {"Ref": "VoiceFunction.Alias"}}
    assert integration["PayloadFormatVersion"] == "2.0"
    assert only(template, "AWS::Lambda::Permission")["FunctionName"] == {"Ref": "VoiceFunction.Alias"}


def test_this_api_alone_may_invoke_each_function_and_by_its_own_paths(template):
    sources = {
        name: one["SourceArn"]["Fn::Sub"].partition("${AWS::AccountId}:")[2]
        for name, one in of_type(template, "AWS::Lambda::Permission").items()
    }
    assert sources == {"VoiceApiMayInvoke": "${VoiceApi}/*/*/voice/*", "DeskMayBeInvoked": "${VoiceApi}/*/*/desk*"}


def test_the_desks_pages_are_deployed_only_where_people_can_sign_in(template):
    desk = {
        name: one
        for name, one in template["Resources"].items()
        if name.startswith("Desk") and one["Type"] != "AWS::CloudWatch::Alarm"
    }
    assert {one["Condition"] for one in desk.values()} == {"ServesDesk", "MakesUserPool"}
    assert template["Conditions"]["ServesDesk"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "DeskSignIn"}, "none"]}]}
    assert template["Parameters"]["DeskSignIn"]["Default"] == "none"
    routes = [one["Properties"] for one in desk.values() if one["Type"] == "AWS::ApiGatewayV2::Route"]
    assert {one["RouteKey"] for one in routes} == {"GET /desk", "GET /desk/{proxy+}", "POST /desk/{proxy+}"}
    assert {json.dumps(one["Target"]) for one in routes} == {'{"Fn::Sub": "integrations/${DeskIntegration}"}'}
    assert desk["DeskFunction"]["Properties"]["ReservedConcurrentExecutions"] <= 20  # the calls keep the rest


def test_the_desks_user_pool_lets_nobody_sign_up_and_asks_for_a_second_factor(template):
    pool = template["Resources"]["DeskUserPool"]
    assert pool["DeletionPolicy"] == pool["UpdateReplacePolicy"] == "Retain"
    assert pool["Properties"]["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert pool["Properties"]["MfaConfiguration"] == "ON"
    client = template["Resources"]["DeskUserPoolClient"]["Properties"]
    assert (client["GenerateSecret"], client["AllowedOAuthFlows"]) == (False, ["code"])
    groups = {one["GroupName"] for one in of_type(template, "AWS::Cognito::UserPoolGroup").values()}
    assert groups == {role.value for role in Role}


HANDLERS = {
    "VoiceFunction": "handlers.voice",
    "ReputationFunction": "handlers.reputation",
    "RedeliverFunction": "handlers.redeliver",
    "FollowUpFunction": "handlers.follow_up",
    "WatchFunction": "handlers.watch",
    "DeskFunction": "handlers.desk",
}
SETTINGS = ROOT / "ivr" / "settings" / "settings.py"
READ = re.compile(r"(?:settings|current)\.(\w+)")


def settings_behind(names):
    """The settings that some names of ``Settings`` stand for: a property reads others."""
    [body] = [one.body for one in ast.parse(SETTINGS.read_text("utf-8")).body if getattr(one, "name", "") == "Settings"]
    reads = {one.name: {node.attr for node in own(one)} for one in body if hasattr(one, "name")}
    found, ahead = set(), [*names]
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += reads.get(name, ())
    return {name.upper() for name in found}


def own(method):
    """What a method reads of its own object."""
    found = (node for node in ast.walk(method) if isinstance(node, ast.Attribute))
    return [node for node in found if getattr(node.value, "id", "") == "self"]


def test_each_functions_environment_has_every_setting_that_its_code_reads(template):
    functions = {name for name, one in template["Resources"].items() if one["Type"] == "AWS::Serverless::Function"}
    assert functions == set(HANDLERS)
    for function, handler in HANDLERS.items():
        is_desk = function == "DeskFunction"
        files = [ROOT / file for file in reached(ROOT, handler)]
        files += [file for folder in ("desk", "web") for file in (ROOT / "ivr" / folder).rglob("*.py") if is_desk]
        read = {name for file in files if file != SETTINGS for name in READ.findall(file.read_text("utf-8"))}
        nobodys = ON_A_LAPTOP | ({"DESK_OIDC_CLIENT_SECRET"} if is_desk else OF_THE_DESK)
        needed = settings_behind(read) & set(documented()) - nobodys
        variables = template["Resources"][function]["Properties"]["Environment"]["Variables"]
        assert "TABLE_NAME" in needed
        assert needed <= set(variables) <= set(documented()), function


def test_the_desk_signs_people_in_by_the_pool_or_by_an_issuer_of_ones_own(environment_of):
    own = {"DeskSignIn": "issuer", "DeskIssuer": "https://login.example.com", "DeskClientId": "desk"}
    assert environment_of("DeskFunction", own)["DESK_OIDC_ISSUER"] == "https://login.example.com"
    pool = environment_of("DeskFunction", {"DeskSignIn": "cognito"})
    assert pool["DESK_OIDC_ISSUER"] == "https://cognito-idp.me-central-1.amazonaws.com/me-central-1_abc123"
    assert settings.Settings.from_environment(pool).desk_oidc_client_id == "client123"


def test_the_stage_adds_nothing_to_the_path_and_throttles_only_floods(template):
    stage = only(template, "AWS::ApiGatewayV2::Stage")
    assert stage["StageName"] == "$default"
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] >= 1000
    assert stage["DefaultRouteSettings"]["ThrottlingBurstLimit"] >= 1000


def test_the_apis_own_address_is_closed_only_with_a_domain_name(template):
    closed = only(template, "AWS::ApiGatewayV2::Api")["DisableExecuteApiEndpoint"]
    assert closed == {"Fn::If": ["ClosesExecuteApi", True, False]}
    own_domain, either = template["Conditions"]["ClosesExecuteApi"]["Fn::And"]
    assert own_domain == {"Condition": "HasPublicBaseUrl"}
    asked_for, made_here = either["Fn::Or"]
    assert asked_for == {"Fn::Equals": [{"Ref": "ExecuteApiEndpoint"}, "closed"]}
    assert made_here == {
        "Fn::And": [{"Condition": "MakesDomain"}, {"Fn::Equals": [{"Ref": "ExecuteApiEndpoint"}, "auto"]}]
    }
    assert template["Parameters"]["ExecuteApiEndpoint"]["Default"] == "auto"


def test_a_domain_name_is_made_of_the_public_url_where_a_certificate_is_named(template):
    made = {name: one for name, one in template["Resources"].items() if one.get("Condition") == "MakesDomain"}
    assert set(made) == {"VoiceDomain", "VoiceDomainMapping"}
    domain = made["VoiceDomain"]["Properties"]
    assert domain["DomainName"] == {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "PublicBaseUrl"}]}]}
    assert ["https:", "", "voice.example.com"][2] == "voice.example.com"
    assert domain["DomainNameConfigurations"][0]["CertificateArn"] == {"Ref": "CertificateArn"}
    mapping = made["VoiceDomainMapping"]["Properties"]
    assert "ApiMappingKey" not in mapping  # a path of its own would be part of the URL that Twilio signs
    assert mapping["Stage"] == {"Ref": "VoiceStage"}
    certificate = {"Fn::Not": [{"Fn::Equals": [{"Ref": "CertificateArn"}, ""]}]}
    assert template["Conditions"]["MakesDomain"]["Fn::And"] == [{"Condition": "HasPublicBaseUrl"}, certificate]


def test_concurrency_is_reserved_only_where_it_is_asked_for(template, function):
    reserved = {"Ref": "ReservedConcurrency"}
    assert function["ReservedConcurrentExecutions"] == {
        "Fn::If": ["ReservesConcurrency", reserved, {"Ref": "AWS::NoValue"}]
    }
    assert template["Parameters"]["ReservedConcurrency"]["Default"] == 0


def test_everything_that_names_the_table_can_be_given_another(template):
    """Where the stack makes no table, a plain reference to it would keep it from being deployed."""
    named = []

    def walk(value, at):
        match value:
            case {"Fn::If": ["MakesTable", _, other]}:
                walk(other, at)
            case {"Ref": "Table"} | {"Fn::GetAtt": ["Table", _]}:
                named.append(at)
            case {"Fn::Sub": str(text)} if "${Table}" in text or "${Table." in text:
                named.append(at)
            case dict():
                for key, one in value.items():
                    walk(one, f"{at}.{key}")
            case list():
                for one in value:
                    walk(one, at)

    for part in ("Resources", "Outputs"):
        walk(template[part], part)
    assert named == []


def test_the_access_log_has_neither_query_nor_path_nor_anything_of_the_caller(template):
    line = only(template, "AWS::ApiGatewayV2::Stage")["AccessLogSettings"]["Format"]
    assert "\n" not in line
    assert set(json.loads(line).values()) == {
        "$context.error.message",
        "$context.identity.sourceIp",
        "$context.integration.requestId",
        "$context.integrationErrorMessage",
        "$context.integrationLatency",
        "$context.integrationStatus",
        "$context.requestId",
        "$context.requestTime",
        "$context.responseLatency",
        "$context.responseLength",
        "$context.routeKey",
        "$context.status",
    }


def test_timeouts_are_nested_and_below_twilios(template, function):
    integration = only(template, "AWS::ApiGatewayV2::Integration")
    assert function["Timeout"] < integration["TimeoutInMillis"] / 1000 < 15


def test_the_function_starts_from_a_snapshot_of_its_published_version(function):
    assert function["Runtime"] == "python3.13"
    assert function["Architectures"] == ["arm64"]
    assert function["Handler"] == "handlers.voice.handler"
    assert function["SnapStart"] == {"ApplyOn": "PublishedVersions"}
    assert function["AutoPublishAlias"] == "live"
    assert function["AutoPublishAliasAllProperties"] is True


def test_the_voice_functions_environment_is_every_setting_and_nothing_else(function):
    given = set(function["Environment"]["Variables"])
    assert given == set(documented()) - ON_A_LAPTOP - OFF_THE_CALLERS_PATH - OF_THE_DESK


@pytest.mark.parametrize(
    "name",
    ["VoiceFunction", "ReputationFunction", "RedeliverFunction", "WatchFunction", "FollowUpFunction", "DeskFunction"],
)
def test_an_environment_as_deployed_passes_the_settings_own_check(environment_of, name):
    read = settings.Settings.from_environment(environment_of(name))
    assert read.public_base_url == "https://abc123.execute-api.me-central-1.amazonaws.com"
    assert read.table_name == "the-table"


def test_a_parameter_defaults_to_what_its_setting_defaults_to(template, function):
    for name, of in function["Environment"]["Variables"].items():
        match of:
            case {"Ref": parameter} if parameter in template["Parameters"] and not name.endswith("_PARAMETER"):
                default = template["Parameters"][parameter].get("Default")
                if default is not None:  # a deployment must name its brand, a laptop need not
                    assert str(default) == documented()[name][1], name


def test_every_parameter_is_described_and_has_its_place_in_the_form(template):
    groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    placed = [name for group in groups for name in group["Parameters"]]
    assert sorted(placed) == sorted(template["Parameters"])
    for name, parameter in template["Parameters"].items():
        assert len(parameter["Description"]) > 20, name
        assert ("AllowedPattern" in parameter) == ("ConstraintDescription" in parameter), name
        if "AllowedPattern" in parameter and "Default" in parameter:
            assert re.search(parameter["AllowedPattern"], parameter["Default"]), name
        if parameter["Type"] == "String":
            assert {"AllowedPattern", "AllowedValues"} & set(parameter), name


@pytest.mark.parametrize(
    ("parameter", "right", "wrong"),
    [
        ("BrandAr", "\u0639\u0645\u0627\u0646 \u0644\u0644\u0627\u062a\u0635\u0627\u0644", "????? ???????"),
        ("CareNumber", "+96824000000", "1500"),
        ("OwnNumbers", "+96824000000, 1500", "+96824000000;1500"),
        ("ExtraNumberRanges", "+9686xxxxxxx, +96839xxxxxx", "+9686"),
        ("PublicBaseUrl", "https://voice.example.com", "https://voice.example.com/"),
        ("PublicBaseUrl", "https://voice.example.com:8443", "http://voice.example.com"),
        ("PublicBaseUrl", "", "https://voice.example.com/ivr"),
        ("TwilioAuthTokenParameter", "/call-screening/twilio-auth-token", "twilio-auth-token"),
        ("Timezone", "Asia/Muscat", "+04:00"),
        ("SmsFrom", "+12025550190", "12025550190"),
        ("SmsFrom", "MG0123456789abcdef0123456789abcdef", "MG0123456789ABCDEF0123456789ABCDEF"),
        ("SmsFrom", "Nakhla 1500", "1500"),
        ("TwilioEdge", "dublin", "api.dublin.twilio.com"),
        ("TwilioRegion", "ie1", "IE1"),
        ("VoiceAr", "Google.ar-XA-Wavenet-A", "Hala"),
        ("VoiceLanguageAr", "arb", "Arabic"),
        ("AlarmTopicArn", "arn:aws:sns:me-central-1:123456789012:on-call", "on-call"),
        ("TicketTopicArn", "arn:aws:sns:me-central-1:123456789012:tickets", "tickets"),
    ],
)
def test_a_parameter_accepts_valid_values_and_refuses_common_mistakes(template, parameter, right, wrong):
    pattern = template["Parameters"][parameter]["AllowedPattern"]
    assert re.search(pattern, right)
    assert not re.search(pattern, wrong)


def test_the_queues_of_reports_outlive_the_stack(template):
    for name in ("ReportQueue", "ReportDeadLetters"):
        queue = template["Resources"][name]
        assert queue["DeletionPolicy"] == queue["UpdateReplacePolicy"] == "Retain"
        assert queue["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_the_table_survives_mistakes(table):
    properties = table["Properties"]
    assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
    assert properties["DeletionProtectionEnabled"] is True
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["SSESpecification"] == {"SSEEnabled": True}
    assert properties["BillingMode"] == "PAY_PER_REQUEST"


def test_the_tables_keys_indexes_stream_and_expiry(table):
    def keys(schema):
        return [(key["AttributeName"], key["KeyType"]) for key in schema]

    properties = table["Properties"]
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
    assert properties["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert keys(properties["KeySchema"]) == [("pk", "HASH"), ("sk", "RANGE")]
    assert {index["IndexName"]: keys(index["KeySchema"]) for index in properties["GlobalSecondaryIndexes"]} == {
        "reports": [("report_day", "HASH"), ("reported_key", "RANGE")],
        "references": [("reference", "HASH"), ("reported_key", "RANGE")],
        "listing": [("list_kind", "HASH"), ("list_key", "RANGE")],
        "calls": [("call_day", "HASH"), ("called_key", "RANGE")],
        "numbers": [("number_list", "HASH"), ("number_key", "RANGE")],
    }
    projected = {one["IndexName"]: one["Projection"]["ProjectionType"] for one in properties["GlobalSecondaryIndexes"]}
    # A call record changes many times: an index that projects all of it would be rewritten each time.
    assert projected.pop("calls") == projected.pop("numbers") == "KEYS_ONLY"
    assert projected == {"reports": "ALL", "references": "ALL", "listing": "ALL"}


def test_every_log_group_has_a_retention(template):
    groups = of_type(template, "AWS::Logs::LogGroup").values()
    assert {json.dumps(group["RetentionInDays"]) for group in groups} == {'{"Ref": "LogRetentionDays"}'}


def test_every_function_counts_into_the_namespace_that_alarms_and_dashboard_read(template):
    for name, function in of_type(template, "AWS::Serverless::Function").items():
        assert function["Environment"]["Variables"]["METRICS_NAMESPACE"] == OURS, name


def test_lambda_drops_no_line_that_counts_whatever_log_level_is_chosen(template):
    """Lambda treats a line without a level as INFO and drops lines below the configured level."""
    for name, function in of_type(template, "AWS::Serverless::Function").items():
        assert function["LoggingConfig"]["LogFormat"] == "JSON", name
        assert function["LoggingConfig"]["ApplicationLogLevel"] == "INFO", name
        assert function["Environment"]["Variables"]["LOG_LEVEL"] == {"Ref": "LogLevel"}, name


def test_the_outputs_say_what_to_paste_into_twilio(template):
    outputs = template["Outputs"]
    for name, path in {
        "VoiceWebhookUrl": "/voice/incoming",
        "FallbackUrl": "/voice/fallback",
        "StatusCallbackUrl": "/voice/status",
    }.items():
        _, own, generated = outputs[name]["Value"]["Fn::If"]
        assert own == {"Fn::Sub": "${PublicBaseUrl}" + path}
        assert generated["Fn::Sub"] == "https://${VoiceApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}" + path
        assert "HTTP POST" in outputs[name]["Description"]
    assert outputs["TableName"]["Value"] == {"Fn::If": ["MakesTable", {"Ref": "Table"}, {"Ref": "ExistingTable"}]}


def test_every_skipped_check_of_checkov_says_why(template):
    for name, resource in template["Resources"].items():
        for skipped in resource.get("Metadata", {}).get("checkov", {}).get("skip", []):
            assert len(skipped["comment"]) > 40, name
