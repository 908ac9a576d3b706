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


def short(pattern):
    """The pattern in the notation of `numbering::ends`: `.` is any digit, all groups are plain."""
    if not pattern:
        return ""
    pattern = pattern.replace(r"\d", ".").replace("(?:", "(")
    assert re.fullmatch(r"[0-9.()|\[\]{},?-]*", pattern), pattern
    return pattern


def national_prefix(metadata):
    """What is dialled before a national number. Rules that also rewrite the number are left out: those numbers are
    found by the plain prefix, or behind a label."""
    rule = metadata.national_prefix_for_parsing or ""
    if rule and metadata.national_prefix_transform_rule is None and not re.search(r"\((?!\?:)", rule):
        return short(rule)
    return short(metadata.national_prefix)


def issued(metadata):
    """The patterns of all types, each once, longest last so that the common short ones come first."""
    kinds = (getattr(metadata, kind) for kind in TYPES)
    patterns = {kind.national_number_pattern for kind in kinds if kind and kind.national_number_pattern}
    return sorted(map(short, patterns), key=lambda pattern: (len(pattern), pattern))


def lengths(metadata):
    """How many digits national numbers have, as bits."""
    return sum(1 << length for length in set(metadata.general_desc.possible_length) if length > 0)


def plans():
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
        listed = ", ".join(f'"{pattern}"' for pattern in patterns)
        out.append(
            f'    Plan {{ region: *b"{region}", code: "{code}", international: "{international}", '
            f'national: "{national}", lengths: {digits:#x}, issued: &[{listed}] }},\n'
        )
    out.append("];\n")
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text("".join(out), encoding="ascii")


if __name__ == "__main__":
    main()
