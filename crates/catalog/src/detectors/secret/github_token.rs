//! Tokens of GitHub.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::secrecy;

pub static DETECTOR: Detector = Detector {
    id: "secret.github_token",
    title: "GitHub token",
    about: "Personal, OAuth, user-to-server, server-to-server and refresh tokens, with the checksum that they end in; fine-grained personal access tokens.",
    sources: &[
        "https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/",
    ],
    aliases: &["GITHUB_TOKEN"],
    category: Category::Credential,
    placeholder: "GITHUB_TOKEN",
    pattern: r"gh[opsur]_[0-9A-Za-z]{36}|github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}",
    validate,
    chance: 1.0 / 4_294_967_296.0,
    normalize: |text| text.into(),
    sample,
    examples: &[
        concat!("ghp_", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ", "0mLq17"),
        concat!("ghs_", "qmM4OJFlbGf1v2cFAedxukuoTucal7", "2tSqxe"),
        concat!(
            "github_pat_",
            "XD22COpEDAfvWoYhAJvIHB",
            "_",
            "iX5mWnq7zZadxUsyHuKDYSXErCogzGRsu6fdnE0axBpFpIEyKHDcmOsN3a1"
        ),
        concat!("https://x:[[gho_", "UkVcwjphJhtlJ3fGV4ym2JiYe3iC3d", "1IEjdt", "]]@github.com/o/r.git"),
    ],
    counter_examples: &[
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "ghp_short",
        concat!("xghp_", "qmM4OJFlbGf1v2cFAedxukuoTucal7", "2tSqxe"),
    ],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let (_, body) = c.text.split_once('_').unwrap_or_default();
    let (random, check) = body.split_at(30);
    match secrecy::token(body) {
        Verdict::Unmistakable
            if c.text.starts_with("gh") && body.len() == 36 && secrecy::crc32_base62(random) != check =>
        {
            Verdict::Plain
        }
        verdict => verdict,
    }
}

fn sample(draw: &mut Draw) -> String {
    let random = draw.letters(secrecy::BASE62, 30);
    format!("{}_{random}{}", draw.pick(&["ghp", "gho", "ghu", "ghs", "ghr"]), secrecy::crc32_base62(&random))
}
