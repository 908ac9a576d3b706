//! Passwords that are handed to commands without a name.

use sievert_detect::{Borders, Candidate, Category, Detector, Draw, Verdict};

use crate::secrecy;

pub static DETECTOR: Detector = Detector {
    id: "secret.command_password",
    title: "Password on a command line",
    about: "The user and password of `curl -u`, the password of `sshpass -p`, `docker login -p` and the like, where it \
            stands right behind its option, and that of `mysql -p`, with the option that it is a part of. Options that \
            say what they are (`--password`) are `secret.assigned_secret`'s.",
    sources: &[
        "https://curl.se/docs/manpage.html#-u",
        "https://dev.mysql.com/doc/refman/8.4/en/password-security-user.html",
        "https://cwe.mitre.org/data/definitions/214.html",
    ],
    aliases: &["CURL_AUTH_USER"],
    category: Category::Credential,
    placeholder: "PASSWORD",
    pattern: r#"-p(?:[^\s"'`<>${}()\[\]\\=-][^\s"'`<>${}()\[\]\\=]{3,63}|'[^'\n]{4,64}'|"[^"$\n]{4,64}")"#,
    labelled: r#"[^\s"'`<>$%{}()\[\]\\-][^\s"'`<>${}()\[\]\\]{3,127}"#,
    labels: &["redis-cli -a", "curl --user", "u", "p"],
    borders: Borders::Latin,
    context: &["mysql", "mysqldump", "mysqladmin", "mariadb"],
    reach: 200,
    needs_context: true,
    validate,
    normalize: |text| text.into(),
    sample,
    examples: &[
        "curl -u [[anna:hR8sT2kLq9]] https://api.example.org/v1",
        "curl -X POST -u '[[anna:hR8sT2kLq9]]' https://api.example.org",
        "curl -sS -H \"Accept: */*\" -o a.json -u [[anna:hR8sT2kLq9]] https://api.example.org",
        "sshpass -p [[hR8sT2kLq9]] ssh deploy@db1",
        "redis-cli -a [[hR8sT2kLq9ZxW]] ping",
        "docker login -u anna -p [[hR8sT2kLq9]] registry.example.org",
        "mongodump --host db1 -u anna -p '[[hR8sT2kLq9]]'",
        "mysql -h db1 -u root [[-phR8sT2kLq9]] shop",
        "/usr/bin/mysqldump -u anna [[-p'hR8 sT2kLq9']] shop > shop.sql",
    ],
    counter_examples: &[
        "curl -u user:password https://api.example.org",
        "curl -u $USER:$PASSWORD https://api.example.org",
        "curl -u anna https://api.example.org",
        "sshpass -p password ssh root@db1",
        "sshpass -p \"$PW\" ssh root@db1",
        "curl user:guide1 for beginners",
        "docker run -p 8080:8080 shop/login",
        "docker login -u anna -p $TOKEN1",
        "mysql -u root -p shop2",
        "mysql -u root -ppassword shop",
        "mysql -u root -p$DB_PW1 shop",
        "mysql -u root -pYOUR_PASSWORD1 shop",
        "ps aux | grep mysql | xargs -P4 mkdir -path1",
        "find /var/lib/mysql -prune -o -print0",
        "grep mysql; tar -pzcvf4 a.tar",
        "sort -u file2.txt | sort -p other2.txt",
    ],
    ..Detector::BLANK
};

/// What is followed by a password, and of which commands.
const OPTIONS: &[(&str, &[&str])] = &[
    ("-u", &["curl"]),
    ("--user", &["curl"]),
    ("-a", &["redis-cli"]),
    (
        "-p",
        &[
            "sshpass",
            "login",
            "cqlsh",
            "mongo",
            "mongosh",
            "mongodump",
            "mongorestore",
            "mongoexport",
            "mongoimport",
        ],
    ),
    ("-P", &["sqlcmd", "bcp", "zip", "unzip"]),
];

/// Commands whose `-p` is followed by a password without a blank.
const GLUED: &[&str] = &[
    "mysql",
    "mysqladmin",
    "mysqlcheck",
    "mysqldump",
    "mysqlimport",
    "mysqlpump",
    "mysqlsh",
    "mysqlshow",
    "mariadb",
    "mariadb-admin",
    "mariadb-dump",
    "sshpass",
];

fn validate(c: &Candidate<'_>) -> Verdict {
    let whole = c.after().is_empty() || c.after().starts_with([' ', '"', '\'', '\n', '\r', '\\', ';']);
    Verdict::plain(whole && if c.text.starts_with('-') { glued(c) } else { behind_option(c) })
}

/// Whether it is `-p` and a password. Words are other options of other commands.
fn glued(c: &Candidate<'_>) -> bool {
    let password = c.text[2..].trim_matches(['"', '\'']);
    c.before().ends_with([' ', '\n'])
        && !password.bytes().all(|b| b.is_ascii_lowercase() || b == b'-' || b == b'_')
        && !secrecy::is_placeholder(password)
        && is_of(c.before(), GLUED)
}

fn behind_option(c: &Candidate<'_>) -> bool {
    let lead = c.before().trim_end_matches([' ', '"', '\'', ':', '=']);
    let option = lead.rsplit(char::is_whitespace).next().unwrap_or_default();
    let Some((_, commands)) = OPTIONS.iter().find(|(name, _)| *name == option) else { return false };
    let password = match option {
        "-u" | "--user" => c.text.split_once(':').map(|(_, password)| password),
        _ => Some(c.text),
    };
    password.is_some_and(|password| password.len() >= 4 && !secrecy::is_placeholder(password))
        && is_of(lead, commands)
}

/// Whether one of these commands stands before what it is given, in the same line or one that goes on in it.
fn is_of(before: &str, commands: &[&str]) -> bool {
    let mut lines = before.rmatch_indices('\n').map(|(at, _)| &before[..at]);
    let start = lines.find(|line| !line.trim_end_matches('\r').ends_with('\\')).map_or(0, str::len);
    let words = before[start..].split_whitespace().rev();
    let same = words.take_while(|word| !matches!(*word, "|" | "||" | "&&") && !word.ends_with(';'));
    let mut names = same.map(|word| word.rsplit_once("bin/").map_or(word, |(_, name)| name));
    names.any(|name| commands.contains(&name.trim_matches(['"', '\'', '`', '$', '(', '['])))
}

fn sample(draw: &mut Draw) -> String {
    format!("app:{}", draw.letters(secrecy::BASE62, 12))
}
