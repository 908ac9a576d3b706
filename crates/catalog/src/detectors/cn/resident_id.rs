//! Resident identity cards of China.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict, checksum};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "cn.resident_id",
    title: "居民身份证号码 (resident identity number)",
    about: "Eighteen characters: region, date of birth, order, check character (ISO 7064 MOD 11-2). Chance passes it \
            less than once in 10,000. The fifteen digits of before 1999 are taken behind a label only.",
    sources: &["GB 11643-1999", "GB/T 2260"],
    aliases: &["CN_RESIDENT_ID", "CHINA_RESIDENT_ID_NUMBER"],
    category: Category::NationalId,
    placeholder: "RESIDENT_ID",
    pattern: "[1-8][0-9]{5}[12][0-9]{10}[0-9Xx]",
    labelled: "[0-9]{15}|[0-9]{16,18}[0-9Xx]",
    labels: &[
        "身份证",
        "身份证号",
        "身份证号码",
        "身份證",
        "身份證號碼",
        "居民身份证",
        "公民身份号码",
        "resident id",
        "resident identity card",
        "resident id card",
        "chinese id",
        "shenfenzheng",
    ],
    context: &["national id", "身份证", "公民", "姓名", "china"],
    validate,
    chance: 0.000_02,
    sample,
    examples: &["11010519491231002X", "身份证号：[[11010519491231002X]]", "身份证 [[110105491231002]]"],
    counter_examples: &["110105194912310021", "11010519491331002X", "990105194912310023"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let born: Vec<u8> = c.digits().skip(6).take(8).collect();
    if c.text.len() != 18 || !c.text.is_ascii() || born.len() != 8 {
        return shape::mistyped(c);
    }
    let province = c.text[..2].parse().unwrap_or(0);
    let region = matches!(province, 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83);
    let year = shape::number(&born[..4]);
    let dated = (1850..2100).contains(&year)
        && shape::is_day(year, shape::number(&born[4..6]), shape::number(&born[6..]));
    if region && dated && checksum::mod11_2(c.text.bytes()) { Verdict::Unmistakable } else { Verdict::Failed }
}

fn sample(draw: &mut Draw) -> String {
    // County 00 of a province is no place of registration.
    let born = format!("{}{:02}{:02}", draw.number(1940, 2010), draw.number(1, 12), draw.number(1, 28));
    draw.fill_until(&format!("110100{born}####"), |text| checksum::mod11_2(text.bytes()))
}
