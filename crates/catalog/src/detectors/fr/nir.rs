//! Social security numbers of France.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "fr.nir",
    title: "Numéro d'inscription au répertoire (NIR)",
    about: "Sex, year and month of birth, department (2A and 2B for Corsica), commune, order, and a key of two digits \
            modulo 97. Without the key the thirteen digits need a label.",
    sources: &["https://www.insee.fr/fr/metadonnees/definition/c1409", "Décret n° 82-103 du 22 janvier 1982"],
    aliases: &["FR_NIR", "FRANCE_NIR"],
    category: Category::NationalId,
    placeholder: "NIR",
    pattern: r"(?x)
        [1-478] [\ .]?[0-9]{2} [\ .]?[0-9]{2} [\ .]?[0-9](?:[0-9]|A|B) [\ .]?[0-9]{3} [\ .]?[0-9]{3} [\ ./-]{0,3}[0-9]{2}",
    labelled: "[0-9] ?[0-9]{2} ?[0-9]{2} ?[0-9][0-9ABab] ?[0-9]{3} ?[0-9]{3}(?:[ /-]{0,3}[0-9]{1,2})?",
    labels: &[
        "nir",
        "num secu",
        "num secu sociale",
        "numero securite sociale",
        "numéro de sécurité sociale",
        "numero de securite sociale",
        "n° de sécurité sociale",
        "sécurité sociale",
        "securite sociale",
        "n° sécu",
        "numéro de sécu",
        "carte vitale",
        "immatriculation",
        "insee",
        "social security number",
    ],
    context: &["national id", "assuré", "assurance maladie", "cpam", "ameli", "nir", "vitale"],
    validate,
    chance: 0.006,
    sample,
    examples: &[
        "255081416802538",
        "2 55 08 14 168 025 38",
        "n° de sécurité sociale : [[1 85 12 2A 004 123 71]]",
        "NIR [[2550814168025]]",
    ],
    counter_examples: &[
        "255081416802539",
        "2 55 08 14 168 025 39",
        "255131416802538",
        "2550814168025",
        "25508 14168 02538",
        "2.55081416802538",
    ],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let plain = shape::capitals(c.text);
    // Together, in the groups of the card, or with the key apart: `12231 12286 12341` is a row of numbers.
    let first = c.text.find([' ', '.']).unwrap_or(c.text.len());
    let foreign = shape::is_part(c) || matches!(first, 2..=12);
    // One dot makes a decimal of fifteen digits, as tables of measurements have them.
    let decimal = c.text.matches('.').count() == 1 && !c.text.contains(' ');
    if !c.anchored.named() && foreign || decimal || shape::is_fraction(c) {
        return Verdict::No;
    }
    match plain.len() == 15 && is_month(&plain) && passes(&plain) {
        true if shape::is_bare(c) => Verdict::Plain,
        holds => Verdict::checked(holds),
    }
}

/// Months beyond the calendar were given where the month of birth is not known.
fn is_month(plain: &str) -> bool {
    matches!(plain[3..5].parse(), Ok(1..=12 | 20..=42 | 50..=99))
}

fn passes(plain: &str) -> bool {
    // The departments of Corsica count as 19 and 18.
    let number = plain[..13].replace("2A", "19").replace("2B", "18").parse::<u64>();
    matches!((number, plain[13..].parse::<u64>()), (Ok(number), Ok(key)) if 97 - number % 97 == key)
}

fn sample(draw: &mut Draw) -> String {
    // Commune 990 of a department of the mainland is nobody's.
    let (sex, month, department) = (draw.number(1, 2), draw.number(1, 12), draw.number(21, 95));
    draw.fill_until(&format!("{sex}##{month:02}{department}990#####"), passes)
}
