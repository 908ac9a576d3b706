//! Tokens of the npm registry.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::secrecy;

pub static DETECTOR: Detector = Detector {
    id: "secret.npm_token",
    title: "npm access token",
    about: "`npm_`, 30 random characters and their checksum.",
    sources: &["https://github.blog/security/announcing-npms-new-access-token-format/"],
    aliases: &["NPM_TOKEN"],
    category: Category::Credential,
    placeholder: "NPM_TOKEN",
    pattern: r"npm_[0-9A-Za-z]{36}",
    validate,
    chance: 1.0 / 4_294_967_296.0,
    normalize: |text| text.into(),
    sample,
    examples: &[
        concat!("npm_", "8WFmvRzWqNgbeHOx4ZpnMEhuZKGI3c", "2SYxw3"),
        concat!("//registry.npmjs.org/:_authToken=[[npm_", "8WFmvRzWqNgbeHOx4ZpnMEhuZKGI3c", "2SYxw3", "]]"),
    ],
    counter_examples: &["npm_config_registry", "npm_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let (random, check) = c.text[4..].split_at(30);
    match secrecy::token(&c.text[4..]) {
        Verdict::Unmistakable if secrecy::crc32_base62(random) != check => Verdict::Plain,
        verdict => verdict,
    }
}

fn sample(draw: &mut Draw) -> String {
    let random = draw.letters(secrecy::BASE62, 30);
    format!("npm_{random}{}", secrecy::crc32_base62(&random))
}
