//! Ages that HIPAA counts as identifying.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

pub static DETECTOR: Detector = Detector {
    id: "global.age_over_89",
    title: "Age over 89",
    about: "An age of 90 to 125 years: with its unit (`92-year-old`, `94 y/o`, `93 años`), spelled in English, or behind \
            a label. Younger ages are not reported, nor the category `90 or older`, which the law asks to write instead.",
    sources: &["45 CFR 164.514(b)(2)(i)(C)"],
    aliases: &["AGE_OVER_89", "AGE"],
    category: Category::Personal,
    placeholder: "AGE",
    pattern: r"(?xi)
        (?: 9[0-9] | 1[01][0-9] | 12[0-5] ) (?: [-\x20]?years?[-\x20](?:old|of\x20age) | [-\x20]?(?:yo|y/o|y\.o\.|yrs?[-\x20]old)
            | -?jährige[nrs]? | [-\x20]Jahre\x20alt | \x20años | \x20ans | \x20jaar\x20oud | \x20anni | \x20anos | \x20lata?
            | [岁歲歳] | 세 )
        | ninety(?:[-\x20](?:one|two|three|four|five|six|seven|eight|nine))? [-\x20]years?[-\x20](?:old|of\x20age)
        | (?:one|a)\x20hundred(?:\x20and\x20(?:one|two|three|four|five|six|seven|eight|nine|ten))? [-\x20]years?[-\x20](?:old|of\x20age)",
    labelled: "9[0-9]|1[01][0-9]|12[0-5]",
    labels: &[
        "age",
        "aged",
        "ages",
        "patient age",
        "age in years",
        "alter",
        "im alter von",
        "edad",
        "âge",
        "âgé de",
        "âgée de",
        "età",
        "leeftijd",
        "wiek",
        "idade",
        "年龄",
        "年齢",
        "나이",
    ],
    context: &[
        "patient",
        "man",
        "woman",
        "male",
        "female",
        "mother",
        "father",
        "grandmother",
        "grandfather",
        "lady",
        "gentleman",
        "resident",
        "she",
        "he",
        "paciente",
        "patientin",
        "frau",
        "mann",
        "mujer",
        "hombre",
        "femme",
        "homme",
    ],
    reach: 40,
    validate,
    normalize: |text| text.chars().filter(char::is_ascii_digit).collect::<String>().into(),
    sample: |draw: &mut Draw| format!("{}-year-old", draw.number(90, 110)),
    examples: &[
        "92-year-old",
        "aged [[93]]",
        "a [[94 yo]] woman",
        "Age: [[101]]",
        "ninety-two year old",
        "[[97-jährige]] Patientin",
        "paciente de [[91 años]]",
    ],
    counter_examples: &[
        "89-year-old",
        "a 126-year-old house",
        "92 years",
        "age 45",
        "age 93%",
        "version age 90.5",
        "195 anni",
        "Age: 90+",
        "age >= 90",
        "aged 90 or older",
    ],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let after = c.after().trim_start();
    let measured = after.starts_with(['%', '-', '/', '°'])
        || c.after().starts_with(['.', ',']) && c.after()[1..].starts_with(|c: char| c.is_ascii_digit());
    let part = c.before().ends_with(['.', '-', '$', '€', '£']);
    let bare = c.text.bytes().all(|b| b.is_ascii_digit());
    Verdict::plain(!(part || bare && (measured || in_category(c))))
}

/// `90+`, `>= 90`, `90 or older`: what is written for all of them together.
fn in_category(c: &Candidate<'_>) -> bool {
    let after = c.after().trim_start().to_ascii_lowercase();
    let before = c.before().trim_end();
    let open = ["or", "and"].iter().filter_map(|word| after.strip_prefix(word)).any(|rest| {
        ["older", "over", "above", "up", "more"].iter().any(|word| rest.trim_start().starts_with(word))
    });
    c.text == "90" && (open || after.starts_with('+') || before.ends_with(">=") || before.ends_with('≥'))
}
