//! Tokens of any service, told by the word `token` in front of them and by how they look.

use std::sync::LazyLock;

use sievert_detect::{Anchored, Borders, Candidate, Category, Detector, Draw, Verdict};

use crate::secrecy::{self, AnyOf};

pub static DETECTOR: Detector = Detector {
    id: "secret.named_token",
    title: "Token behind its name",
    about: "A value behind the word `token`, in settings, headers and commands, or a session's cookie, or a cell in a field \
            of that name, where it looks drawn at random: much is called a token. Names that say what it is for \
            (`access token`) are `secret.assigned_secret`'s; places in listings, tokens of forms and UUIDs are left out.",
    sources: &["https://cwe.mitre.org/data/definitions/798.html"],
    aliases: &["TOKEN"],
    category: Category::Credential,
    placeholder: "TOKEN",
    labelled: r"[0-9A-Za-z][0-9A-Za-z._~+/-]{15,511}={0,2}",
    labels: &["token", "jsessionid", "phpsessid"],
    // Else the validator would be asked about each beginning of a value.
    borders: Borders::Latin,
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[
        "token: [[hR8sT2kLq9ZxW4vB7nM1]]",
        "ARG NPM_TOKEN=[[hR8sT2kLq9ZxW4vB7nM1]]",
        "\"token\": \"[[951bc382db9abad29c68634761dd6e19]]\",",
        "curl -H 'Authorization: token [[hR8sT2kLq9ZxW4vB7nM1]]' https://git.example.org",
        "\"Authorization\": \"Token [[hR8sT2kLq9ZxW4vB7nM1]]\"",
        "config.token = '[[p8e-ibndcvsmAp9ZgPBZ606FSlYIZVlsZ-g5]]'",
        "setx DEPLOY_TOKEN [[hR8sT2kLq9ZxW4vB7nM1]]",
        "Set-Cookie: JSESSIONID=[[A1B2C3D4E5F60718293A4B5C6D7E8F90]]; Path=/",
    ],
    counter_examples: &[
        "next_page_token: CAUQAA7hR8sT2kLq9ZxW4vB7nM1",
        "csrf_token=hR8sT2kLq9ZxW4vB7nM1",
        "token: 123e4567-e89b-12d3-a456-426614174000",
        "token = tokenizer.decode_token_ids_2024",
        "token: pneumonoultramicroscopicsilicovolcanoconiosis",
        "Token limits-2048-and-4096-are-common",
        "token: ${NPM_TOKEN_2024_PRODUCTION}",
        "unexpected token hR8sT2kLq9ZxW4vB7nM1",
        "token: your-github-token-123456789",
        "token: 1732190400000000000000",
    ],
    ..Detector::BLANK
};

/// What a token is for that opens nothing.
static HARMLESS: LazyLock<AnyOf> = LazyLock::new(|| {
    AnyOf::new(&[
        "page",
        "next",
        "continuation",
        "sync",
        "cursor",
        "csrf",
        "xsrf",
        "cancellation",
        "verification",
    ])
});

fn validate(c: &Candidate<'_>) -> Verdict {
    let goes_on = |next: char| next.is_alphanumeric() || "_~+/=-([{%$@".contains(next);
    let given = c.anchored == Anchored::Field && c.after().is_empty()
        || !c.after().starts_with(goes_on) && secrecy::is_given(c.before());
    if !given || !drawn(c.text) || secrecy::is_placeholder(c.text) {
        return Verdict::No;
    }
    let lead = c.before().rsplit('\n').next().unwrap_or_default().to_ascii_lowercase();
    let name = lead.rsplit_once("token").map_or("", |(name, _)| name);
    let name = name.rsplit(|sign: char| !sign.is_alphanumeric() && !"_- ".contains(sign)).next();
    Verdict::plain(!name.is_some_and(|name| HARMLESS.is_in(name)))
}

/// Whether nobody would choose it: digits among letters, often and all over.
fn drawn(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    let turns =
        text.as_bytes().windows(2).filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit());
    let uuid = text.len() == 36 && text.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    digits >= 3 && letters >= 3 && turns.count() >= 5 && !uuid && secrecy::entropy(text) >= 3.0
}

fn sample(draw: &mut Draw) -> String {
    let part =
        |draw: &mut Draw| format!("{}{}", draw.letters(secrecy::BASE62, 4), draw.letters("23456789", 1));
    (0..5).map(|_| part(draw)).collect()
}
