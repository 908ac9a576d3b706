"""Writes src/numbering/plans.rs: the numbering plans of all regions, from libphonenumber's metadata.

    pip install phonenumbers && python crates/catalog/generate/phone_plans.py

The metadata is copyright The Libphonenumber Authors, Apache-2.0; see NOTICE. Nothing of it is read at run time.
"""

import re
from pathlib import Path

import phonenumbers
from phonenumbers import PhoneMetadata

TYPES = "fixed_line mobile toll_free premium_rate shared_cost personal_number voip pager uan voicemail".split()
TABLE = Path(__file__).parents[1] / "src" / "numbering" / "plans.rs"

HEADER = """\
//! The numbering plans of all regions: calling code, prefixes, and patterns of issued national numbers.
//! Written by `generate/phone_plans.py` from the metadata of libphonenumber {version}, Copyright The Libphonenumber
//! Authors, Apache-2.0 (see NOTICE). Do not edit.

use super::Plan;

/// Sorted by calling code; the main region of a code first.
#[rustfmt::skip]
pub(crate) static PLANS: &[Plan] = &[
"""


# Numbers that the metadata leaves out, by region. Set aside for drama, so that nobody is issued them:
# - https://www.ofcom.org.uk/phones-and-broadband/phone-numbers/numbers-for-drama
# - ARCEP decision 2018-0881 (France), section 2.5.12
# - ComReg 15/136 (Ireland), section 7: 020 91x xxxx
DRAMA = {
    "GB": [
        "(7700900|1632960|8081570|9098790|3069990).{3}",
        "(1(1[3-8]|[2-6]1)4960|1914980|2079460|2896496|2920180).{3}",
    ],
    "FR": ["(19900|26191|35301|46571|53649|63998).{4}"],
    "IE": ["2091.{5}"],
}
# Mobile numbers of Argentina as they are dialled at home: 15 behind the area code, where +54 has a 9 before it.
AT_HOME = [("AR", 0, "00", "0", 0b1_1111 << 10, ["(11|[23].{2,3})15.{6,8}"])]


def short(pattern):
    """The pattern in the notation of `numbering`: `.` is any digit, all groups are plain."""
    if not pattern:
        return ""
    pattern = pattern.replace(r"\d", ".").replace("(?:", "(")
    assert re.fullmatch(r"[0-9.()|\[\]{},?-]*", pattern), pattern
    return pattern


ANY = frozenset("0123456789")


def parsed(pattern):
    """Alternatives, each a tuple of items: what is repeated (a set of digits, or alternatives), how often at least and
    at most."""
    tokens = iter(re.findall(r"\[[^]]*\]|\{[^}]*\}|.", pattern))

    def alternatives():
        all, items = [], []
        for token in tokens:
            if token == ")":
                break
            elif token == "|":
                all.append(tuple(items))
                items = []
            elif token[0] in "{?":
                bounds = [int(bound) for bound in token[1:-1].split(",")] if token != "?" else [0, 1]
                items[-1] = (items[-1][0], bounds[0], bounds[-1])
            else:
                items.append((alternatives() if token == "(" else digits(token), 1, 1))
        return tuple(all + [tuple(items)])

    return alternatives()


def digits(token):
    if token == ".":
        return ANY
    spans = re.findall(r"(\d)(?:-(\d))?", token)
    return frozenset(str(digit) for low, high in spans for digit in range(int(low), int(high or low) + 1))


def behind(items, digit):
    """What may follow when the first digit is this one."""
    if not items:
        return
    (what, low, high), rest = items[0], items[1:]
    if low == 0:
        yield from behind(rest, digit)
    rest = ((what, max(low - 1, 0), high - 1),) * (high > 1) + rest
    if isinstance(what, frozenset):
        if digit in what:
            yield rest
    else:
        yield from (tail + rest for alternative in what for tail in behind(alternative, digit))


def spelled(alternatives):
    """The pattern of what `parsed` gives; alternatives that differ in their first digit alone as one."""
    joined = {}
    for items in alternatives:
        first = items[0] if items and isinstance(items[0][0], frozenset) and items[0][1:] == (1, 1) else None
        key = (first is not None, items[1:] if first else items)
        joined[key] = joined.get(key, frozenset()) | (first[0] if first else frozenset())
    spellings = (
        "".join(map(spelled_item, added((((first, 1, 1),) if first else ()) + rest)))
        for (_, rest), first in joined.items()
    )
    return "|".join(sorted(spellings, key=lambda spelling: (len(spelling), spelling)))


def added(items):
    """Items that repeat the same as one."""
    out = []
    for what, low, high in items:
        if out and out[-1][0] == what:
            low, high = low + out[-1][1], high + out.pop()[2]
        out.append((what, low, high))
    return out


def spelled_item(item):
    what, low, high = item
    if not isinstance(what, frozenset):
        spelling = f"({spelled(what)})"
    elif what == ANY:
        spelling = "."
    else:
        runs = re.sub(r"(\d)(\d+)(\d)", r"\1-\3", " ".join(re.findall(RUNS, "".join(sorted(what))))).replace(" ", "")
        spelling = runs if len(what) == 1 else f"[{runs}]"
    if (low, high) == (1, 1):
        return spelling
    if (low, high) == (0, 1):
        return spelling + "?"
    return spelling + (f"{{{low}}}" if low == high else f"{{{low},{high}}}")


# Digits without a gap.
RUNS = "|".join("0123456789"[low:high] for length in range(10, 0, -1) for low in range(10) if (high := low + length) <= 10)


def by_head(patterns):
    """What follows the first two digits, with the pairs of digits that it follows as bits."""
    trees = [items for pattern in patterns for items in parsed(pattern)]
    heads = {}
    for head in range(100):
        one, two = f"{head:02}"
        tails = {tail for items in trees for rest in behind(items, one) for tail in behind(rest, two)}
        if tails:
            tail = spelled(tails)
            heads[tail] = heads.get(tail, 0) | 1 << head
    return sorted(heads.items(), key=lambda item: (len(item[0]), item))


def national_prefix(metadata):
    """What is dialled before a national number. Rules that also rewrite the number are left out: those numbers are
    found by the plain prefix, or behind a label."""
    rule = metadata.national_prefix_for_parsing or ""
    if rule and metadata.national_prefix_transform_rule is None and not re.search(r"\((?!\?:)", rule):
        return short(rule)
    return short(metadata.national_prefix)


def issued(metadata):
    """The patterns of all types, each once."""
    kinds = (getattr(metadata, kind) for kind in TYPES)
    patterns = {kind.national_number_pattern for kind in kinds if kind and kind.national_number_pattern}
    return [short(pattern) for pattern in patterns] + DRAMA.get(metadata.id, [])


def lengths(metadata):
    """How many digits national numbers have, as bits."""
    return sum(1 << length for length in set(metadata.general_desc.possible_length) if length > 0)


def plans():
    yield from AT_HOME
    for code, regions in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()):
        for region in regions:
            if region == "001":  # satellite and other networks without a country
                metadata = PhoneMetadata.metadata_for_nongeo_region(code)
                region = "ZZ"
            else:
                metadata = PhoneMetadata.metadata_for_region(region)
            international, national = short(metadata.international_prefix), national_prefix(metadata)
            yield region, code, international, national, lengths(metadata), issued(metadata)


def main():
    out = [HEADER.format(version=phonenumbers.__version__)]
    for region, code, international, national, digits, patterns in plans():
        listed = ", ".join(f'({heads:#_x}, "{tail}")' for tail, heads in by_head(patterns))
        out.append(
            f'    Plan {{ region: *b"{region}", code: {code}, international: "{international}", '
            f'national: "{national}", lengths: {digits:#x}, issued: &[{listed}] }},\n'
        )
    out.append("];\n")
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text("".join(out), encoding="ascii")


if __name__ == "__main__":
    main()
