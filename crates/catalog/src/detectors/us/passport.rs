//! Passport numbers of the United States, and whatever is labelled as a passport number.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "us.passport",
    title: "US passport number",
    about: "Nine digits, or a letter and eight digits since 2021; no checksum outside the machine-readable zone, so a \
            word must stand near. Behind a label the forms of other countries are taken too.",
    sources: &[
        "https://travel.state.gov/content/travel/en/passports/passport-help/next-generation-passport.html",
    ],
    aliases: &["US_PASSPORT", "PASSPORT"],
    category: Category::NationalId,
    placeholder: "PASSPORT",
    pattern: "[A-Z]?[0-9]{8}|[0-9]{9}",
    labelled: "[A-Za-z]{0,3}[ -]?[0-9]{5,9}[A-Za-z]{0,2}|[0-9]{2} ?[0-9]{2} [0-9]{6}",
    labels: &[
        "passport",
        "passport number",
        "passport no",
        "passport id",
        "us passport",
        "pasaporte",
        "número de pasaporte",
        "reisepass",
        "reisepassnummer",
        "passeport",
        "numéro de passeport",
        "passaporto",
        "passaporte",
        "paspoort",
        "paspoortnummer",
        "paszport",
        "passnummer",
        "паспорт",
        "護照號碼",
        "护照号",
        "护照号码",
        "パスポート番号",
        "旅券番号",
        "여권번호",
        // Grown together with whose it is, as code spells names.
        "customerpassport",
        "customerpassportnumber",
        "userpassport",
        "userpassportnumber",
    ],
    context: &["passport", "travel document", "immigration", "visa", "border"],
    needs_context: true,
    validate,
    sample,
    examples: &[
        "Passport No. [[A12345678]]",
        "userPassport=[[A12345678]]",
        "passport number is [[123456789]]",
        "Reisepass [[C1234567X]]",
        "РФ, паспорт [[45 09 123456]]",
    ],
    counter_examples: &["A12345678", "123456789", "passport 2023"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    Verdict::plain(!shape::is_date(c.text) && (c.anchored.named() || c.text.len() == 9 && !shape::is_part(c)))
}

fn sample(draw: &mut Draw) -> String {
    draw.fill("@########")
}
