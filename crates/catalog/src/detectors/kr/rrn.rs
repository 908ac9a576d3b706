//! Resident registration numbers of Korea.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict, checksum};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "kr.rrn",
    title: "주민등록번호 (resident registration number)",
    about: "Six digits of the date of birth, a hyphen, and seven: century and sex first, a check digit last. Numbers \
            given since October 2020 have no check digit, so a number that fails it still counts where a word is near.",
    sources: &[
        "주민등록법 시행규칙 (Enforcement Rule of the Resident Registration Act), article 2",
        "https://www.mois.go.kr",
    ],
    aliases: &["KR_RRN", "KOREA_RRN"],
    category: Category::NationalId,
    placeholder: "RRN",
    pattern: "[0-9]{6}[- ]?[1-8][0-9]{6}",
    labelled: "[0-9]{6}[- ]?[0-9]{6,8}",
    labels: &["주민등록번호", "주민번호", "외국인등록번호", "resident registration number", "rrn"],
    context: &["national id", "주민등록", "주민", "생년월일", "성명", "korea", "korean"],
    validate,
    chance: 0.02,
    sample,
    examples: &["820701-2409021", "주민등록번호: [[820701-2409022]]", "RRN [[8207012409021]]"],
    counter_examples: &["821301-2409021", "820701-9409021", "820701-2409022", "8207012409021"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let Some(digits) = shape::digits::<13>(c) else { return shape::mistyped(c) };
    if !shape::is_short_day(&digits) || !(1..=8).contains(&digits[6]) {
        return Verdict::Failed;
    }
    match passes(&digits) {
        true if !c.anchored.named() && shape::is_part(c) => Verdict::No,
        true => shape::checked_unless_bare(c),
        false => Verdict::Weak,
    }
}

fn passes(digits: &[u8]) -> bool {
    let sum = checksum::weighted_sum(digits[..12].iter().copied(), &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]);
    (11 - sum % 11) % 10 == u32::from(digits[12])
}

fn sample(draw: &mut Draw) -> String {
    let born = format!("{:02}{:02}{:02}", draw.number(40, 99), draw.number(1, 12), draw.number(1, 28));
    let sex = draw.number(1, 2);
    draw.fill_until(&format!("{born}-{sex}######"), |text| passes(&shape::digits_of(text)))
}
