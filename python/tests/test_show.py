"""What a notebook shows: marked texts, reports; nothing of a value unless asked, nothing from the net."""

from html.parser import HTMLParser

import pandas as pd
import polars as pl
import pytest
import sievert
from conftest import EMAIL


class Checked(HTMLParser):
    """Fails on tags left open, scripts and links."""

    def __init__(self):
        super().__init__()
        self.open, self.texts = [], []

    def handle_starttag(self, tag, attrs):
        assert tag not in ("script", "link", "img", "iframe") and not {"src", "href"} & dict(attrs).keys()
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def checked(html):
    """The text of sound HTML."""
    parser = Checked()
    parser.feed(html)
    assert parser.open == []
    assert "url(" not in html and "@import" not in html
    return "".join(parser.texts)


def test_a_text_is_marked_and_its_values_masked_unless_asked():
    shown = sievert.show(f"<b>write</b> to {EMAIL}")
    text = checked(shown._repr_html_())
    assert EMAIL not in text and "global.email" in text and "<b>write</b>" in text
    assert EMAIL not in repr(shown)
    asked = sievert.show(f"write to {EMAIL}", values=True)
    assert EMAIL in checked(asked._repr_html_()) and EMAIL in repr(asked)
    assert "Not looked for: names, places" in text


def test_a_long_text_shows_what_is_near():
    shown = repr(sievert.show("far " * 1_000 + EMAIL + " near" * 1_000))
    assert len(shown) < 400 and "…" in shown


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_cells_of_a_frame_are_shown_up_to_a_number(make):
    frame = make({"note": [f"{n} x{n}@example.org" for n in range(100)], EMAIL: ["nothing"] * 100})
    shown = sievert.show(frame, n=3)
    assert repr(shown).count("\nnote[") == 2 and "note[2]: 2 [global.email certain]" in repr(shown)
    assert "example.org" not in checked(shown._repr_html_())
    assert repr(sievert.show(make({"a": ["x"]}))).startswith("nothing found\nnot looked for: names, places")
    labelled = pd.DataFrame({"a": ["x@example.org"]}, index=[EMAIL])
    shown = repr(sievert.show(labelled))
    assert "a[<EMAIL>]: [global.email certain]" in shown and EMAIL not in shown
    assert repr(sievert.show([None, EMAIL])).startswith("1: [global.email certain]\n")
    assert "detectors that are off" in repr(sievert.show(EMAIL, policy="secrets"))
    with pytest.raises(TypeError, match="it takes a text, a list of texts, or a frame"):
        sievert.show(5)


def test_a_report_shows_bars_fields_and_gaps():
    frame = pl.DataFrame({"note": [EMAIL, "x"], "o": [object(), None]})
    report = sievert.scan(frame)
    text = checked(report._repr_html_())
    for said in ("global.email", "note", "incomplete", "not examined", "Not looked for: names"):
        assert said in text
    assert EMAIL not in text
    assert "complete" in checked(sievert.scan(pl.DataFrame({"a": ["x"]}))._repr_html_())
    assert "a sample of" in checked(sievert.scan(frame[["note"]], sample="100%")._repr_html_())


def test_every_display_says_what_was_not_looked_for():
    report = sievert.scan(pl.DataFrame({"a": [EMAIL]}))
    for shown in (report._repr_html_(), str(report), report.to_json(), repr(sievert.show(EMAIL))):
        assert "organisations" in shown
    assert "organisations" in sievert.Scanner().show() and "organisations" in sievert.Scanner().not_looked_for


def test_colours_are_the_pages_own():
    """A notebook may be dark on a light machine: what asks the machine would be dark on dark."""
    html = sievert.show(EMAIL)._repr_html_()
    assert "prefers-color-scheme" not in html and "light-dark" not in html and "color-scheme" not in html
    assert "color: inherit" in html
