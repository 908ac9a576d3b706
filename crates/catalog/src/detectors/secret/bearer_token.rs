//! Credentials in an `Authorization` header, or a session's in a cookie.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sievert_detect::{Borders, Candidate, Category, Detector, Draw, Verdict};

use crate::secrecy;

pub static DETECTOR: Detector = Detector {
    id: "secret.bearer_token",
    title: "Credentials of an HTTP header",
    about: "What follows `Bearer`, when it looks drawn at random, what follows `Basic` or `auth`, when it decodes to a \
            user and a password, and in a cookie what follows a name that ends in `session`, `sessionid` or `sid`, when \
            it looks drawn at random.",
    sources: &["RFC 6750 section 2.1", "RFC 7617", "RFC 6265 section 4"],
    aliases: &["AUTH_TOKEN", "OAUTH_BEARER", "BASIC_AUTH_HEADER"],
    category: Category::Credential,
    placeholder: "AUTHORIZATION",
    // The first signs are of cookies that Express signs.
    labelled: r"(?:s:|s%3[Aa])?[0-9A-Za-z._~+/-]{8,}={0,2}",
    labels: &["bearer", "basic", "bearer token", "auth", "session", "sessionid", "sid"],
    // Else the validator would be asked about each beginning of a value.
    borders: Borders::Latin,
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[
        "Authorization: Basic [[QWxhZGRpbjpvcGVuIHNlc2FtZQ==]]",
        "//registry.example.org/:_auth=[[QWxhZGRpbjpvcGVuIHNlc2FtZQ==]]",
        "\"https://index.example.org/v1/\": {\"auth\": \"[[QWxhZGRpbjpvcGVuIHNlc2FtZQ==]]\"}",
        "-H 'Authorization: Bearer [[9f86d081884c7d659a2feaa0c55ad015]]'",
        "Authorization: Bearer [[deEcTfGGFukuewyPyLtxqmvBhiJaTUyYfKlcxDM2]]",
        "Set-Cookie: session=[[hR8sT2kLq9ZxW4vB7nM1]]; Path=/; HttpOnly",
        "Cookie: theme=dark; sessionid=[[q7ewcmagoqk3w39w4n3kz8]]; lang=en",
        "-H 'Cookie: connect.sid=[[s%3AhR8sT2kLq9ZxW4vB7nM1.p8eibndcvsmAp9ZgPBZ606]]'",
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
        "session=hR8sT2kLq9ZxW4vB7nM1",
        "The cookie of a session: hR8sT2kLq9ZxW4vB7nM1",
        "Set-Cookie: session=deleted-because-of-logout; Max-Age=0",
        "Cookie: session=$SESSION_COOKIE_OF_STAGING_2",
        "Cookie: csrftoken=hR8sT2kLq9ZxW4vB7nM1",
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
    let named = lead.ends_with("bearer") || of_cookie(&lead);
    Verdict::plain(named && c.text.len() >= 20 && drawn(c.text) && secrecy::entropy(c.text) >= 3.2)
}

/// Whether it is given to a name in a cookie. Session ids of tables and logs open nothing and are not meant.
fn of_cookie(lead: &str) -> bool {
    let line = lead.rsplit('\n').next().unwrap_or_default();
    line.ends_with('=') && line.contains("cookie")
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
