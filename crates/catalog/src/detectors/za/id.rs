//! Identity numbers of South Africa.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict, checksum};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "za.id",
    title: "South African identity number",
    about: "Thirteen digits: date of birth, sex, citizenship (0, 1 or 2), a digit that meant race until 1986, Luhn's \
            check digit. Milliseconds since 1970 have thirteen digits too, so a word must stand near.",
    sources: &[
        "Identification Act 68 of 1997",
        "https://www.gov.za/services/personal-identification/identity-document",
    ],
    aliases: &["ZA_ID_NUMBER", "SOUTH_AFRICA_ID_NUMBER"],
    category: Category::NationalId,
    placeholder: "ID_NUMBER",
    pattern: "[0-9]{6}[0-9]{4}[0-2][0-9]{2}|[0-9]{6} [0-9]{4} [0-2][0-9]{2}",
    labelled: "[0-9]{12,14}|[0-9]{6} [0-9]{4} [0-9]{2} ?[0-9]",
    labels: &[
        "south african id",
        "south african id number",
        "sa id",
        "sa id number",
        "rsa id",
        "identity number",
        "id-nommer",
        "identiteitsnommer",
    ],
    context: &[
        "national id",
        "south africa",
        "south african",
        "rsa",
        "fica",
        "rica",
        "home affairs",
        "identity",
        "id number",
        "id no",
    ],
    needs_context: true,
    validate,
    chance: 0.001,
    sample,
    examples: &[
        "SA ID [[8001015009087]]",
        "identity number: [[800101 5009 087]]",
        "SA ID number: [[8001015009088]]",
        "RSA ID: [[800101 5009 08 7]]",
        "ID No. [[8001015009087]]",
    ],
    counter_examples: &["8001015009087", "FICA 8001015009088", "FICA 8013015009087"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let Some(digits) = shape::digits::<13>(c) else { return shape::mistyped(c) };
    Verdict::checked(shape::is_short_day(&digits) && digits[10] < 3 && checksum::luhn(digits.into_iter()))
}

fn sample(draw: &mut Draw) -> String {
    let born = format!("{:02}{:02}{:02}", draw.number(40, 99), draw.number(1, 12), draw.number(1, 28));
    draw.fill_until(&format!("{born}####08#"), |text| checksum::luhn(shape::digits_of(text).into_iter()))
}
