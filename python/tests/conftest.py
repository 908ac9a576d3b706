"""What several tests use. No value here is anybody's."""

import pytest

EMAIL = "anna@example.org"
CARD = "5555555555554444"


@pytest.fixture
def csv(tmp_path):
    """A small CSV with an address in each row."""
    path = tmp_path / "in" / "people.csv"
    path.parent.mkdir()
    path.write_text("name,email\n" + "".join(f"p{n},p{n}@example.org\n" for n in range(20)))
    return path
