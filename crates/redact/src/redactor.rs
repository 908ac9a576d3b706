//! Decides and writes what becomes of the findings of one cell.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use sievert_detect::{DetectorIndex, Finding, Group, Scanner, resolve};

use crate::{Action, ActionKind, Actions, Error, Key, Marks};

/// Rewrites texts by their findings. Shared by all workers.
pub struct Redactor {
    scanner: Arc<Scanner>,
    marks: Marks,
    key: Option<Key>,
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor")
            .field("detectors", &self.scanner.len())
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// What becomes of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It stays as it is.
    Untouched,
    /// Stretches of it are rewritten: rising, not overlapping, never empty.
    Splices(Vec<Splice>),
    /// It becomes null.
    DropCell,
    /// Its record goes.
    DropRecord,
}

/// One stretch of a text and what stands there instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splice {
    /// Bytes of the text.
    pub span: Range<u32>,
    /// The new text.
    pub text: String,
}

/// What was done to one finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Whose finding.
    pub detector: DetectorIndex,
    /// What became of its text; for one that lost an overlap, what the winner's action did to it.
    pub action: ActionKind,
}

impl Redactor {
    /// A redactor for the findings of this scanner. `actions` are all that will be asked of it.
    ///
    /// # Errors
    /// [`Error::NoKey`] where an action is a pseudonym and there is no key.
    pub fn new<'a>(
        scanner: Arc<Scanner>,
        key: Option<Key>,
        actions: impl IntoIterator<Item = &'a Action>,
    ) -> Result<Self, Error> {
        let mut own_texts = Vec::new();
        for action in actions {
            match action {
                Action::Pseudonym if key.is_none() => return Err(Error::NoKey),
                Action::Replace(Some(text)) => own_texts.push(text.clone()),
                _ => {}
            }
        }
        let marks = Marks::new(scanner.detectors().map(|(_, about)| about.placeholder), own_texts);
        Ok(Self { scanner, marks, key })
    }

    /// The scanner whose findings are meant.
    pub fn scanner(&self) -> &Scanner {
        &self.scanner
    }

    /// What this redactor may have left in a text before. Its [`Marks::strip`] belongs between scan and redaction.
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    /// The key, for fingerprints.
    pub fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    /// The text rewritten; borrowed where nothing changes. A dropped cell or record is an empty text.
    pub fn redact<'t>(&self, actions: &Actions, text: &'t str, mut findings: Vec<Finding>) -> Cow<'t, str> {
        self.marks.strip(text, &mut findings);
        match self.plan_cell(actions, text, &findings, &mut Vec::new()) {
            Outcome::Untouched => Cow::Borrowed(text),
            Outcome::Splices(splices) => Cow::Owned(splice(text, &splices)),
            Outcome::DropCell | Outcome::DropRecord => Cow::Owned(String::new()),
        }
    }

    /// Decides what becomes of a cell with these findings, marks stripped, and appends to `taken` what is done to
    /// each of them.
    pub fn plan_cell(
        &self,
        actions: &Actions,
        text: &str,
        findings: &[Finding],
        taken: &mut Vec<Taken>,
    ) -> Outcome {
        let action_of = |finding: &Finding| actions.of(finding.detector, finding.confidence);
        let took = |finding: &Finding, action| Taken { detector: finding.detector, action };

        // What is kept never hides another finding, so it leaves before overlaps are resolved.
        let mut rewritten: Vec<_> =
            findings.iter().filter(|f| *action_of(f) != Action::Keep).cloned().collect();
        let groups = resolve(&mut rewritten);
        let drop = groups.iter().map(|group| action_of(&group.winner).kind()).max();
        if let Some(action @ (ActionKind::DropCell | ActionKind::DropRecord)) = drop {
            taken.extend(findings.iter().map(|finding| took(finding, action)));
            return if action == ActionKind::DropCell { Outcome::DropCell } else { Outcome::DropRecord };
        }

        taken.extend(findings.iter().map(|finding| {
            let kept = *action_of(finding) == Action::Keep;
            // Covers rise and do not overlap, and each finding that is not kept lies in one.
            let group = groups.get(groups.partition_point(|group| group.cover.end <= finding.span.start));
            match group {
                Some(group) if !kept => took(finding, action_of(&group.winner).kind()),
                _ => took(finding, ActionKind::Keep),
            }
        }));
        if groups.is_empty() {
            return Outcome::Untouched;
        }
        let mut splices: Vec<Splice> = Vec::with_capacity(groups.len());
        for group in &groups {
            let new = self.rewrite(action_of(&group.winner), text, group);
            splices.push(Splice { span: group.cover.clone(), text: new });
        }
        keep_apart(text, &mut splices);
        splices.retain(|splice| text[splice.span.start as usize..splice.span.end as usize] != splice.text);
        if splices.is_empty() { Outcome::Untouched } else { Outcome::Splices(splices) }
    }

    /// What a finding of this detector is called in `<...>` and before the `_` of a token.
    fn placeholder(&self, detector: DetectorIndex) -> &str {
        self.scanner.about(detector).placeholder
    }

    /// A detector's value in the normal form that tokens, fingerprints and allow lists compare.
    pub fn value(&self, detector: DetectorIndex, raw: &str) -> String {
        let value = self.scanner.normalize(detector, raw);
        if value.is_empty() { raw.to_owned() } else { value }
    }

    /// A value's fingerprint, where there is a key.
    pub fn fingerprint(&self, detector: DetectorIndex, raw: &str) -> Option<String> {
        let key = self.key.as_ref()?;
        Some(key.fingerprint(self.scanner.about(detector).id, &self.value(detector, raw)))
    }

    /// What stands in place of a group's cover. A loser's text never shows: the new text is made of the winner's.
    fn rewrite(&self, action: &Action, text: &str, group: &Group) -> String {
        let winner = &group.winner;
        let placeholder = self.placeholder(winner.detector);
        match action {
            Action::Mask(mask) => mask.apply(&text[winner.range()]),
            Action::Replace(Some(own)) => own.clone(),
            Action::Pseudonym => {
                let key = self.key.as_ref().expect("`new` refuses a pseudonym without a key");
                let id = self.scanner.about(winner.detector).id;
                format!(
                    "{placeholder}_{}",
                    key.pseudonym(id, &self.value(winner.detector, &text[winner.range()]))
                )
            }
            _ => format!("<{placeholder}>"),
        }
    }
}

/// Puts a blank where a new text would grow together with its neighbour into one word: the next scan would see a
/// value, or half a token, that is not there.
fn keep_apart(text: &str, splices: &mut [Splice]) {
    let word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    let mut before = None;
    let mut at = 0;
    for i in 0..splices.len() {
        let (start, end) = (splices[i].span.start as usize, splices[i].span.end as usize);
        before = text[at..start].chars().next_back().or(before);
        let next_is_text = splices.get(i + 1).is_none_or(|next| next.span.start as usize > end);
        let after = text[end..].chars().next().filter(|_| next_is_text);
        let new = &mut splices[i].text;
        if new.is_empty() {
            if before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric) {
                new.push(' ');
            }
        } else {
            if word(before) && word(new.chars().next()) {
                new.insert(0, ' ');
            }
            if word(new.chars().next_back()) && word(after) {
                new.push(' ');
            }
        }
        before = new.chars().next_back().or(before);
        at = end;
    }
}

/// The text with the splices done.
fn splice(text: &str, splices: &[Splice]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for Splice { span, text: new } in splices {
        out.push_str(&text[at..span.start as usize]);
        out.push_str(new);
        at = span.end as usize;
    }
    out.push_str(&text[at..]);
    out
}
