//! The flow of detection: words, then labelled values, then patterns; each candidate is judged on its own. What the
//! findings mean for a record or a file is not known here.

mod pass;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::automaton::{Automaton, CACHE, Walker};
use crate::compile::{Compiled, Parts, Role, Shape};
use crate::shadow::Shadow;
use crate::start::{Open, Starts, Together};
use crate::words::{Hit, Words};
use crate::{
    Category, CustomDetector, Detector, DetectorIndex, DetectorSet, Error, Evidence, Field, Finding, field,
};
use pass::{Named, Pass, count, settle, trimmed};

/// All detectors of a plan, ready to scan. `Sync`; share it by reference, give each thread its own [`Scratch`].
pub struct Scanner {
    /// Tells the scratch of one scanner from that of another.
    number: u64,
    detectors: Vec<Compiled>,
    words: Words,
    /// Patterns that stand alone, by what must not stand before them.
    groups: Vec<Group>,
    labelled: Option<Automaton>,
    labelled_shapes: Vec<Shape>,
    /// By detector: whether it has a shape of its own behind labels.
    has_labelled: DetectorSet,
    starts: Starts,
}

/// Shapes that are walked together.
struct Group {
    automaton: Automaton,
    shapes: Vec<Shape>,
    bits: u64,
}

/// One detector, as lists and reports show it.
#[derive(Clone, Copy, Debug)]
pub struct About<'s> {
    /// As [`Detector::id`].
    pub id: &'s str,
    /// As [`Detector::title`].
    pub title: &'s str,
    /// As [`Detector::placeholder`].
    pub placeholder: &'s str,
    /// As [`Detector::category`].
    pub category: Category,
    /// As [`Detector::chance`].
    pub chance: f64,
}

/// Many short texts in one buffer: cell `n` ends at `ends[n]`, in bytes and on a character border, and starts where
/// the one before ends.
#[derive(Clone, Copy)]
pub struct Texts<'t> {
    /// All texts, one behind the other.
    pub buffer: &'t str,
    /// Where each ends, rising.
    pub ends: &'t [u32],
}

/// Shows no text.
impl fmt::Debug for Texts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Texts").field("texts", &self.ends.len()).finish_non_exhaustive()
    }
}

impl<'t> Texts<'t> {
    /// The texts.
    pub fn iter(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        let (buffer, ends) = (self.buffer, self.ends);
        let starts = std::iter::once(0).chain(ends.iter().copied());
        starts.zip(ends).map(move |(start, end)| &buffer[start as usize..*end as usize])
    }
}

/// How many whole cells had the shape of a detector, and how many of these its validator took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cells that are nothing but a candidate, blanks around it aside.
    pub tried: u64,
    /// Those whose verdict was neither `No` nor `Failed`.
    pub passed: u64,
}

/// What scanning needs and reuses: one for each thread.
#[derive(Default)]
pub struct Scratch {
    scanner: u64,
    walkers: Vec<Walker>,
    labelled: Option<Walker>,
    words: Option<Walker>,
    shadow: Shadow,
    hits: Vec<Hit>,
    named: Vec<Named>,
    ends: Vec<(u16, u32)>,
    open: Open,
    blocked: Vec<u32>,
    /// Detectors whose shape is the whole cell, and whether the validator took it.
    whole: Vec<(DetectorIndex, bool)>,
    tallies: Vec<Tally>,
}

/// Shows no text: what was scanned last is still in there.
impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scratch").finish_non_exhaustive()
    }
}

impl Scratch {
    /// The tallies since the last call, by detector index; empty when nothing was scanned. Take them between fields.
    pub fn take_tallies(&mut self) -> Vec<Tally> {
        let none = vec![Tally::default(); self.tallies.len()];
        std::mem::replace(&mut self.tallies, none)
    }

    /// Bytes that automata have walked so far: the measure of work that the tests hold to be linear.
    #[doc(hidden)]
    pub fn steps(&self) -> u64 {
        self.walkers.iter().chain(&self.labelled).chain(&self.words).map(|walker| walker.steps).sum()
    }

    fn prepare(&mut self, scanner: &Scanner) {
        if self.scanner != scanner.number {
            self.scanner = scanner.number;
            self.walkers = scanner.groups.iter().map(|group| group.automaton.walker()).collect();
            self.labelled = scanner.labelled.as_ref().map(Automaton::walker);
            self.words = scanner.words.walker();
            self.tallies = vec![Tally::default(); scanner.len()];
            self.blocked = vec![0; scanner.len()];
        }
        let walkers = self.walkers.iter_mut().chain(&mut self.labelled).chain(&mut self.words);
        walkers.for_each(Walker::forget);
        self.hits.clear();
        self.named.clear();
        self.blocked.fill(0);
    }
}

impl Scanner {
    /// Compiles the detectors; their indexes are their places, built-ins first.
    ///
    /// # Errors
    /// Names the detector and what is wrong with it.
    pub fn new(detectors: &[&'static Detector], custom: &[CustomDetector]) -> Result<Self, Error> {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let parts = Parts::new(detectors, custom)?;
        let (starts, groups) = Starts::new(parts.patterns);
        let groups = groups
            .into_iter()
            .map(|Together { shapes, bits }| Ok(Group { automaton: automaton(&shapes)?, shapes, bits }));
        let groups = groups.collect::<Result<_, _>>()?;
        let mut has_labelled = DetectorSet::none(parts.detectors.len());
        parts.labelled.iter().for_each(|shape| has_labelled.insert(DetectorIndex(shape.detector)));
        Ok(Self {
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            words: Words::new(&parts.words)?,
            groups,
            labelled: if parts.labelled.is_empty() { None } else { Some(automaton(&parts.labelled)?) },
            labelled_shapes: parts.labelled,
            has_labelled,
            starts,
            detectors: parts.detectors,
        })
    }

    /// How many detectors there are.
    pub fn len(&self) -> usize {
        self.detectors.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.detectors.is_empty()
    }

    /// All detectors, by index.
    pub fn detectors(&self) -> impl Iterator<Item = (DetectorIndex, About<'_>)> {
        (0..self.len()).map(|index| DetectorIndex(index as u16)).map(|index| (index, self.about(index)))
    }

    /// One detector. The index must be of this scanner.
    pub fn about(&self, detector: DetectorIndex) -> About<'_> {
        let it = &self.detectors[usize::from(detector.0)];
        About {
            id: &it.id,
            title: &it.title,
            placeholder: &it.placeholder,
            category: it.category,
            chance: it.chance,
        }
    }

    /// The detector of this id.
    pub fn index_of(&self, id: &str) -> Option<DetectorIndex> {
        self.detectors.iter().position(|detector| detector.id == id).map(|index| DetectorIndex(index as u16))
    }

    /// One spelling for all spellings of a value: the detector's normal form of the value's shadow view.
    pub fn normalize(&self, detector: DetectorIndex, text: &str) -> String {
        let mut shadow = Shadow::default();
        let (view, _) = shadow.of(text);
        (self.detectors[usize::from(detector.0)].normalize)(view)
    }

    /// A field of this name, or of this path, with all detectors on. An empty name vouches for nothing.
    pub fn field(&self, name: &str) -> Field {
        let mut shadow = Shadow::default();
        let (name, _) = shadow.of(name);
        let count = self.len();
        let mut field = Field {
            detectors: DetectorSet::all(count),
            regions: Vec::new(),
            column: DetectorSet::none(count),
            named: DetectorSet::none(count),
            hinted: DetectorSet::none(count),
        };
        let Some(words) = field::words(name) else { return field };
        let mut walker = self.words.walker();
        let mut roles = |words: &str| {
            let mut hits = Vec::new();
            self.words.find(walker.as_mut(), words, &mut hits);
            self.words.find(walker.as_mut(), &field::without_numbers(words), &mut hits);
            hits.iter().flat_map(|hit| self.words.owners(hit)).copied().collect::<Vec<_>>()
        };
        let leaf = field::words(field::leaf(name)).unwrap_or_default();
        for (detector, role) in roles(&leaf) {
            if role == Role::Label {
                field.named.insert(detector);
            }
        }
        // What labels an element further up is context to what stands below it.
        for (detector, role) in roles(&words) {
            if role == Role::Context || role == Role::Label && !field.named.contains(detector) {
                field.hinted.insert(detector);
            }
        }
        field
    }

    /// Finds what the text holds and appends it, by start. Overlaps between detectors stay in; see
    /// [`resolve`](crate::resolve). The text must be shorter than 4 GiB.
    pub fn scan(&self, field: &Field, text: &str, scratch: &mut Scratch, out: &mut Vec<Finding>) {
        scratch.prepare(self);
        let Scratch {
            walkers,
            labelled,
            words,
            shadow,
            hits,
            named,
            ends,
            open,
            blocked,
            whole,
            tallies,
            ..
        } = scratch;
        let (view, shadow) = shadow.of(text);
        let first = out.len();
        self.words.find(words.as_mut(), view, hits);
        let cell = trimmed(view);
        let mut pass = Pass { scanner: self, field, view, cell, hits, named, ends, whole, out };
        pass.labelled(labelled.as_mut());
        pass.patterns(walkers, open, blocked);
        settle(out, first);
        count(whole, tallies);
        if let Some(shadow) = shadow {
            for finding in &mut out[first..] {
                let span = finding.range();
                if shadow.disguises(&span) {
                    finding.evidence = finding.evidence.and(Evidence::DISGUISED);
                }
                let original = shadow.original(&span, text);
                finding.span = original.start as u32..original.end as u32;
            }
        }
    }

    /// As [`scan`](Self::scan), for many texts of one field; each finding with the number of its text.
    pub fn scan_texts(
        &self,
        field: &Field,
        texts: &Texts<'_>,
        scratch: &mut Scratch,
        out: &mut Vec<(u32, Finding)>,
    ) {
        let mut found = Vec::new();
        for (number, text) in texts.iter().enumerate() {
            self.scan(field, text, scratch, &mut found);
            out.extend(found.drain(..).map(|finding| (number as u32, finding)));
        }
    }

    /// As [`scan`](Self::scan), for one text of no field. Convenient, not fast: nothing is reused.
    pub fn findings(&self, text: &str) -> Vec<Finding> {
        let mut out = Vec::new();
        self.scan(&self.field(""), text, &mut Scratch::default(), &mut out);
        out
    }
}

fn automaton(shapes: &[Shape]) -> Result<Automaton, Error> {
    let hirs: Vec<_> = shapes.iter().map(|shape| shape.hir.clone()).collect();
    Automaton::new(&hirs, CACHE).map_err(|problem| Error::TooLarge { problem })
}
