//! Sample data with the truth beside it: tables, chats and prose in several languages, with values that detectors
//! make ([`Detector::sample`]) planted in known places, and harmless numbers that look like them. Scans nothing.

mod filler;
mod locale;
mod objects;
mod template;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use locale::World;
pub use objects::TRUTH;
use sievert_detect::{Detector, Draw};
pub use template::{Passage, Planted};

/// How much is made, and which.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Records in each object.
    pub rows: u64,
    /// The same seed and detectors make the same sample, on every machine and in every version.
    pub seed: u64,
}

/// What [`generate`] wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The files with data, in the order in which they were written.
    pub objects: Vec<Object>,
    /// How many values of each detector, by id, are planted in all of them.
    pub planted: BTreeMap<&'static str, u64>,
}

/// One file with data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its name in the folder.
    pub name: &'static str,
    /// Its records.
    pub records: u64,
    /// The values planted in it.
    pub planted: u64,
}

/// What can go wrong: only writing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be written.
    #[error("{}: {source}; choose an empty folder that can be written", path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The Parquet file could not be written.
    #[error(transparent)]
    Table(#[from] sievert_io::Error),
}

/// Writes `patients.csv`, `tickets.jsonl`, `payments.parquet` and, beside them, `_truth.jsonl` into a folder, which is
/// made if it is not there. The truth has a line for each planted value: object, record (from 0), field, start and
/// end in code points of the cell's text, detector; never the value.
///
/// # Errors
/// A file that exists already, or cannot be written.
pub fn generate(options: &Options, detectors: &[&'static Detector], out: &Path) -> Result<Manifest, Error> {
    std::fs::create_dir_all(out).map_err(|source| Error::Write { path: out.to_owned(), source })?;
    objects::write_all(&World::new(detectors), options, out)
}

/// How thickly values are sown in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Density {
    /// None: prose, and harmless numbers.
    Free,
    /// One value in about 500 bytes, as in letters and tickets.
    Realistic,
    /// One value in about 60 bytes, as in lists.
    Dense,
}

/// A text of at least `bytes` bytes, in lines, in several languages.
pub fn text(density: Density, bytes: usize, seed: u64, detectors: &[&'static Detector]) -> Passage {
    let world = World::new(detectors);
    let between = |draw: &mut Draw| if draw.chance(15) { world.noise(draw) } else { world.prose(draw) };
    sown(density, bytes, seed, |draw| world.message(draw), between)
}

/// As [`text`], in English: paragraphs of a novel, and what English speakers write between them.
pub fn novel(density: Density, bytes: usize, seed: u64, detectors: &[&'static Detector]) -> Passage {
    let world = World::new(detectors);
    let message = |draw: &mut Draw| world.message_of(world.english(draw), draw);
    sown(density, bytes, seed, message, |draw| Passage::plain(*draw.pick(&NOVEL.lines().collect::<Vec<_>>())))
}

/// Jane Austen, Pride and Prejudice (1813), from chapters 1 to 3.
const NOVEL: &str = include_str!("../templates/novel.txt");

/// Lines, as many of them messages as it takes.
fn sown(
    density: Density,
    bytes: usize,
    seed: u64,
    message: impl Fn(&mut Draw) -> Passage,
    between: impl Fn(&mut Draw) -> Passage,
) -> Passage {
    let mut draw = Draw::new(seed);
    let mut passage = Passage::default();
    while passage.text.len() < bytes {
        let due = match density {
            Density::Free => 0,
            Density::Realistic => passage.text.len() / 500,
            Density::Dense => passage.text.len() / 60 + 1,
        };
        let more = passage.planted.len() < due;
        passage.append(&if more { message(&mut draw) } else { between(&mut draw) });
        passage.append(&Passage::plain("\n"));
    }
    passage
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_as_dense_as_asked() {
        let detectors = sievert_catalog::all();
        for (density, least, most) in
            [(Density::Free, 0, 0), (Density::Realistic, 150, 250), (Density::Dense, 1000, 2500)]
        {
            for made in [text, novel] {
                let passage = made(density, 100_000, 1, detectors);
                assert!(passage.text.len() < 101_000);
                let planted = passage.planted.len();
                assert!((least..=most).contains(&planted), "{density:?}: {planted}");
            }
        }
    }
}
