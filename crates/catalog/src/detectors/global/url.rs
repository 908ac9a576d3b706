//! Web addresses.

use sievert_detect::{Borders, Candidate, Category, Detector, Draw, Verdict};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "global.url",
    title: "URL",
    about: "A web or FTP address (HIPAA identifier 14). One that carries a user, a mail address or a token in its query \
            is proven; any other is Possible.",
    sources: &["RFC 3986", "45 CFR 164.514(b)(2)(i)(N)"],
    aliases: &["URL"],
    category: Category::Network,
    placeholder: "URL",
    // The last character is one that prose does not put behind an address.
    pattern: r#"(?i:(?:https?|ftp)://|www\.)[^\s"'<>\\^`{|}]*[^\s"'<>\\^`{|}.,;:!?\[(*]"#,
    labels: &["url", "website", "homepage", "web page", "profile"],
    borders: Borders::Word,
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[
        "https://example.com",
        "see [[https://example.org/a_(b)?q=1#top]].",
        "(at [[http://www.example.co.uk/]])",
        "www.example.org/team",
        "https://example.com/reset?token=8f14e45fceea167a5a36dedd4bea2543",
        "[[ftp://user:hunter2@files.example.com/a.csv]]",
        "http://localhost:8080/admin",
    ],
    counter_examples: &[
        "https://",
        "http://{host}/path",
        "www.",
        "www.team@ple",
        "std::http://",
        "example.com is a domain",
        "http://...",
    ],
    ..Detector::BLANK
};

/// Names of query parameters that carry a person or a key.
const TELLING: &[&str] = &[
    "access_token",
    "api_key",
    "apikey",
    "auth",
    "code",
    "dob",
    "e-mail",
    "email",
    "jwt",
    "key",
    "mail",
    "mobile",
    "name",
    "pass",
    "passwd",
    "password",
    "phone",
    "pwd",
    "secret",
    "session",
    "session_id",
    "sessionid",
    "sid",
    "sig",
    "signature",
    "ssn",
    "tel",
    "token",
    "user",
    "user_id",
    "userid",
    "username",
    "x-amz-signature",
];

const SCHEMES: [&str; 3] = ["https://", "http://", "ftp://"];

fn validate(c: &Candidate<'_>) -> Verdict {
    let scheme = SCHEMES
        .iter()
        .find(|scheme| c.text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    let rest = &c.text[scheme.map_or(0, |scheme| scheme.len())..];
    let Some(authority) = shape::authority(rest) else { return Verdict::No };
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let host = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let real = host.starts_with(|first: char| first.is_alphanumeric() || first == '[')
        && !host.contains("..")
        && (scheme.is_some() || host.get(4..).is_some_and(|rest| rest.contains('.')));
    if !real {
        return Verdict::No;
    }
    // The brackets of the prose around an address close behind it: `(see https://example.org/)`, `[a](b)[c](d)`.
    let count = |sign| c.text.matches(sign).count();
    let meet = |first, second| c.text.split(first).skip(1).any(|rest| rest.starts_with(second));
    let outer = c.text.ends_with(')') && count('(') < count(')')
        || c.text.ends_with(']') && count('[') < count(']')
        || meet(']', '(')
        || meet(')', '[');
    if outer {
        return Verdict::No;
    }
    let query = rest.split_once('?').map_or("", |(_, query)| query);
    let telling =
        query.split(['&', ';', '#']).filter_map(|pair| pair.split_once('=')).any(|(name, value)| {
            !value.is_empty() && TELLING.iter().any(|known| name.eq_ignore_ascii_case(known))
        });
    if telling || !user.is_empty() || rest.contains('@') { Verdict::Checked } else { Verdict::Plain }
}

fn sample(draw: &mut Draw) -> String {
    let host = draw.pick(&["example.com", "www.example.org", "shop.example.net"]);
    let path = draw.pick(&["", "/", "/team/jane-doe", "/u/1024?tab=orders", "/reset?token="]);
    let token = if path.ends_with('=') { draw.letters("0123456789abcdef", 32) } else { String::new() };
    format!("https://{host}{path}{token}")
}
