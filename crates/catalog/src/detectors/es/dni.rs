//! National identity documents of Spain.

use sievert_detect::{Anchored, Candidate, Category, Detector, Draw, Verdict};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "es.dni",
    title: "Documento Nacional de Identidad (DNI, NIF)",
    about: "Eight digits and a check letter, modulo 23. Behind a label a missing or wrong letter is forgiven.",
    sources: &[
        "Real Decreto 1553/2005",
        "https://www.interior.gob.es/opencms/es/servicios-al-ciudadano/tramites-y-gestiones/dni/calculo-del-digito-de-control-del-nif-nie/",
    ],
    aliases: &["ES_NIF", "ES_DNI", "SPAIN_DNI_NUMBER", "SPAIN_NIF_NUMBER"],
    category: Category::NationalId,
    placeholder: "DNI",
    pattern: r"[0-9]{8}[- ]?[A-HJ-NP-TV-Z]|[0-9]{2}\.[0-9]{3}\.[0-9]{3}[- ]?[A-HJ-NP-TV-Z]",
    labelled: r"[0-9]{7,9}(?:[- ]?[A-Za-z])?|[0-9]{1,2}\.[0-9]{3}\.[0-9]{3}(?:[- ]?[A-Za-z])?",
    labels: &[
        "dni",
        "nif",
        "d.n.i.",
        "n.i.f.",
        "dni/nif",
        "nif/dni",
        "documento nacional de identidad",
        "documento de identidad",
        "número de identificación fiscal",
        "numero de identificacion fiscal",
        "carnet de identidad",
    ],
    context: &["national id", "dni", "nif", "identidad", "documento", "titular"],
    validate,
    chance: 0.043,
    sample,
    examples: &[
        "54362315K",
        "DNI: [[54362315-K]]",
        "NIF [[54.362.315-K]]",
        "dni [[54362315]]",
        "con DNI [[54362315 K]]",
        "DNI: [[12345678Z]]",
    ],
    counter_examples: &["54362315A", "54362315", "54362315Kg", "54362315 Ks", "00012351 T main"],
    ..Detector::BLANK
};

/// The check letters, by the remainder modulo 23; `es.nie` shares them.
pub(crate) const LETTERS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";

fn validate(c: &Candidate<'_>) -> Verdict {
    let Some(digits) = shape::digits::<8>(c) else { return shape::mistyped(c) };
    let letter = c.text.bytes().next_back().unwrap_or_default().to_ascii_uppercase();
    match LETTERS[shape::number(&digits) as usize % 23] == letter {
        true if !c.anchored.named() && shape::is_part(c) => Verdict::No,
        true if digits == [1, 2, 3, 4, 5, 6, 7, 8] || digits == [0; 8] => Verdict::Example,
        // `00012351 T main`: a number and a word of one letter.
        true if c.anchored == Anchored::Alone && c.text.contains(' ') => Verdict::Weak,
        holds => Verdict::checked(holds),
    }
}

fn sample(draw: &mut Draw) -> String {
    // Numbers from 99 million are held back.
    let number = draw.number(99_000_000, 99_999_999);
    format!("{number}{}", char::from(LETTERS[number as usize % 23]))
}
