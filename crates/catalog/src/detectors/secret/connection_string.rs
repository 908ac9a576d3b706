//! Addresses of services with a password in them.

use sievert_detect::{Borders, Candidate, Category, Detector, Draw, Verdict};

use crate::{secrecy, shape};

pub static DETECTOR: Detector = Detector {
    id: "secret.connection_string",
    title: "Connection string with a password",
    about: "A URI of a database, broker or server that holds a user and a password. Stand-ins, and passwords that repeat \
            the user's name, are left out; one on this very machine is Possible.",
    sources: &["RFC 3986 section 3.2.1"],
    aliases: &["DB_CONNECTION_STRING", "CONNECTION_STRING", "BASIC_AUTH_URL"],
    category: Category::Credential,
    placeholder: "CONNECTION_STRING",
    pattern: r#"[A-Za-z][0-9A-Za-z+.]{1,30}://[^\s:/?#@"'<>`\\]{0,64}:[^\s/"'<>`\\]{1,128}@[^\s"'<>`\\,;)\]}]*[^\s"'<>`\\,;)\]}.]"#,
    borders: Borders::Word,
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[
        "postgres://app:S3cr3tPw9@db.example.com:5432/orders",
        "DATABASE_URL=\"[[mysql+pymysql://root:hunter2@db.internal/shop]]\"",
        "mongodb+srv://login:CPCdZH5k0F6dxQ9V@cluster0.example.net/?retryWrites=true&w=majority",
        "redis://:p4ssf0rr3dis@cache.example.com:6379/0",
        "https://jane:t0psecret@files.example.com/a.csv",
        "amqp://app:w4rren99@127.0.0.1:5672",
    ],
    counter_examples: &[
        "postgres://user:password@localhost/db",
        "postgres://$USER:$PASSWORD@host/db",
        "mysql://root:<password>@host/db",
        "postgres://postgres:postgres@db/app",
        "https://example.com:8080/@scope/name",
        "ssh://git@github.com:22/a",
        "http://user:${TOKEN}@host/",
        "redis://{user}:{password}@host",
    ],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let rest = c.text.split_once("://").map_or("", |(_, rest)| rest);
    let parts = shape::authority(rest).and_then(|authority| authority.rsplit_once('@'));
    let Some((credentials, host)) = parts else { return Verdict::No };
    let (user, password) = credentials.split_once(':').unwrap_or_default();
    let stand_in = secrecy::is_placeholder(password)
        || password.contains(['{', '[', '$', '*'])
        || user.eq_ignore_ascii_case(password)
        || host.starts_with(['$', '{', '['])
        || host.is_empty();
    let name = host.split(':').next().unwrap_or_default();
    let nowhere = ["localhost", "127.0.0.1", "0.0.0.0", "host", "hostname", "server"].contains(&name);
    match stand_in {
        true => Verdict::No,
        false if nowhere => Verdict::Plain,
        false => Verdict::Unmistakable,
    }
}

fn sample(draw: &mut Draw) -> String {
    let scheme = draw.pick(&["postgres", "mysql", "mongodb", "redis", "amqp"]);
    format!("{scheme}://app:{}@db.example.com/shop", draw.letters(secrecy::BASE62, 16))
}
