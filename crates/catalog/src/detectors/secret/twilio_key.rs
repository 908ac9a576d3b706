//! Keys of Twilio.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::secrecy;

pub static DETECTOR: Detector = Detector {
    id: "secret.twilio_key",
    title: "Twilio key",
    about: "Account and API key ids (`AC`, `SK`) where words name Twilio, and the auth token behind its name.",
    sources: &["https://www.twilio.com/docs/iam/api-keys"],
    aliases: &["TWILIO_KEY"],
    category: Category::Credential,
    placeholder: "TWILIO_KEY",
    pattern: r"(?:AC|SK)[0-9a-f]{32}",
    labelled: r"(?:AC|SK)?[0-9a-f]{32}",
    labels: &[
        "twilio auth token",
        "twilio api key",
        "twilio account sid",
        "account sid",
        "twilio sid",
        "twilio token",
    ],
    context: &["twilio"],
    needs_context: true,
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[
        concat!("TWILIO_ACCOUNT_SID=[[AC", "5ef872f6da5a21de157d80997a64bd33]]"),
        concat!("twilio_auth_token: [[", "9f86d081884c7d659a2feaa0c55ad015]]"),
    ],
    counter_examples: &[
        concat!("AC", "5ef872f6da5a21de157d80997a64bd33"),
        "twilio ACxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    ],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    match secrecy::token(c.text) {
        Verdict::Unmistakable => Verdict::Weak,
        verdict => verdict,
    }
}

fn sample(draw: &mut Draw) -> String {
    format!("{}{}", draw.pick(&["AC", "SK"]), draw.letters(secrecy::HEX, 32))
}
