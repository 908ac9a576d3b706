//! Taxpayer numbers for those who have no Social Security number.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "us.itin",
    title: "US Individual Taxpayer Identification Number",
    about: "Nine digits in the form of a Social Security number that begin with 9; the fourth and fifth lie in the \
            ranges that the IRS issues. No checksum; bare digits need a word near.",
    sources: &["https://www.irs.gov/tin/itin/individual-taxpayer-identification-number-itin", "IRM 3.21.263"],
    aliases: &["US_ITIN", "US_INDIVIDUAL_TAXPAYER_IDENTIFICATION_NUMBER", "ITIN"],
    category: Category::NationalId,
    placeholder: "ITIN",
    pattern: "9[0-9]{2}-[0-9]{2}-[0-9]{4}|9[0-9]{2} [0-9]{2} [0-9]{4}|9[0-9]{8}",
    labelled: "[0-9]{3} [0-9]{2} [0-9]{4}|[0-9]{2,4}-?[0-9]{2,3}-?[0-9]{3,5}",
    labels: &[
        "itin",
        "individual taxpayer identification number",
        "individual taxpayer id",
        "individual tax id",
    ],
    context: &["tax id", "taxpayer", "tin", "w-7", "irs"],
    negative_context: &["phone", "fax", "isbn", "part number", "order", "invoice", "tracking", "sku"],
    validate,
    sample,
    examples: &["912-70-1234", "ITIN [[912701234]]", "ITIN: [[912-10-1234]]"],
    counter_examples: &["912-10-1234", "912-93-1234", "912701234", "0.912701234"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let Some(digits) = shape::digits::<9>(c) else { return shape::mistyped(c) };
    if !c.anchored.named() && shape::is_part(c) {
        return Verdict::No;
    }
    match (digits[0], shape::number(&digits[3..5])) {
        (9, 50..=65 | 70..=88 | 90..=92 | 94..=99) if c.text.contains('-') => Verdict::Plain,
        (9, 50..=65 | 70..=88 | 90..=92 | 94..=99) => Verdict::Weak,
        _ => Verdict::Failed,
    }
}

fn sample(draw: &mut Draw) -> String {
    format!("9{}-{}-{}", draw.digits(2), draw.number(70, 88), draw.digits(4))
}
