//! Registrations for controlled substances in the United States.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict, checksum};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "us.dea",
    title: "US DEA registration number",
    about: "Two letters (kind of registrant, first letter of the name or 9) and seven digits, the last a check digit. \
            A word near is needed: part numbers look the same and one in ten passes.",
    sources: &["21 CFR 1301", "https://www.deadiversion.usdoj.gov/drugreg/reg_apps/pseudo-dea-advisory.html"],
    aliases: &["US_DEA", "MEDICAL_LICENSE", "US_DEA_NUMBER"],
    category: Category::Health,
    placeholder: "DEA",
    pattern: "[A-HJ-MPRSTUX][A-Z9][0-9]{7}",
    labelled: "(?i)[a-z][a-z9][ -]?[0-9]{6,8}",
    labels: &["dea", "dea number", "dea registration", "dea registration number", "dea no"],
    context: &["prescriber", "prescription", "controlled substance", "dea"],
    needs_context: true,
    validate,
    chance: 0.1,
    sample,
    examples: &["DEA [[AB1234563]]", "DEA #: [[AB1234567]]", "prescriber [[BJ1234563]]"],
    counter_examples: &["AB1234563", "prescriber AB1234567"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    // The 9 in second place is no digit of the number.
    let digits = shape::digits_of(&c.text[2..]);
    Verdict::checked(digits.len() == 7 && passes(&digits))
}

fn passes(digits: &[u8]) -> bool {
    checksum::weighted_sum(digits[..6].iter().copied(), &[1, 2, 1, 2, 1, 2]) % 10 == u32::from(digits[6])
}

fn sample(draw: &mut Draw) -> String {
    let (kind, name) = (draw.letter("ABFGM"), draw.letter("ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
    draw.fill_until(&format!("{kind}{name}#######"), |text| passes(&shape::digits_of(text)))
}
