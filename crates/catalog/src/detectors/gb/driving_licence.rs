//! Driving licences of Great Britain.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "gb.driving_licence",
    title: "GB driving licence number",
    about: "Sixteen characters: five of the surname, date of birth (the month plus 50 for women), initials, and three \
            more. The check characters' rule is not public; the grammar and the date are the proof.",
    sources: &["https://www.gov.uk/view-driving-licence", "DVLA form INS57P"],
    aliases: &["UK_DRIVING_LICENCE", "UK_DRIVERS_LICENSE_NUMBER"],
    category: Category::NationalId,
    placeholder: "DRIVING_LICENCE",
    pattern: "[A-Z]{1,5}9{0,4}[0-9][0156][0-9][0-3][0-9]{2}[A-Z][A-Z9][0-9A-HJ-NP-Z][A-Z]{2}",
    labelled: "(?i)[a-z9]{5} ?[0-9]{6} ?[a-z9]{2} ?[0-9a-z]{3}(?: ?[0-9]{2})?",
    labels: &["driving licence", "driving licence number", "driver number", "driver licence", "dvla"],
    context: &["dvla", "driver", "licence"],
    validate,
    sample,
    examples: &["MORGA657054SM9IJ", "driving licence: [[morga657054sm9ij]]"],
    counter_examples: &["MORGA677054SM9IJ", "MORGA657404SM9IJ", "MORGA657054SM9I"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let plain: Vec<u8> = c.text.bytes().filter(u8::is_ascii_alphanumeric).collect();
    let (surname, rest) = plain.split_at(5);
    let letters = surname.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let filled = letters > 0 && surname[letters..].iter().all(|b| *b == b'9');
    let born: Vec<u8> = rest[..6].iter().map(|b| b.wrapping_sub(b'0')).collect();
    let (month, day) = (shape::number(&born[1..3]), shape::number(&born[3..5]));
    let dated = matches!(month, 1..=12 | 51..=62) && shape::is_day(2000, month % 50, day);
    match plain.len() {
        16 | 18 if filled && dated => Verdict::Checked,
        _ => Verdict::Failed,
    }
}

fn sample(draw: &mut Draw) -> String {
    let name = *draw.pick(&["MORGA", "SMITH", "LEE99", "JONES", "KHAN9"]);
    let month = draw.number(1, 12) + if draw.chance(50) { 50 } else { 0 };
    let decade = draw.number(0, 9);
    let tail = draw.fill("@9");
    format!(
        "{name}{decade}{month:02}{:02}{}{tail}9{}",
        draw.number(1, 28),
        draw.number(0, 9),
        draw.letters("ABCDEFGHJ", 2)
    )
}
