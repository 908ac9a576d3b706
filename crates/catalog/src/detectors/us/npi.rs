//! Numbers of health care providers in the United States.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict, checksum};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "us.npi",
    title: "US National Provider Identifier",
    about: "Ten digits that begin with 1 or 2 and pass Luhn's test behind the prefix 80840. Seconds since 1970 have the \
            same shape, so a word must stand near.",
    sources: &[
        "45 CFR 162.406",
        "https://www.cms.gov/Regulations-and-Guidance/Administrative-Simplification/NationalProvIdentStand/Downloads/NPIcheckdigit.pdf",
    ],
    aliases: &["US_NPI", "US_NATIONAL_PROVIDER_IDENTIFIER", "NPI"],
    category: Category::Health,
    placeholder: "NPI",
    pattern: "[12][0-9]{9}",
    labelled: "[0-9]{8,12}",
    labels: &["npi", "national provider identifier", "national provider id", "provider npi"],
    context: &["provider", "prescriber", "rendering", "referring", "taxonomy", "nppes"],
    needs_context: true,
    validate,
    chance: 0.1,
    sample,
    examples: &["NPI [[1234567893]]", "NPI: [[1234567890]]", "referring provider [[1234567893]]"],
    counter_examples: &["1234567893", "provider 1234567890", "created by provider at 1699999999"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let Some(digits) = shape::digits::<10>(c) else { return shape::mistyped(c) };
    Verdict::checked(matches!(digits[0], 1 | 2) && checksum::luhn([8, 0, 8, 4, 0].into_iter().chain(digits)))
}

fn sample(draw: &mut Draw) -> String {
    draw.fill_until("1#########", |text| {
        checksum::luhn("80840".bytes().chain(text.bytes()).map(|b| b - b'0'))
    })
}
