//! Tax codes of persons in Italy.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

pub static DETECTOR: Detector = Detector {
    id: "it.codice_fiscale",
    title: "Codice fiscale",
    about: "Sixteen characters: letters of surname and name, date of birth and sex, place of birth, a check letter. \
            Digits may be replaced by letters where two persons would share a code (omocodia).",
    sources: &[
        "Decreto ministeriale 23 dicembre 1976",
        "https://www.agenziaentrate.gov.it/portale/web/guest/schede/istanze/richiesta-ts_cf/informazioni-codificazione-pf",
    ],
    aliases: &["IT_FISCAL_CODE", "ITALY_FISCAL_CODE"],
    category: Category::NationalId,
    placeholder: "CODICE_FISCALE",
    pattern: "[A-Za-z]{6}[0-9L-NP-Vl-np-v]{2}[A-EHLMPR-Ta-ehlmpr-t][0-7L-NP-Tl-np-t][0-9L-NP-Vl-np-v][A-Za-z][0-9L-NP-Vl-np-v]{3}[A-Za-z]",
    labelled: "(?i)[a-z]{3} ?[a-z]{3} ?[0-9a-z]{2}[a-z][0-9a-z]{2} ?[a-z][0-9a-z]{3} ?[a-z]",
    labels: &["codice fiscale", "cod. fiscale", "cod. fisc.", "c.f.", "cf"],
    context: &["national id", "fiscale", "nato", "nata", "residente", "agenzia delle entrate"],
    validate,
    chance: 0.000_1,
    sample,
    examples: &[
        "RSSMRA85T10A562S",
        "mrtmtt25d09f205z",
        "C.F. [[RSSMRA85T10A562T]]",
        "C.F.: [[RSS MRA 85T10 A562S]]",
    ],
    counter_examples: &[
        "RSSMRA85T10A562T",
        "MRTMTT25D09F205A",
        "ABCDEFGHLMNPQRST",
        "CF worker compatible fetch",
    ],
    ..Detector::BLANK
};

/// What 0-9 or A-J and on count at odd places: a table of the decree. At even places they count their rank.
const ODD: [u32; 26] =
    [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

fn validate(c: &Candidate<'_>) -> Verdict {
    // Behind a `cf` words of its length may stand.
    if c.digits().next().is_none() {
        return Verdict::No;
    }
    let plain: Vec<u8> =
        c.text.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_uppercase()).collect();
    // In omocodia the digits 0 to 9 are written L M N P Q R S T U V.
    let digit = |b: u8| {
        b"LMNPQRSTUV".iter().position(|l| *l == b).or_else(|| char::from(b).to_digit(10).map(|d| d as usize))
    };
    let day = match (digit(plain[9]), digit(plain[10])) {
        (Some(tens), Some(ones)) => tens * 10 + ones,
        _ => 0,
    };
    let holds = matches!(day, 1..=31 | 41..=71) && passes(&plain);
    if holds { Verdict::Unmistakable } else { Verdict::Failed }
}

fn passes(plain: &[u8]) -> bool {
    let rank = |b: u8| usize::from(if b.is_ascii_digit() { b - b'0' } else { b.to_ascii_uppercase() - b'A' });
    let sum: u32 = plain[..15]
        .iter()
        .enumerate()
        .map(|(at, b)| if at % 2 == 0 { ODD[rank(*b)] } else { rank(*b) as u32 })
        .sum();
    rank(plain[15]) as u32 == sum % 26
}

fn sample(draw: &mut Draw) -> String {
    // Z999 is no place.
    let (month, day) =
        (draw.letter("ABCDEHLMPRST"), draw.number(1, 28) + if draw.chance(50) { 40 } else { 0 });
    let letters = draw.letters("BCDFGLMNPRSTVZ", 6);
    draw.fill_until(&format!("{letters}##{month}{day:02}Z999@"), |text| passes(text.as_bytes()))
}
