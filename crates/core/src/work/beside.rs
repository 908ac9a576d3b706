//! Cells that something beside them names: of `{"name": "ssn", "value": "..."}` the value is looked at as in a field
//! `ssn`. Where it stands is still its own field, which is what policies and reports know.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use sievert_detect::Field;
use sievert_io::{Batch, Occurrences, Texts};

use super::{KnownField, Worker};
use crate::counts::FIELDS_TRACKED;
use crate::plan::FieldPlan;

/// Some cells of a field for which the same speaks: nearly always all of them.
pub(super) struct Part<'b> {
    pub(super) texts: Cow<'b, Texts>,
    pub(super) field: Arc<KnownField>,
    /// Which cells of the field these are, if not all.
    cells: Option<Vec<u32>>,
}

impl Part<'_> {
    /// The number of a cell in its field.
    pub(super) fn number(&self, cell: u32) -> u32 {
        self.cells.as_ref().map_or(cell, |cells| cells[cell as usize])
    }
}

impl Worker<'_> {
    /// What each of the names of a batch says of a cell; `None` where it says nothing.
    pub(super) fn voices(&mut self, batch: &Batch) -> Vec<Option<Field>> {
        let mut of_all = |names: &Arc<str>| {
            let voices = names.lines().filter_map(|name| self.voice(name));
            voices.reduce(|all, one| all.named_by(&one))
        };
        batch.names.0.iter().map(&mut of_all).collect()
    }

    /// What one name says. Most stand in every batch.
    fn voice(&mut self, name: &str) -> Option<Field> {
        if let Some(known) = self.voices.get(name) {
            return known.clone();
        }
        let voice = Some(self.job.plan.named(name)).filter(Field::is_telling);
        if self.voices.len() >= FIELDS_TRACKED {
            self.voices.clear();
        }
        self.voices.insert(name.into(), voice.clone());
        voice
    }
}

/// The cells of a field by what speaks for them, first those for which nothing beside them does.
pub(super) fn parts<'b>(texts: &'b Texts, field: Arc<KnownField>, voices: &[Option<Field>]) -> Vec<Part<'b>> {
    let told = |(_, names): &(u32, u32)| voices[*names as usize].is_some();
    if field.plan.skipped || !texts.named.iter().any(told) {
        return vec![Part { texts: Cow::Borrowed(texts), field, cells: None }];
    }
    // The part of each voice; few differ.
    let plain = &field.plan.field;
    let (mut of_voice, mut of_field) = (vec![None; voices.len()], HashMap::from([(plain.clone(), 0)]));
    let (mut fields, mut cells) = (vec![plain.clone()], vec![Vec::new()]);
    let mut links = texts.named.iter().peekable();
    for cell in 0..texts.len() as u32 {
        let link = links.next_if(|(of, _)| *of == cell).map(|(_, names)| *names as usize);
        let at = match link.and_then(|link| Some((link, voices[link].as_ref()?))) {
            None => 0,
            Some((link, voice)) => *of_voice[link].get_or_insert_with(|| {
                *of_field.entry(plain.clone().named_by(voice)).or_insert_with_key(|field| {
                    fields.push(field.clone());
                    cells.push(Vec::new());
                    fields.len() - 1
                })
            }),
        };
        cells[at].push(cell);
    }
    let parts = fields.into_iter().zip(cells).enumerate().filter(|(_, (_, cells))| !cells.is_empty());
    parts
        .map(|(at, (scanned, cells))| {
            let known = match at {
                0 => field.clone(),
                _ => Arc::new(KnownField {
                    plan: FieldPlan { field: scanned, ..field.plan.clone() },
                    shown: field.shown.clone(),
                    telling: true,
                    beside: true,
                }),
            };
            Part { texts: Cow::Owned(some(texts, &cells)), field: known, cells: Some(cells) }
        })
        .collect()
}

/// Some of the cells.
fn some(texts: &Texts, cells: &[u32]) -> Texts {
    let (mut buffer, mut ends) = (String::new(), Vec::with_capacity(cells.len()));
    for cell in cells {
        buffer.push_str(texts.get(*cell));
        ends.push(buffer.len() as u32);
    }
    let occurrences = match &texts.occurrences {
        Occurrences::One(rows) => Occurrences::One(cells.iter().map(|cell| rows[*cell as usize]).collect()),
        Occurrences::Distinct(rows) => {
            Occurrences::Distinct(cells.iter().map(|cell| rows[*cell as usize].clone()).collect())
        }
    };
    let (field, named) = (texts.field.clone(), Vec::new());
    Texts { field, kind: texts.kind, nullable: texts.nullable, buffer, ends, occurrences, named }
}
