"""The package as a whole: stubs that agree with the module, docstrings that hold, imports that are light."""

import ast
import doctest
import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest
import sievert
from sievert import _native

PACKAGE = Path(sievert.__file__).parent
MODULES = sorted(module.name for module in pkgutil.iter_modules([str(PACKAGE)]) if module.name != "_native")


def parameters(function):
    """Names and kinds, as a stub and the module can both tell them."""
    found = inspect.signature(function).parameters.values()
    return [(p.name, p.POSITIONAL_OR_KEYWORD if p.name == "self" else p.kind) for p in found]


def stub_parameters(node):
    kinds = inspect.Parameter
    found = [(a.arg, kinds.POSITIONAL_OR_KEYWORD) for a in node.args.args]
    return found + [(a.arg, kinds.KEYWORD_ONLY) for a in node.args.kwonlyargs]


def test_the_stubs_say_what_the_native_module_has():
    stub = ast.parse((PACKAGE / "_native.pyi").read_text())
    functions = {node.name: node for node in stub.body if isinstance(node, ast.FunctionDef)}
    classes = {node.name: node for node in stub.body if isinstance(node, ast.ClassDef)}
    there = {name for name in dir(_native) if not name.startswith("__")}
    assert there == set(functions) | set(classes)
    for name, node in functions.items():
        assert stub_parameters(node) == parameters(getattr(_native, name)), name
    for name, node in classes.items():
        members = {child.name: child for child in node.body if isinstance(child, ast.FunctionDef)}
        native = getattr(_native, name)
        assert {m for m in vars(native) if not m.startswith("__")} == {m for m in members if not m.startswith("__")}
        for member, child in members.items():
            if member != "__new__" and not child.decorator_list:
                assert stub_parameters(child) == parameters(getattr(native, member)), member
        if "__new__" in members:
            assert stub_parameters(members["__new__"])[1:] == parameters(native), name


def test_everything_public_is_documented_and_typed():
    for name in sievert.__all__:
        thing = getattr(sievert, name)
        if not (inspect.isclass(thing) or inspect.isfunction(thing)):
            continue
        assert thing.__doc__, name
        members = vars(thing).items() if inspect.isclass(thing) else [(name, thing)]
        for member, function in members:
            if inspect.isfunction(function) and not member.startswith("_"):
                assert function.__doc__, f"{name}.{member}"
                hints = inspect.signature(function)
                assert hints.return_annotation is not inspect.Signature.empty, f"{name}.{member}"
    assert (PACKAGE / "py.typed").exists()


@pytest.mark.parametrize("name", ["", *MODULES])
def test_the_examples_in_docstrings_hold(name):
    if name in ("datatrove", "torch"):
        pytest.importorskip(name)
    module = importlib.import_module(f"sievert.{name}" if name else "sievert")
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("folder", ["python", ""])
def test_the_examples_in_the_readmes_hold(folder):
    path = Path(__file__).parents[2] / folder / "README.md"
    text = path.read_text().replace("```", "")
    test = doctest.DocTestParser().get_doctest(text, {}, folder, str(path), 0)
    assert test.examples
    assert doctest.DocTestRunner().run(test).failed == 0


def test_importing_brings_no_heavy_library():
    heavy = {"pandas", "polars", "pyarrow", "numpy", "duckdb", "datasets", "tqdm"}
    code = f"import sievert, sys; print({heavy} & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "set()"


def test_the_catalogue_is_listed_and_explained():
    everything = sievert.detectors()
    assert len({detector.id for detector in everything}) == len(everything) > 80
    assert {detector.country for detector in sievert.detectors(country="US")} == {"us"}
    assert {detector.category for detector in sievert.detectors(category="credential")} == {"credential"}
    with pytest.raises(ValueError, match="no country 'atlantis'; there is au, br"):
        sievert.detectors(country="atlantis")
    for detector in everything:
        assert sievert.explain(detector.id).startswith(detector.id)
    command = Path(sys.executable).with_name("sievert")
    told = subprocess.run([command, "explain", "health.mrn"], capture_output=True, text=True, check=True).stdout
    assert sievert.explain("health.mrn") == told and "never: only behind a label" in told
    assert sievert.explain("EMAIL_ADDRESS").startswith("global.email")
    with pytest.raises(sievert.PolicyError, match="did you mean"):
        sievert.explain("nl.bns")
    with pytest.raises(sievert.PolicyError, match="more than one"):
        sievert.explain("country:us")
