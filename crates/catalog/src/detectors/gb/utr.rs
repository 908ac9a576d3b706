//! Taxpayer references of the United Kingdom.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict, checksum};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "gb.utr",
    title: "UK Unique Taxpayer Reference",
    about: "Ten digits, the first a check digit modulo 11. HMRC does not publish the rule; it is the one that \
            independent implementations agree on. A word must stand near.",
    sources: &[
        "https://www.gov.uk/find-utr-number",
        "https://arthurdejong.org/python-stdnum/doc/stdnum.gb.utr",
    ],
    aliases: &["UK_UTR", "UK_TAXPAYER_REFERENCE", "UTR"],
    category: Category::NationalId,
    placeholder: "UTR",
    pattern: "[0-9]{10}|[0-9]{5} [0-9]{5}",
    labelled: "[0-9]{9,11}|[0-9]{5} [0-9]{5}|[0-9]{3} [0-9]{3} [0-9]{4}|[0-9]{2} [0-9]{5} [0-9]{5}",
    labels: &["utr", "utr number", "unique taxpayer reference", "taxpayer reference", "tax reference"],
    context: &["hmrc", "self assessment", "self-assessment", "tax return", "corporation tax"],
    needs_context: true,
    validate,
    chance: 0.09,
    sample,
    examples: &["UTR: [[1955839661]]", "HMRC wrote about [[19558 39661]]", "UTR [[2955839661]]"],
    counter_examples: &["1955839661", "HMRC wrote about 2955839661"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let Some(digits) = shape::digits::<10>(c) else { return shape::mistyped(c) };
    Verdict::checked(passes(&digits))
}

fn passes(digits: &[u8]) -> bool {
    let sum = checksum::weighted_sum(digits[1..].iter().copied(), &[6, 7, 8, 9, 10, 5, 4, 3, 2]);
    b"21987654321"[sum as usize % 11] - b'0' == digits[0]
}

fn sample(draw: &mut Draw) -> String {
    draw.fill_until("##########", |text| passes(&shape::digits_of(text)))
}
