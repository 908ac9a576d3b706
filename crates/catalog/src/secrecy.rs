//! Tells a secret from what people write where a secret belongs. Knows nothing of any one issuer.

use std::sync::LazyLock;

use aho_corasick::Anchored;
use aho_corasick::automaton::Automaton;
use aho_corasick::dfa::DFA;
use sievert_detect::Verdict;

/// The verdict on what follows a prefix that only one issuer uses. Nothing but the prefix proves it, so what stands
/// behind must look drawn at random.
pub(crate) fn token(body: &str) -> Verdict {
    match Known::within(body) {
        Known { example: true, .. } => Verdict::Example,
        Known { row: true, .. } => Verdict::No,
        _ if entropy(body) < 2.5 => Verdict::No,
        // Typed by hand for a text: shaped as a key, and no key.
        Known { run: true, .. } => Verdict::Plain,
        Known { .. } => Verdict::Unmistakable,
    }
}

/// What stands in a text that nobody drew at random.
#[derive(Default)]
struct Known {
    example: bool,
    /// One sign again and again, as fills the place of a secret.
    row: bool,
    /// What hands type.
    run: bool,
}

impl Known {
    const EXAMPLE: &[&str] = &["example"];
    const ROWS: &[&str] = &["xxxx", "****", "....", "####", "____", "-----", "\u{2022}\u{2022}", "00000000"];
    const RUNS: &[&str] = &["12345", "abcde", "qwert", "98765", "a1b2c3", "abc123", "deadbeef"];

    fn within(text: &str) -> Self {
        static ALL: LazyLock<AnyOf> =
            LazyLock::new(|| AnyOf::new(&[Known::EXAMPLE, Known::ROWS, Known::RUNS].concat()));
        let mut known = Self { row: is_row(text), ..Self::default() };
        ALL.each_in(text, |word| match word {
            0 => known.example = true,
            nth if nth <= Self::ROWS.len() => known.row = true,
            _ => known.run = true,
        });
        known
    }
}

/// One sign again and again.
fn is_row(text: &str) -> bool {
    let first = text.as_bytes().first();
    first.is_some_and(|first| text.bytes().all(|byte| byte.eq_ignore_ascii_case(first)))
}

/// Some words, in any case. Secrets and their names are short and seldom hold one, so a table walked byte by byte is the
/// quickest.
pub(crate) struct AnyOf(DFA);

impl AnyOf {
    /// Of few and short words.
    pub(crate) fn new(words: &[&str]) -> Self {
        let dfa = DFA::builder().ascii_case_insensitive(true).prefilter(false).build(words);
        Self(dfa.expect("they are few and short"))
    }

    /// Calls `each` with the number of each that a text holds.
    fn each_in(&self, text: &str, mut each: impl FnMut(usize)) {
        let Self(words) = self;
        let mut state = words.start_state(Anchored::No).expect("they are found anywhere");
        for byte in text.bytes() {
            state = words.next_state(Anchored::No, state, byte);
            if words.is_match(state) {
                (0..words.match_len(state)).for_each(|nth| each(words.match_pattern(state, nth).as_usize()));
            }
        }
    }

    /// Whether a text holds one of them.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        let mut held = false;
        self.each_in(text, |_| held = true);
        held
    }
}

/// Whether this is a stand-in for a secret: a variable, an expression, a word to be replaced, a row of signs.
pub(crate) fn is_placeholder(value: &str) -> bool {
    let bare = value.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    bare.is_empty()
        || STAND_INS.iter().any(|word| word.eq_ignore_ascii_case(bare))
        || value.starts_with(['<', '$', '%', '{', '@'])
        || value.ends_with('>')
        || value.starts_with("__") && value.ends_with("__")
        || is_row(value)
        || MARKED.is_in(value)
}

static MARKED: LazyLock<AnyOf> = LazyLock::new(|| AnyOf::new(&[MARKS, Known::ROWS].concat()));

/// What is found anywhere in an expression or a stand-in.
const MARKS: &[&str] = &[
    "${",
    "$(",
    "{{",
    "}}",
    "#{",
    "%(",
    "%s",
    "{}",
    "process.env",
    "environ",
    "getenv",
    "env.",
    "env[",
    "env(",
    "secrets.",
    "config.",
    "settings.",
    "self.",
    "this.",
    "vault:",
    "example",
    "changeme",
    "change-me",
    "change_me",
    "placeholder",
    "your-",
    "your_",
    "yourp",
    "yours",
    "yourt",
    "yourk",
    "youra",
    "my-",
    "my_",
    "dummy",
    "redacted",
    "insert",
    "replace",
    "todo",
    "fixme",
    "notreal",
    "not-a-real",
    "not_a_real",
    "omitted",
    "masked",
    "hidden",
    "removed",
    "sample",
];

/// What is meant for replacement, or so common that it tells nothing, when it stands alone.
const STAND_INS: &[&str] = &[
    "123",
    "1234",
    "12345",
    "123456",
    "1234567",
    "12345678",
    "123456789",
    "1234567890",
    "abc",
    "abc123",
    "admin",
    "apikey",
    "bar",
    "baz",
    "default",
    "empty",
    "fake",
    "false",
    "foo",
    "foobar",
    "guest",
    "key",
    "mypass",
    "mypassword",
    "mysecret",
    "n/a",
    "nil",
    "no",
    "none",
    "null",
    "optional",
    "pass",
    "passw0rd",
    "passwd",
    "password",
    "password1",
    "password123",
    "passphrase",
    "postgres",
    "pw",
    "pwd",
    "qwerty",
    "required",
    "root",
    "secret",
    "secretkey",
    "str",
    "string",
    "supersecret",
    "test",
    "test123",
    "test1234",
    "testing",
    "testpass",
    "testpassword",
    "token",
    "true",
    "undefined",
    "unknown",
    "user",
    "username",
    "value",
    "yes",
];

/// Whether a sign, a command or a header gives the value to the name that stands before it: `password required` gives
/// nothing.
pub(crate) fn is_given(before: &str) -> bool {
    let lead = before.trim_end_matches(|b: char| b.is_whitespace() || "\"'`\\*(".contains(b));
    lead.ends_with([':', '=', '>', '|']) || of_command(lead.rsplit('\n').next().unwrap_or_default())
}

/// `ENV NAME ...` of a Dockerfile, `setx NAME ...` of Windows, `Authorization: token ...` of a header.
fn of_command(line: &str) -> bool {
    let mut words = line.split_whitespace().rev();
    let (name, command) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let constant = name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    let header = command.to_ascii_lowercase();
    let header = header.trim_end_matches('"');
    matches!(command, "ENV" | "setx") && constant
        || header.strip_suffix(':').is_some_and(|name| name.trim_end_matches('"').ends_with("authorization"))
}

/// Whether a value is quoted together with its name, as in `-H 'X-Api-Key: ...'`: the mark that closes behind it was
/// opened before the name. A list of many parts has no such name.
pub(crate) fn is_quoted_with_name(before: &str, after: &str) -> bool {
    let name = after.chars().next().filter(|mark| "\"'`".contains(*mark)).and_then(|mark| {
        let line = before.rsplit('\n').next()?;
        line.rsplit_once(mark).filter(|(outside, _)| outside.matches(mark).count() % 2 == 0)
    });
    name.is_some_and(|(_, name)| name.matches([':', '=']).count() == 1)
}

/// Bits of surprise a character, by the frequencies in the text itself (Shannon).
pub(crate) fn entropy(text: &str) -> f64 {
    let mut counts = [0_usize; 256];
    for byte in text.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let log = |count: usize| LOGS.get(count).copied().unwrap_or_else(|| (count as f64).log2());
    // The mean of `log(length / count)` over all bytes.
    let known: f64 = text.bytes().map(|byte| log(counts[usize::from(byte)])).sum();
    let length = text.len().max(1);
    log(length) - known / length as f64
}

/// The binary logarithms of what is counted in nearly all secrets.
static LOGS: LazyLock<[f64; 256]> = LazyLock::new(|| std::array::from_fn(|count| (count as f64).log2()));

/// Six digits of base 62 that GitHub and npm append to their tokens: the CRC-32 of what stands before them.
/// <https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/>
pub(crate) fn crc32_base62(body: &str) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut rest = crc32fast::hash(body.as_bytes()) as usize;
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[rest % 62];
        rest /= 62;
    }
    digits.map(char::from).iter().collect()
}

/// The alphabets that tokens are drawn from.
pub(crate) const BASE62: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
pub(crate) const BASE64URL: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
pub(crate) const HEX: &str = "0123456789abcdef";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_are_no_secrets() {
        for value in [
            "${DB_PASSWORD}",
            "<password>",
            "changeme",
            "your-api-key",
            "xxxxxxxx",
            "********",
            "{{ secret }}",
            "process.env.TOKEN",
            "os.environ",
            "password",
            "%s",
            "$HOME",
            "",
        ] {
            assert!(is_placeholder(value), "{value}");
        }
        for value in ["hunter2", "tr0ub4dor&3", "9f86d081884c7d65", "S3cr3t!pw"] {
            assert!(!is_placeholder(value), "{value}");
        }
    }

    #[test]
    fn entropy_counts_bits() {
        // The last is longer than the table of logarithms.
        let long = "0123".repeat(200);
        for (text, bits) in [("", 0.0), ("aaaa", 0.0), ("abab", 1.0), ("0123456789abcdef", 4.0), (&long, 2.0)]
        {
            assert!((entropy(text) - bits).abs() < 1e-9, "{text}");
        }
    }

    #[test]
    fn a_token_looks_drawn_at_random() {
        assert_eq!(token("Zk3vQ9dXw1LmT7rYb2Hc"), Verdict::Unmistakable);
        assert_eq!(token("xxxxxxxxxxxxxxxxxxxx"), Verdict::No);
        assert_eq!(token("IOSFODNN7EXAMPLE"), Verdict::Example);
        assert_eq!(token("1234567890abcdefghij"), Verdict::Plain);
    }
}
