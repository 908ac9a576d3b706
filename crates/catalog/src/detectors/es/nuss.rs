//! Social security numbers of Spain.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "es.nuss",
    title: "Número de la Seguridad Social (NUSS, NASS)",
    about: "Twelve digits: province, number, and two check digits modulo 97. A word must stand near; mistyped and \
            shortened numbers are taken behind a label.",
    sources: &["Real Decreto 84/1996", "https://www.seg-social.es"],
    aliases: &["ES_NUSS", "SPAIN_SOCIAL_SECURITY_NUMBER"],
    category: Category::NationalId,
    placeholder: "NUSS",
    pattern: "[0-9]{2}[ /-][0-9]{8}[ /-][0-9]{2}|[0-9]{12}",
    labelled: "[0-9]{2}[ /-]?[0-9]{5,10}(?:[ /-][0-9]{1,2})?|[0-9]{8}[ /-][0-9]{2}|[0-9]{6,12}",
    labels: &[
        "nass",
        "nuss",
        "n.a.s.s.",
        "seguridad social",
        "número de la seguridad social",
        "número de afiliación",
        "nº afiliación",
    ],
    context: &["afiliación", "afiliado", "seguridad social", "nómina"],
    needs_context: true,
    validate,
    chance: 0.01,
    sample,
    examples: &["NASS: [[28 12345678 40]]", "NUSS [[281234567840]]", "NASS: [[26 63514095]]"],
    counter_examples: &["281234567840", "afiliado 28 12345678 41", "NASS: 12-03-2010"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let digits = shape::digits_of(c.text);
    if digits.len() == 12 { Verdict::checked(passes(&digits)) } else { shape::mistyped(c) }
}

fn passes(digits: &[u8]) -> bool {
    // A number that begins with 0 counts as one of seven digits.
    let province = u64::from(shape::number(&digits[..2]));
    let number = u64::from(shape::number(&digits[2..10]));
    let scale = if number < 10_000_000 { 10_000_000 } else { 100_000_000 };
    (province * scale + number) % 97 == u64::from(shape::number(&digits[10..]))
}

fn sample(draw: &mut Draw) -> String {
    // No province has the number 99.
    draw.fill_until("99 ######## ##", |text| passes(&shape::digits_of(text)))
}
