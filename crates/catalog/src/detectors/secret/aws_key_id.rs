//! Access key ids of Amazon Web Services.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::secrecy;

pub static DETECTOR: Detector = Detector {
    id: "secret.aws_key_id",
    title: "AWS access key ID",
    about: "Long-term (`AKIA`) and temporary (`ASIA`) access keys, and those of bearer and context tokens. The id alone opens nothing, but stands beside its secret.",
    sources: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids",
    ],
    aliases: &["AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID"],
    category: Category::Credential,
    placeholder: "AWS_KEY_ID",
    pattern: r"(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}",
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[
        "AKIAIOSFODNN7EXAMPLE",
        concat!("AKIA", "LRWFVEALKXWKKXZW"),
        "aws_access_key_id = [[AKIAI44QH8DHBEXAMPLE]]",
    ],
    counter_examples: &[
        "AKIAIOSFODNN7EXAMPL",
        "AKIAXXXXXXXXXXXXXXXX",
        "ASIAPACIFIC",
        "xAKIAIOSFODNN7EXAMPLE",
    ],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    secrecy::token(&c.text[4..])
}

fn sample(draw: &mut Draw) -> String {
    format!("AKIA{}", draw.letters("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16))
}
