//! Names of fields and objects can be personal data themselves: they are shown with such parts replaced.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use sievert_detect::{Confidence, Field, Finding, Scanner, Scratch, resolve};

use crate::Plan;

/// What stands between the parts of paths of fields and files.
const PARTING: [char; 5] = ['.', '/', '[', ']', '"'];

/// Looks at names. One for each thread: it keeps what scanning needs.
pub(crate) struct Names<'p> {
    plan: &'p Plan,
    field: Field,
    scratch: RefCell<Scratch>,
    /// What the plan has switched off is not looked for, and not shown in a name either.
    off: Option<Off<'p>>,
}

struct Off<'p> {
    scanner: &'p Scanner,
    field: Field,
    scratch: RefCell<Scratch>,
}

impl<'p> Off<'p> {
    fn new(scanner: &'p Scanner) -> Self {
        Self { scanner, field: scanner.field(""), scratch: RefCell::default() }
    }

    /// What is only possible would hide names for which nobody has asked.
    fn findings(&self, name: &str) -> Vec<Finding> {
        let mut findings = Vec::new();
        self.scanner.scan(&self.field, name, &mut self.scratch.borrow_mut(), &mut findings);
        findings.retain(|finding| finding.confidence >= Confidence::Likely);
        findings
    }
}

impl<'p> Names<'p> {
    pub(crate) fn new(plan: &'p Plan) -> Self {
        let off = plan.off_scanner().map(Off::new);
        Self { plan, field: plan.scanner().field(""), scratch: RefCell::default(), off }
    }

    fn findings(&self, name: &str, from: Confidence) -> Vec<Finding> {
        let mut scratch = self.scratch.borrow_mut();
        // Where a recognizer fails on a name, what patterns find in it is all that is known.
        let mut findings = self.plan.find(&self.field, name, &mut scratch).unwrap_or_else(|_| {
            let mut findings = Vec::new();
            self.plan.scanner().scan(&self.field, name, &mut scratch, &mut findings);
            findings
        });
        findings.retain(|finding| finding.confidence >= from);
        findings
    }

    /// What is personal in a name and its parts.
    fn personal_parts(&self, name: &str) -> Vec<Finding> {
        let from = self.plan.masked_from();
        of_parts(name, |text| self.findings(text, from))
    }

    /// Whether a cell that could name a column holds a finding, likely or better. What is merely possible would take
    /// the names of columns, which are evidence, for data.
    pub(crate) fn is_data(&self, cell: &str) -> bool {
        let off = self.off.as_ref();
        !self.findings(cell, Confidence::Likely).is_empty()
            || off.is_some_and(|off| !off.findings(cell).is_empty())
    }

    /// Whether a name holds a finding that is not shown.
    pub(crate) fn personal(&self, name: &str) -> bool {
        !self.personal_parts(name).is_empty()
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
        let masked = hidden(name, self.personal_parts(name), self.plan.scanner());
        match &self.off {
            Some(off) => hidden(&masked, of_parts(&masked, |text| off.findings(text)), off.scanner),
            None => masked,
        }
    }
}

/// What is found in a name as a whole, and in each of its parts, to which the others are no surroundings: a number before
/// a full stop is no whole number.
fn of_parts(name: &str, find: impl Fn(&str) -> Vec<Finding>) -> Vec<Finding> {
    let mut findings = find(name);
    let mut start = 0;
    for part in name.split_inclusive(PARTING) {
        let text = part.strip_suffix(PARTING).unwrap_or(part);
        if text.len() < name.len() {
            findings.extend(find(text).into_iter().map(|mut finding| {
                finding.span = finding.span.start + start..finding.span.end + start;
                finding
            }));
        }
        start += part.len() as u32;
    }
    findings
}

/// The name with what a scanner found in it replaced by its type.
fn hidden(name: &str, mut findings: Vec<Finding>, scanner: &Scanner) -> Arc<str> {
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
        out.extend([dot, "<", scanner.about(group.winner.detector).placeholder, ">"]);
        rest = end;
    }
    out.push_str(&name[rest..]);
    out.into()
}

/// The path with the keys in it as these are shown; `None` where none of them is in it.
pub(crate) fn with_keys(path: &str, keys: &HashMap<String, String>) -> Option<String> {
    if keys.is_empty() {
        return None;
    }
    if let Some(shown) = keys.get(path) {
        return Some(shown.clone()); // a column's name is a path of its own
    }
    let (mut out, mut changed) = (String::with_capacity(path.len()), false);
    let mut rest = path;
    while !rest.is_empty() {
        // `["a.b"]`, a key that has to be quoted; or one as it is, behind a dot if it is not the first.
        let quoted = rest.starts_with("[\"").then(|| end_of_quoted(rest)).flatten();
        let (end, key) = if let Some(end) = quoted {
            (end, serde_json::from_str(&rest[1..end - 1]).unwrap_or_default())
        } else {
            let start = usize::from(rest.starts_with('.'));
            let end = rest[start..].find(['.', '[']).map_or(rest.len(), |at| (start + at).max(1));
            (end, rest[start..end].to_owned())
        };
        match keys.get(&key) {
            Some(shown) => {
                let whole = shown.starts_with('<') && shown.ends_with('>');
                match quoted {
                    Some(_) if !whole => out.extend(["[\"", shown, "\"]"]),
                    _ if out.is_empty() => out.push_str(shown),
                    _ => out.extend([".", shown]),
                }
                changed = true;
            }
            None => out.push_str(&rest[..end]),
        }
        rest = &rest[end..];
    }
    changed.then_some(out)
}

/// Where `["a.b"]` ends.
fn end_of_quoted(rest: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(2) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return rest[at + 1..].starts_with(']').then_some(at + 2),
            _ => {}
        }
    }
    None
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
    use sievert_detect::{Borders, Detector, Verdict};

    use super::*;
    use crate::{Overrides, Policy};

    static TOKEN: Detector = Detector {
        id: "toy.token",
        placeholder: "TOKEN",
        pattern: "tok_[a-z]{3}",
        validate: |_| Verdict::Unmistakable,
        ..Detector::BLANK
    };

    static NUMBER: Detector =
        Detector { id: "toy.number", placeholder: "NUMBER", pattern: r"n\d{3}", ..Detector::BLANK };

    #[test]
    fn what_is_rewritten_in_the_data_stands_in_no_name() {
        let shown = |min_confidence, name: &str| {
            let overrides = Overrides { min_confidence, ..Overrides::default() };
            let plan = Plan::new(&Policy::default(), &[&NUMBER], &overrides).expect("a plan");
            let names = Names::new(&plan);
            assert!(!names.is_data(name), "what is only possible makes no data of a header");
            (names.shown(name).to_string(), names.personal(name))
        };
        assert_eq!(shown(None, "users.n123.age"), ("users.n123.age".into(), false));
        assert_eq!(shown(Some(Confidence::Possible), "users.n123.age"), ("users.<NUMBER>.age".into(), true));
        assert_eq!(
            shown(Some(Confidence::Certain), "users.n123.age"),
            ("users.n123.age".into(), false),
            "one proof is still enough"
        );
    }

    #[test]
    fn what_is_switched_off_stands_in_no_name() {
        let overrides = Overrides { detectors: vec!["toy.number".into()], ..Overrides::default() };
        let plan = Plan::new(&Policy::default(), &[&TOKEN, &NUMBER, &WHOLE], &overrides).expect("a plan");
        let names = Names::new(&plan);
        assert_eq!(&*names.shown("users.tok_abc.n123"), "users.<TOKEN>.n123");
        assert_eq!(&*names.shown(r#"users["tok_abc"]["1234.x"]"#), r#"users.<TOKEN>["<WHOLE>.x"]"#);
        assert!(names.is_data("tok_abc"), "a row of data is no header, whatever is looked for in it");
        assert!(!names.personal("tok_abc"), "it is not what the plan looks for");
    }

    /// A number that is no part of a longer one.
    static WHOLE: Detector = Detector {
        id: "toy.whole",
        placeholder: "WHOLE",
        pattern: r"\d{4}",
        borders: Borders::Number,
        validate: |_| Verdict::Unmistakable,
        ..Detector::BLANK
    };

    #[test]
    fn keys_in_a_path_are_replaced_one_by_one() {
        let keys =
            [("111", "<WHOLE>"), ("a.b", "<TOKEN>"), (r#"x"y"#, "<QUOTE>"), ("to 222.", "to <WHOLE>.")];
        let keys = keys.map(|(key, shown)| (key.to_owned(), shown.to_owned())).into();
        for (path, shown) in [
            ("111", Some("<WHOLE>")),
            ("users.111.age", Some("users.<WHOLE>.age")),
            ("users[].111[].111", Some("users[].<WHOLE>[].<WHOLE>")),
            (r#"["a.b"].age"#, Some("<TOKEN>.age")),
            (r#"users["a.b"]["x\"y"]"#, Some("users.<TOKEN>.<QUOTE>")),
            (r#"users["to 222."]"#, Some(r#"users["to <WHOLE>."]"#)),
            ("users.1111.age", None),
            (r#"users["c.d"].a.b"#, None),
            ("..[[\".", None),
            ("", None),
        ] {
            assert_eq!(with_keys(path, &keys).as_deref(), shown, "{path}");
        }
        assert_eq!(with_keys("111", &HashMap::new()), None);
    }

    #[test]
    fn parts_of_a_name_are_no_surroundings_of_each_other() {
        let plan = Plan::new(&Policy::default(), &[&WHOLE], &Overrides::default()).expect("a plan");
        let names = Names::new(&plan);
        for (name, shown) in [
            ("1234", "<WHOLE>"),
            ("level1.1234.age", "level1.<WHOLE>.age"),
            ("level1.x1234.age", "level1.x1234.age"),
            (r#"level1["1234.x"].age"#, r#"level1["<WHOLE>.x"].age"#),
            ("in/2/1234.csv", "in/2/<WHOLE>.csv"),
        ] {
            assert_eq!(&*names.shown(name), shown);
            assert_eq!(names.personal(name), name != shown);
        }
    }

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
