//! Keys of Anthropic.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::secrecy;

pub static DETECTOR: Detector = Detector {
    id: "secret.anthropic_key",
    title: "Anthropic API key",
    about: "API, admin and OAuth keys.",
    sources: &["https://docs.claude.com/en/api/admin-api/apikeys/list-api-keys"],
    aliases: &["ANTHROPIC_KEY", "ANTHROPIC_API_KEY"],
    category: Category::Credential,
    placeholder: "ANTHROPIC_KEY",
    pattern: r"sk-ant-[a-z]{3,8}[0-9]{2}-[0-9A-Za-z_-]{80,120}",
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[concat!(
        "sk-ant-",
        "api03-",
        "YFZSbWoQpXqH8wrpsIhKURJT69JpM-Lkk6AzdsAXUO19QN01RhBewep4Px0HFU7qDmXhIWVNYpGTTZpQZTBwJAiphBxCq",
        "AA"
    )],
    counter_examples: &["sk-ant-api03-", "sk-ant-api03-your-key"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    secrecy::token(c.text.get(14..).unwrap_or_default())
}

fn sample(draw: &mut Draw) -> String {
    format!("sk-ant-api03-{}AA", draw.letters(secrecy::BASE64URL, 93))
}
