//! Keys of `OpenAI`.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

use crate::secrecy;

pub static DETECTOR: Detector = Detector {
    id: "secret.openai_key",
    title: "OpenAI API key",
    about: "User, project, service account and admin keys; all but the ones of compatible services hold `T3BlbkFJ`, the name in base 64.",
    sources: &["https://platform.openai.com/docs/api-reference/authentication"],
    aliases: &["OPENAI_KEY", "OPENAI_API_KEY"],
    category: Category::Credential,
    placeholder: "OPENAI_KEY",
    pattern: r"sk-(?:proj-|svcacct-|admin-|None-)?[0-9A-Za-z_-]{16,90}T3BlbkFJ[0-9A-Za-z_-]{16,90}|sk-[0-9A-Za-z]{32,64}",
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[
        concat!("sk-", "QjTnhMqVHyaxMke3XI0K", "T3Blbk", "FJ", "Uv8OBW8VFVtdlrVegGwE"),
        concat!(
            "OPENAI_API_KEY=[[sk-",
            "proj-",
            "cdBhWuNTdVZj3pWNiVglDwHREwucHi7NSRIZGf2fpWqWO002Q0k1LhtDNJKLPSQK9-QYak1vEO",
            "T3Blbk",
            "FJ",
            "3mIOnq_b1Fa2OvqjZ4rc_pziph8GYpV16-VraYkrLOo594Bclbi9OS-Qt_ojM4emvLwlpVw0RI",
            "]]"
        ),
        concat!("key: [[sk-", "f272e4a4a7d8e2c3001c9e8935478ce5", "]]"),
    ],
    counter_examples: &[
        "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "sk-learn-contrib",
        "sk-your-api-key-here",
    ],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    match secrecy::token(&c.text[3..]) {
        Verdict::Unmistakable if !c.text.contains("T3BlbkFJ") => Verdict::Checked,
        verdict => verdict,
    }
}

fn sample(draw: &mut Draw) -> String {
    let (first, last) = (draw.letters(secrecy::BASE62, 20), draw.letters(secrecy::BASE62, 20));
    format!("sk-{first}{}{last}", "T3BlbkFJ")
}
