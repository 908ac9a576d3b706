//! Selectors: the words by which a policy names detectors.

use sievert_detect::{Category, CustomDetector, Detector};

use super::{Overrides, glob};
use crate::Problem;
use crate::policy::{Policy, suggestion, unknown};

/// The detectors that there are, built-in ones first, on or off.
pub(super) struct Known<'d> {
    list: Vec<Entry<'d>>,
}

struct Entry<'d> {
    id: &'d str,
    aliases: &'d [&'d str],
    category: Category,
}

impl<'d> Known<'d> {
    pub(super) fn new(built_in: &[&'static Detector], own: &'d [CustomDetector]) -> Self {
        let built_in = built_in.iter().map(|d| Entry { id: d.id, aliases: d.aliases, category: d.category });
        let own = own.iter().map(|d| Entry { id: &d.id, aliases: &[], category: d.category });
        Self { list: built_in.chain(own).collect() }
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn id(&self, at: usize) -> &str {
        self.list[at].id
    }

    /// The detectors that a selector names: at least one; or what is wrong with it, and a hint.
    pub(super) fn select(&self, selector: &str) -> Result<Vec<usize>, (String, String)> {
        let found: Vec<_> = match selector.split_once(':') {
            Some(("category", word)) => {
                let Some(category) = Category::ALL.into_iter().find(|category| category.name() == word)
                else {
                    let known = Category::ALL.map(Category::name);
                    return Err(unknown("category", word, &known));
                };
                self.positions(|entry| entry.category == category)
            }
            Some(("country", word)) => {
                let country = word.to_ascii_lowercase();
                self.positions(|entry| entry.id.split_once('.').is_some_and(|(place, _)| place == country))
            }
            Some(("law", _)) => {
                let hint = "name ids, a `country:` or a `category:` instead";
                return Err(("groups by law are not in this version".into(), hint.into()));
            }
            Some((kind, _)) => return Err(unknown("kind of group", kind, &["category", "country", "law"])),
            None if selector.contains('*') => self.positions(|entry| glob::fits(selector, entry.id)),
            None => self.positions(|entry| {
                entry.id == selector || entry.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(selector))
            }),
        };
        // A build without detectors is for a user's own alone: `*` may then be nothing.
        if !found.is_empty() || selector == "*" {
            return Ok(found);
        }
        let ids: Vec<_> = self
            .list
            .iter()
            .flat_map(|entry| std::iter::once(&entry.id).chain(entry.aliases))
            .copied()
            .collect();
        Err(match selector.contains(['*', ':']) {
            true => ("a selector fits no detector".into(), suggestion(selector, &ids)),
            false => unknown("detector", selector, &ids),
        })
    }

    /// What several selectors name; what is wrong with one is a problem at `path`.
    pub(super) fn select_all(
        &self,
        selectors: &[String],
        path: &str,
        policy: &Policy,
        problems: &mut Vec<Problem>,
    ) -> Vec<usize> {
        let mut all = Vec::new();
        for selector in selectors {
            match self.select(selector) {
                Ok(found) => all.extend(found),
                Err((what, hint)) => problems.push(policy.places.problem(path, what, hint)),
            }
        }
        all
    }

    fn positions(&self, fits: impl Fn(&Entry<'_>) -> bool) -> Vec<usize> {
        (0..self.list.len()).filter(|at| fits(&self.list[*at])).collect()
    }
}

/// For each known detector, whether the plan has it.
pub(super) fn switched_on(
    policy: &Policy,
    overrides: &Overrides,
    known: &Known<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<bool> {
    let (selectors, path) = match overrides.detectors.as_slice() {
        [] => (&policy.scan.detectors, "scan.detectors"),
        _ => (&overrides.detectors, "--detector"),
    };
    let mut on = vec![false; known.len()];
    for at in known.select_all(selectors, path, policy, problems) {
        on[at] = true;
    }
    for at in known.select_all(&policy.scan.skip_detectors, "scan.skip_detectors", policy, problems) {
        on[at] = false;
    }
    // Where nothing is wrong with the words, nothing is what they say.
    if problems.is_empty() && known.len() > 0 && !on.contains(&true) {
        let hint = "name at least one, or `*` for all";
        problems.push(policy.places.problem(path, "no detector is left to look with", hint));
    }
    on
}

#[cfg(test)]
mod tests {
    use super::*;

    static SSN: Detector =
        Detector { id: "us.ssn", aliases: &["US_SSN"], category: Category::NationalId, ..Detector::BLANK };
    static EMAIL: Detector = Detector {
        id: "global.email",
        aliases: &["EMAIL_ADDRESS"],
        category: Category::Contact,
        ..Detector::BLANK
    };
    static BANK: Detector = Detector { id: "us.bank", category: Category::Financial, ..Detector::BLANK };

    #[test]
    fn a_selector_is_an_id_an_alias_a_glob_or_a_group() {
        let known = Known::new(&[&SSN, &EMAIL, &BANK], &[]);
        for (selector, expected) in [
            ("us.ssn", &[0][..]),
            ("EMAIL_ADDRESS", &[1]),
            ("email_address", &[1]),
            ("us.*", &[0, 2]),
            ("*", &[0, 1, 2]),
            ("country:US", &[0, 2]),
            ("category:contact", &[1]),
        ] {
            assert_eq!(known.select(selector).expect(selector), expected, "{selector}");
        }
    }

    #[test]
    fn an_unknown_selector_says_what_was_meant() {
        let known = Known::new(&[&SSN, &EMAIL, &BANK], &[]);
        for (selector, what, hint) in [
            ("us.sns", "unknown detector `us.sns`", "did you mean `us.ssn`?"),
            ("EMAIL_ADRESS", "unknown detector `EMAIL_ADRESS`", "did you mean `EMAIL_ADDRESS`?"),
            ("nl.*", "a selector fits no detector", "there is us.ssn"),
            ("category:credentials", "unknown category `credentials`", "did you mean `credential`?"),
            ("country:nl", "a selector fits no detector", "there is"),
            ("law:hipaa", "groups by law are not in this version", "name ids"),
            ("categry:contact", "unknown kind of group `categry`", "did you mean `category`?"),
        ] {
            let (said, hinted) = known.select(selector).expect_err(selector);
            assert!(said.contains(what) && hinted.contains(hint), "{said}; {hinted}");
        }
        for selector in
            ["Zk3vQ9dX", "country:Zk3vQ9dX", "Zk3vQ9dX:x", "category:Zk3vQ9dX", "Zk3vQ9dX*", "law:Zk3vQ9dX"]
        {
            let (said, hinted) = known.select(selector).expect_err(selector);
            assert!(
                !format!("{said}; {hinted}").contains("Zk3v"),
                "nothing known is like it: {said}; {hinted}"
            );
        }
    }
}
