//! Population register numbers of Poland.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict, checksum};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "pl.pesel",
    title: "PESEL",
    about: "Eleven digits: date of birth (the month tells the century), order, check digit. Telephone numbers with a \
            country code pass now and then, so a word must stand near.",
    sources: &["https://www.gov.pl/web/gov/czym-jest-numer-pesel", "Ustawa o ewidencji ludności, art. 15"],
    aliases: &["PL_PESEL", "POLAND_PESEL_NUMBER", "PESEL"],
    category: Category::NationalId,
    placeholder: "PESEL",
    pattern: "[0-9]{11}",
    labelled: "[0-9]{6} ?[0-9]{5}|[0-9]{9,13}",
    labels: &["pesel", "nr pesel", "numer pesel", "numer ewidencyjny"],
    context: &[
        "national id",
        "pesel",
        "urodzony",
        "urodzona",
        "dowód",
        "zamieszkały",
        "zamieszkała",
        "pacjent",
        "pacjentka",
        "obywatel",
    ],
    needs_context: true,
    validate,
    chance: 0.02,
    sample,
    examples: &["PESEL [[44051401359]]", "nr PESEL: [[02270803624]]", "PESEL: [[44051401358]]"],
    counter_examples: &["44051401359", "pacjent 44051401358", "pacjent 44131401359"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let Some(digits) = shape::digits::<11>(c) else { return shape::mistyped(c) };
    Verdict::checked(is_born(&digits) && passes(digits))
}

fn is_born(digits: &[u8]) -> bool {
    let (year, month, day) =
        (shape::number(&digits[..2]), shape::number(&digits[2..4]), shape::number(&digits[4..6]));
    // Months 81 to 92 are of 1800, 1 to 12 of 1900, 21 to 32 of 2000.
    let century = match month / 20 {
        4 => 1800,
        later => 1900 + later * 100,
    };
    shape::is_day(century + year, month % 20, day)
}

fn passes(digits: impl IntoIterator<Item = u8>) -> bool {
    checksum::weighted_sum(digits, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]).is_multiple_of(10)
}

fn sample(draw: &mut Draw) -> String {
    let born = format!("{:02}{:02}{:02}", draw.number(40, 99), draw.number(1, 12), draw.number(1, 28));
    draw.fill_until(&format!("{born}#####"), |text| passes(shape::digits_of(text)))
}
