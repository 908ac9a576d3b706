//! Aadhaar numbers.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict, checksum};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "in.aadhaar",
    title: "Aadhaar number",
    about: "Twelve digits, written 4-4-4, that begin with 2 to 9 and pass Verhoeff's test. Compact time stamps have \
            twelve digits too, so a word must stand near.",
    sources: &[
        "https://uidai.gov.in/en/my-aadhaar/about-your-aadhaar.html",
        "https://uidai.gov.in/images/resource/UIDSchemeDescription.pdf",
    ],
    aliases: &["IN_AADHAAR", "INDIA_AADHAAR_INDIVIDUAL", "AADHAAR"],
    category: Category::NationalId,
    placeholder: "AADHAAR",
    pattern: "[2-9][0-9]{3}[- ][0-9]{4}[- ][0-9]{4}|[2-9][0-9]{11}",
    labelled: "[0-9]{4}[- ]?[0-9]{4}[- ]?[0-9]{3,5}",
    labels: &[
        "aadhaar",
        "aadhar",
        "adhaar",
        "aadhaar number",
        "aadhaar no",
        "aadhaar card",
        "uidai",
        "uid number",
        "आधार",
        "आधार संख्या",
        "आधार नंबर",
    ],
    context: &["national id", "aadhaar", "aadhar", "uidai", "e-kyc", "ekyc", "kyc"],
    needs_context: true,
    validate,
    chance: 0.08,
    sample,
    examples: &[
        "Aadhaar [[2341 2341 2346]]",
        "Aadhaar number: [[234123412346]]",
        "aadhar no [[2341-2341-2347]]",
    ],
    counter_examples: &["2341 2341 2346", "kyc 2341 2341 2347", "kyc 1341 2341 2346"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let Some(digits) = shape::digits::<12>(c) else { return shape::mistyped(c) };
    Verdict::checked(digits[0] > 1 && checksum::verhoeff(digits.into_iter()))
}

fn sample(draw: &mut Draw) -> String {
    let first = draw.number(2, 9);
    draw.fill_until(&format!("{first}### #### ####"), |text| {
        checksum::verhoeff(shape::digits_of(text).into_iter())
    })
}
