//! Secret access keys of Amazon Web Services.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::secrecy;

pub static DETECTOR: Detector = Detector {
    id: "secret.aws_secret_key",
    title: "AWS secret access key",
    about: "40 characters of base 64 with nothing to tell them from a hash or a stretch of a longer text: reported where \
            a label, the field's name or words vouch for them.",
    sources: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html"],
    aliases: &["AWS_SECRET_KEY", "AWS_SECRET_ACCESS_KEY"],
    category: Category::Credential,
    placeholder: "AWS_SECRET_KEY",
    pattern: r"[0-9A-Za-z/+]{40}",
    labels: &["secret access key", "aws secret access key", "aws secret key", "aws secret", "secret key"],
    context: &["aws", "aws access key id", "amazon"],
    needs_context: true,
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[
        concat!("aws_secret_access_key = [[wJalrXUtnFEMI/K7MDENG/", "bPxRfiCYEXAMPLEKEY]]"),
        concat!("\"SecretAccessKey\": \"[[q8Zr3Vb1/Nw7YtKx0LmPc5+", "HgD2sJf9UaEoTi4Rv]]\""),
    ],
    counter_examples: &[
        concat!("q8Zr3Vb1/Nw7YtKx0LmPc5+", "HgD2sJf9UaEoTi4Rv"),
        "aws commit da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "aws/aws/sdk/core/client/configuration/paths",
        "aws policy AmazonSSMManagedEC2InstanceDefaultPolicy",
    ],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let has = |kind: fn(&u8) -> bool| c.text.as_bytes().iter().any(kind);
    let mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    let touched = c.before().ends_with(['/', '+']) || c.after().starts_with(['/', '+', '=']);
    // Names made of words: of 39 pairs of neighbours in a random key, about six are two small letters.
    let small = c.text.as_bytes().windows(2).filter(|pair| pair.iter().all(u8::is_ascii_lowercase)).count();
    if !mixed || touched || small > 16 || secrecy::entropy(c.text) < 4.0 {
        return Verdict::No;
    }
    if c.text.contains("EXAMPLE") { Verdict::Example } else { Verdict::Weak }
}

fn sample(draw: &mut Draw) -> String {
    let random = draw.letters(&format!("{}/+", secrecy::BASE62), 37);
    format!("k{random}0Z")
}
