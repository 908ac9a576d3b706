//! Private keys as text.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sievert_detect::{Borders, Candidate, Category, Detector, Draw, Verdict};

use crate::secrecy;

pub static DETECTOR: Detector = Detector {
    id: "secret.private_key",
    title: "Private key (PEM, OpenSSH, PGP)",
    about: "The whole block from BEGIN to END, also on one line with `\\n`; a block that was cut off is found as far as its \
            lines of base 64 go; one that is base 64 as a whole.",
    sources: &[
        "RFC 7468",
        "RFC 9580 section 6.2",
        "https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key",
    ],
    aliases: &["ENCRYPTION_KEY", "PRIVATE_KEY"],
    category: Category::Credential,
    placeholder: "PRIVATE_KEY",
    // The `n` of a `\n` is taken for the first letter of its line.
    pattern: r"(?x) -----BEGIN\x20(?:[0-9A-Z]{1,12}\x20){0,3}PRIVATE\x20KEY(?:\x20BLOCK)?-----
        (?: (?:[^-]|-[^-]){16,}-----END\x20[0-9A-Z\x20]{0,30}PRIVATE\x20KEY(?:\x20BLOCK)?-----
          | [\s\\]{0,8}(?:[nr]\\{1,2})?[0-9A-Za-z+/=]{16,} (?:[\s\\]{1,8}(?:[nr]\\{1,2})?[0-9A-Za-z+/=]{16,})* )
        | LS0tLS1CRUdJTi[0-9A-Za-z+/]{48,}={0,2}",
    borders: Borders::None,
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[
        concat!(
            "-----BEGIN PRIVATE",
            " KEY-----\nMC4CAQAwBQYDK2VwBCIEIEt3bXv1Zt9Lm3Rw5Yp8Nc2Hd6Jf4Sg0KuEaTiBo\n-----END PRIVATE",
            " KEY-----"
        ),
        concat!(
            r#"{"private_key": "[[-----BEGIN RSA PRIVATE"#,
            r" KEY-----\nMIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu\nKUpRKfFLfRYC9AIKjbJTWit\n-----END RSA PRIVATE",
            r#" KEY-----]]\n"}"#
        ),
        // Cut off, and its line breaks lost but for an `n`, or altogether.
        concat!("KEY=[[-----BEGIN PRIVATE", " KEY-----nMC4CAQAwBQYDK2VwBCIEIEt3bXv1Zt9LnYp8Nc2Hd6Jf4Sg0K]]"),
        concat!("KEY=[[-----BEGIN PRIVATE", " KEY-----MC4CAQAwBQYDK2VwBCIEIEt3bXv1Zt9L]]"),
        concat!(
            "[[-----BEGIN OPENSSH PRIVATE",
            " KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\nQyNTUxOQAAACBLd217]]\n... cut"
        ),
        concat!(
            "client-key-data: [[LS0tLS1CRUdJTi",
            "BQUklWQVRFIEtFWS0tLS0tCk1DNENBUUF3QlFZREsyVndCQ0lFSUV0M2JYdjFadDlMbTNSdzVZcDhOYzJIZDZKZjRTZzBLdUVhVGlCbwotLS0tLUVORCBQUklWQVRFIEtFWS0tLS0tCg==",
            "]]"
        ),
    ],
    counter_examples: &[
        concat!(
            "certificate-authority-data: LS0tLS1CRUdJTi",
            "BDRVJUSUZJQ0FURS0tLS0tCk1JSUJzekNDQVZtZ0F3SUJBZ0lVUTF4MFl6Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K"
        ),
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----",
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\n<your key here, please replace it>\n-----END RSA PRIVATE KEY-----",
    ],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    if c.text.starts_with("LS0t") {
        return in_base64(c);
    }
    let body = c.text.split("-----").nth(2).unwrap_or_default();
    let longest = body
        .split(|b: char| !b.is_ascii_alphanumeric() && b != '+' && b != '/')
        .map(str::len)
        .max()
        .unwrap_or(0);
    // Prose and stand-ins have no line of base 64.
    if longest >= 24 && secrecy::entropy(body) >= 3.5 { Verdict::Unmistakable } else { Verdict::No }
}

/// A block that is written in base 64 as a whole, as in the settings of Kubernetes: of it, its first line is read.
fn in_base64(c: &Candidate<'_>) -> Verdict {
    let more = c.after().starts_with(|next: char| next.is_ascii_alphanumeric() || "+/".contains(next));
    let start = BASE64_STANDARD.decode(&c.text[..48]).unwrap_or_default();
    let private = start.windows(11).any(|words| words == b"PRIVATE KEY");
    if private && !more { Verdict::Unmistakable } else { Verdict::No }
}

fn sample(draw: &mut Draw) -> String {
    let lines: Vec<_> = (0..3).map(|_| draw.letters(secrecy::BASE62, 64)).collect();
    let kind = draw.pick(&["", "RSA ", "EC ", "OPENSSH "]);
    format!("-----BEGIN {kind}PRIVATE KEY-----\n{}\n-----END {kind}PRIVATE KEY-----", lines.join("\n"))
}
