//! Keys of `SendGrid`.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::secrecy;

pub static DETECTOR: Detector = Detector {
    id: "secret.sendgrid_key",
    title: "SendGrid API key",
    about: "`SG.`, 22 and 43 characters.",
    sources: &["https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys"],
    aliases: &["SENDGRID_KEY"],
    category: Category::Credential,
    placeholder: "SENDGRID_KEY",
    pattern: r"SG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}",
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[concat!("SG.", "AEdGkhbBJcbCsF_1zBRrn5", ".", "8gG96n64_lHQ1rqi2UIz_9toas7q-aqgSfH3_Rcj5Ud")],
    counter_examples: &["SG.xxxxxxxxxxxxxxxxxxxxxx.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    secrecy::token(&c.text[3..])
}

fn sample(draw: &mut Draw) -> String {
    let id = draw.letters(secrecy::BASE62, 22);
    format!("SG.{id}.{}", draw.letters(secrecy::BASE62, 43))
}
