//! Names of fields and objects can be personal data themselves: they are shown with such parts replaced.

use std::cell::RefCell;
use std::sync::Arc;

use sievert_detect::{Confidence, Field, Finding, Scratch, resolve};

use crate::Plan;

/// Looks at names. One for each thread: it keeps what scanning needs.
pub(crate) struct Names<'p> {
    plan: &'p Plan,
    field: Field,
    scratch: RefCell<Scratch>,
}

impl<'p> Names<'p> {
    pub(crate) fn new(plan: &'p Plan) -> Self {
        Self { plan, field: plan.scanner().field(""), scratch: RefCell::default() }
    }

    fn findings(&self, name: &str) -> Vec<Finding> {
        let mut scratch = self.scratch.borrow_mut();
        // Where a recognizer fails on a name, what patterns find in it is all that is known.
        let mut findings = self.plan.find(&self.field, name, &mut scratch).unwrap_or_else(|_| {
            let mut findings = Vec::new();
            self.plan.scanner().scan(&self.field, name, &mut scratch, &mut findings);
            findings
        });
        findings.retain(|finding| finding.confidence >= Confidence::Likely);
        findings
    }

    /// Whether a name holds a finding, likely or better.
    pub(crate) fn personal(&self, name: &str) -> bool {
        !self.findings(name).is_empty()
    }

    /// The name with every such finding replaced by its type: `users.<EMAIL>.age`. Control characters, and those that
    /// turn the direction of writing, are escaped: a name must not speak to a terminal.
    pub(crate) fn shown(&self, name: &str) -> Arc<str> {
        let masked = self.masked(name);
        if !masked.contains(speaks) {
            return masked;
        }
        let mut out = String::with_capacity(masked.len());
        for c in masked.chars() {
            if speaks(c) { out.extend(c.escape_default()) } else { out.push(c) }
        }
        out.into()
    }

    fn masked(&self, name: &str) -> Arc<str> {
        let mut findings = self.findings(name);
        if findings.is_empty() {
            return name.into();
        }
        let mut out = String::new();
        let mut rest = 0;
        for group in resolve(&mut findings) {
            let (mut start, mut end) = (group.cover.start as usize, group.cover.end as usize);
            // A key that paths have to quote, `users["a@b.org"]`, needs no quotes any more.
            let quoted = name[rest..start].ends_with("[\"") && name[end..].starts_with("\"]");
            if quoted {
                (start, end) = (start - 2, end + 2);
            }
            out.push_str(&name[rest..start]);
            let dot = if quoted && !out.is_empty() { "." } else { "" };
            out.extend([dot, "<", self.plan.scanner().about(group.winner.detector).placeholder, ">"]);
            rest = end;
        }
        out.push_str(&name[rest..]);
        out.into()
    }
}

/// The text with a blank for each character that would speak to a terminal.
pub(crate) fn flat(text: &str) -> String {
    text.replace(speaks, " ")
}

/// Whether a terminal would do something else than show it.
fn speaks(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use sievert_detect::{Detector, Verdict};

    use super::*;
    use crate::{Overrides, Policy};

    static TOKEN: Detector = Detector {
        id: "toy.token",
        placeholder: "TOKEN",
        pattern: "tok_[a-z]{3}",
        validate: |_| Verdict::Unmistakable,
        ..Detector::BLANK
    };

    #[test]
    fn personal_parts_of_names_are_shown_as_their_type() {
        let plan = Plan::new(&Policy::default(), &[&TOKEN], &Overrides::default()).expect("a plan");
        let names = Names::new(&plan);
        assert_eq!(&*names.shown("users.name"), "users.name");
        assert_eq!(&*names.shown("of tok_abc, and tok_xyz"), "of <TOKEN>, and <TOKEN>");
        assert_eq!(&*names.shown(r#"users["tok_abc"].age"#), "users.<TOKEN>.age");
        assert_eq!(&*names.shown(r#"users["x tok_abc"].age"#), r#"users["x <TOKEN>"].age"#);
        assert_eq!(&*names.shown("a\u{1b}[2J\ntok_abc"), r"a\u{1b}[2J\n<TOKEN>");
        assert_eq!(&*names.shown("a\u{202e}vsc.exe"), r"a\u{202e}vsc.exe");
        assert!(names.personal("tok_abc") && !names.personal("token"));
    }
}
