//! Incoming webhooks of Slack.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::secrecy;

pub static DETECTOR: Detector = Detector {
    id: "secret.slack_webhook",
    title: "Slack webhook URL",
    about: "An address that lets anybody post to a channel.",
    sources: &["https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks"],
    aliases: &["SLACK_WEBHOOK"],
    category: Category::Credential,
    placeholder: "SLACK_WEBHOOK",
    pattern: r"https://hooks\.slack\.com/(?:services|workflows|triggers)/[0-9A-Z]{8,14}/[0-9A-Za-z]{8,24}/[0-9A-Za-z]{16,64}",
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[concat!(
        "https://hooks.slack.com/",
        "services/T0P7557DNT/B0BT03VPOA/",
        "pLl8fh9563IeD2Owsa81CmbQ"
    )],
    counter_examples: &[
        "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
        "https://hooks.slack.com/services/",
    ],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    secrecy::token(c.text.rsplit('/').next().unwrap_or_default())
}

fn sample(draw: &mut Draw) -> String {
    let host = "https://hooks.slack.com/services";
    let place = draw.fill("T0@#@#@#@#@/B0@#@#@#@#@");
    format!("{host}/{place}/{}", draw.letters(secrecy::BASE62, 24))
}
