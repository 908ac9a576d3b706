//! Permanent Account Numbers of the Indian tax office.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

pub static DETECTOR: Detector = Detector {
    id: "in.pan",
    title: "Indian Permanent Account Number",
    about: "Five letters, four digits, a letter; the fourth letter is the kind of holder. The last letter's rule is not \
            public, so a word must stand near.",
    sources: &["https://incometaxindia.gov.in/tutorials/1.permanent%20account%20number%20(pan).pdf"],
    aliases: &["IN_PAN", "INDIA_PAN_INDIVIDUAL"],
    category: Category::NationalId,
    placeholder: "PAN",
    pattern: "[A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z]",
    labelled: "(?i)[a-z]{5}[ -]?[0-9]{4}[ -]?[a-z]",
    labels: &["pan", "pan number", "pan no", "pan card", "permanent account number", "स्थायी खाता संख्या", "पैन"],
    context: &["pan", "income tax", "tds", "itr", "kyc", "aadhaar", "gst"],
    needs_context: true,
    validate,
    sample,
    examples: &["PAN: [[ABCPE1234F]]", "permanent account number [[abcpe1234f]]", "PAN card [[ABCDE1234F]]"],
    counter_examples: &["ABCPE1234F", "income tax ABCDE1234F", "pan 12345"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let kind = c.text.as_bytes()[3].to_ascii_uppercase();
    if b"ABCFGHJLPT".contains(&kind) { Verdict::Plain } else { Verdict::Failed }
}

fn sample(draw: &mut Draw) -> String {
    let kind = draw.letter("ABCFGHJLPT");
    draw.fill(&format!("@@@{kind}@####@"))
}
