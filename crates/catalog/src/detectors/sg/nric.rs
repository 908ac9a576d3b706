//! Identity numbers of Singapore.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict, checksum};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "sg.nric",
    title: "Singapore NRIC and FIN",
    about: "S or T (citizens and residents) or F, G or M (foreigners), seven digits and a check letter. The table is not \
            published by the authority; it is the one that independent implementations agree on.",
    sources: &[
        "https://www.ica.gov.sg/documents/ic",
        "https://www.pdpc.gov.sg/guidelines-and-consultation/2020/02/advisory-guidelines-on-the-personal-data-protection-act-for-nric-and-other-national-identification-numbers",
    ],
    aliases: &["SG_NRIC_FIN", "SINGAPORE_NATIONAL_REGISTRATION_ID_NUMBER"],
    category: Category::NationalId,
    placeholder: "NRIC",
    pattern: "[STFGM][0-9]{7}[A-Z]",
    labelled: "(?i)[stfgm][ -]?[0-9]{6,8}[ -]?[a-z]",
    labels: &["nric", "nric number", "nric no", "fin", "fin number", "nric/fin", "identity card number"],
    context: &["national id", "nric", "singapore", "identity card", "singpass", "cpf"],
    validate,
    chance: 0.04,
    sample,
    examples: &["S1234567D", "FIN: [[G1234567X]]", "NRIC [[s1234567e]]"],
    counter_examples: &["S1234567E", "G1234567D", "XS1234567D"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let plain = shape::capitals(c.text);
    if !c.anchored.named() && shape::is_part(c) {
        return Verdict::No;
    }
    Verdict::checked(passes(plain.as_bytes()))
}

fn passes(plain: &[u8]) -> bool {
    let (offset, letters) = match plain[0] {
        b'S' => (0, b"JZIHGFEDCBA"),
        b'T' => (4, b"JZIHGFEDCBA"),
        b'F' => (0, b"XWUTRQPNMLK"),
        b'G' => (4, b"XWUTRQPNMLK"),
        _ => (3, b"XWUTRQPNJLK"),
    };
    let digits = plain[1..plain.len() - 1].iter().map(|b| b - b'0');
    let sum = offset + checksum::weighted_sum(digits, &[2, 7, 6, 5, 4, 3, 2]);
    plain.len() == 9 && letters[sum as usize % 11] == plain[8]
}

fn sample(draw: &mut Draw) -> String {
    let kind = draw.letter("STFGM");
    draw.fill_until(&format!("{kind}#######@"), |text| passes(text.as_bytes()))
}
