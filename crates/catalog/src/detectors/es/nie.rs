//! Identity numbers of foreigners in Spain.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use super::dni::LETTERS;
use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "es.nie",
    title: "Número de Identidad de Extranjero (NIE)",
    about: "X, Y or Z, seven digits and the check letter of the DNI, where the first letter counts as 0, 1 or 2.",
    sources: &[
        "Orden INT/2058/2008",
        "https://www.interior.gob.es/opencms/es/servicios-al-ciudadano/tramites-y-gestiones/dni/calculo-del-digito-de-control-del-nif-nie/",
    ],
    aliases: &["ES_NIE", "SPAIN_NIE_NUMBER"],
    category: Category::NationalId,
    placeholder: "NIE",
    pattern: "[XYZ][- ]?[0-9]{7}[- ]?[A-HJ-NP-TV-Z]",
    labelled: "(?i)[xyz][- ]?[0-9]{6,8}[- ]?[a-z]?",
    labels: &[
        "nie",
        "n.i.e.",
        "número de identidad de extranjero",
        "numero de identidad de extranjero",
        "tarjeta de residencia",
    ],
    context: &["extranjero", "extranjería", "residencia", "identidad"],
    validate,
    chance: 0.043,
    sample,
    examples: &["X2482300W", "Z-8327649-K", "NIE: [[y1234567a]]"],
    counter_examples: &["X2482300A", "Z8327649L", "X24823001W"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let Some(digits) = shape::digits::<7>(c) else { return shape::mistyped(c) };
    let lead = u32::from(c.text.as_bytes()[0].to_ascii_uppercase() - b'X');
    let letter = c.text.bytes().next_back().unwrap_or_default().to_ascii_uppercase();
    if !c.anchored.named() && shape::is_part(c) {
        return Verdict::No;
    }
    Verdict::checked(LETTERS[(lead * 10_000_000 + shape::number(&digits)) as usize % 23] == letter)
}

fn sample(draw: &mut Draw) -> String {
    let number = draw.number(9_000_000, 9_999_999);
    format!("Z{number}{}", char::from(LETTERS[(20_000_000 + number as usize) % 23]))
}
