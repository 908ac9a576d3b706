//! Credentials in an `Authorization` header.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sievert_detect::{Borders, Candidate, Category, Detector, Draw, Verdict};

use crate::secrecy;

pub static DETECTOR: Detector = Detector {
    id: "secret.bearer_token",
    title: "Credentials of an Authorization header",
    about: "What follows `Bearer`, when it looks drawn at random, and what follows `Basic` or `auth`, when it decodes to \
            a user and a password.",
    sources: &["RFC 6750 section 2.1", "RFC 7617"],
    aliases: &["AUTH_TOKEN", "OAUTH_BEARER", "BASIC_AUTH_HEADER"],
    category: Category::Credential,
    placeholder: "AUTHORIZATION",
    labelled: r"[0-9A-Za-z._~+/-]{8,}={0,2}",
    labels: &["bearer", "basic", "bearer token", "auth"],
    borders: Borders::None,
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[
        "Authorization: Basic [[QWxhZGRpbjpvcGVuIHNlc2FtZQ==]]",
        "//registry.example.org/:_auth=[[QWxhZGRpbjpvcGVuIHNlc2FtZQ==]]",
        "\"https://index.example.org/v1/\": {\"auth\": \"[[QWxhZGRpbjpvcGVuIHNlc2FtZQ==]]\"}",
        "-H 'Authorization: Bearer [[9f86d081884c7d659a2feaa0c55ad015]]'",
        "Authorization: Bearer [[deEcTfGGFukuewyPyLtxqmvBhiJaTUyYfKlcxDM2]]",
    ],
    counter_examples: &[
        "Bearer of good news",
        "auth: required-for-all-routes",
        "Authorization: Bearer $TOKEN",
        "Basic/understanding/of/things1",
        "Visual Basic.NET.Framework.48",
        "Bearer your_access_token_goes_here",
        "Bearer MyServiceAccountTokenForProduction2",
        "Bearer READ_ONLY_SERVICE_TOKEN_OF_STAGING",
        "basic: authentication-required-2024",
    ],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let more = c.after().starts_with(|next: char| next.is_ascii_alphanumeric() || "._~+/-=".contains(next));
    if more || secrecy::is_placeholder(c.text) {
        return Verdict::No;
    }
    let pair = BASE64_STANDARD.decode(c.text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    if pair.is_some_and(|pair| pair.contains(':') && pair.chars().all(|p| !p.is_control())) {
        return Verdict::Checked;
    }
    let lead = c.before().trim_end_matches([' ', ':']).to_ascii_lowercase();
    let bearer = lead.ends_with("bearer");
    Verdict::plain(bearer && c.text.len() >= 20 && drawn(c.text) && secrecy::entropy(c.text) >= 3.2)
}

/// Whether it has digits as names have not, or its capitals all over, not at the heads of words.
fn drawn(text: &str) -> bool {
    let has = |kind: fn(&u8) -> bool| text.as_bytes().iter().any(kind);
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    // Of the pairs of neighbours in random letters and digits, about one in six are two small letters.
    let small = text.as_bytes().windows(2).filter(|pair| pair.iter().all(u8::is_ascii_lowercase)).count();
    digits >= 3 || has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && small * 3 <= text.len()
}

fn sample(draw: &mut Draw) -> String {
    BASE64_STANDARD.encode(format!("app:{}", draw.letters(secrecy::BASE62, 12)))
}
