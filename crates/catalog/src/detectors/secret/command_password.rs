//! Passwords that are handed to commands without a name.

use sievert_detect::{Borders, Candidate, Category, Detector, Draw, Verdict};

use crate::secrecy;

pub static DETECTOR: Detector = Detector {
    id: "secret.command_password",
    title: "Password on a command line",
    about: "The user and password of `curl -u`, the password of `sshpass -p` and the like, where it stands right behind \
            them. Options that say what they are (`--password`) are `secret.assigned_secret`'s.",
    sources: &["https://curl.se/docs/manpage.html#-u", "https://cwe.mitre.org/data/definitions/214.html"],
    aliases: &["CURL_AUTH_USER"],
    category: Category::Credential,
    placeholder: "PASSWORD",
    labelled: r#"[^\s"'`<>$%{}()\[\]\\-][^\s"'`<>${}()\[\]\\]{3,127}"#,
    labels: &[
        "curl -u",
        "curl --user",
        "curl -s -u",
        "curl -sS -u",
        "curl -k -u",
        "curl -X GET -u",
        "curl -X POST -u",
        "curl -X PUT -u",
        "curl -X DELETE -u",
        "sshpass -p",
        "redis-cli -a",
    ],
    borders: Borders::None,
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[
        "curl -u [[anna:hR8sT2kLq9]] https://api.example.org/v1",
        "curl -X POST -u '[[anna:hR8sT2kLq9]]' https://api.example.org",
        "sshpass -p [[hR8sT2kLq9]] ssh deploy@db1",
        "redis-cli -a [[hR8sT2kLq9ZxW]] ping",
    ],
    counter_examples: &[
        "curl -u user:password https://api.example.org",
        "curl -u $USER:$PASSWORD https://api.example.org",
        "curl -u anna https://api.example.org",
        "sshpass -p password ssh root@db1",
        "sshpass -p \"$PW\" ssh root@db1",
        "curl user:guide1 for beginners",
    ],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let lead = c.before().trim_end_matches([' ', '"', '\'']);
    let option = lead.split_whitespace().next_back().filter(|word| word.starts_with('-'));
    let whole = c.after().is_empty() || c.after().starts_with([' ', '"', '\'', '\n', '\r', '\\', ';']);
    let password = match option {
        Some("-u" | "--user") => c.text.split_once(':').map(|(_, password)| password),
        Some(_) => Some(c.text),
        None => None,
    };
    let chosen = password.is_some_and(|password| password.len() >= 4 && !secrecy::is_placeholder(password));
    Verdict::plain(whole && chosen)
}

fn sample(draw: &mut Draw) -> String {
    format!("app:{}", draw.letters(secrecy::BASE62, 12))
}
