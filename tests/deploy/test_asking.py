"""At the first deployment, only what has no default is asked."""

import pytest

from infra.deploy import __main__ as deploy
from infra.deploy.asking import ask
from infra.deploy.environment import read
from infra.deploy.environment_error import EnvironmentFileError
from infra.local import template
from tests.deploy.parameter_answers import REQUIRED


def test_what_has_no_default_is_asked_and_a_wrong_answer_again(tmp_path):
    asked, told = [], []
    answers = iter(["AC123", REQUIRED["TwilioAccountSid"], REQUIRED["BrandEn"], f"  {REQUIRED['BrandAr']} "])

    def answer(question):
        asked.append(question)
        return next(answers)

    ask("dev", answer, told.append, tmp_path)
    assert asked == ["TwilioAccountSid: ", "TwilioAccountSid: ", "BrandEn: ", "BrandAr: "]
    assert any("'AC123' must be AC and 32 hexadecimal digits" in line for line in told)
    assert template.parameters()["BrandEn"]["Description"] in " ".join(told)
    environment = read("dev", tmp_path)
    assert environment.parameters == REQUIRED
    assert environment.stack_name == "call-screening-dev"


def test_nothing_is_written_when_nobody_answers(tmp_path):
    def nobody(_question):
        raise EOFError

    with pytest.raises(EOFError):
        ask("dev", nobody, lambda _line: None, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def _pressing_ctrl_c(monkeypatch):
    def ctrl_c(_question):
        raise KeyboardInterrupt

    monkeypatch.setattr("builtins.input", ctrl_c)
    monkeypatch.setattr(deploy.sys.stdin, "isatty", lambda: True)


@pytest.mark.usefixtures("_pressing_ctrl_c")
def test_ctrl_c_at_a_question_writes_nothing_and_says_so(tmp_path):
    with pytest.raises(EnvironmentFileError, match=r"environments/dev\.toml was not written"):
        deploy.check("dev", tmp_path)
    assert not list(tmp_path.iterdir())


def test_ctrl_c_later_is_one_line_that_says_what_goes_on(monkeypatch, capsys):
    def ctrl_c(_name):
        raise KeyboardInterrupt

    monkeypatch.setattr(deploy, "read", ctrl_c)
    assert deploy.main(["dev", "--look"]) == 130
    assert "What CloudFormation had begun goes on" in capsys.readouterr().err
