//! ZIP codes.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "us.zip",
    title: "US ZIP code",
    about: "Five digits, or nine with a hyphen; one number in two looks like it, so a word or the field must name it. \
            ZIP codes inside a whole address are part of `us.street_address`.",
    sources: &["USPS Publication 28, section 224", "45 CFR 164.514(b)(2)(i)(B)"],
    aliases: &["US_ZIP_CODE", "ZIP_CODE", "US_ZIP"],
    category: Category::Location,
    placeholder: "ZIP",
    pattern: "[0-9]{5}(?:-[0-9]{4})?",
    labels: &["zip", "zip code", "zipcode", "zip+4", "postal code", "postcode"],
    context: &["mailing address", "street address", "home address", "usps"],
    reach: 30,
    needs_context: true,
    validate,
    sample,
    examples: &["ZIP: [[94105]]", "zip code [[20500-0003]]", "postal code is [[00501]]"],
    counter_examples: &["94105", "zip file of 12 parts", "unzip 00000", "data.zip (48213 bytes)"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    // 00501 is Holtsville, 99950 Ketchikan: the lowest and the highest.
    let first: u32 = c.text[..5].parse().unwrap_or(0);
    // `data.zip (48213 bytes)`
    let file =
        c.before().trim_end_matches([' ', '(']).strip_suffix("zip").is_some_and(|name| name.ends_with('.'));
    Verdict::plain(!file && (501..=99_950).contains(&first) && !shape::is_part(c))
}

fn sample(draw: &mut Draw) -> String {
    format!("{:05}", draw.number(501, 99_950))
}
