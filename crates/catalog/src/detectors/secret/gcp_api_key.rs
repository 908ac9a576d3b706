//! API keys of Google Cloud.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::secrecy;

pub static DETECTOR: Detector = Detector {
    id: "secret.gcp_api_key",
    title: "Google Cloud API key",
    about: "`AIza` and 35 characters.",
    sources: &["https://docs.cloud.google.com/docs/authentication/api-keys"],
    aliases: &["GCP_API_KEY", "GOOGLE_API_KEY"],
    category: Category::Credential,
    placeholder: "GCP_API_KEY",
    pattern: r"AIza[0-9A-Za-z_-]{35}",
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[
        concat!("AIza", "SySoF0j8kPtlDAVaS3dBzwqHVVX363HcCF7"),
        concat!("?key=[[AIza", "Sy8Y97o_UjYp7RNmxNyHaYV9NOd8r0q8C-m", "]]&q=1"),
    ],
    counter_examples: &["AIzaSy", "AIzaSyXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    // One character more makes it a stretch of a longer text in base 64.
    if c.after().starts_with('-') { Verdict::No } else { secrecy::token(&c.text[4..]) }
}

fn sample(draw: &mut Draw) -> String {
    format!("AIzaSy{}", draw.letters(secrecy::BASE62, 33))
}
