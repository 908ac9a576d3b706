//! Routing numbers of banks in the United States.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict, checksum};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "us.aba_routing",
    title: "US ABA routing transit number",
    about: "Nine digits: a Federal Reserve district and a check digit (weights 3, 7, 1). One nine-digit number in about \
            25 passes both, so a word must stand near.",
    sources: &[
        "https://www.aba.com/about-us/routing-number",
        "https://www.frbservices.org/EPaymentsDirectory/search.html",
    ],
    aliases: &["ABA_ROUTING_NUMBER", "AMERICAN_BANKERS_CUSIP_ID", "US_ABA_RTN", "US_BANK_ROUTING_MICR"],
    category: Category::Financial,
    placeholder: "ROUTING_NUMBER",
    pattern: "[0-9]{9}|[0-9]{4}-[0-9]{4}-[0-9]",
    labelled: "[0-9]{8,10}|[0-9]{4}[- ][0-9]{4}[- ][0-9]",
    labels: &[
        "routing number",
        "routing no",
        "routing",
        "routing transit number",
        "aba",
        "aba number",
        "aba routing number",
        "rtn",
        "transit routing number",
    ],
    context: &["bank", "account", "wire", "ach", "direct deposit", "checking", "savings"],
    needs_context: true,
    validate,
    chance: 0.04,
    sample,
    examples: &[
        "routing number [[021000021]]",
        "ABA: [[011000015]]",
        "wire to bank [[0110-0001-5]]",
        "RTN [[021000022]]",
    ],
    counter_examples: &["021000021", "bank 021000022", "bank 991000021"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let Some(digits) = shape::digits::<9>(c) else { return shape::mistyped(c) };
    let issued = matches!(shape::number(&digits[..2]), 0..=12 | 21..=32 | 61..=72 | 80);
    Verdict::checked(issued && passes(digits))
}

fn passes(digits: impl IntoIterator<Item = u8>) -> bool {
    checksum::weighted_sum(digits, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)
}

fn sample(draw: &mut Draw) -> String {
    draw.fill_until("02#######", |text| passes(shape::digits_of(text)))
}
