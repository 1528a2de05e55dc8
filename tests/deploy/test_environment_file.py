"""environments/NAME.toml is checked before anything is built. An error names the value, its line and the remedy."""

import json

import pytest

from infra.deploy import __main__ as deploy
from infra.deploy.environment import read
from infra.deploy.environment_error import EnvironmentFileError
from infra.deploy.example import PATH, example

SID = "AC" + "0" * 32
CERTIFICATE = "arn:aws:acm:me-central-1:123456789012:certificate/0f1e-2d3c"
RIGHT = f"""\
region = "me-central-1"

[parameters]
TwilioAccountSid = "{SID}"
BrandEn = "Example Telecom"
BrandAr = "\u0645\u062b\u0627\u0644"
"""


@pytest.fixture
def reading(tmp_path):
    def reading(text):
        (tmp_path / "test.toml").write_text(text, "utf-8")
        return read("test", tmp_path)

    return reading


def test_a_valid_file_is_read(reading):
    environment = reading(RIGHT + 'CareHours = "Su-Th 08:00-20:00; Fr 14:00-20:00"\nRingSeconds = 30\n')
    assert environment.stack_name == "call-screening-test"
    assert environment.region == "me-central-1"
    assert environment.parameters["RingSeconds"] == "30"
    assert environment.parameters["CareHours"] == "Su-Th 08:00-20:00; Fr 14:00-20:00"


def test_tags_and_the_number_of_kept_versions_are_read(reading):
    environment = reading("keep_versions = 5\n" + RIGHT + '[tags]\nteam = "fraud-desk"\n"cost:centre" = "1500"\n')
    assert environment.tags == {"team": "fraud-desk", "cost:centre": "1500"}
    assert environment.keep_versions == 5
    assert reading(RIGHT).keep_versions == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("keep_versions = 0\n" + RIGHT, "line 1: keep_versions: '0' must be a whole number from 1"),
        ("keep = 3\n" + RIGHT, "line 1: keep: 'keep' is not known here"),
        (RIGHT + 'ExistingTable = "a-table\\n"\n', r"line 7: ExistingTable: 'a-table\\n' holds a control character"),
        (RIGHT + '"\\u001b[2J" = "x"\n', r"'\\x1b\[2J': template.yaml has no parameter '\\x1b\[2J'"),
        (RIGHT + '[tags]\n"\\u001b[2J" = "x"\n', r"'\\x1b\[2J': '\\x1b\[2J'=x is no tag"),
        (
            RIGHT + f'PublicBaseUrl = "https://voice.example.com:8443"\nCertificateArn = "{CERTIFICATE}"\n',
            "line 7: PublicBaseUrl: .* names a port",
        ),
        (
            RIGHT.replace("me-central-1", "eu-west-1")
            + f'PublicBaseUrl = "https://voice.example.com"\nCertificateArn = "{CERTIFICATE}"\n',
            "line 8: CertificateArn: .* must be in the region of this file, eu-west-1",
        ),
    ],
)
def test_what_belongs_together_is_checked_together(reading, text, told):
    with pytest.raises(EnvironmentFileError, match=told):
        reading(text)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('CareNumber = "1500"', ["line 7", "CareNumber", "'1500'", "digits only"]),
        ("RingSeconds = 3", ["line 7", "RingSeconds", "'3'", "from 5 to"]),
        ('RingSeconds = "soon"', ["line 7", "RingSeconds", "'soon'"]),
        ('CareHours = "Su-Th 8-20"', ["line 7", "CareHours", "CARE_HOURS is 'Su-Th 8-20'"]),
        ('CallerIdShown = "both"', ["line 7", "CallerIdShown", "line, caller"]),
        ('CareNumbr = "+96824000000"', ["line 7", "CareNumbr", "is it CareNumber?"]),
        ('care_number = "+96824000000"', ["line 7", "is it CareNumber?"]),
        ("OwnNumbers = '\"1500\"'", ["line 7", "quotation marks around it"]),
        ("CareNumber = 1.5", ["line 7", "1.5", "quotation marks"]),
        ("CareNumber =", ["line 7: nothing is no value", 'write it as NAME = "VALUE"']),
        ("CareNumber = call me", ["line 7: call me is no value", 'write it as NAME = "VALUE"']),
        ('CareNumber = "+96824000000', ["line 7: a quotation mark is missing", 'write it as NAME = "VALUE"']),
        ("CareNumber = “+96824000000”", ["line 7: quotation marks must be straight ones"]),
        ('CareNumber "+96824000000"', ["line 7: there is no = here", 'write it as NAME = "VALUE"']),
        ("CareNumber = +96824000000", ["line 7", "'96824000000'", "between quotation marks: TOML takes a + away"]),
        ('TwilioAccountSid = "x"', ["line 7: TwilioAccountSid is set already, in line 4: remove one"]),
        ('[parameters]\nBrandEn = "x"', ["line 7: a table such as [parameters] begins once"]),
        ('stack_name = "calls"', ["line 7", "stack_name", "above [parameters], at the top of the file"]),
        ('[tag]\nteam = "desk"', ["line 7: tag: 'tag' is not known here; is it tags?"]),
        (f'CertificateArn = "{CERTIFICATE}"', ["line 7", "CertificateArn", "set PublicBaseUrl too"]),
        ('ExecuteApiEndpoint = "closed"', ["line 7", "ExecuteApiEndpoint", "set PublicBaseUrl too"]),
        ('[tags]\n"aws:team" = "desk"', ["line 8", "aws:team", "is no tag"]),
        ('[tags]\nteam = "the desk"', ["line 8", "team=the desk", "no blank"]),
    ],
)
def test_an_error_names_the_value_its_line_and_the_remedy(reading, line, told):
    with pytest.raises(EnvironmentFileError) as refused:
        reading(RIGHT + line + "\n")
    assert "environments/test.toml" in str(refused.value)
    for word in told:
        assert word in str(refused.value)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("region = 5", "line 1: region: '5' is no region of AWS, such as me-central-1"),
        ('Region = "me-central-1"', "line 1: Region: 'Region' is not known here; is it region\\?"),
        ('BrandEn = "Nakhla"', r"line 1: BrandEn: 'BrandEn' is not known here; parameters belong under \[parameters\]"),
        ("tags = 5", r"line 1: tags: 5 must be a table: a line \[tags\], and below it a line for each value"),
        ("parameters = 5", "line 1: parameters: 5 must be a table"),
    ],
    ids=["no region", "a capital", "a parameter", "no table of tags", "no table of parameters"],
)
def test_what_stands_at_the_top_is_checked_too(reading, line, told):
    _, _, below = RIGHT.partition("\n")
    with pytest.raises(EnvironmentFileError, match=told):
        reading(line + "\n" + ("" if line.startswith("parameters") else below))


def test_a_file_that_begins_with_a_byte_order_mark_is_read(tmp_path):
    (tmp_path / "test.toml").write_text(RIGHT, "utf-8-sig")
    assert read("test", tmp_path).parameters["BrandEn"] == "Example Telecom"


@pytest.mark.parametrize(("encoding", "line"), [("utf-16", 1), ("cp1256", 6)])
def test_a_file_in_another_encoding_says_how_to_save_it(tmp_path, encoding, line):
    (tmp_path / "test.toml").write_text(RIGHT, encoding)
    with pytest.raises(
        EnvironmentFileError, match=f"test.toml, line {line}: this is not UTF-8: save the file as UTF-8"
    ):
        read("test", tmp_path)


def test_a_parameter_without_a_default_is_asked_for_by_name(reading):
    with pytest.raises(EnvironmentFileError, match=r"does not set BrandEn, which has no default: Your org"):
        reading(RIGHT.replace('BrandEn = "Example Telecom"\n', ""))


@pytest.mark.parametrize("name", ["nowhere", "../prod", ""])
def test_a_missing_environment_file_says_what_to_copy(tmp_path, name):
    with pytest.raises(EnvironmentFileError, match=r"prod\.example\.toml|names a file in environments/"):
        read(name, tmp_path)


def test_the_command_refuses_in_one_line(capsys):
    assert deploy.main(["nowhere", "--check"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_example_is_current_and_valid_when_filled_in(reading):
    assert PATH.read_text("utf-8") == example(), "run python -m infra.deploy.example"
    filled = example().replace('TwilioAccountSid = ""', f'TwilioAccountSid = "{SID}"')
    filled = filled.replace('BrandEn = ""', 'BrandEn = "Nakhla"').replace(
        'BrandAr = ""', 'BrandAr = "\u0646\u062e\u0644\u0629"'
    )
    assert set(reading(filled).parameters) == {"TwilioAccountSid", "BrandEn", "BrandAr"}
    everything = filled.replace("\n# stack_name = ", "\nstack_name = ")
    everything = "\n".join(
        line.removeprefix("# ") if line.startswith("# ") and " = " in line and line[2].isupper() else line
        for line in everything.splitlines()
    )
    assert len(reading(everything).parameters) > 40  # every default is a right answer too


def test_sam_is_given_every_answer_as_it_stands(tmp_path):
    built = tmp_path / "build"
    built.mkdir()
    (built / "template.yaml").write_text("Resources:\n  F:\n    RELEASE: unreleased\n")
    (tmp_path / "test.toml").write_text(RIGHT.replace("Example Telecom", "Example; Oman = 1, 'x' y"), "utf-8")
    asked = deploy.command(read("test", tmp_path), built, "--no-confirm-changeset")
    assert asked[1:4] == ["-m", "samcli", "deploy"]
    assert asked[6:10] == ["--template-file", str(built / "release.yaml"), "--stack-name", "call-screening-test"]
    assert asked[-3:] == ["--region", "me-central-1", "--no-confirm-changeset"]
    file = built.parent / "parameters.yaml"
    assert asked[asked.index("--parameter-overrides") + 1] == f"file://{file}"
    assert json.loads(file.read_text("utf-8"))["BrandEn"] == "Example; Oman = 1, 'x' y"
    first = (built / "release.yaml").read_text()
    assert deploy.command(read("test", tmp_path), built)
    assert (built / "release.yaml").read_text() == first  # the file of the release before is no part of the next one
