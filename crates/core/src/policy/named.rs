//! The built-in policies, as the TOML that a user would write.

use super::Policy;

const NAMED: [(&str, &str); 3] = [
    ("default", include_str!("named/default.toml")),
    ("strict", include_str!("named/strict.toml")),
    ("secrets", include_str!("named/secrets.toml")),
];

pub(super) fn text(name: &str) -> Option<&'static str> {
    NAMED.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

impl Policy {
    /// The built-in policies: name and TOML text.
    pub fn named() -> impl Iterator<Item = (&'static str, &'static str)> {
        NAMED.into_iter()
    }

    /// What `policy init` writes: a policy to start from, every key explained.
    pub const fn template() -> &'static str {
        include_str!("named/template.toml")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_policies_parse_under_their_name() {
        for (name, _) in Policy::named() {
            assert_eq!(Policy::load(name).expect("parses").name, name);
        }
    }

    #[test]
    fn the_default_policy_is_the_one_of_that_name() {
        let written = Policy::load("default").expect("parses");
        let default = Policy::default();
        assert_eq!(written.redact, [crate::policy::Entry::default()]);
        assert_eq!(written.scan.min_confidence, default.scan.min_confidence);
        assert_eq!(written.scan.detectors, default.scan.detectors);
    }

    /// A commented key that the format does not have would mislead: uncommented, the template still parses.
    #[test]
    fn the_template_parses_with_and_without_its_comments() {
        Policy::parse(Policy::template(), "template").expect("as written");
        let all: String = Policy::template()
            .lines()
            .map(|line| line.strip_prefix("#: ").unwrap_or(line).to_owned() + "\n")
            .collect();
        assert!(all.contains("[[detector]]\nid"), "{all}");
        Policy::parse(&all, "template").expect("uncommented");
    }
}
