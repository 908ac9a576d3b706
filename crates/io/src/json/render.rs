//! A batch with its edits becomes bytes again: everything that no edit touches is copied.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::JsonLayout;
use super::escape::{Spelling, escape, unescape};
use super::token::{Quoted, Visit, number_end, string_at, walk};
use crate::{
    Batch, Body, Cause, Change, Edit, Error, Kind, Place, Quarantined, Rendered, Splice, Texts, splice,
};

/// The batch with its edits done.
pub(super) fn render(batch: &Batch, layout: &JsonLayout, edits: &[Edit]) -> Result<Rendered, Error> {
    let mut plan = Plan::new(batch, layout);
    for edit in edits {
        plan.add(edit)?;
    }
    plan.quarantine_collisions();
    Ok(plan.write())
}

/// What is done to a row.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Kept,
    Dropped,
    Quarantined,
}

/// Bytes that are replaced, and where in [`Plan::new`] their replacement stands.
struct Patch {
    at: Range<usize>,
    new: Range<usize>,
}

struct Plan<'b> {
    batch: &'b Batch,
    layout: &'b JsonLayout,
    fates: Vec<Fate>,
    patches: Vec<Patch>,
    new: Vec<u8>,
    /// The new names of keys, by where they are spelt.
    renamed: HashMap<usize, String>,
    /// The rows that hold such keys.
    renamed_rows: BTreeSet<u32>,
    quarantined: Vec<Quarantined>,
}

impl<'b> Plan<'b> {
    fn new(batch: &'b Batch, layout: &'b JsonLayout) -> Self {
        let mut fates = vec![Fate::Kept; layout.rows.len()];
        for quarantined in &batch.quarantined {
            fates[quarantined.row as usize] = Fate::Quarantined;
        }
        let (patches, new, quarantined) = (Vec::new(), Vec::new(), Vec::new());
        let (renamed, renamed_rows) = (HashMap::new(), BTreeSet::new());
        Self { batch, layout, fates, patches, new, renamed, renamed_rows, quarantined }
    }

    fn add(&mut self, edit: &Edit) -> Result<(), Error> {
        let texts = &self.batch.texts[edit.texts as usize];
        let starts = self.layout.starts[edit.texts as usize].of(edit.cell);
        match &edit.change {
            Change::DropRecord => {
                for row in texts.occurrences.rows(edit.cell) {
                    let fate = &mut self.fates[row as usize];
                    if *fate == Fate::Kept {
                        *fate = Fate::Dropped;
                    }
                }
            }
            // It goes to the quarantine as it is.
            _ if texts.kind == Kind::Unparsed => {}
            Change::Null if !texts.nullable => return Err(self.refuse(texts, edit, Cause::NotNullable)),
            Change::Null => {
                for &start in starts {
                    self.null(start as usize);
                }
            }
            Change::Splice(_) if !texts.kind.takes_text() => {
                let cause = Cause::Unsupported("no text can stand in place of a number; write null instead");
                return Err(self.refuse(texts, edit, cause));
            }
            Change::Splice(splices) => {
                for &start in starts {
                    self.splice(start as usize, texts.get(edit.cell), splices);
                    if texts.kind == Kind::Key {
                        self.renamed.insert(start as usize, splice(texts.get(edit.cell), splices));
                    }
                }
                if texts.kind == Kind::Key {
                    self.renamed_rows.extend(texts.occurrences.rows(edit.cell));
                }
            }
        }
        Ok(())
    }

    fn refuse(&self, texts: &Texts, edit: &Edit, cause: Cause) -> Error {
        let row = texts.occurrences.rows(edit.cell).next().unwrap_or(0);
        let place = Place::default().at(self.batch.first_record + u64::from(row)).field(&*texts.field);
        Error { place, cause }
    }

    fn null(&mut self, start: usize) {
        let bytes = &self.layout.bytes;
        let end = match bytes[start] {
            b'"' => start + string_at(bytes, start).len() + 2,
            _ => number_end(bytes, start),
        };
        self.patch(start..end, |new| new.extend(b"null"));
    }

    fn splice(&mut self, start: usize, text: &str, splices: &[Splice]) {
        let bytes = &self.layout.bytes;
        let raw = if is_spelt(bytes, start, text) { text } else { string_at(bytes, start) };
        let mut spelling = Spelling::new(raw);
        for Splice { span, text } in splices {
            let from = spelling.offset(span.start as usize, false);
            let to = if span.is_empty() { from } else { spelling.offset(span.end as usize, true) };
            self.patch(start + 1 + from..start + 1 + to, |new| escape(text, new));
        }
    }

    fn patch(&mut self, at: Range<usize>, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.new.len();
        write(&mut self.new);
        self.patches.push(Patch { at, new: start..self.new.len() });
    }

    /// Two keys of an object that become one would lose a value for most readers.
    fn quarantine_collisions(&mut self) {
        for &row in &self.renamed_rows {
            if self.fates[row as usize] != Fate::Kept {
                continue;
            }
            let raw = self.layout.rows[row as usize].bytes();
            let text = std::str::from_utf8(&self.layout.bytes[raw.clone()]).expect("it was decoded");
            let mut names =
                Names { base: raw.start, renamed: &self.renamed, objects: Vec::new(), collide: false };
            walk(text, &mut names).expect("it was decoded");
            if names.collide {
                self.fates[row as usize] = Fate::Quarantined;
                self.quarantined.push(Quarantined { row, reason: "two keys of an object became the same" });
            }
        }
    }

    fn write(mut self) -> Rendered {
        self.patches.sort_by_key(|patch| patch.at.start);
        let bytes = &self.layout.bytes;
        let mut body = Vec::with_capacity(bytes.len() + self.new.len());
        let mut quarantine = Vec::new();
        let mut comma = None;
        let mut any = false;
        let mut at = 0;
        let mut patches = self.patches.iter().peekable();
        for (row, fate) in self.layout.rows.iter().zip(&self.fates) {
            let (cut, raw) = (row.cut.start as usize..row.cut.end as usize, row.bytes());
            body.extend(&bytes[at..cut.start]);
            if *fate == Fate::Kept && !any {
                any = true;
                comma = memchr::memchr(b',', &bytes[cut.start..raw.start]).map(|comma| body.len() + comma);
            }
            at = cut.start;
            while let Some(patch) = patches.next_if(|patch| patch.at.start < raw.end) {
                if *fate == Fate::Kept {
                    body.extend(&bytes[at..patch.at.start]);
                    body.extend(&self.new[patch.new.clone()]);
                    at = patch.at.end;
                }
            }
            match fate {
                Fate::Kept => body.extend(&bytes[at..cut.end]),
                Fate::Dropped => {}
                Fate::Quarantined => {
                    crate::text::quarantine(&bytes[raw], &mut quarantine);
                }
            }
            at = cut.end;
        }
        body.extend(&bytes[at..]);
        let dropped = self.fates.iter().filter(|&&fate| fate == Fate::Dropped).count() as u32;
        let verbatim = self.patches.is_empty() && self.fates.iter().all(|&fate| fate == Fate::Kept);
        let body =
            if self.layout.values { Body::Values { bytes: body, comma, any } } else { Body::Bytes(body) };
        Rendered { body, verbatim, quarantine, dropped, quarantined: self.quarantined }
    }
}

/// Whether the string that starts here, and reads as `text`, is spelt so, as nearly all are: an escape is longer than what
/// it stands for.
fn is_spelt(bytes: &[u8], start: usize, text: &str) -> bool {
    bytes[start + 1..].strip_prefix(text.as_bytes()).is_some_and(|rest| rest.starts_with(b"\""))
}

/// Looks for objects in which a new name meets another key.
struct Names<'t, 'p> {
    base: usize,
    renamed: &'p HashMap<usize, String>,
    /// For each open container, the keys so far: as they will be, and as they were.
    objects: Vec<HashMap<Cow<'p, str>, Cow<'t, str>>>,
    collide: bool,
}

impl<'t: 'p, 'p> Visit<'t> for Names<'t, 'p> {
    fn open(&mut self, _list: bool) {
        self.objects.push(HashMap::new());
    }

    fn close(&mut self) {
        self.objects.pop();
    }

    fn key(&mut self, key: Quoted<'t>) {
        let old = if key.escaped {
            let mut text = String::new();
            unescape(key.raw, &mut text);
            Cow::Owned(text)
        } else {
            Cow::Borrowed(key.raw)
        };
        let new = match self.renamed.get(&(self.base + key.at)) {
            Some(name) => Cow::Borrowed(name.as_str()),
            None => old.clone(),
        };
        match self.objects.last_mut().expect("a key stands in an object").entry(new) {
            Entry::Vacant(free) => {
                free.insert(old);
            }
            // Keys that were the same before may stay the same.
            Entry::Occupied(taken) => self.collide |= *taken.get() != old,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_spelt_as_it_reads_has_no_escape(raw in r#"(a|é|\\\\|\\"|\\n|\\u005c|\\u0022){0,5}"#) {
            let mut text = String::new();
            unescape(&raw, &mut text);
            let bytes = format!("{{\"{raw}\",\"b\"}}").into_bytes();
            prop_assert_eq!(is_spelt(&bytes, 1, &text), !raw.contains('\\'));
            prop_assert_eq!(string_at(&bytes, 1), raw);
        }
    }
}
