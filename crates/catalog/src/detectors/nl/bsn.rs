//! Citizen service numbers of the Netherlands.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict, checksum};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "nl.bsn",
    title: "Burgerservicenummer",
    about: "Nine digits (eight, where the leading zero is lost) that pass the eleven test. One number in eleven does, so \
            a word must stand near.",
    sources: &[
        "https://www.rvig.nl/bsn",
        "Wet algemene bepalingen burgerservicenummer",
        "https://nl.wikipedia.org/wiki/Elfproef",
    ],
    aliases: &["NL_BSN", "NETHERLANDS_BSN_NUMBER", "BSN"],
    category: Category::NationalId,
    placeholder: "BSN",
    pattern: r"[0-9]{8,9}|[0-9]{4}\.[0-9]{2}\.[0-9]{3}|[0-9]{3}[ .][0-9]{3}[ .][0-9]{3}|[0-9]{4} [0-9]{2} [0-9]{3}",
    labelled: r"[0-9]{7,10}|[0-9]{3,4}[ .-][0-9]{2,3}[ .-][0-9]{3}",
    labels: &[
        "bsn",
        "bsn nummer",
        "bsn-nummer",
        "bsnnummer",
        "burgerservicenummer",
        "burger service nummer",
        "sofinummer",
        "sofi-nummer",
        "sofi nummer",
        "citizen service number",
        "persoonsnummer",
    ],
    context: &["national id", "bsn", "burgerservice", "belastingdienst", "digid"],
    negative_context: &["telefoon", "tel", "kvk", "factuur", "bestelling"],
    needs_context: true,
    validate,
    chance: 0.09,
    sample,
    examples: &[
        "BSN [[111222333]]",
        "burgerservicenummer: [[123456782]]",
        "bsn nummer is [[1112.22.333]]",
        "BSN: [[123456789]]",
    ],
    counter_examples: &["111222333", "DigiD 123456789", "BSN: 2023-01-15", "BSN (20150512)"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let without_zero = || shape::digits::<8>(c).map(|[a, b, c, d, e, f, g, h]| [0, a, b, c, d, e, f, g, h]);
    match shape::digits::<9>(c).or_else(without_zero) {
        Some(digits) if passes(&digits) => Verdict::Checked,
        _ => shape::mistyped(c),
    }
}

fn passes(digits: &[u8]) -> bool {
    // The last weight is -1.
    let sum = checksum::weighted_sum(digits.iter().copied(), &[9, 8, 7, 6, 5, 4, 3, 2, 10]);
    sum > 0 && sum.is_multiple_of(11)
}

fn sample(draw: &mut Draw) -> String {
    // 999 begins test numbers.
    draw.fill_until("999######", |text| passes(&shape::digits_of(text)))
}
