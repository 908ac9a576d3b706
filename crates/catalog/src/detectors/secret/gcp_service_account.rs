//! Key files of Google Cloud service accounts.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::secrecy;

pub static DETECTOR: Detector = Detector {
    id: "secret.gcp_service_account",
    title: "Google Cloud service account key",
    about: "The key's id in a service account file; the private key beside it is `secret.private_key`, the account is \
            `global.email`.",
    sources: &["https://docs.cloud.google.com/iam/docs/keys-create-delete"],
    aliases: &["GCP_CREDENTIALS", "GCP_SERVICE_ACCOUNT"],
    category: Category::Credential,
    placeholder: "GCP_KEY_ID",
    labelled: r"[0-9a-f]{40}",
    labels: &["private_key_id"],
    context: &["service_account"],
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[concat!(
        r#"{"type": "service_account", "project_id": "p", "private_key_id": "[[6fb1cff7690db9ac"#,
        r#"066cadbbde8e3c078efdabc1]]"}"#
    )],
    counter_examples: &[
        "6fb1cff7690db9ac066cadbbde8e3c078efdabc1",
        "private_key_id: 0000000000000000000000000000000000000000",
    ],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    match secrecy::token(c.text) {
        Verdict::Unmistakable if !c.around.contains("service_account") => Verdict::Plain,
        verdict => verdict,
    }
}

fn sample(draw: &mut Draw) -> String {
    draw.letters(secrecy::HEX, 40)
}
