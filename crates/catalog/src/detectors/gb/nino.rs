//! National Insurance numbers.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "gb.nino",
    title: "UK National Insurance number",
    about: "Two letters, six digits and a letter A to D, without the letters and prefixes that HMRC does not use. No \
            checksum; the form is rather telling. Other prefixes, such as the QQ of forms, need a label.",
    sources: &["https://www.gov.uk/hmrc-internal-manuals/national-insurance-manual/nim39110"],
    aliases: &["UK_NINO", "UK_NATIONAL_INSURANCE_NUMBER", "NINO"],
    category: Category::NationalId,
    placeholder: "NINO",
    pattern: "[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?:[0-9]{6}| [0-9]{6} | ?[0-9]{2} [0-9]{2} [0-9]{2} ?)[A-D]",
    labelled: "(?i)[a-z]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}(?:[ -]?[a-z])?",
    labels: &[
        "national insurance number",
        "national insurance no",
        "national insurance",
        "ni number",
        "ni no",
        "ni",
        "nino",
    ],
    context: &["national id", "hmrc", "paye", "p45", "p60", "payroll", "national insurance"],
    negative_context: &["part number", "serial", "model", "sku"],
    validate,
    sample,
    examples: &[
        "AB 12 34 56 C",
        "JG103759A",
        "NI number: [[QQ 12 34 56 C]]",
        "NI [[QQ 12 34 56 C]]",
        "nino [[ab123456c]]",
    ],
    counter_examples: &["QQ123456C", "BG 12 34 56 C", "AB123456E", "AB1234567C"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let plain = shape::capitals(c.text);
    let (prefix, suffix) = (&plain.as_bytes()[..2], plain.as_bytes()[plain.len() - 1]);
    let unused = [b"BG", b"GB", b"KN", b"NK", b"NT", b"TN", b"ZZ"].iter().any(|unused| *unused == prefix);
    let letters = !b"DFIQUV".contains(&prefix[0]) && !b"DFIOQUV".contains(&prefix[1]);
    match letters && !unused && (b'A'..=b'D').contains(&suffix) {
        true if c.anchored.named() || !shape::is_part(c) => Verdict::Plain,
        true => Verdict::No,
        false => Verdict::Failed,
    }
}

fn sample(draw: &mut Draw) -> String {
    let prefix = draw.pick(&["AA", "CE", "JG", "PW", "SR", "ZY"]).to_string();
    format!("{prefix} {} {} {} {}", draw.digits(2), draw.digits(2), draw.digits(2), draw.letter("ABCD"))
}
