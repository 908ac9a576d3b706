"""Ray Data, on a real head that runs as a process of its own."""

import os
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

pytest.importorskip("ray", reason="ray is not in this environment (it is in test-clusters)")

import ray  # noqa: E402
import sievert  # noqa: E402
import sievert.ray  # noqa: E402
from conftest import EMAIL, KEY, PSEUDONYMS, counts, rows  # noqa: E402
from sievert._work import Work, built  # noqa: E402

RECIPE = Path(__file__).parents[1] / "recipes" / "ray_folder.py"
pytestmark = pytest.mark.filterwarnings("ignore")  # what the engine says of itself


@pytest.fixture(scope="module", autouse=True)
def head():
    """A head with two workers, the key in its environment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet = {"RAY_AUTH_MODE": "disabled", "RAY_DATA_DISABLE_PROGRESS_BARS": "1", "RAY_USAGE_STATS_ENABLED": "0"}
    command = [Path(sys.executable).with_name("ray"), "start", "--head", "--block", "--num-cpus=2", f"--port={port}"]
    command += ["--node-ip-address=127.0.0.1", "--include-dashboard=false", "--object-store-memory=200000000"]
    short = tempfile.mkdtemp(prefix="ray")  # names of sockets have 107 bytes
    command.append(f"--temp-dir={short}")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**quiet, KEY: "ab" * 32}.items():
            patch.setenv(name, value)
        log = Path(short) / "head.log"
        with open(log, "w") as output:
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            for _ in range(60):
                if "Ray runtime started" in log.read_text() or process.poll() is not None:
                    break
                time.sleep(1)
            ray.init(address=f"127.0.0.1:{port}", log_to_driver=False, logging_level="ERROR")
            ray.data.DataContext.get_current().enable_progress_bars = False
            yield
            ray.shutdown()
        finally:
            os.killpg(process.pid, signal.SIGKILL)  # asked politely it waits for workers to drain
            process.wait()
            shutil.rmtree(short)


def letters(blocks=8):
    """A dataset with an address in each row, of so many blocks."""
    made = [{"id": n, "mail": f"p{n % 7}@example.org"} for n in range(400)]
    return ray.data.from_items(made, override_num_blocks=blocks)


def test_a_folder_is_rewritten_as_one_machine_does(folder, tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text(sievert.Policy.from_dict(PSEUDONYMS)._text)
    out, report = tmp_path / "ray", tmp_path / "report.json"
    recipe = runpy.run_path(str(RECIPE))
    recipe["main"]([str(folder), str(out), "--policy", str(policy), "--report", str(report)])
    alone = sievert.redact_file(folder, tmp_path / "alone", policy=policy)
    assert rows(out) == rows(tmp_path / "alone")
    assert counts(sievert.Report.load(report)) == counts(alone)


def test_a_scanner_is_built_once_in_each_process():
    work = Work(PSEUDONYMS)

    def probe(batch):
        clean, _ = work.redact(batch)
        about = built.cache_info()
        return {"process": [os.getpid()], "rows": [clean.num_rows], "jobs": [about.currsize], "builds": [about.misses]}

    told = letters().map_batches(probe, batch_format="pyarrow", batch_size=None).take_all()
    assert sum(row["rows"] for row in told) == 400 and len(told) == 8
    assert len({row["process"] for row in told}) < 8, "processes do several tasks"
    assert all(row["jobs"] == row["builds"] >= 1 for row in told), "no job's scanner was built twice"


def test_tokens_are_the_same_wherever_they_are_made():
    clean = sievert.ray.redact(letters(), policy=PSEUDONYMS).take_all()
    scanner = sievert.Scanner(PSEUDONYMS)
    assert {row["mail"] for row in clean} == {scanner.redact_text(f"p{n}@example.org", field="mail") for n in range(7)}


def test_tasks_that_are_tried_again_count_once(tmp_path):
    def dies_first(batch):
        # After the batch was told: in the same task, as Ray puts both functions into one.
        mark = tmp_path / str(batch["id"][0])
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return batch

    clean, report = sievert.ray.redact(letters(3), policy=PSEUDONYMS, return_report=True)
    with pytest.raises(sievert.SievertError, match="write the dataset first"):
        report()
    assert clean.map_batches(dies_first, batch_format="pyarrow", batch_size=None).count() == 400
    assert len(list(tmp_path.iterdir())) == 3
    assert report().to_dict()["ledger"]["records"]["total"] == 400
    assert report().by_detector() == sievert.ray.scan(letters(3), policy=PSEUDONYMS).by_detector()


def test_passes_do_not_add_up():
    clean, report = sievert.ray.redact(letters(), return_report=True)
    assert clean.take(1)[0]["mail"] == "<EMAIL>"
    assert clean.sort("id").count() == 400
    assert clean.materialize().count() == 400
    assert report().to_dict()["ledger"]["records"]["total"] == 400


def test_datasets_lose_personal_names_and_rows():
    personal = ray.data.from_items([{"list": [EMAIL], EMAIL: 1}])
    assert sievert.ray.redact(personal).take_all() == [{"list": ["<EMAIL>"], "<EMAIL>": 1}]
    dataset = personal.drop_columns([EMAIL])
    drop = {"redact": [{"detectors": ["*"], "action": "drop-record"}]}
    assert sievert.ray.redact(dataset, policy=drop, num_cpus=0.5).count() == 0
    assert sievert.ray.scan(dataset.limit(0)).findings == 0


def test_a_worker_without_the_key_is_named(monkeypatch):
    elsewhere = {**PSEUDONYMS, "key": {"from": "env:SIEVERT_ONLY_HERE"}}
    monkeypatch.setenv("SIEVERT_ONLY_HERE", "cd" * 32)
    worker = rf"worker {socket.gethostname()}, process \d+"
    with pytest.raises(Exception, match=rf"PolicyError: {worker}: .*SIEVERT_ONLY_HERE"):
        sievert.ray.redact(letters(1), policy=elsewhere).take_all()
    monkeypatch.setenv(KEY, "cd" * 32)
    with pytest.raises(Exception, match=rf"PolicyError: {worker}: the key in env:{KEY} is not the one") as raised:
        sievert.ray.redact(letters(1), policy=PSEUDONYMS).take_all()
    assert "cdcd" not in str(raised.value) and "abab" not in str(raised.value)
