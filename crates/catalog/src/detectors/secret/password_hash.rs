//! Hashes of passwords.

use sievert_detect::{Borders, Candidate, Category, Detector, Draw, Verdict};

use crate::secrecy;

pub static DETECTOR: Detector = Detector {
    id: "secret.password_hash",
    title: "Password hash",
    about: "bcrypt, Argon2, scrypt, yescrypt, the crypt forms of SHA-256, SHA-512 and MD5, and those of directories \
            (`{SSHA}...`): what a password can be guessed from.",
    sources: &["https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md", "man 5 crypt"],
    aliases: &["WEAK_PASSWORD_HASH", "PASSWORD_HASH"],
    category: Category::Credential,
    placeholder: "PASSWORD_HASH",
    pattern: r"(?x) \$2[abxy]\$[0-9]{2}\$[./0-9A-Za-z]{53}
        | \$argon2(?:id|i|d)\$v=[0-9]{1,3}\$m=[0-9]{1,10},t=[0-9]{1,5},p=[0-9]{1,5}\$[0-9A-Za-z+/]{8,88}\$[0-9A-Za-z+/]{16,128}
        | \$(?:5|6)\$(?:rounds=[0-9]{1,9}\$)?[./0-9A-Za-z]{1,16}\$[./0-9A-Za-z]{43,86}
        | \$(?:1|apr1)\$[./0-9A-Za-z]{1,8}\$[./0-9A-Za-z]{22}
        | \$y\$[./0-9A-Za-z]{2,8}\$[./0-9A-Za-z]{4,24}\$[./0-9A-Za-z]{43}
        | \{S?SHA(?:256|384|512)?\}[0-9A-Za-z+/]{27,120}={0,2}",
    borders: Borders::Word,
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[
        concat!("$2b$12$", "R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"),
        concat!(
            "root:[[$6$rounds=5000$",
            "usesomesillystri$D4IrlXatmP7rx3P3InaxBeoomnAihCKRVQAr/36eYOCSxW6nL9xNbnTmG1.8xS0fIG5qUsmi0vUDPdwvIHmwN/]]:19000:0"
        ),
        concat!(
            "$argon2id$v=19$m=65536,t=2,p=1$",
            "gZiV/M1gPc22ElAH/Jh1Hw$CWOrkoo7oJBQ/iyh7uJ0LO2aLEfrHwTWllSAxT0zRno"
        ),
        concat!("userPassword: [[{SSHA}", "pLgH5UOCSxW6nL9xNbnTmG1KpwUy9BvDMNAxaA==]]"),
    ],
    counter_examples: &["{SSHA}", "$2b$12$", "$1$2$3", "costs $6 and $5"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    secrecy::token(c.text.rsplit(['$', '}']).next().unwrap_or_default())
}

fn sample(draw: &mut Draw) -> String {
    format!("$2b$12${}", draw.letters(&format!("./{}", secrecy::BASE62), 53))
}
