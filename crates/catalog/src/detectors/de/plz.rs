//! Postal codes of Germany.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "de.plz",
    title: "Postleitzahl",
    about: "Five digits from 01001 to 99998, without the unused regions 00, 05, 43 and 62. A word must stand near; those \
            inside a whole address are part of `de.street_address`.",
    sources: &["https://www.deutschepost.de/de/p/plz-suche.html", "DIN 5008"],
    aliases: &["DE_PLZ", "DE_POSTAL_CODE"],
    category: Category::Location,
    placeholder: "PLZ",
    pattern: "(?:D-|DE-)?[0-9]{5}",
    labels: &["plz", "postleitzahl", "plz/ort", "plz ort", "pstlz"],
    context: &["anschrift", "adresse", "wohnort", "wohnhaft", "wohnt in", "straße", "strasse", "postfach"],
    reach: 40,
    needs_context: true,
    validate,
    sample,
    examples: &["PLZ [[10115]]", "Postleitzahl: [[80331]]", "wohnhaft in [[D-10115]] Berlin"],
    counter_examples: &["10115", "Anschrift 00115", "Artikel 43210"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let Some(digits) = shape::digits::<5>(c) else { return Verdict::No };
    let unused = matches!(shape::number(&digits[..2]), 0 | 5 | 43 | 62);
    Verdict::plain(!unused && !shape::is_part(c))
}

fn sample(draw: &mut Draw) -> String {
    format!("1{}", draw.digits(4))
}
