//! Tokens of Slack.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::secrecy;

pub static DETECTOR: Detector = Detector {
    id: "secret.slack_token",
    title: "Slack token",
    about: "Bot, user, app-level, configuration and refresh tokens.",
    sources: &["https://docs.slack.dev/authentication/tokens"],
    aliases: &["SLACK_TOKEN"],
    category: Category::Credential,
    placeholder: "SLACK_TOKEN",
    pattern: r"xox[abeoprs]-[0-9A-Za-z-]{20,250}|xoxe\.xox[bp]-[0-9]-[0-9A-Za-z]{100,250}|xapp-[0-9]-[0-9A-Z]{8,14}-[0-9]{8,16}-[0-9a-f]{64}",
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[
        concat!("xoxb-", "736592041583-", "7855331644436", "-", "0Qw9KSQWbBU23ewxc1ewtpZP"),
        concat!(
            "token=[[xapp-",
            "1-A0IFKBMYYRD-",
            "4072891159764",
            "-",
            "5401a9f6ea4de0051bacd7705bc071f70228e972f4e2359ffb74e8d88e0e927f",
            "]]"
        ),
    ],
    counter_examples: &[
        "xoxb-your-token-here-please",
        "xoxb-xxxxxxxxxxxx-xxxxxxxxxxxx",
        "xoxo-love-and-kisses-to-everyone",
    ],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let body = c.text.split_once('-').map_or("", |(_, body)| body);
    // Words with hyphens stand where a token belongs.
    if body.bytes().filter(u8::is_ascii_digit).count() < 6 { Verdict::No } else { secrecy::token(body) }
}

fn sample(draw: &mut Draw) -> String {
    let numbers = format!("{}-{}", draw.digits(12), draw.digits(13));
    format!("xoxb-{numbers}-{}", draw.letters(secrecy::BASE62, 24))
}
