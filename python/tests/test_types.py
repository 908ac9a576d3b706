"""mypy and pyright find nothing: in the package and its stubs, in what users write with it, in the notebooks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sievert
from test_notebooks import NOTEBOOKS, code

PACKAGE = Path(sievert.__file__).parent

USE = """
import polars as pl
import pyarrow as pa
import sievert

found: list[sievert.Finding] = sievert.scan_text("x", policy={"version": 1})
clean: str = sievert.Scanner(min_confidence="likely").redact_text("x")
cleaned: list[str] = sievert.Scanner().redact_texts(["x"])
holes: list[str | None] = sievert.Scanner().redact_texts(["x", None])
frame: pl.DataFrame = sievert.redact(pl.DataFrame({"a": ["x"]}))
pair: tuple[pa.Table, sievert.Report] = sievert.redact(pa.table({"a": ["x"]}), return_report=True)
"""
WRONG = """
import sievert

sievert.scan_text(5)
sievert.redact({"a": "x"}, on_incomplete="ignore")
"""


@pytest.fixture
def sources(tmp_path):
    """The use above, and the notebooks as modules."""
    (tmp_path / "use.py").write_text(USE)
    for path in NOTEBOOKS:
        (tmp_path / f"{path.stem}.py").write_text(code(path))
    return tmp_path


def mypy(what, folder):
    command = [sys.executable, "-m", "mypy", "--strict", "--ignore-missing-imports", "--cache-dir", folder / ".mypy", *what]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder)


def pyright(what, folder):
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, *what]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder)


def test_mypy_finds_nothing(sources):
    for what in (["use.py"], ["look.py"], ["pipeline.py"], ["-p", "sievert"]):
        done = mypy(what, sources)
        assert done.returncode == 0, done.stdout


def test_pyright_finds_nothing(sources):
    done = pyright(["use.py", "look.py", "pipeline.py", PACKAGE], sources)
    assert done.returncode == 0, done.stdout + done.stderr


# What these are derived from has no types of its own, or is not installed.
BASED = {"sievert.datatrove.Redact", "sievert.torch.Redact"}


def test_every_public_name_has_a_type(tmp_path):
    # It looks for the package beside the `python` that it finds first.
    first = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = [sys.executable, "-m", "pyright", "--verifytypes", "sievert", "--ignoreexternal"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env={**os.environ, "PATH": first})
    if "completeness score: 100%" in done.stdout:
        return
    incomplete = done.stdout.partition("Symbols used in public interface:\n")[2].partition("\n\n")[0].splitlines()
    names = {line for line in incomplete if not line.startswith(" ")}
    reasons = {line.partition("error: ")[2] for line in incomplete} - {""}
    assert names <= BASED and reasons == {"Type of base class unknown", "Type of metaclass unknown"}, done.stdout


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_what_is_wrong_is_found(checker, tmp_path):
    (tmp_path / "wrong.py").write_text(WRONG)
    done = checker(["wrong.py"], tmp_path)
    assert done.returncode == 1 and "wrong.py:4" in done.stdout and "wrong.py:5" in done.stdout, done.stdout
