"""The bench is held to its own word: a missed aim ends it with 1, and a step that does less than it says stops it."""

import json

import pytest

from tests.bench import __main__ as bench
from tests.bench import aims, expectations, measure
from tests.bench.held_calls import FaultyStepError, Step
from tests.bench.wire import Seen

TABLE = {"reported": {"incoming": ["BatchGetItem"], "menu": [], "ring": [["PutItem"], ["PutItem", "GetItem"]]}}


def figures(product, beside=1.0, figure="warm: incoming"):
    return {figure: {"product": [product] * 3, "bare": [beside] * 3}}


def step(name, *requests, size=100):
    seen = tuple(Seen(one, size, size, 200, b"", b"") for one in requests)
    return Step(name, 1, 1, seen, {"statusCode": 200, "headers": {}, "body": ""})


def call(**changed):
    steps = {"incoming": ["BatchGetItem"], "menu": [], "ring": ["PutItem"]} | changed
    return [step(name, *requests) for name, requests in steps.items()]


def verdict_on(name, some):
    [found] = [one for one in aims.judge(some) if one.aim.name == name]
    return found


def test_an_aim_that_is_reached_ends_the_bench_with_0():
    verdicts = [verdict_on("incoming", figures(0.1))]
    assert bench.ends_with(verdicts) == 0
    assert verdicts[0].sentence.startswith("Aim reached: incoming is 0.10 times that of bare, and may be ")


def test_an_aim_that_is_missed_ends_the_bench_with_1_and_is_said():
    verdicts = [verdict_on("incoming", figures(9.0))]
    assert bench.ends_with(verdicts) == 1
    assert verdicts[0].sentence.startswith("Aim missed: incoming is 9.00 times that of bare, and may be ")


def test_an_aim_that_was_not_measured_is_said_and_not_counted():
    verdicts = [verdict_on("incoming", {})]
    assert bench.ends_with(verdicts) == 0
    assert verdicts[0].sentence == "Not measured: incoming."


def test_a_ratio_is_that_of_each_turn():
    found = aims.ratio([2.0, 40.0, 6.0], [1.0, 10.0, 3.0])
    assert found.middle == 2.0
    assert found.upper == 3.0


def test_each_aim_names_a_figure_that_a_peer_has_as_well():
    assert len({aim.name for aim in aims.aims()}) == len(aims.aims())
    assert all(aim.beside or not aim.beside_figure for aim in aims.aims())


def test_a_call_that_does_what_the_table_says_passes():
    expectations.check("product", "reported", call(), TABLE)
    expectations.check("product", "reported", call(ring=["PutItem", "GetItem"]), TABLE)


@pytest.mark.parametrize(
    ("changed", "step", "asked", "says"),
    [
        ({"incoming": []}, "incoming", "nothing", "BatchGetItem"),
        ({"incoming": ["BatchGetItem", "GetItem"]}, "incoming", "BatchGetItem + GetItem", "BatchGetItem"),
        ({"menu": ["GetItem"]}, "menu", "GetItem", "nothing"),
        ({"ring": []}, "ring", "nothing", "PutItem or PutItem + GetItem"),
    ],
    ids=["less", "more", "something", "neither"],
)
def test_a_step_that_asks_for_other_than_it_says_is_a_fault(changed, step, asked, says):
    with pytest.raises(FaultyStepError) as fault:
        expectations.check("product", "reported", call(**changed), TABLE)
    assert str(fault.value) == (
        f"product, {step}, in a call that is reported: asked for {asked}, and tests/bench/expected.toml says {says}."
        " If that is meant, change the step's line there."
    )


def test_a_step_that_has_no_line_is_a_fault():
    with pytest.raises(FaultyStepError) as fault:
        expectations.check("product", "reported", call(more=[]), TABLE)
    assert (
        str(fault.value)
        == "product: tests/bench/expected.toml does not know the step 'more' of a call that is reported."
        " Give it a line there."
    )


def test_a_containers_first_call_has_a_table_of_its_own():
    table = TABLE | {"first": {"incoming": ["ssm:GetParameters", "BatchGetItem"]}}
    expectations.check("product", "reported", call(incoming=["ssm:GetParameters", "BatchGetItem"]), table, first=True)
    with pytest.raises(FaultyStepError, match="asked for BatchGetItem, and"):
        expectations.check("product", "reported", call(), table, first=True)


def test_a_later_call_may_ask_for_the_secrets_anew_but_seldom():
    again = call(incoming=["ssm:GetParameters", "BatchGetItem"])
    expectations.check("product", "reported", again, TABLE)
    rereads = expectations.Rereads("product")
    rereads.note(again, now=1_000)
    rereads.note(call(), now=1_010)
    rereads.note(again, now=1_300)
    with pytest.raises(FaultyStepError, match="product: two calls within 20 s asked Parameter Store"):
        rereads.note(again, now=1_320)


def test_a_call_that_lacks_a_step_is_a_fault():
    with pytest.raises(FaultyStepError, match="had no ring"):
        expectations.check("product", "reported", call()[:2], TABLE)


def test_a_step_that_sends_more_bytes_than_it_may_is_a_fault():
    table = TABLE | {"most_bytes": {"incoming": 199}}
    with pytest.raises(FaultyStepError, match="product, incoming: 200 bytes on the wire"):
        expectations.check("product", "reported", call(), table)


def test_every_handler_has_its_table_and_every_table_both_calls():
    for name, table in expectations.expected().items():
        assert {"reported", "talked"} <= table.keys(), name


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--cold", "0"], "--cold: '0' is no number of at least 1"),
        (["--warm", "-3"], "--warm: '-3' is no number of at least 1"),
        (["--bill", "--json", "nowhere/told.json"], "--json: no file can be written to nowhere/told.json"),
        (["--profile", "menu", "--json", "told.json"], "--json: only the whole bench and --bill write to a file"),
        (["--profile", "menu", "--bill"], "not allowed with argument"),
        (["--prices", "nowhere.toml"], "--prices: nowhere.toml can't be read: No such file or directory"),
    ],
    ids=["no cold", "fewer than none", "no folder", "nothing to write", "two at once", "no prices"],
)
def test_what_cant_be_done_is_said_before_anything_is_measured(asked, said, capsys):
    with pytest.raises(SystemExit) as ended:
        bench.main(asked)
    assert ended.value.code == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_without_lambdas_python_the_bench_stops_with_what_to_do(monkeypatch, capsys):
    monkeypatch.setenv("PYTHON313", "/bin/false")
    assert bench.main(["--artifact", "--bill"]) == 1
    assert "PYTHON313=/bin/false is not a Python 3.13 that runs." in " ".join(capsys.readouterr().out.split())


def test_a_bench_that_is_stopped_by_hand_says_so(monkeypatch, capsys):
    def stopped(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(bench, "_run", stopped)
    assert bench.main(["--bill"]) == 130
    assert capsys.readouterr().err.startswith("Stopped")


@pytest.mark.slow
def test_a_whole_run_tells_what_it_measured(tmp_path, capsys):
    file = tmp_path / "told.json"
    asked = ["--quick", "--who", "product", "bare", "--cold", "1", "--warm", "1", "--json", str(file)]
    for _ in range(3):  # on a machine that does much else a request may time out and be asked again, which stops it
        status = bench.main(asked)
        printed = " ".join(capsys.readouterr().out.split())
        if file.exists():
            break
    told = json.loads(file.read_text())
    missed = [aim["sentence"] for aim in told["aims"] if aim["missed"]]
    assert status == int(bool(missed))
    assert told["figures"]["warm: incoming"].keys() == {"product", "bare"}
    assert told["requests"]["product"]["reported"]["incoming"]["requests"] == ["BatchGetItem"]
    assert all(sentence in printed for sentence in missed)
    assert {"Twilio: speech, characters", "voice: GB-seconds"} <= {term["name"] for term in told["bill"]}


@pytest.mark.parametrize(
    ("asked", "told_at_once", "requests"),
    [
        (["GetItem", "TransactWriteItems", "twilio:Calls", "UpdateItem"], False, 3),
        (["GetItem", "TransactWriteItems", "twilio:Calls", "UpdateItem"], True, 3),  # in case the move takes no effect
        (["GetItem", "UpdateItem"], True, 2),
        (["UpdateItem"], False, 1),
    ],
    ids=["on the page after the move", "there and in the answer", "in the answer", "on the next page"],
)
def test_a_word_is_heard_as_soon_as_the_leg_that_hears_it_is_moved(asked, told_at_once, requests):
    told = {"statusCode": 200, "headers": {}, "body": "<Say>Your report has been recorded.</Say>"}
    steps = [step("incoming", "BatchGetItem"), step("report on 9", *asked), step("the moved leg")]
    steps[1 if told_at_once else 2] = steps[1 if told_at_once else 2]._replace(answer=told)
    assert measure.requests_before(measure.RECORDED, steps) == requests
