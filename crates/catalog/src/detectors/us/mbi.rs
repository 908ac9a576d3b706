//! Numbers on the Medicare cards of the United States.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

pub static DETECTOR: Detector = Detector {
    id: "us.mbi",
    title: "US Medicare Beneficiary Identifier",
    about: "Eleven characters with a letter or digit fixed for each place, without S, L, O, I, B and Z; the first is 1 \
            to 9. There is no checksum, but hardly another text has the grammar, dashed as on the card least of all.",
    sources: &["https://www.cms.gov/medicare/new-medicare-card/understanding-the-mbi-with-format.pdf"],
    aliases: &["US_MBI", "US_MEDICARE_BENEFICIARY_ID_NUMBER", "MBI"],
    category: Category::Health,
    placeholder: "MBI",
    pattern: r"(?x)
        [1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9] -?
        [AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9] -?
        [AC-HJKMNP-RT-Y]{2}[0-9]{2}",
    labelled: "(?i)[0-9][a-z0-9]{3}[- ]?[a-z0-9]{3}[- ]?[a-z0-9]{3,5}",
    labels: &[
        "mbi",
        "medicare number",
        "medicare id",
        "medicare beneficiary identifier",
        "medicare beneficiary id",
    ],
    context: &["medicare", "beneficiary", "cms"],
    validate,
    sample,
    examples: &["1EG4-TE5-MK72", "2AA9AA9AA99", "MBI: [[1eg4te5mk72]]", "Medicare number [[0EG4-TE5-MK72]]"],
    counter_examples: &["0EG4-TE5-MK72", "1SG4-TE5-MK72", "1EG4-TEE-MK72"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let plain: Vec<u8> =
        c.text.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_uppercase()).collect();
    let letter = |b: u8| b.is_ascii_uppercase() && !b"SLOIBZ".contains(&b);
    let fits = |(b, place): (&u8, &u8)| match place {
        b'C' => (b'1'..=b'9').contains(b),
        b'N' => b.is_ascii_digit(),
        b'A' => letter(*b),
        _ => b.is_ascii_digit() || letter(*b),
    };
    match plain.len() == 11 && plain.iter().zip(b"CAXNAXNAANN").all(fits) {
        true if c.text.contains('-') => Verdict::Checked,
        true => Verdict::Plain,
        false => Verdict::Failed,
    }
}

fn sample(draw: &mut Draw) -> String {
    const LETTERS: &str = "ACDEFGHJKMNPQRTUVWXY";
    let letters: [char; 4] = std::array::from_fn(|_| draw.letter(LETTERS));
    let [a, b, c, d] = letters;
    let first = draw.number(1, 9);
    format!("{first}{a}{}-{b}{}-{c}{d}{}", draw.digits(2), draw.digits(2), draw.digits(2))
}
