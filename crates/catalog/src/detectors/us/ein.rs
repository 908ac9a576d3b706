//! Employer numbers of the United States.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "us.ein",
    title: "US Employer Identification Number",
    about: "Two and seven digits; the first two name the IRS campus. No checksum and a common shape: needs a word near.",
    sources: &[
        "https://www.irs.gov/businesses/small-businesses-self-employed/how-eins-are-assigned-and-valid-ein-prefixes",
    ],
    aliases: &["US_EIN", "US_EMPLOYER_IDENTIFICATION_NUMBER", "EIN", "FEIN"],
    category: Category::NationalId,
    placeholder: "EIN",
    pattern: "[0-9]{2}-[0-9]{7}",
    labelled: "[0-9]{2}[- ]?[0-9]{6,8}",
    labels: &[
        "ein",
        "fein",
        "employer identification number",
        "employer id",
        "federal tax id",
        "federal tax identification number",
        "federal employer identification number",
    ],
    context: &["employer", "tax id", "tin", "taxpayer", "irs", "w-2", "w-9", "form 1099"],
    needs_context: true,
    validate,
    sample,
    examples: &["EIN [[12-3456789]]", "federal tax ID: [[946000000]]", "EIN: [[07-1234567]]"],
    counter_examples: &["12-3456789", "employer 07-1234567", "ein Haus 12345"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let Some(digits) = shape::digits::<9>(c) else { return shape::mistyped(c) };
    match shape::number(&digits[..2]) {
        0 | 7..=9 | 17..=19 | 28 | 29 | 49 | 69 | 70 | 78 | 79 | 89 | 96 | 97 => Verdict::Failed,
        _ if !c.anchored.named() && shape::is_part(c) => Verdict::No,
        _ => Verdict::Plain,
    }
}

fn sample(draw: &mut Draw) -> String {
    // 00 and 07 are of no campus, but a fake has to pass; 12 is Andover's.
    format!("12-{}", draw.digits(7))
}
