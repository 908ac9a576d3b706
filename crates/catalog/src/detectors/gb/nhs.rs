//! NHS numbers of England, Wales and the Isle of Man.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict, checksum};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "gb.nhs",
    title: "NHS number",
    about: "Ten digits, usually written 3-3-4, the last a check digit modulo 11. Telephone numbers look the same, so a \
            word must stand near.",
    sources: &["https://www.datadictionary.nhs.uk/attributes/nhs_number.html"],
    aliases: &["UK_NHS", "UK_NATIONAL_HEALTH_SERVICE_NUMBER", "NHS_NUMBER"],
    category: Category::Health,
    placeholder: "NHS_NUMBER",
    pattern: "[0-9]{3}[- ][0-9]{3}[- ][0-9]{4}|[0-9]{10}",
    labelled: "[0-9]{3}[- ]?[0-9]{3}[- ]?[0-9]{3,5}",
    labels: &["nhs number", "nhs no", "nhs", "nhs #", "national health service number"],
    context: &["nhs", "nhs trust", "gp practice", "gp surgery"],
    negative_context: &["phone", "tel", "fax", "mobile"],
    needs_context: true,
    validate,
    chance: 0.09,
    sample,
    examples: &["NHS number: [[943 476 5919]]", "NHS No. [[9434765919]]", "NHS Trust: [[999 000 1235]]"],
    counter_examples: &[
        "943 476 5919",
        "patient at the clinic (phone: 312-555-1234)",
        "NHS Trust 943 476 5918",
    ],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let Some(digits) = shape::digits::<10>(c) else { return shape::mistyped(c) };
    Verdict::checked(passes(digits))
}

fn passes(digits: impl IntoIterator<Item = u8>) -> bool {
    checksum::weighted_sum(digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

fn sample(draw: &mut Draw) -> String {
    // 999 is kept for tests.
    draw.fill_until("999 ### ####", |text| passes(shape::digits_of(text)))
}
