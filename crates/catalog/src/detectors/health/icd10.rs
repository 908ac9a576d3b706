//! Codes of diseases.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "health.icd10",
    title: "ICD-10 diagnosis code",
    about: "A letter, a digit, a digit or letter, and up to four more behind a dot. Shelf marks and cell names look the \
            same and the code list is not consulted: a word of diagnosis must stand near.",
    sources: &[
        "https://www.cms.gov/medicare/coding-billing/icd-10-codes",
        "https://icd.who.int/browse10/2019/en",
    ],
    aliases: &["ICD10_CM", "ICD10_CODE", "ICD10"],
    category: Category::Health,
    placeholder: "ICD10",
    pattern: r"[A-TV-Z][0-9][0-9AB](?:\.[0-9A-KXZ]{1,4})?",
    // Claims write them without the dot; U07.1 is a code of an emergency (chapter XXII).
    labelled: r"[A-Z][0-9][0-9AB]\.?[0-9A-KXZ]{0,4}",
    labels: &[
        "icd-10",
        "icd10",
        "icd-10-cm",
        "icd10cm",
        "diag cd",
        "dx cd",
        "icd-10-gm",
        "icd",
        "icd code",
        "icd-10 code",
        "diagnosis code",
        "diagnostic code",
        "dx code",
        "cie-10",
        "cie10",
        "cim-10",
        "cid-10",
        "diagnosekode",
        "diagnoseschlüssel",
        "código diagnóstico",
    ],
    context: &[
        "diagnosis",
        "diagnoses",
        "diagnosed",
        "dx",
        "icd",
        "diagnose",
        "diagnóstico",
        "diagnostic",
        "rozpoznanie",
    ],
    needs_context: true,
    validate: |c| Verdict::plain((c.anchored.named() || is_told(c)) && !shape::is_part(c)),
    sample: |draw: &mut Draw| {
        let chapter = draw.letter("ABCDEFGHIJKLMN");
        draw.fill(&format!("{chapter}##.#"))
    },
    examples: &[
        "ICD-10: [[E11.9]]",
        "diagnosis code [[J45.909]]",
        "Dx: asthma ([[J45.9]])",
        "ICD-10 code [[I10]]",
        "icd10=[[J45909]]",
        "ICD-10: [[U07.1]]",
        "Diagnoses: F32.1, [[I10]]",
    ],
    counter_examples: &["E11.9", "cell B12", "diagnosis U07.1", "diagnosis: vitamin B12 deficiency"],
    ..Detector::BLANK
};

/// Vitamins and vertebrae (B12, T12) stand near diagnoses: without a dot it takes a code with one beside it in a list.
fn is_told(c: &Candidate<'_>) -> bool {
    let coded = |word: &str| {
        word.len() > 4 && word.starts_with(|c: char| c.is_ascii_uppercase()) && word.as_bytes()[3] == b'.'
    };
    let comma = [',', ';'];
    let beside = |text: Option<&str>| text.is_some_and(coded);
    let left = c.before().trim_end().strip_suffix(comma).and_then(|list| list.rsplit([' ', ',', ';']).next());
    let right =
        c.after().strip_prefix(comma).and_then(|list| list.trim_start().split([' ', ',', ';']).next());
    c.text.contains('.') || beside(left) || beside(right)
}
