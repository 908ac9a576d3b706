//! Tokens of GitLab.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::secrecy;

pub static DETECTOR: Detector = Detector {
    id: "secret.gitlab_token",
    title: "GitLab token",
    about: "Personal, deploy, runner, job, feed, trigger, agent, OAuth and other tokens that carry one of GitLab's prefixes, routable ones included.",
    sources: &["https://docs.gitlab.com/security/tokens/#token-prefixes"],
    aliases: &["GITLAB_TOKEN"],
    category: Category::Credential,
    placeholder: "GITLAB_TOKEN",
    pattern: r"(?:glpat|gldt|glrt|glrtr|glcbt|glptt|glft|glimt|glagent|gloas|glsoat|glffct|glwt)-[0-9A-Za-z_-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{7,9})?",
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[
        concat!("glpat-", "5YuRhT2HTxxcKRl74NB7"),
        concat!("PRIVATE-TOKEN: [[glpat-", "9S4xDQNMAAL5QaDtpc6RzGKXi5A", ".01.", "90t96p3kb", "]]"),
    ],
    counter_examples: &["glpat-xxxxxxxxxxxxxxxxxxxx", "glpat-short"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    secrecy::token(c.text.split_once('-').map_or("", |(_, body)| body))
}

fn sample(draw: &mut Draw) -> String {
    format!("glpat-{}", draw.letters(secrecy::BASE62, 20))
}
