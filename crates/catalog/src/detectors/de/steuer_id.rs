//! Tax identification numbers of Germany.

use sievert_detect::{Anchored, Candidate, Category, Detector, Draw, Verdict, checksum};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "de.steuer_id",
    title: "Steuerliche Identifikationsnummer",
    about: "Eleven digits with a check digit (ISO 7064 MOD 11,10); of the first ten, one digit stands twice or three \
            times and the others once at most. One number in 250 passes, so bare digits are `Possible` at most where no \
            word is near. Test numbers begin with 0.",
    sources: &[
        "Abgabenordnung, § 139b",
        "Steueridentifikationsnummerverordnung",
        "https://www.bzst.de/DE/Privatpersonen/SteuerlicheIdentifikationsnummer/steuerlicheidentifikationsnummer_node.html",
    ],
    aliases: &["DE_STEUER_ID", "DE_TAX_ID", "GERMANY_TAXPAYER_IDENTIFICATION_NUMBER"],
    category: Category::NationalId,
    placeholder: "STEUER_ID",
    pattern: "[0-9]{11}|[0-9]{2} [0-9]{3} [0-9]{3} [0-9]{3}",
    labelled: "[0-9]{10,12}|[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}",
    labels: &[
        "steuer-id",
        "steuer id",
        "steuerid",
        "steuer-identifikationsnummer",
        "steueridentifikationsnummer",
        "steuerliche identifikationsnummer",
        "identifikationsnummer",
        "steuer-idnr",
        "idnr",
        "tin",
    ],
    context: &[
        "national id",
        "finanzamt",
        "steuer",
        "steuernummer",
        "lohnsteuer",
        "steuerbescheid",
        "elster",
        "tax id",
    ],
    validate,
    chance: 0.004,
    sample,
    examples: &["86095742719", "Steuer-ID: [[86 095 742 719]]", "IdNr. [[86095742718]]"],
    counter_examples: &[
        "86095742718",
        "12345678903",
        "11111111119",
        "0.86095742719",
        "600 86 095 742 719 102",
    ],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let Some(digits) = shape::digits::<11>(c) else { return shape::mistyped(c) };
    if !c.anchored.named() && shape::is_part(c) {
        return Verdict::No;
    }
    match passes(&digits) {
        true if shape::is_bare(c) => Verdict::Plain,
        true if c.anchored == Anchored::Alone && shape::is_in_a_row(c) => Verdict::Weak,
        holds => Verdict::checked(holds),
    }
}

fn passes(digits: &[u8]) -> bool {
    let mut counts = [0; 10];
    for digit in &digits[..10] {
        counts[usize::from(*digit)] += 1;
    }
    let mut repeated = counts.into_iter().filter(|count| *count > 1);
    matches!((repeated.next(), repeated.next()), (Some(2 | 3), None))
        && checksum::mod11_10(digits.iter().copied())
}

fn sample(draw: &mut Draw) -> String {
    draw.fill_until("0##########", |text| passes(&shape::digits_of(text)))
}
