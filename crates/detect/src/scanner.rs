//! The flow of detection: one pass finds the anchors, and only there labels, candidates and the words around them are
//! looked at; each candidate is judged on its own. What the findings mean for a record or a file is not known here.

mod group;
mod pass;

use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::automaton::{Automaton, Walker};
use crate::compile::{Compiled, Parts, Role, Shape};
use crate::covered::Covered;
use crate::filter::{self, Bytes, Place};
use crate::kernel::{BLOCK, Path};
use crate::letters::Letters;
use crate::shadow::{Shadow, Views};
use crate::sieve::{Anchor, Sieve, Sieved};
use crate::words::{Hit, Names, Words};
use crate::{Category, CustomDetector, Detector, DetectorIndex, DetectorSet, Error, Field, Finding, field};
use group::{Group, Walkers, grouped};
use pass::{End, Heard, Judged, Named, Pass, note, settle, trimmed};

/// All detectors of a plan, ready to scan. `Sync`; share it by reference, give each thread its own [`Scratch`].
pub struct Scanner {
    /// Tells the scratch of one scanner from that of another.
    number: u64,
    detectors: Vec<Compiled>,
    words: Words,
    sieve: Sieve,
    /// Patterns that stand alone.
    groups: Vec<Group>,
    /// Shapes that are tried behind labels alone, by detector.
    labelled: Vec<Option<Labelled>>,
}

/// What may stand behind a label.
struct Labelled {
    shape: Shape,
    automaton: Automaton,
    /// What it can begin with.
    first: Bytes,
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

/// How the candidates of a detector are found, and how much there is to look at for that.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// What leads to them.
    pub route: Route,
    /// The share of places in a usual text that its filter lets through, by a rough guess. 0 behind labels, which cost
    /// where they stand.
    pub places: f64,
}

/// What leads to the candidates of a detector. Read off its pattern; the scanner does the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Labels alone: there is no pattern that stands alone.
    Label,
    /// How they begin.
    Start,
    /// Something rare inside them, from where the start is found backwards.
    Inside,
    /// Nothing: they can begin at too many places, and each is tried. Slow; a rarer beginning or a word in the pattern
    /// that is always there helps.
    Everywhere,
}

impl Route {
    /// The word used in listings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Label => "label",
            Self::Start => "start",
            Self::Inside => "inside",
            Self::Everywhere => "everywhere",
        }
    }
}

/// Where more places than this share pass a filter, it is none.
const EVERYWHERE: f64 = 1.0 / 20.0;

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
    /// Where a text starts; behind the last, where that ends.
    pub(crate) fn start(&self, number: usize) -> usize {
        number.checked_sub(1).map_or(0, |before| self.ends[before] as usize)
    }

    pub(crate) fn get(&self, number: usize) -> &'t str {
        &self.buffer[self.start(number)..self.start(number + 1)]
    }

    /// The texts.
    pub fn iter(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        let (buffer, ends) = (self.buffer, self.ends);
        let starts = std::iter::once(0).chain(ends.iter().copied());
        starts.zip(ends).map(move |(start, end)| &buffer[start as usize..*end as usize])
    }
}

/// A text that is nothing but a candidate of a detector with a checksum, blanks around it aside. Where most texts of a
/// field pass, that is evidence for each of them: [`Field::column`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The number of the text.
    pub text: u32,
    /// Whose shape it has.
    pub detector: DetectorIndex,
    /// The verdict was neither `No` nor `Failed`.
    pub passed: bool,
}

/// Of so many texts of one scan all are tried, of more as many of them, spread over all.
const TRIED: usize = 1024;

/// Whether a text is one of those that are tried: its number times the golden ratio, of which the fractions are spread
/// evenly however many there are.
fn is_tried(number: usize, count: usize) -> bool {
    let every = count.div_ceil(TRIED) as u64;
    let fraction = u64::from((number as u32).wrapping_mul(0x9E37_79B9));
    (fraction * every) >> u32::BITS == 0
}

/// What scanning needs and reuses: one for each thread.
#[derive(Default)]
pub struct Scratch {
    scanner: u64,
    sieved: Sieved,
    views: Views,
    fresh: Vec<u64>,
    shadow: Shadow,
    cell: Cell,
    found: Vec<Finding>,
    trials: Vec<Trial>,
}

/// What the scan of one text needs.
#[derive(Default)]
struct Cell {
    walkers: Vec<Walkers>,
    labelled: Vec<Walker>,
    hits: Vec<Hit>,
    heard: Heard,
    named: Vec<Named>,
    names: Names,
    judged: Vec<Judged>,
    ends: Vec<End>,
    /// Where values behind a label may end, rising.
    reached: Vec<u32>,
    /// Groups whose windows are inside, and where their candidates may start.
    starts: Vec<(u32, u32)>,
    /// By detector: where its next candidate may start, behind its last finding.
    blocked: Vec<u32>,
    /// By detector: where none of its candidates begins any more, and none of its values behind labels.
    covered: Vec<Covered>,
    covered_behind_labels: Vec<Covered>,
    /// Ends of candidates so far.
    told: u64,
    /// Detectors whose shape is the whole text, and whether the validator took it.
    tried: Vec<(DetectorIndex, bool)>,
    /// [`Scanner::silent`] of the field, once it was asked for.
    silent: Option<u64>,
    /// The number of the text.
    text: u64,
}

/// Shows no text: what was scanned last is still in there.
impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scratch").finish_non_exhaustive()
    }
}

impl Scratch {
    /// The trials of the last [`scan_texts`](Scanner::scan_texts), by text; of more than a thousand texts those of a
    /// sample of as many.
    pub fn take_trials(&mut self) -> Vec<Trial> {
        std::mem::take(&mut self.trials)
    }

    /// Bytes that automata have walked and words were looked up in so far, and ends of candidates: the measure of work
    /// that the tests hold to be linear.
    #[doc(hidden)]
    pub fn steps(&self) -> u64 {
        let cell = &self.cell;
        let walkers = cell.walkers.iter().flat_map(Walkers::all).chain(&cell.labelled);
        cell.told + cell.heard.steps + walkers.map(|walker| walker.steps).sum::<u64>()
    }

    fn prepare(&mut self, scanner: &Scanner) {
        if self.scanner != scanner.number {
            self.scanner = scanner.number;
            let count = scanner.len();
            self.cell = Cell {
                walkers: scanner.groups.iter().map(|_| Walkers::default()).collect(),
                labelled: (0..count).map(|_| Walker::default()).collect(),
                blocked: vec![0; count],
                covered: vec![Covered::default(); count],
                covered_behind_labels: vec![Covered::default(); count],
                ..Cell::default()
            };
        }
        self.cell.silent = None;
    }
}

impl fmt::Debug for Scanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scanner").field("detectors", &self.len()).finish_non_exhaustive()
    }
}

impl Scanner {
    /// Compiles the detectors; their indexes are their places, built-ins first.
    ///
    /// # Errors
    /// Names the detector and what is wrong with it.
    pub fn new(detectors: &[&'static Detector], custom: &[CustomDetector]) -> Result<Self, Error> {
        Self::on_path(detectors, custom, Path::available()[0])
    }

    /// As [`new`](Self::new), once for each set of instructions that this machine has, to hold them against each other.
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "reference")]
    pub fn on_all_paths(
        detectors: &[&'static Detector],
        custom: &[CustomDetector],
    ) -> Result<Vec<Self>, Error> {
        Path::available().into_iter().map(|path| Self::on_path(detectors, custom, path)).collect()
    }

    fn on_path(
        detectors: &[&'static Detector],
        custom: &[CustomDetector],
        path: Path,
    ) -> Result<Self, Error> {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let parts = Parts::new(detectors, custom)?;
        let first_digits = parts.first_digits();
        let waits = |shape: &Shape| parts.detectors[usize::from(shape.detector)].waits(shape.led, &[]);
        let groups = grouped(parts.patterns, waits);
        let filters: Vec<_> = groups.iter().map(|group| &group.filters[..]).collect();
        let mut labelled: Vec<_> = parts.detectors.iter().map(|_| None).collect();
        for shape in parts.labelled {
            let of = usize::from(shape.detector);
            let automaton = Automaton::new(vec![shape.hir.clone()], shape.right);
            labelled[of] = Some(Labelled { automaton, first: filter::first(&shape.hir), shape });
        }
        Ok(Self {
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            words: Words::new(&parts.words, &first_digits)?,
            sieve: Sieve::new(&filters, path),
            groups,
            labelled,
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

    /// How the candidates of one detector are found. The index must be of this scanner.
    pub fn cost(&self, detector: DetectorIndex) -> Cost {
        let all = self.groups.iter().flat_map(|group| group.shapes.iter().zip(&group.filters));
        let own = all.filter(|(shape, _)| shape.detector == detector.0).map(|(_, filter)| filter);
        let none = Cost { route: Route::Label, places: 0.0 };
        own.fold(none, |cost, filter| {
            let places = cost.places + filter.share;
            let route = match filter.place {
                _ if places > EVERYWHERE => Route::Everywhere,
                Place::Inside { .. } => Route::Inside,
                Place::Start => Route::Start,
            };
            Cost { route, places }
        })
    }

    /// The detector of this id.
    pub fn index_of(&self, id: &str) -> Option<DetectorIndex> {
        self.detectors.iter().position(|detector| detector.id == id).map(|index| DetectorIndex(index as u16))
    }

    /// One spelling for all spellings of a value: the detector's normal form of the value's shadow view.
    pub fn normalize<'t>(&self, detector: DetectorIndex, text: &'t str) -> Cow<'t, str> {
        let normalize = self.detectors[usize::from(detector.0)].normalize;
        let mut shadow = Shadow::default();
        match shadow.of(text) {
            (_, None) => normalize(text),
            (view, Some(_)) => normalize(view).into_owned().into(),
        }
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
        if field::words(name).is_none() {
            return field;
        }
        let roles = |name: &str| {
            let mut roles = Vec::new();
            for words in &field::spellings(name) {
                let (mut masks, mut hits) = (Vec::new(), Vec::new());
                self.sieve.masks(words.as_bytes(), &mut masks);
                let whole = 0..words.len();
                self.words.find(words, Letters::new(&masks, words, whole.clone()), whole, &mut hits);
                // Of a `password_file` the word `password` says no more than that there is one elsewhere.
                let elsewhere = field::of_secrets(words);
                for hit in &hits {
                    let about = elsewhere.is_some_and(|at| hit.span.end as usize <= at);
                    let speaks = |(owner, _): &&(DetectorIndex, Role)| {
                        !about || self.about(*owner).category != Category::Credential
                    };
                    roles.extend(self.words.owners(hit).iter().filter(speaks));
                }
            }
            roles
        };
        let of_all = roles(name);
        let leaf = field::leaf(name);
        let of_leaf = (leaf != name).then(|| field::words(leaf).map_or_else(Vec::new, |_| roles(leaf)));
        for (detector, role) in of_leaf.as_ref().unwrap_or(&of_all) {
            if *role == Role::Label {
                field.named.insert(*detector);
            }
        }
        // What labels an element further up is context to what stands below it.
        for (detector, role) in of_all {
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
        let Scratch { sieved, shadow, cell, .. } = scratch;
        let (view, shadow) = shadow.of(text);
        self.sieve.pass(&self.words, view.as_bytes(), &[], sieved);
        let first = out.len();
        let letters = Letters::new(&sieved.masks, view, 0..view.len());
        self.cell(field, &sieved.anchors, letters, None, cell, out);
        if let Some(shadow) = shadow {
            shadow.unveil(&mut out[first..], text);
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
        scratch.prepare(self);
        let Scratch { sieved, views, fresh, shadow, cell, found, trials, .. } = scratch;
        trials.clear();
        let (views, disguised) = views.of(texts, shadow);
        let buffer = views.buffer;
        fresh.clear();
        fresh.resize(buffer.len().div_ceil(BLOCK), 0);
        for end in views.ends.iter().map(|end| *end as usize).filter(|end| *end < buffer.len()) {
            fresh[end / BLOCK] |= 1 << (end % BLOCK);
        }
        self.sieve.pass(&self.words, buffer.as_bytes(), fresh, sieved);
        let named = !field.named.is_empty();
        let mut anchors = &sieved.anchors[..];
        let mut start = 0;
        for (number, end) in views.ends.iter().enumerate() {
            let end = *end as usize;
            let count = anchors.iter().take_while(|anchor| anchor.at() < end).count();
            let (own, rest) = anchors.split_at(count);
            anchors = rest;
            if named || !own.is_empty() {
                let letters = Letters::new(&sieved.masks, buffer, start..end);
                let tried = is_tried(number, views.ends.len()).then_some((number as u32, &mut *trials));
                self.cell(field, own, letters, tried, cell, found);
                if !found.is_empty() && disguised.binary_search(&(number as u32)).is_ok() {
                    let text = texts.get(number);
                    if let (_, Some(shadow)) = shadow.of(text) {
                        shadow.unveil(found, text);
                    }
                }
                out.extend(found.drain(..).map(|finding| (number as u32, finding)));
            }
            start = end;
        }
    }

    /// Appends all places of raw bytes where a text among them may hold a finding, by place; more than there are, never
    /// fewer, but for texts that are not spelled as they are read (escapes, look-alike characters) and for what the
    /// field's name alone makes a finding. See [`verify`](Self::verify).
    pub fn candidates(&self, bytes: &[u8], scratch: &mut Scratch, out: &mut Vec<Anchor>) {
        self.sieve.pass(&self.words, bytes, &[], &mut scratch.sieved);
        out.extend_from_slice(&scratch.sieved.anchors);
    }

    /// As [`scan`](Self::scan), for a text whose anchors are known: those of [`candidates`](Self::candidates) that lie in
    /// it, as [`Anchor::within`] shows them.
    pub fn verify(
        &self,
        field: &Field,
        text: &str,
        anchors: &[Anchor],
        scratch: &mut Scratch,
        out: &mut Vec<Finding>,
    ) {
        scratch.prepare(self);
        if scratch.shadow.of(text).1.is_some() {
            return self.scan(field, text, scratch, out);
        }
        // Not for candidates, which are known: for the words around them.
        let masks = &mut scratch.sieved.masks;
        masks.clear();
        self.sieve.masks(text.as_bytes(), masks);
        self.cell(field, anchors, Letters::new(masks, text, 0..text.len()), None, &mut scratch.cell, out);
    }

    /// Scans one text that is its own shadow. The anchors count from where its buffer begins. If it is tried: its number,
    /// and where to note that.
    fn cell(
        &self,
        field: &Field,
        anchors: &[Anchor],
        letters: Letters<'_>,
        trials: Option<(u32, &mut Vec<Trial>)>,
        cell: &mut Cell,
        out: &mut Vec<Finding>,
    ) {
        let (first, view) = (out.len(), letters.text());
        let wordless = if trials.is_none() && self.words.need_letters && letters.are_none() {
            *cell.silent.get_or_insert_with(|| self.silent(field))
        } else {
            0
        };
        let (whole, tried) = (trimmed(view), trials.is_some());
        let mut pass = Pass { scanner: self, field, view, whole, letters, wordless, tried, cell, out };
        pass.labelled(anchors);
        pass.patterns(anchors);
        pass.forget();
        settle(out, first);
        if let Some((number, trials)) = trials {
            note(&mut cell.tried, number, trials);
        }
    }

    /// The groups, as bits, of which the field speaks for no shape that waits for a word.
    fn silent(&self, field: &Field) -> u64 {
        let speaks = |shape: &Shape| {
            let (detector, it) =
                (DetectorIndex(shape.detector), &self.detectors[usize::from(shape.detector)]);
            field.vouches_for(detector)
                || field.column.contains(detector)
                || !it.waits(shape.led, &field.regions)
        };
        let silent = self.groups.iter().enumerate().filter(|(_, group)| !group.waiting().iter().any(speaks));
        silent.fold(0, |bits, (nth, _)| bits | 1 << nth)
    }

    /// As [`scan`](Self::scan), for one text of no field. Convenient, not fast: nothing is reused.
    pub fn findings(&self, text: &str) -> Vec<Finding> {
        let mut out = Vec::new();
        self.scan(&self.field(""), text, &mut Scratch::default(), &mut out);
        out
    }
}
