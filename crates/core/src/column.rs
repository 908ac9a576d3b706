//! The cells of a field as they are looked at: each for itself, or, where texts come again and again, each text once.
//! What comes of it is the same, cell by cell and in the same order. Knows no detector.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use ahash::RandomState;
use sievert_detect::Texts as Cells;
use sievert_io::{Occurrences, Texts};

/// Cells looked at first to see whether texts repeat.
const SAMPLE: usize = 512;

/// The cells of a field.
pub(crate) struct Column<'b> {
    /// As they were decoded.
    pub(crate) texts: &'b Texts,
    distinct: Option<Distinct>,
}

/// Texts one after another.
#[derive(Default)]
pub(crate) struct Gathered {
    buffer: String,
    ends: Vec<u32>,
}

/// Each text once, in the order in which they first stand in a column.
struct Distinct {
    texts: Gathered,
    /// In how many cells each stands.
    times: Vec<u64>,
    /// For each cell as decoded, its text.
    of: Vec<u32>,
}

impl Column<'_> {
    /// Where texts repeat, each becomes one cell.
    pub(crate) fn of(texts: &Texts) -> Column<'_> {
        // A format that knows what is distinct has said so.
        let single = matches!(texts.occurrences, Occurrences::One(_));
        let different = if single { different(texts) } else { None };
        Column { texts, distinct: different.and_then(|different| Distinct::of(texts, different)) }
    }

    /// The cells one by one, though texts may repeat.
    #[cfg(test)]
    pub(crate) fn plain(texts: &Texts) -> Column<'_> {
        Column { texts, distinct: None }
    }

    /// What is looked at.
    pub(crate) fn cells(&self) -> Cells<'_> {
        let Texts { buffer, ends, .. } = self.texts;
        self.distinct.as_ref().map_or(Cells { buffer, ends }, |distinct| distinct.texts.cells())
    }

    /// The number of cells that are looked at.
    pub(crate) fn len(&self) -> u32 {
        self.cells().ends.len() as u32
    }

    /// The text of a cell that is looked at.
    pub(crate) fn get(&self, cell: u32) -> &str {
        text_of(self.cells(), cell)
    }

    /// How often a cell that is looked at stands in records.
    pub(crate) fn times(&self, cell: u32) -> u64 {
        match &self.distinct {
            Some(distinct) => distinct.times[cell as usize],
            None => self.texts.occurrences.rows(cell).count() as u64,
        }
    }

    /// What was said of cells that were looked at, said of every cell that was decoded, in their order.
    pub(crate) fn decoded<T: Clone>(&self, said: Vec<(u32, T)>) -> Vec<(u32, T)> {
        let Some(distinct) = self.distinct.as_ref().filter(|_| !said.is_empty()) else { return said };
        let mut of_text = vec![None; distinct.times.len()];
        for (cell, it) in said {
            of_text[cell as usize] = Some(it);
        }
        let said = |(cell, text): (u32, &u32)| Some((cell, of_text[*text as usize].clone()?));
        (0..).zip(&distinct.of).filter_map(said).collect()
    }
}

impl Distinct {
    /// Of texts of which about so many are different; `None` where it is more than half of them.
    fn of(texts: &Texts, different: usize) -> Option<Self> {
        let (mut all, mut times) = (Gathered::default(), Vec::new());
        let mut seen = HashMap::with_capacity_and_hasher(different, RandomState::new());
        let mut of = Vec::with_capacity(texts.len());
        for text in texts.iter() {
            let number = match seen.entry(text) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(_) if times.len() * 2 >= texts.len() => return None,
                Entry::Vacant(new) => {
                    all.push(text);
                    times.push(0);
                    *new.insert(times.len() as u32 - 1)
                }
            };
            times[number as usize] += 1;
            of.push(number);
        }
        Some(Self { texts: all, times, of })
    }
}

impl Gathered {
    pub(crate) fn push(&mut self, text: &str) {
        self.add(|buffer| buffer.push_str(text));
    }

    /// Adds the text that is written behind the others; its number.
    pub(crate) fn add(&mut self, write: impl FnOnce(&mut String)) -> u32 {
        write(&mut self.buffer);
        self.ends.push(self.buffer.len() as u32);
        self.ends.len() as u32 - 1
    }

    pub(crate) fn get(&self, number: u32) -> &str {
        text_of(self.cells(), number)
    }

    /// The length of all texts together.
    pub(crate) fn bytes(&self) -> usize {
        self.buffer.len()
    }

    pub(crate) fn clear(&mut self) {
        self.buffer.clear();
        self.ends.clear();
    }

    pub(crate) fn cells(&self) -> Cells<'_> {
        Cells { buffer: &self.buffer, ends: &self.ends }
    }
}

fn text_of(Cells { buffer, ends }: Cells<'_>, number: u32) -> &str {
    let start = number.checked_sub(1).map_or(0, |before| ends[before as usize]);
    &buffer[start as usize..ends[number as usize] as usize]
}

/// About how many of the texts are different, by a sample of the first; `None` where fewer than an eighth of the sample
/// repeats an earlier text.
fn different(texts: &Texts) -> Option<usize> {
    let first = texts.len().min(SAMPLE);
    let mut seen = HashSet::with_capacity_and_hasher(first, RandomState::new());
    let mut few = |text| !seen.insert(text) || seen.len() * 8 <= first * 7;
    let repeat = !texts.buffer.is_empty() && texts.iter().take(first).all(&mut few);
    repeat.then(|| texts.len() * seen.len() / first)
}
