//! Social Insurance Numbers of Canada.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict, checksum};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "ca.sin",
    title: "Canadian Social Insurance Number",
    about: "Nine digits, written 3-3-3, that pass Luhn's test; none begins with 8, and 0 is kept for other numbers. A \
            word must stand near.",
    sources: &[
        "https://www.canada.ca/en/employment-social-development/services/sin.html",
        "https://www.canada.ca/en/employment-social-development/services/sin/reports/code-of-practice.html",
    ],
    aliases: &["CA_SIN", "CANADA_SOCIAL_INSURANCE_NUMBER", "SIN"],
    category: Category::NationalId,
    placeholder: "SIN",
    pattern: "[1-79][0-9]{2}[- ][0-9]{3}[- ][0-9]{3}|[1-79][0-9]{8}",
    labelled: "[0-9]{3}[- ]?[0-9]{3}[- ]?[0-9]{2,4}",
    labels: &[
        "sin",
        "sin number",
        "sin no",
        "sin #",
        "social insurance number",
        "social insurance no",
        "social insurance",
        "numéro d'assurance sociale",
        "assurance sociale",
        "nas",
    ],
    context: &["social insurance", "canada", "canadian", "cra", "t4"],
    negative_context: &["phone", "tel", "fax", "invoice", "order"],
    needs_context: true,
    validate,
    chance: 0.1,
    sample,
    examples: &[
        "SIN number [[130 692 544]]",
        "social insurance number: [[130-692-544]]",
        "SIN #: [[046 454 286]]",
    ],
    counter_examples: &[
        "130 692 544",
        "Canada 130 692 545",
        "sin of 1.5",
        "y = sin(130692544)",
        "sin: 0.130692544",
        "NAS (20170626)",
    ],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let Some(digits) = shape::digits::<9>(c) else { return shape::mistyped(c) };
    // The sine of a number, or a column of them.
    if c.before().ends_with("sin(") || shape::is_fraction(c) {
        return Verdict::No;
    }
    Verdict::checked(!matches!(digits[0], 0 | 8) && checksum::luhn(digits.into_iter()))
}

fn sample(draw: &mut Draw) -> String {
    // 9 begins temporary numbers, which expire.
    draw.fill_until("9## ### ###", |text| checksum::luhn(shape::digits_of(text).into_iter()))
}
