//! Social Security numbers of the United States.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "us.ssn",
    title: "US Social Security number",
    about: "Nine digits, usually written 3-2-4; there is no checksum. Bare digits need a word near. Numbers that were \
            never issued (area 000, 666, 900 and above, group 00, serial 0000) are reported behind a label only.",
    sources: &[
        "https://www.ssa.gov/employer/randomization.html",
        "https://www.ssa.gov/history/ssn/misused.html",
        "https://secure.ssa.gov/poms.nsf/lnx/0110201035",
    ],
    aliases: &["US_SSN", "US_SOCIAL_SECURITY_NUMBER", "SSN"],
    category: Category::NationalId,
    placeholder: "SSN",
    pattern: "[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{3} [0-9]{2} [0-9]{4}|[0-9]{9}",
    labelled: "[0-9]{3}[ .][0-9]{2}[ .][0-9]{4}|[0-9]{2,4}-?[0-9]{2,3}-?[0-9]{3,5}",
    labels: &[
        "ssn",
        "ss#",
        "ss #",
        "ss no",
        "ss number",
        "social security number",
        "social security no",
        "social security",
        "social security num",
        "social number",
        "social is",
        "social:",
        "social #",
        "soc sec no",
        "soc. sec.",
        "número de seguro social",
        "numero de seguro social",
        "seguro social",
        // Grown together with whose it is, as code spells names.
        "customerssn",
        "employeessn",
        "memberssn",
        "patientssn",
        "userssn",
    ],
    context: &["national id", "tax id", "taxpayer", "tin", "itin", "w-2", "w-9"],
    negative_context: &["phone", "fax", "isbn", "part number", "order", "invoice", "tracking", "sku"],
    validate,
    sample,
    examples: &[
        "536-90-4399",
        "SSN [[536904399]]",
        "{\"userSsn\": \"[[536904399]]\"}",
        "social security number is [[536 90 4399]]",
        "SSN: [[987-65-4321]]",
        "my social is [[536 90 4399]]",
        "ssn=[[000-12-3456]]",
        "SSN: [[078-05-1120]]",
    ],
    counter_examples: &[
        "536904399",
        "000-12-3456",
        "666-12-3456",
        "987-00-4321",
        "d=\"M0.536904399 1.25\"",
        "version 1.536-90-4399",
        "550e8400-536-90-4399",
        "ssn: 12-25-2023",
        "my social media 536904399",
    ],
    ..Detector::BLANK
};

/// Printed on a specimen card, in an advertisement and in every tutorial.
const KNOWN: &[&str] = &["078051120", "219099999", "123456789", "111111111", "222222222", "333333333"];

fn validate(c: &Candidate<'_>) -> Verdict {
    let Some(digits) = shape::digits::<9>(c) else { return shape::mistyped(c) };
    if !c.anchored.named() && shape::is_part(c) || shape::is_date(c.text) {
        return Verdict::No;
    }
    let (area, group, serial) =
        (shape::number(&digits[..3]), shape::number(&digits[3..5]), shape::number(&digits[5..]));
    let known =
        KNOWN.iter().any(|number| number.bytes().zip(digits).all(|(known, digit)| known - b'0' == digit));
    match (area, group, serial) {
        _ if known => Verdict::Example,
        (0 | 666 | 900.., _, _) | (_, 0, _) | (_, _, 0) => Verdict::Failed,
        _ if c.text.contains('-') => Verdict::Plain,
        _ => Verdict::Weak,
    }
}

fn sample(draw: &mut Draw) -> String {
    // Areas that were never given out before 2011, when areas lost their meaning.
    format!("{}-{:02}-{:04}", draw.number(773, 899), draw.number(1, 99), draw.number(1, 9999))
}
