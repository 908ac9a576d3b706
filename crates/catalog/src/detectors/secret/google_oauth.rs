//! OAuth secrets and tokens of Google.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::secrecy;

pub static DETECTOR: Detector = Detector {
    id: "secret.google_oauth",
    title: "Google OAuth secret or token",
    about: "Client secrets (`GOCSPX-`), access tokens (`ya29.`) and refresh tokens (`1//0`).",
    sources: &["https://developers.google.com/identity/protocols/oauth2"],
    aliases: &["GCP_OAUTH"],
    category: Category::Credential,
    placeholder: "GOOGLE_OAUTH",
    pattern: r"GOCSPX-[0-9A-Za-z_-]{28}|ya29\.[0-9A-Za-z_-]{30,}|1//0[0-9A-Za-z_-]{40,120}",
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[
        concat!("GOCSPX-", "cX1krEpWfbW-51IbJlXLEZI5EkIB"),
        concat!(
            "Bearer [[ya29.",
            "a0tnC7tnmODUVhEK32yk0mHkHuPKrAzX4j6qs4C_mMrfB0gr74vZTh9OBoNcy2Ifl_EaxQehk_m4cqH_E1gq3Iu7wJttniYN0JKx0EgtNme-E4Wz7KZSs2wvnS2mKVIQFObVyThCtUai1ob5goMy4wqQkjU_J87C1X",
            "]]"
        ),
    ],
    counter_examples: &["GOCSPX-XXXXXXXXXXXXXXXXXXXXXXXXXXXX", "ya29.short"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    secrecy::token(c.text.get(7..).unwrap_or_default())
}

fn sample(draw: &mut Draw) -> String {
    format!("GOCSPX-{}", draw.letters(secrecy::BASE62, 28))
}
