//! JSON Web Tokens.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::secrecy;

pub static DETECTOR: Detector = Detector {
    id: "secret.jwt",
    title: "JSON Web Token",
    about: "A signed or encrypted token whose first part decodes to a JSON object that names an algorithm.",
    sources: &["RFC 7519", "RFC 7515", "RFC 7516"],
    aliases: &["JSON_WEB_TOKEN", "JWT"],
    category: Category::Credential,
    placeholder: "JWT",
    // `{"` or `{ ` and more in base 64.
    pattern: r"e[wy][0-9A-Za-z_-]{10,}(?:\.[0-9A-Za-z_-]*){2,4}",
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[
        concat!(
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.",
            "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.",
            "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
        ),
        concat!(
            "Authorization: Bearer [[eyJhbGciOiJIUzI1NiJ9.",
            "eyJzdWIiOiJqYW5lIn0.",
            "bQTnz6AuMJvmXXQsVPrxeQNvzDkimo7VNXxHeSBfClY]]"
        ),
    ],
    counter_examples: &[
        "eyJhbGciOiJIUzI1NiJ9",
        "eyJub3QgYSBoZWFkZXIiOiAxfQ.a.b",
        "ewe.lamb.ram",
        "eyeball_shape.position.x",
    ],
    ..Detector::BLANK
};

/// The token that the field's best known web site shows to everybody.
const PRINTED: &str = "eyJzdWIiOiIxMjM0NTY3ODkw";

fn validate(c: &Candidate<'_>) -> Verdict {
    let (header, rest) = c.text.split_once('.').unwrap_or_default();
    let named = BASE64_URL_SAFE_NO_PAD
        .decode(header)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .is_some_and(|json| json.starts_with('{') && json.ends_with('}') && json.contains("\"alg\""));
    match named && !c.text.ends_with('-') {
        true if rest.starts_with(PRINTED) => Verdict::Example,
        true => Verdict::Unmistakable,
        false => Verdict::No,
    }
}

fn sample(draw: &mut Draw) -> String {
    let part = |json: String| BASE64_URL_SAFE_NO_PAD.encode(json);
    let payload =
        format!(r#"{{"sub":"{}","exp":{}}}"#, draw.digits(8), draw.number(1_700_000_000, 1_800_000_000));
    format!(
        "{}.{}.{}",
        part(r#"{"alg":"HS256","typ":"JWT"}"#.into()),
        part(payload),
        draw.letters(secrecy::BASE62, 43)
    )
}
