"""The parts of the benchmark that are no timing: the count of the work, the table, and who takes part.

Feared: a count that leaves out a pass, so that "the arithmetic alone" is too fast; a ratio turned round, which calls a
missed goal reached; contestants that get other settings than the table says; a clock that counts the warm-up.
"""

import json
import os
import re

import numpy as np
import pytest

from bench import __main__ as bench
from bench import operators, work


def test_the_work_is_what_the_table_says():
    assert work.flops() / 1e9 == pytest.approx(72.6 + 5.4, abs=0.1)


def test_the_work_of_one_layer_counted_by_hand():
    # 5 images forward (2 * 5 * 3 * 4), their gradient of the weights again as much, and 7 test images forward
    assert work.flops((3, 4), num_train=5, num_test=7) == 2 * 5 * 12 + 2 * 5 * 12 + 2 * 7 * 12


def test_a_second_layer_has_a_gradient_of_its_inputs_too():
    added = work.flops((3, 4, 2), num_train=5, num_test=7) - work.flops((3, 4), num_train=5, num_test=7)
    assert added == 3 * (2 * 5 * 8) + 2 * 7 * 8


def test_the_table_says_how_many_times_as_long_the_peer_takes():
    ours, peer = [1.0, 2.0, 1.0], [4.0, 4.0, 3.5]
    lines = bench.table({"d2l_utils, gluon, 1 thread": ours, "d2lzh, gluon": peer}).splitlines()
    assert lines[1] == "d2l_utils, gluon, 1 thread       1.00      1.00     2.00"
    assert lines[-1] == "d2lzh, gluon / d2l_utils, gluon, 1 thread: 3.50 (3.20, reached)"


def test_a_missed_goal_is_called_missed():
    lines = bench.table({"d2l_utils, gluon, 1 thread": [2.0], "d2lzh, gluon": [4.0]}).splitlines()
    assert lines[-1] == "d2lzh, gluon / d2l_utils, gluon, 1 thread: 2.00 (3.20, missed)"


def test_every_goal_names_contestants(monkeypatch):
    monkeypatch.setattr(bench, "PYTORCH", bench.ROOT)
    names = [contestant.name for contestant in bench.contestants()]
    assert len(set(names)) == len(names)
    assert {name for goal in bench.GOALS for name in goal[:2]} <= set(names)


def test_without_pytorch_the_others_run_and_it_is_told(monkeypatch, capsys):
    monkeypatch.setattr(bench, "PYTORCH", bench.ROOT / "absent")
    assert not [contestant for contestant in bench.contestants() if "PyTorch" in contestant.name]
    assert capsys.readouterr().out == "PyTorch does not take part: `make setup-bench` fetches it (some 3 GB)\n"


@pytest.mark.parametrize(("threads", "expected"), [(2, "2"), (None, None)])
def test_a_contestant_gets_its_threads_and_none_of_our_settings(monkeypatch, threads, expected):
    for name in ("OMP_NUM_THREADS", "OPENBLAS_CORETYPE", "DNNL_MAX_CPU_ISA"):
        monkeypatch.setenv(name, "1")
    environment = bench.Contestant("x", "bench.book gluon", threads)._environment()
    assert environment.get("OMP_NUM_THREADS") == expected
    assert "OPENBLAS_CORETYPE" not in environment
    assert environment["PATH"] == os.environ["PATH"]


def test_the_warm_up_is_not_counted(capsys, monkeypatch):
    clock = iter([0, 10, 10, 11, 11, 13])
    monkeypatch.setattr(work.time, "perf_counter", lambda: next(clock))
    work.time_epochs(lambda: print("epoch 1"), 2)
    captured = capsys.readouterr()
    assert json.loads(captured.out) == [1, 2]
    assert captured.err == "epoch 1\n" * 3


def test_a_contestant_that_fails_is_told(tmp_path):
    with pytest.raises(SystemExit, match=r"bench: broken failed:\n.*no_such_module"):
        bench.Contestant("broken", "bench.no_such_module", 1).seconds(1, tmp_path)


def test_our_epoch_trains_what_the_table_says(monkeypatch):
    from bench import ours

    images = np.random.default_rng(0).random((512, 1, 28, 28), dtype="float32")
    arrays = [ours.nd.array(images), ours.nd.zeros(512, dtype="int32")] * 2
    monkeypatch.setattr(ours.d2l, "fashion_mnist_arrays", lambda: arrays)
    for run in (ours.gluon_epoch(), ours.scratch_epoch(), ours.gluon_epoch((784, 16, 10), 256)):
        assert len(run().test_acc) == 1


def test_the_table_names_its_machine_and_day():
    assert re.fullmatch(r".+, \d+ processors, \d{4}-\d\d-\d\d", bench.machine())


def test_the_page_of_performance_says_what_was_measured():
    page = (bench.ROOT / "site" / "performance.md").read_text(encoding="utf-8")
    results = bench.ROOT / "bench" / "results"
    rows = [row for rows in json.loads((results / "growth.json").read_text(encoding="utf-8")).values() for row in rows]
    measured = {f"{seconds:.2f}" for row in rows for seconds in row[1:]}
    measured |= set((results / "table.txt").read_text(encoding="utf-8").split())
    said = re.findall(r"\b\d\.\d\d\b", page)
    assert len(said) == 10
    assert set(said) <= measured


def test_the_shares_of_the_operators_add_up():
    names = [f"operator {k}" for k in range(operators.SHOWN + 2)]
    seconds = dict(zip(names, range(1, len(names) + 1), strict=True))
    total = sum(seconds.values())
    lines = operators.table("gluon", 2 * total, seconds).splitlines()
    assert lines[0] == f"gluon: {2 * total:.2f} s under the profiler"
    assert lines[1].split() == ["operator", str(len(names) - 1), f"{len(names)}.00", "s", "7", "%"]
    assert lines[-2].split() == ["the", "others", "3.00", "s", "1", "%"]  # the two smallest
    assert lines[-1].split() == ["no", "operator", f"{total}.00", "s", "50", "%"]
