//! Tokens of Hugging Face.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::secrecy;

pub static DETECTOR: Detector = Detector {
    id: "secret.huggingface_token",
    title: "Hugging Face token",
    about: "User access tokens and the older tokens of organisations.",
    sources: &["https://huggingface.co/docs/hub/security-tokens"],
    aliases: &["HUGGINGFACE_TOKEN", "HF_TOKEN"],
    category: Category::Credential,
    placeholder: "HF_TOKEN",
    pattern: r"hf_[0-9A-Za-z]{34,40}|api_org_[0-9A-Za-z]{34}",
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[
        concat!("hf_", "tPNqzPzRZYRBkYLXVbthcmJTEvNhjbZhpt"),
        concat!("HF_TOKEN=[[hf_", "oYLAlOnLYQHcFwXRdzZsgbDxtLVuTHTpta", "]]"),
    ],
    counter_examples: &["hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "hf_hub_download"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    secrecy::token(c.text.rsplit('_').next().unwrap_or_default())
}

fn sample(draw: &mut Draw) -> String {
    format!("hf_{}", draw.letters("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 34))
}
