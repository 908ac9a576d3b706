//! Medicare cards of Australia.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict, checksum};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "au.medicare",
    title: "Australian Medicare card number",
    about: "Ten digits, written 4-5-1: the first is 2 to 6, the ninth a check digit, the tenth the issue; an eleventh \
            names the person on the card. A word must stand near.",
    sources: &[
        "https://www.servicesaustralia.gov.au/medicare-card",
        "https://meteor.aihw.gov.au/content/270101",
    ],
    aliases: &["AU_MEDICARE", "AUSTRALIA_MEDICARE_NUMBER"],
    category: Category::Health,
    placeholder: "MEDICARE_NUMBER",
    pattern: "[2-6][0-9]{3}[- ][0-9]{5}[- ][0-9](?:[-/ ][1-9])?|[2-6][0-9]{9}[1-9]?",
    labelled: "[0-9]{4}[- ]?[0-9]{5}[- ]?[0-9](?:[-/ ]?[0-9])?|[0-9]{9,12}",
    labels: &["medicare", "medicare card", "medicare number", "medicare card number", "medicare no"],
    context: &["medicare", "irn", "bulk bill"],
    needs_context: true,
    validate,
    chance: 0.05,
    sample,
    examples: &[
        "Medicare [[2123 45670 1]]",
        "Medicare card number: [[2123456701]]",
        "Medicare: [[2123 45670 1/2]]",
    ],
    counter_examples: &["2123 45670 1", "bulk bill 2123 45671 1"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let with_person = || shape::digits::<11>(c).map(|digits| passes(&digits));
    let holds = shape::digits::<10>(c).map(|digits| passes(&digits)).or_else(with_person);
    holds.map_or_else(|| shape::mistyped(c), Verdict::checked)
}

fn passes(digits: &[u8]) -> bool {
    let sum = checksum::weighted_sum(digits[..8].iter().copied(), &[1, 3, 7, 9, 1, 3, 7, 9]);
    matches!(digits[0], 2..=6) && sum % 10 == u32::from(digits[8]) && digits[9] > 0
}

fn sample(draw: &mut Draw) -> String {
    draw.fill_until("#### ##### 1", |text| passes(&shape::digits_of(text)))
}
