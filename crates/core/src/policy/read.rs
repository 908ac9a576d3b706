//! From TOML to a policy, with errors that say where, what, and what was probably meant.

use std::path::Path;

use super::place::{Places, line_of, path_at};
use super::{Policy, VERSION, named};
use crate::Error;
use crate::error::Problem;

impl Policy {
    /// The built-in policy of this name, or else the policy in the file of this path.
    ///
    /// # Errors
    /// No such file, or as [`Policy::parse`].
    pub fn load(name_or_path: &str) -> Result<Self, Error> {
        if let Some(text) = named::text(name_or_path) {
            return Self::parse(text, name_or_path);
        }
        let failed = |source| Error::PolicyFile { path: name_or_path.into(), source };
        let text = std::fs::read_to_string(Path::new(name_or_path)).map_err(failed)?;
        Self::parse(&text, name_or_path)
    }

    /// The policy in a TOML text; `file` is what errors call it.
    ///
    /// # Errors
    /// [`Error::Policy`]: the text is not TOML, has an unknown key or word, or another version.
    pub fn parse(text: &str, file: &str) -> Result<Self, Error> {
        let mut policy: Self = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let place = format!("{file}:{}", line_of(text, at));
            mend(&path_at(text, at).map_or(place.clone(), |path| format!("{place}, {path}")), error.message())
        })?;
        policy.places = Places::new(file, text);
        if policy.name.is_empty() {
            policy.name = Path::new(file).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        }
        if policy.version != VERSION {
            let what = format!("version {} is not known to this program", policy.version);
            return Err(policy.places.problem("version", what, format!("write version = {VERSION}")).into());
        }
        Ok(policy)
    }
}

/// Words a parser's message anew: with a suggestion, and without the value that it may quote.
fn mend(place: &str, message: &str) -> Problem {
    let problem = |what: String, hint: String| Problem { place: place.to_owned(), what, hint };
    let message = message.lines().collect::<Vec<_>>().join(", ");
    // serde: "unknown field `x`, expected one of `a`, `b`" and "unknown variant `x`, expected `a`".
    for kind in ["field", "variant"] {
        if message.starts_with(&format!("unknown {kind} `")) {
            let mut quoted = message.split('`').skip(1).step_by(2);
            let word = quoted.next().unwrap_or_default();
            let known: Vec<_> = quoted.collect();
            let (what, hint) = unknown(if kind == "field" { "key" } else { "word" }, word, &known);
            return problem(what, hint);
        }
    }
    // serde: "invalid type: string "...", expected a sequence". The value may be one that the policy allows.
    if let Some(rest) =
        message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "))
    {
        let found = rest.split([' ', ',']).next().unwrap_or_default();
        let wanted = rest.rsplit_once(", expected ").map_or("something else", |(_, wanted)| wanted);
        if let Some(most) = most(wanted)
            && ["integer", "floating"].contains(&found)
        {
            return problem(
                "a number that does not fit stands here".to_owned(),
                format!("write a whole one{most}"),
            );
        }
        let (wanted, hint) = called(wanted);
        let hint = hint.map_or_else(|| format!("write {wanted}"), str::to_owned);
        return problem(format!("{} stands where {wanted} belongs", called(found).0), hint);
    }
    if let Some((what, hint)) = message.split_once("; ") {
        return problem(what.to_owned(), hint.to_owned());
    }
    problem(message, "see `sievert policy init` for an example of every key".to_owned())
}

/// Which whole numbers a type of serde's holds, if that is what it does.
fn most(of: &str) -> Option<&'static str> {
    match of {
        "u16" => Some(" from 0 to 65535"),
        "u8" | "u32" | "u64" | "usize" => Some(" from 0 on"),
        _ => None,
    }
}

/// What people call a type of serde's, and how it is written.
fn called(of: &str) -> (&str, Option<&'static str>) {
    match of {
        "string" | "a string" => ("a text", Some("write it in quotation marks")),
        "sequence" | "a sequence" => ("a list", Some("write it in brackets: [\"...\"]")),
        "map" | "a map" => ("a table", None),
        "boolean" | "a boolean" => ("true or false", Some("write it without quotation marks")),
        "integer" | "floating" | "u8" | "u16" | "u32" | "u64" | "usize" => {
            ("a number", Some("write it without quotation marks"))
        }
        other => (other, None),
    }
}

/// What is said of a word that is not known, and a hint. Only a word that is nearly a known one is said again: any other
/// may be a secret that was meant for another place.
pub(crate) fn unknown(kind: &str, word: &str, known: &[&str]) -> (String, String) {
    let what = match closest(word, known) {
        Some(_) => format!("unknown {kind} `{word}`"),
        None => format!("unknown {kind}"),
    };
    (what, suggestion(word, known))
}

/// `did you mean ...?`, or the list of what there is.
pub(crate) fn suggestion(word: &str, known: &[&str]) -> String {
    match closest(word, known) {
        Some(close) => format!("did you mean `{close}`?"),
        None if known.len() <= 24 => format!("there is {}", known.join(", ")),
        None => "see `sievert detectors` for what there is".to_owned(),
    }
}

/// The known word that was probably meant: another case, or at most a third of its letters mistyped.
fn closest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let lower = word.to_lowercase();
    known
        .iter()
        .map(|other| (strsim::osa_distance(&lower, &other.to_lowercase()), *other))
        .filter(|(distance, other)| distance * 3 <= other.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        Policy::parse(text, "p.toml").expect_err("a problem").to_string()
    }

    #[test]
    fn a_problem_says_where_and_what_was_meant() {
        for (text, expected) in [
            (
                "version = 1\n[scan]\ndetecters = []",
                "p.toml:3: unknown key `detecters`; did you mean `detectors`?",
            ),
            ("version = 1\nreqires = []", "p.toml:2: unknown key `reqires`; did you mean `requires`?"),
            (
                "version = 1\n[scan]\nmin_confidence = \"likly\"",
                "p.toml:3, scan.min_confidence: unknown word `likly`; did you mean `likely`?",
            ),
            (
                "version = 1\n[[redact]]\ndetectors = [\"*\"]\naction = \"psuedonym\"",
                "unknown word `psuedonym`; did you mean `pseudonym`?",
            ),
            (
                "version = 1\nnon_text = \"nul\"",
                "p.toml:2, non_text: unknown word `nul`; did you mean `null`?",
            ),
            ("version = 2", "p.toml:1, version: version 2 is not known to this program; write version = 1"),
            ("", "missing field `version`"),
            (
                "version = 1\n[scan]\ndetectors = \"*\"",
                "p.toml:3, scan.detectors: a text stands where a list belongs; write it in brackets",
            ),
            (
                "version = \"1\"",
                "p.toml:1, version: a text stands where a number belongs; write it without quotation marks",
            ),
            (
                "version = 1\n[[redact]]\ndetectors = [\"*\", 5]\naction = \"keep\"",
                "p.toml:3, redact[0].detectors[1]: a number stands where a text belongs; write it in quotation marks",
            ),
            (
                "version = 1\n[scan]\nphone_regions = [\"Holland\"]",
                "this is no country code; write two letters, such as `NL`",
            ),
            (
                "version = 1\n[[redact]]\ndetectors = [\"*\"]\naction = \"mask\"\ncharacter = \"7\"",
                "`character` would read as part of a value; take `*`",
            ),
            (
                "version = 1\n[[redact]]\ndetectors = [\"*\"]\naction = \"keep\"\nwith = \"x\"",
                "`with` belongs to the action `replace`",
            ),
            ("version = 1\n[[redact]]\naction = \"keep\"", "missing field `detectors`"),
            (
                "version = 1\n[[redact]]\ndetectors = [\"*\"]\naction = \"mask\"\nkeep_last = -1",
                "p.toml:5, redact[0].keep_last: a number that does not fit stands here; write a whole one from 0 on",
            ),
            (
                "version = 1\n[[detector]]\nid = \"a.b\"\nreach = 70000",
                "p.toml:4, detector[0].reach: a number that does not fit stands here; write a whole one from 0 to 65535",
            ),
            (
                "version = 1\n[[redact]]\ndetectors = [\"*\"]\naction = \"mask\"\nkeep_last = 1.5",
                "a number that does not fit stands here; write a whole one from 0 on",
            ),
        ] {
            let said = problem(text);
            assert!(said.contains(expected), "{said}");
        }
    }

    #[test]
    fn no_problem_repeats_a_value() {
        for text in [
            "version = 1\n[key]\nfrom = \"canary\"",
            "version = 1\n[key]\nfrom = \"canary:canary\"",
            "version = 1\n[[allow]]\ndetector = \"a\"\nreason = \"b\"\nexact = \"canary\"",
            "version = 1\n[[allow]]\ndetector = \"a\"\nreason = \"b\"\nexact = [\"canary\", 5]",
            "version = 1\n[[allow]]\ndetector = \"a\"\nreason = \"b\"\nexact = [\"canary\"",
            "version = 1\n[[allow]]\ndetector = \"a\"\nreason = \"b\"\nexact = [canary]",
            "version = 1\n[[allow]]\ndetector = \"a\"\nreason = \"b\"\nexact = \"canary",
            "version = 1\n[[allow]]\ndetector = \"a\"\nreason = \"b\"\nexact = [\"\\qcanary\"]",
            "version = 1\n[[allow]]\ndetector = \"a\"\nreason = \"b\"\nhmac = { canary = \"canary\" }",
        ] {
            let error = Policy::parse(text, "p.toml").expect_err(text);
            let said = format!("{error} {error:?}");
            assert!(!said.contains("canary"), "{said}");
        }
        let whole = "version = 1\n[[allow]]\ndetector = \"a\"\nreason = \"b\"\nexact = [\"canary\"]\npattern = \"canary\"";
        let policy = Policy::parse(whole, "p.toml").expect("a policy");
        assert!(!format!("{policy:?}").contains("canary"), "{policy:?}");
    }

    #[test]
    fn a_policy_without_a_name_has_its_file_s() {
        assert_eq!(Policy::parse("version = 1", "policies/tickets.toml").expect("parses").name, "tickets");
        assert_eq!(Policy::parse("version = 1\nname = \"x\"", "tickets.toml").expect("parses").name, "x");
    }

    #[test]
    fn a_far_word_gets_the_list_and_not_a_guess() {
        assert_eq!(suggestion("zebra", &["keep", "mask"]), "there is keep, mask");
        assert_eq!(suggestion("MASK", &["keep", "mask"]), "did you mean `mask`?");
    }
}
