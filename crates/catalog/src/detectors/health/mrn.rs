//! Medical record numbers.

use sievert_detect::{Category, Detector, Draw};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "health.mrn",
    title: "Medical record number",
    about: "The number under which a hospital keeps a patient's record. Every hospital makes its own form, so it is \
            found behind a label or in a named field only.",
    sources: &["45 CFR 164.514(b)(2)(i)(H)", "HL7 v2 table 0203, MR and PI"],
    aliases: &["MEDICAL_RECORD_NUMBER", "MRN"],
    category: Category::Health,
    placeholder: "MRN",
    labelled: shape::IDENTIFIER,
    labels: &[
        // English
        "mrn",
        "medical record number",
        "medical record",
        "medical record #",
        "med rec",
        "med rec #",
        "medrec #",
        "medical chart number",
        "chart number",
        "chart no",
        "patient id",
        "patient identifier",
        "patient number",
        "patient no",
        "patient #",
        "pt id",
        "pt no",
        "hospital number",
        "hospital no",
        "hospital id",
        "encounter number",
        "encounter id",
        "admission number",
        "visit number",
        // Spanish, Portuguese, Italian, French
        "nhc",
        "cipa",
        "historia clínica",
        "historia clinica",
        "nº historia",
        "número de historia",
        "expediente clínico",
        "episodio",
        "prontuário",
        "prontuario",
        "número do prontuário",
        "cartella clinica",
        "codice paziente",
        "numéro de dossier",
        "dossier médical",
        "numéro de patient",
        "numéro patient",
        "ipp",
        // German, Dutch, Polish
        "patientennummer",
        "patienten-nr",
        "patienten-id",
        "patient-nr",
        "fallnummer",
        "patiëntnummer",
        "patientnummer",
        "numer pacjenta",
        "nr pacjenta",
        "numer historii choroby",
        // Chinese, Japanese, Korean
        "病历号",
        "住院号",
        "病案号",
        "患者番号",
        "診察券番号",
        "환자번호",
    ],
    validate: shape::identifier,
    sample,
    examples: &[
        "MRN #[[UCLA-12345]]",
        "MRN: [[112-45-789]]",
        "(MRN: #[[SF-998877]])?",
        "medical record number [[MRN-11335577]]",
        "patient ID: [[897-65-4321]]",
        "Med Rec#: [[CC-789654]]",
        "CIPA: [[nhc-150679]].",
        "NHC: [[5684207/222]]",
        "MRN is [[12345-EMH]] for ref",
        "住院号：[[0012345]]",
    ],
    counter_examples: &[
        "MRN: 2023-01-15",
        "the MRN is unknown",
        "UCLA-12345",
        "patient number 12",
        "medical record of 2021",
        "an episode of 112-45-789",
    ],
    ..Detector::BLANK
};

fn sample(draw: &mut Draw) -> String {
    let form = *draw.pick(&["########", "H@-######", "H@@-#####", "#######", "###-##-###"]);
    draw.fill(form)
}
