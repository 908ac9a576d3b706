"""The wheel installs without a network and without Rust, and brings all that it needs."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

PYTHON = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this tree, built as quickly as may be; nothing is compiled again after `pip install ./python`."""
    folder = tmp_path_factory.mktemp("wheel")
    environment = {"SIEVERT_PROFILE": "dev", **os.environ}
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, PYTHON]
    subprocess.run(command, check=True, env=environment)
    (built,) = folder.glob("*.whl")
    return built


def test_it_holds_the_package_the_command_and_the_types(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert "-cp310-abi3-" in wheel.name, "one wheel for all versions of Python"
    for wanted in ("sievert/_native.abi3.so", "sievert/_native.pyi", "sievert/py.typed"):
        assert wanted in names
    assert any(name.endswith(".data/scripts/sievert") for name in names)
    assert not [name for name in names if name.startswith("sievert/tests") or name.endswith((".rs", ".ipynb"))]


def test_it_installs_without_a_network_and_without_rust(wheel, tmp_path):
    home = tmp_path / "environment"
    venv.create(home, with_pip=True)
    # A proxy that nobody listens at, an index that is none, and no program but Python's own.
    environment = {"PATH": str(home / "bin"), "HTTPS_PROXY": "http://127.0.0.1:9", "PIP_CONFIG_FILE": os.devnull}
    install = [home / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-index", wheel]
    subprocess.run(install, check=True, env=environment)
    use = "import sievert; print(sievert.redact_text('Write to anna@example.org'))"
    out = subprocess.run([home / "bin" / "python", "-c", use], check=True, env=environment, capture_output=True)
    assert out.stdout == b"Write to <EMAIL>\n"
    command = subprocess.run([home / "bin" / "sievert", "detectors"], check=True, env=environment, capture_output=True)
    assert b"global.email" in command.stdout
