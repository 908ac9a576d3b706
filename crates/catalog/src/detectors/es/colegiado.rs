//! Membership numbers of Spanish medical colleges.

use sievert_detect::{Category, Detector, Draw};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "es.colegiado",
    title: "Número de colegiado",
    about: "The licence number of a physician: province of the college twice and five digits, often shortened. No \
            checksum: found behind a label or in a named field only.",
    sources: &["https://www.cgcom.es/servicios/consulta-publica-de-colegiados"],
    aliases: &["ES_COLEGIADO"],
    category: Category::NationalId,
    placeholder: "MEDICAL_LICENSE",
    labelled: "[0-9]{2}[ /-]?[0-9]{2}[ /-]?[0-9]{3,5}|[0-9]{4,9}",
    labels: &[
        "número de colegiado",
        "numero de colegiado",
        "nº colegiado",
        "n.º de colegiado",
        "nº col",
        "colegiado",
        "colegiada",
    ],
    validate: shape::identifier,
    sample: |draw: &mut Draw| draw.fill("28#######"),
    examples: &[
        "NºCol: [[28 28 70973]].",
        "número de colegiado [[282870973]]",
        "colegiado nº [[08-08-25574]]",
    ],
    counter_examples: &["28 28 70973", "colegiado desde 2012", "colegiado: 12-03-2010"],
    ..Detector::BLANK
};
