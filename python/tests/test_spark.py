"""Spark, on a real cluster: a master and two workers as processes of this machine."""

import os
import runpy
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pyspark", reason="pyspark is not in this environment (it is in test-clusters)")
if not shutil.which("java"):
    assert os.environ.get("SIEVERT_NEEDS_JAVA") != "yes", "java is not there"
    pytest.skip("there is no java: Spark is not tested", allow_module_level=True)

import pyspark  # noqa: E402
import sievert  # noqa: E402
import sievert.spark  # noqa: E402
from conftest import EMAIL, KEY, PSEUDONYMS, counts, rows  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402
from sievert._work import Work, built  # noqa: E402

RECIPE = Path(__file__).parents[1] / "recipes" / "spark_folder.py"
pytestmark = pytest.mark.filterwarnings("ignore")  # what the engine says of itself


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """A session on a cluster of a master and two workers, each with one core and the key in its environment."""
    home, logs = Path(pyspark.__file__).parent, tmp_path_factory.mktemp("spark")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        master = f"spark://127.0.0.1:{free.getsockname()[1]}"
    here = {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable, KEY: "ab" * 32}
    small = {"SPARK_DAEMON_MEMORY": "128m"}
    processes = []

    def start(name, *arguments):
        command = [home / "bin" / "spark-class", f"org.apache.spark.deploy.{name}", *arguments, "--webui-port", "0"]
        with open(logs / f"{len(processes)}.log", "w") as log:
            environment = {**os.environ, **here, **small}
            processes.append(subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT))

    with pytest.MonkeyPatch.context() as patch:
        for name, value in here.items():
            patch.setenv(name, value)
        try:
            start("master.Master", "--host", "127.0.0.1", "--port", master.rpartition(":")[2])
            for number in range(2):
                place = ["--host", "127.0.0.1", "--work-dir", str(logs / f"worker{number}")]
                start("worker.Worker", master, *place, "--cores", "1", "--memory", "1g")
            builder = SparkSession.builder.master(master).appName("tests")
            for name, value in {
                "driver.bindAddress": "127.0.0.1",
                "driver.host": "127.0.0.1",
                "driver.memory": "512m",
                "executor.memory": "512m",
                "executor.cores": "1",
                "scheduler.minRegisteredResourcesRatio": "1.0",
                "ui.enabled": "false",
                "ui.showConsoleProgress": "false",
                "sql.shuffle.partitions": "4",
                "sql.execution.arrow.maxRecordsPerBatch": "40",
            }.items():
                builder = builder.config(f"spark.{name}", value)
            session = builder.getOrCreate()
            session.sparkContext.setLogLevel("OFF")
            yield session
            session.stop()
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait()


def letters(session, partitions=8):
    """A frame with an address in each row, of so many partitions."""
    return session.range(0, 400, 1, partitions).selectExpr("id", "concat('p', id % 7, '@example.org') as mail")


def test_a_folder_is_rewritten_as_one_machine_does(session, folder, tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text(sievert.Policy.from_dict(PSEUDONYMS)._text)
    out, report = tmp_path / "spark", tmp_path / "report.json"
    recipe = runpy.run_path(str(RECIPE))
    recipe["main"]([str(folder), str(out), "--policy", str(policy), "--report", str(report)])
    alone = sievert.redact_file(folder, tmp_path / "alone", policy=policy)
    assert rows(out) == rows(tmp_path / "alone")
    assert counts(sievert.Report.load(report)) == counts(alone)
    assert alone.to_dict()["actions"]["global.email"]["pseudonym"] > 600


def test_a_scanner_is_built_once_in_each_process_of_all_workers(session):
    work = Work(PSEUDONYMS)

    def probe(batches):
        import pyarrow as pa

        done = sum(work.redact(batch)[0].num_rows for batch in batches)
        about = built.cache_info()
        place = {"executor": os.getppid(), "process": os.getpid()}  # an executor is the parent of its processes
        row = {**place, "rows": done, "jobs": about.currsize, "builds": about.misses, "calls": about.hits}
        yield pa.RecordBatch.from_pylist([row])

    columns = ("executor", "process", "rows", "jobs", "builds", "calls")
    told = letters(session).mapInArrow(probe, ", ".join(f"{name} long" for name in columns)).collect()
    assert sum(row.rows for row in told) == 400 and len(told) == 8
    assert len({row.executor for row in told}) == 2, "both workers worked"
    assert len({row.process for row in told}) < 8, "processes do several tasks"
    assert all(row.jobs == row.builds for row in told), "no job's scanner was built twice"
    assert max(row.calls for row in told) > 2, "later tasks find it built"


def test_tokens_are_the_same_wherever_they_are_made(session):
    clean = sievert.spark.redact(letters(session), policy=PSEUDONYMS).collect()
    scanner = sievert.Scanner(PSEUDONYMS)
    assert {row.mail for row in clean} == {scanner.redact_text(f"p{n}@example.org", field="mail") for n in range(7)}


def test_tasks_that_are_tried_again_count_once(session):
    def fails_first(batches):
        from pyspark import TaskContext

        yield from batches  # to the end: what was found until here has been told
        if TaskContext.get().attemptNumber() == 0:
            raise RuntimeError("this attempt fails")

    frame = letters(session, 3)
    clean, report = sievert.spark.redact(frame, policy=PSEUDONYMS, return_report=True)
    with pytest.raises(sievert.SievertError, match="write the frame first"):
        report()
    assert clean.mapInArrow(fails_first, clean.schema).count() == 400
    assert report().to_dict()["ledger"]["records"]["total"] == 400
    assert report().by_detector() == sievert.spark.scan(frame, policy=PSEUDONYMS).by_detector()


def test_passes_do_not_add_up(session):
    clean, report = sievert.spark.redact(letters(session), return_report=True)
    clean.orderBy("id").collect()  # reads it twice: once to see where to cut
    clean.coalesce(2).collect()
    assert report().to_dict()["ledger"]["records"]["total"] == 400
    clean, report = sievert.spark.redact(letters(session), return_report=True)
    clean.cache()
    assert clean.head().mail == "<EMAIL>"
    assert clean.filter("id >= 0").count() == 400
    assert report().to_dict()["ledger"]["records"]["total"] == 400
    clean.unpersist()


def test_frames_keep_their_types_and_lose_personal_names(session):
    frame = session.createDataFrame(
        [([EMAIL], {"k": EMAIL}, 1, None)], f"list array<string>, map map<string,string>, `{EMAIL}` int, none double"
    )
    clean = sievert.spark.redact(frame)
    assert clean.columns == ["list", "map", "<EMAIL>", "none"]
    assert clean.collect() == [(["<EMAIL>"], {"k": "<EMAIL>"}, 1, None)]
    dotted = session.createDataFrame([("412345",)], "`a.employee_id` string")
    assert sievert.spark.redact(dotted).collect() == [("<EMPLOYEE_ID>",)], "by the name of its field"
    kept = frame.select("list", "map", "none")
    assert sievert.spark.redact(kept).schema == kept.schema
    drop = {"redact": [{"detectors": ["*"], "action": "drop-record"}]}
    assert sievert.spark.redact(kept, policy=drop).count() == 0
    assert sievert.spark.scan(kept.limit(0)).findings == 0


def test_sql_has_functions(session):
    sievert.spark.register(session)
    letters(session, 2).createOrReplaceTempView("letters")
    query = "select sievert_redact(mail, 'mail'), sievert_detectors(mail, 'mail'), sievert_redact(null, '') from letters"
    assert session.sql(query).distinct().collect() == [("<EMAIL>", ["global.email"], None)]
    by_field = "select f, sievert_detectors('412345', f) d from values ('employee_id'), ('count') v(f) order by f"
    assert [row.d for row in session.sql(by_field).collect()] == [[], ["global.employee_id"]]


def test_a_worker_without_the_key_is_named(session, monkeypatch):
    elsewhere = {**PSEUDONYMS, "key": {"from": "env:SIEVERT_ONLY_HERE"}}
    monkeypatch.setenv("SIEVERT_ONLY_HERE", "cd" * 32)
    worker = rf"worker {socket.gethostname()}, process \d+"
    with pytest.raises(Exception, match=rf"PolicyError: {worker}: .*SIEVERT_ONLY_HERE"):
        sievert.spark.redact(letters(session, 1), policy=elsewhere).collect()
    monkeypatch.setenv(KEY, "cd" * 32)
    with pytest.raises(Exception, match=rf"PolicyError: {worker}: the key in env:{KEY} is not the one") as raised:
        sievert.spark.redact(letters(session, 1), policy=PSEUDONYMS).collect()
    assert "cdcd" not in str(raised.value) and "abab" not in str(raised.value)
