"""The build backend: maturin, and before it the `sievert` command, which goes into the wheel as it is.

maturin builds one thing of one package. The command is another package of the workspace, so it is built here with the
same profile and laid where wheels keep their scripts.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from maturin import (  # noqa: F401
    get_requires_for_build_wheel,
    prepare_metadata_for_build_wheel,
)
from maturin import build_wheel as _build_wheel

_PYTHON = Path(__file__).resolve().parent.parent
_ROOT = _PYTHON.parent
_SCRIPTS = _PYTHON / "data" / "scripts"
_SCRIPTS.mkdir(parents=True, exist_ok=True)  # maturin looks for it whatever it is asked


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """As PEP 517 has it. `SIEVERT_PROFILE=dev` builds fast and runs slowly: for tests."""
    profile = os.environ.get("SIEVERT_PROFILE", "release")
    _add_command(profile)
    settings = {"build-args": f"--profile {profile}", **(config_settings or {})}
    return _build_wheel(wheel_directory, settings, metadata_directory)


def _add_command(profile):
    command = ["cargo", "build", "--package", "sievert-cli", "--bin", "sievert", "--profile", profile]
    subprocess.run([*command, "--locked"], cwd=_ROOT, check=True, stdout=sys.stderr)
    target = Path(os.environ.get("CARGO_TARGET_DIR", _ROOT / "target"))
    name = "sievert.exe" if os.name == "nt" else "sievert"
    shutil.copy2(target / ("debug" if profile == "dev" else profile) / name, _SCRIPTS / name)
