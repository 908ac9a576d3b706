//! Mail addresses.

use std::borrow::Cow;

use idna::AsciiDenyList;
use sievert_detect::{Borders, Candidate, Category, Detector, Draw, Verdict};

pub static DETECTOR: Detector = Detector {
    id: "global.email",
    title: "Email address",
    about: "An address of RFC 5322 or 6531 under a top-level domain that exists, plus tags, international domains and \
            spellings such as `jane [at] example [dot] org` included. Not covered: quoted local parts, addresses \
            without a dot.",
    sources: &["RFC 5322 section 3.4.1", "RFC 6531", "https://publicsuffix.org/list/", "RFC 2606 section 2"],
    aliases: &["EMAIL_ADDRESS", "EMAIL"],
    category: Category::Contact,
    placeholder: "EMAIL",
    // Latin, Greek and Cyrillic may mix; scripts that write without blanks may not, since the words before and after
    // an address would otherwise become part of it.
    pattern: r"(?x)
        (?: [0-9A-Za-z_À-ɏͰ-ԯ][0-9A-Za-z_.+'&À-ɏͰ-ԯ-]{0,63} | [א-תؠ-ۿऀ-๿぀-ヿ㐀-鿿가-힣]{1,32} )
        (?: @ | %40 | &\#(?:64|x40); | \[@\] | \x20?[\[({<]\x20?(?i:at)\x20?[\])}>]\x20? | \x20(?i:at)\x20 )
        (?: [0-9A-Za-zÀ-ɏͰ-ԯא-תؠ-ۿऀ-๿぀-ヿ㐀-鿿가-힣-]{1,63}
            (?: \. | \x20?[\[({<]\x20?(?i:dot|\.)\x20?[\])}>]\x20? | \x20(?i:dot)\x20 ) ){1,8}
        (?: (?i:xn--)[0-9A-Za-z-]{1,59} | [A-Za-zÀ-ɏͰ-ԯ]{2,24} | [א-תؠ-ۿऀ-๿぀-ヿ㐀-鿿가-힣]{2,24} )",
    labels: &["email", "e-mail", "email address", "e-mail address", "mail", "mailto", "correo", "courriel"],
    borders: Borders::Latin,
    context: &["contact", "write to", "reach me", "reach us"],
    validate,
    normalize,
    sample,
    examples: &[
        "jane.doe@example.com",
        "o'neil+news@mail.example.co.uk",
        "müller@bücher.example",
        "用户@例子.中国",
        "邮箱[[zhang@example.cn]]请联系",
        "Jane <[[jane@example.org]]>, Joe",
        "jane [at] example [dot] org",
        "jane(at)example.org",
        "my email is [[jane at example dot org]]",
        "?email=[[jane%40example.org]]&x=1",
        "jane[@]example[.]org",
        "<b>[[jane&#x40;example.org]]</b>",
        "email: [[jane@mail.corp]]",
    ],
    counter_examples: &[
        "user@host",
        "root@localhost.localdomain",
        "icon@2x.png",
        "icon@3x.zip",
        "npm i @scope/pkg lodash@4.17.21",
        "git clone git@github.com:owner/name.git",
        "postgres://user:secret@db.example.com/name",
        "y = x@w.to(device)",
        "@dataclass.field",
        "getty@tty1.service",
        "we met at noon dot com",
        "foo@example.c",
    ],
    ..Detector::BLANK
};

/// Top-level domains that are kept for documentation and tests, and so for the fakes of this project.
const RESERVED: &[&str] = &["example", "test", "invalid"];

fn validate(c: &Candidate<'_>) -> Verdict {
    let plain = clear(c.text);
    let Some((_, domain)) = plain.split_once('@') else { return Verdict::No };
    let retina = domain.as_bytes().get(1..3) == Some(b"x.") && !domain[3..].contains('.');
    let pairs = |text| str::as_bytes(text).array_windows();
    let touched = pairs(&plain).any(|two| matches!(two, b".." | b".@")) || c.after().starts_with(['@', '(']);
    let hyphen = domain.starts_with('-')
        || domain.ends_with('-')
        || pairs(domain).any(|two| matches!(two, b"-." | b".-"));
    if retina || touched || hyphen || user_of_a_host(c) {
        return Verdict::No;
    }
    let spoken = c.text.contains(' ') && !c.text.contains(['[', '(', '{', '<', '@']);
    match exists(domain) {
        true if spoken => Verdict::Weak,
        true if c.text.contains('@') => Verdict::Unmistakable,
        true => Verdict::Checked,
        // `foo@example.com.See`: the shorter candidate is the address.
        false if domain.match_indices('.').skip(1).any(|(end, _)| exists(&domain[..end])) => Verdict::No,
        false if spoken || !domain.is_ascii() => Verdict::No,
        false => Verdict::Failed,
    }
}

/// `git@host:path`, and what stands before the `@` of a URL's authority.
fn user_of_a_host(c: &Candidate<'_>) -> bool {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`');
    let word = c.before().rsplit(ends).next().unwrap_or_default();
    let url = if word.is_empty() { None } else { word.rsplit_once("://") };
    let authority =
        url.is_some_and(|(scheme, rest)| !scheme.ends_with("mailto") && !rest.contains(['/', '?', '#']));
    authority || c.text.starts_with("git@") && c.after().starts_with([':', '/'])
}

/// Whether the domain ends in a top-level domain of the public suffix list, or in a reserved one.
fn exists(domain: &str) -> bool {
    let Ok(ascii) = idna::domain_to_ascii_cow(domain.as_bytes(), AsciiDenyList::EMPTY) else { return false };
    let top = ascii.bytes().rposition(|byte| byte == b'.').map_or(&*ascii, |dot| &ascii[dot + 1..]);
    RESERVED.contains(&top) || psl::suffix(top.as_bytes()).is_some_and(|suffix| suffix.is_known())
}

/// By byte: what stands in an address that is spelled in another way than it is typed.
const SPOKEN: [bool; 256] = {
    let mut spoken = [false; 256];
    let signs = b"[](){}<> %&";
    let mut nth = 0;
    while nth < signs.len() {
        spoken[signs[nth] as usize] = true;
        nth += 1;
    }
    spoken
};

/// The address as it is typed into a mail program.
fn clear(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| !SPOKEN[usize::from(byte)]) {
        return Cow::Borrowed(text);
    }
    let mut words = String::with_capacity(text.len());
    for part in text
        .replace("%40", "@")
        .replace("&#64;", "@")
        .replace("&#x40;", "@")
        .split(['[', ']', '(', ')', '{', '}', '<', '>', ' '])
    {
        match part {
            _ if part.eq_ignore_ascii_case("at") => words.push('@'),
            _ if part.eq_ignore_ascii_case("dot") => words.push('.'),
            _ => words.push_str(part),
        }
    }
    Cow::Owned(words)
}

fn normalize(text: &str) -> Cow<'_, str> {
    let plain = clear(text);
    // Nearly all addresses. Punycode may be spelt in several ways.
    let normal = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase();
    if plain.bytes().all(normal) && plain.contains('@') && !plain.contains("xn--") {
        return plain;
    }
    in_ascii(&plain).into()
}

/// In lower case, the domain as the name system has it.
fn in_ascii(address: &str) -> String {
    let address = address.to_lowercase();
    let (local, domain) = address.split_once('@').unwrap_or((&address, ""));
    format!("{local}@{}", idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_owned()))
}

fn sample(draw: &mut Draw) -> String {
    let first = draw.pick(&["anna", "jan", "maria", "li", "omar", "ravi", "sofia", "tom"]).to_string();
    let last = draw.pick(&["berg", "cruz", "ito", "khan", "lee", "novak", "smith", "visser"]);
    let tag = if draw.chance(10) { format!("+{}", draw.number(1, 99)) } else { String::new() };
    let host = draw.pick(&["example.com", "example.org", "example.net", "mail.example.com", "post.example"]);
    format!("{first}{}{last}{tag}@{host}", draw.pick(&[".", "_", "-", ""]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_short_way_to_a_normal_form_leads_to_the_same(
            text in "[a-z0-9@._+-]{0,8}(@|)([a-zA-Z0-9äß.-]|xn--|[ -~]){0,12}",
        ) {
            prop_assert_eq!(normalize(&text), in_ascii(&clear(&text)));
        }
    }
}
