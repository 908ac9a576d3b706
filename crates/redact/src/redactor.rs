//! Decides and writes what becomes of the findings of one cell.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use sievert_detect::{DetectorIndex, Finding, Group, Scanner, resolve};

use crate::{Action, ActionKind, Actions, Error, Key, Marks};

/// How often a cell is scanned again at most. Texts that need more than one round are rare, more than two are made.
const ROUNDS: usize = 8;

/// Rewrites texts by their findings. Shared by all workers.
pub struct Redactor {
    scanner: Arc<Scanner>,
    marks: Marks,
    /// By detector: `<TYPE>`.
    types: Vec<String>,
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
#[derive(Clone, PartialEq, Eq)]
pub struct Splice {
    /// Bytes of the text.
    pub span: Range<u32>,
    /// The new text.
    pub text: String,
}

/// Shows no text.
impl fmt::Debug for Splice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Splice").field("span", &self.span).finish_non_exhaustive()
    }
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
        let types = scanner.detectors().map(|(_, about)| format!("<{}>", about.placeholder)).collect();
        Ok(Self { scanner, marks, types, key })
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

    /// The text rewritten, for good: see [`Redactor::rewrite_cell`]. Borrowed where nothing changes; a dropped cell or
    /// record is an empty text. Convenient, not fast: nothing is reused.
    pub fn redact<'t>(&self, actions: &Actions, text: &'t str, mut findings: Vec<Finding>) -> Cow<'t, str> {
        self.marks.strip(text, &mut findings);
        let rescan = |text: &str| {
            let mut findings = self.scanner.findings(text);
            self.marks.strip(text, &mut findings);
            findings
        };
        match self.rewrite_cell(actions, text, findings, rescan, &mut Vec::new()) {
            Outcome::Untouched => Cow::Borrowed(text),
            Outcome::Splices(splices) => {
                let mut new = String::new();
                splice(text, &splices, &mut new);
                Cow::Owned(new)
            }
            Outcome::DropCell | Outcome::DropRecord => Cow::Owned(String::new()),
        }
    }

    /// As [`Redactor::plan_cell`], until a scan of the new text finds nothing more to rewrite: where `123` goes from
    /// `123a@b.org`, the address it had stuck to comes to light; and a mask whose leavings are found keeps nothing.
    /// `rescan` gives the findings of a text, marks stripped.
    pub fn rewrite_cell(
        &self,
        actions: &Actions,
        text: &str,
        mut findings: Vec<Finding>,
        mut rescan: impl FnMut(&str) -> Vec<Finding>,
        taken: &mut Vec<Taken>,
    ) -> Outcome {
        let (known, mut new, mut unmasked) = (taken.len(), String::new(), Vec::new());
        let mut outcome = self.plan_cell(actions, text, &findings, taken);
        for _ in 0..ROUNDS {
            let Outcome::Splices(splices) = &outcome else { break };
            new.clear();
            splice(text, splices, &mut new);
            let mut come_to_light = rescan(&new);
            come_to_light.retain(|f| *actions.of(f.detector, f.confidence) != Action::Keep);
            if come_to_light.is_empty() {
                break;
            }
            for finding in original(come_to_light, splices) {
                let within = |splice: &Splice| {
                    splice.span.start <= finding.span.start && finding.span.end <= splice.span.end
                };
                match splices.iter().any(within) {
                    true => unmasked.push(finding.span),
                    false => findings.push(finding),
                }
            }
            taken.truncate(known);
            let next = self.plan(actions, text, &findings, &unmasked, taken);
            if next == outcome {
                break;
            }
            outcome = next;
        }
        outcome
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
        self.plan(actions, text, findings, &[], taken)
    }

    /// As [`Redactor::plan_cell`]; where a mask leaves something to be found in `unmasked`, it keeps nothing.
    fn plan(
        &self,
        actions: &Actions,
        text: &str,
        findings: &[Finding],
        unmasked: &[Range<u32>],
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
            let lit = |span: &Range<u32>| span.start < group.cover.end && group.cover.start < span.end;
            let new = match action_of(&group.winner) {
                Action::Mask(mask) if unmasked.iter().any(lit) => {
                    mask.hiding_all().apply(&text[group.winner.range()])
                }
                action => self.rewrite(action, text, group),
            };
            splices.push(Splice { span: group.cover.clone(), text: new });
        }
        keep_apart(text, &mut splices);
        splices.retain(|splice| text[splice.span.start as usize..splice.span.end as usize] != splice.text);
        if splices.is_empty() { Outcome::Untouched } else { Outcome::Splices(splices) }
    }

    /// A detector's value in the normal form that tokens, fingerprints and allow lists compare.
    pub fn value<'t>(&self, detector: DetectorIndex, raw: &'t str) -> Cow<'t, str> {
        let value = self.scanner.normalize(detector, raw);
        if value.is_empty() { raw.into() } else { value }
    }

    /// A value's fingerprint, where there is a key.
    pub fn fingerprint(&self, detector: DetectorIndex, raw: &str) -> Option<String> {
        let key = self.key.as_ref()?;
        Some(key.fingerprint(self.scanner.about(detector).id, &self.value(detector, raw)))
    }

    /// What stands in place of a group's cover. A loser's text never shows: the new text is made of the winner's.
    fn rewrite(&self, action: &Action, text: &str, group: &Group) -> String {
        let winner = &group.winner;
        match action {
            Action::Mask(mask) => mask.apply(&text[winner.range()]),
            Action::Replace(Some(own)) => own.clone(),
            Action::Pseudonym => {
                let key = self.key.as_ref().expect("`new` refuses a pseudonym without a key");
                let about = self.scanner.about(winner.detector);
                let value = self.value(winner.detector, &text[winner.range()]);
                format!("{}_{}", about.placeholder, key.pseudonym(about.id, &value))
            }
            _ => self.types[usize::from(winner.detector.0)].clone(),
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

/// Appends the text with the splices done.
pub fn splice(text: &str, splices: &[Splice], out: &mut String) {
    out.reserve(text.len());
    let mut at = 0;
    for Splice { span, text: new } in splices {
        out.push_str(&text[at..span.start as usize]);
        out.push_str(new);
        at = span.end as usize;
    }
    out.push_str(&text[at..]);
}

/// Findings of a spliced text, brought back to the text before. One that reaches into a new text covers all that the
/// new text stands for.
fn original(findings: Vec<Finding>, splices: &[Splice]) -> impl Iterator<Item = Finding> {
    // What each new text stands for, and where it stands in the spliced text.
    let mut places: Vec<(Range<u32>, Range<u32>)> = Vec::with_capacity(splices.len());
    for Splice { span, text } in splices {
        let start = places.last().map_or(span.start, |(old, new)| new.end + (span.start - old.end));
        places.push((span.clone(), start..start + text.len() as u32));
    }
    findings.into_iter().map(move |mut finding| {
        let Range { start, end } = finding.span;
        let behind = |at: u32, passed: usize| match passed.checked_sub(1).map(|last| &places[last]) {
            Some((old, new)) => old.end + (at - new.end),
            None => at,
        };
        let ended = places.partition_point(|(_, new)| new.end <= start);
        let begun = places.partition_point(|(_, new)| new.start < end);
        finding.span.start = match places.get(ended) {
            Some((old, new)) if new.start <= start => old.start,
            _ => behind(start, ended),
        };
        finding.span.end = match begun.checked_sub(1).map(|last| &places[last]) {
            Some((old, new)) if new.end >= end => old.end,
            _ => behind(end, begun),
        };
        finding
    })
}

#[cfg(test)]
mod tests {
    use sievert_detect::{Confidence, Evidence};

    use super::*;

    #[test]
    fn findings_of_a_new_text_go_back_to_the_old_one() {
        let text = "ab 123 cd 4567 ef";
        let splices =
            [(3..6, "<A>x"), (10..14, "")].map(|(span, text)| Splice { span, text: text.to_owned() });
        let mut new = String::new();
        splice(text, &splices, &mut new);
        assert_eq!(new, "ab <A>x cd  ef");
        for (found, expected) in [
            (0..2, "ab"),
            (8..10, "cd"),
            (12..14, "ef"),
            (4..5, "123"),
            (3..7, "123"),
            (6..8, "123 "),
            (0..4, "ab 123"),
            (8..14, "cd 4567 ef"),
            (11..14, " ef"),
        ] {
            let finding = Finding {
                detector: DetectorIndex(0),
                span: found.clone(),
                confidence: Confidence::Likely,
                evidence: Evidence::NONE,
            };
            let back = original(vec![finding], &splices).next().expect("one for one");
            assert_eq!(&text[back.range()], expected, "{found:?}");
        }
    }
}
