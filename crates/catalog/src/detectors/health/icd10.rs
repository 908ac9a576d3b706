//! Codes of diseases.

use sievert_detect::{Category, Detector, Draw, Verdict};

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
    // Vitamins and vertebrae (B12, T12) stand near diagnoses: without a dot only a label will do.
    validate: |c| Verdict::plain((c.anchored.named() || c.text.contains('.')) && !shape::is_part(c)),
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
    ],
    counter_examples: &["E11.9", "cell B12", "diagnosis U07.1", "diagnosis: vitamin B12 deficiency"],
    ..Detector::BLANK
};
