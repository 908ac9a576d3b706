// Written by tests/public_api.rs.

// sievert

#[cfg(feature = "io")]
pub mod eval {
    #[derive(Clone, Deserialize)]
    pub struct Gold {
        pub text: String,
        pub spans: Vec<Span>,
    }
    impl std::fmt::Debug for Gold {}
    #[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
    pub struct Span {
        pub start: usize,
        pub end: usize,
        pub label: String,
    }
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct LabelMap(BTreeMap<String, BTreeSet<String>>);
    #[derive(Debug, thiserror::Error)]
    #[non_exhaustive]
    pub enum Error {
        Io(std::io::Error),
        Line(usize),
        Span(usize),
        Map(String),
        NoMap,
    }
    pub fn read(lines: impl BufRead) -> Result<Vec<Gold>, Error> {}
    impl LabelMap {
        pub fn parse(json: &str, plan: &Plan) -> Result<Self, Error> {}
        pub fn by_name(plan: &Plan) -> Self {}
    }
    #[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
    pub struct Score {
        pub gold: u64,
        pub found: u64,
        pub findings: u64,
        pub right: u64,
    }
    impl Score {
        pub fn precision(&self) -> f64 {}
        pub fn recall(&self) -> f64 {}
        pub fn f(&self, beta: f64) -> f64 {}
    }
    #[derive(Clone, Debug, Default, PartialEq, Serialize)]
    pub struct Scores {
        pub all: Score,
        pub labels: BTreeMap<String, Score>,
        pub detectors: BTreeMap<String, Score>,
        pub groups: BTreeMap<String, Score>,
        pub confidences: BTreeMap<String, Score>,
    }
    #[derive(Clone, Debug, Default, PartialEq, Serialize)]
    pub struct Evaluation {
        pub texts: u64,
        pub strict: Scores,
        pub overlap: Scores,
    }
    pub fn evaluate(plan: &Plan, set: &[Gold], map: &LabelMap) -> Evaluation {}
}
pub use sievert_detect::{
    About, Anchor, Anchored, Borders, Candidate, Category, Confidence, Cost,
    CustomDetector, Detector, DetectorIndex, DetectorSet, Draw, Error as DetectorError,
    Evidence, Failure, Field, Finding, Group, Recognized, Recognizer, Region, Route,
    Scanner, Scratch, Texts, Verdict, resolve,
};
pub use sievert_redact::{
    Action, ActionKind, Actions, Error as RedactError, Key, Mask, Outcome, Redactor,
    Splice, Taken, shape,
};
#[cfg(feature = "io")]
pub use sievert_core::io;
#[cfg(feature = "io")]
pub use sievert_core::{
    Destination, Error, Excerpt, FieldPlan, Job, KeyChoice, Limits, Listed, Overrides,
    Plan, Policy, Problem, Progress, Report, Resume, Sample, SampleSize, Status, Task,
    ledger, report, run,
};
#[cfg(feature = "io")]
pub use sievert_report as render;
pub fn detectors() -> &'static [&'static Detector] {}
pub fn detector(name: &str) -> Option<&'static Detector> {}
pub fn scanner() -> Scanner {}
#[cfg(feature = "io")]
pub fn plan(policy: &Policy, overrides: &Overrides) -> Result<Plan, Error> {}

// sievert_detect

#[derive(Clone, Copy, Debug)]
pub struct About<'s> {
    pub id: &'s str,
    pub title: &'s str,
    pub placeholder: &'s str,
    pub category: Category,
    pub chance: f64,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {}
impl Anchor {
    pub const fn at(self) -> usize {}
    #[must_use]
    pub const fn within(self, start: usize) -> Self {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchored {
    Alone,
    Context,
    Label,
    Field,
}
impl Anchored {
    pub const fn named(self) -> bool {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Borders {
    Word,
    Digit,
    None,
}
#[derive(Clone, Copy)]
pub struct Candidate<'t> {
    pub text: &'t str,
    pub around: &'t str,
    pub start: usize,
    pub regions: &'t [Region],
    pub anchored: Anchored,
}
impl fmt::Debug for Candidate<'_> {}
impl<'t> Candidate<'t> {
    pub fn before(&self) -> &'t str {}
    pub fn after(&self) -> &'t str {}
    pub fn digits(&self) -> impl DoubleEndedIterator<Item = u8> + Clone + 't {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Category {
    Contact,
    NationalId,
    Financial,
    Health,
    Network,
    Location,
    Personal,
    Credential,
    Other,
}
impl Category {
    pub const ALL: [Self; 9] = [
        Self::Contact,
        Self::NationalId,
        Self::Financial,
        Self::Health,
        Self::Network,
        Self::Location,
        Self::Personal,
        Self::Credential,
        Self::Other,
    ];
    pub const fn name(self) -> &'static str {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    Possible,
    Likely,
    Certain,
}
impl Confidence {
    pub const ALL: [Self; 3] = [Self::Possible, Self::Likely, Self::Certain];
    pub const fn name(self) -> &'static str {}
}
impl fmt::Display for Confidence {}
impl FromStr for Confidence {
    type Err = &'static str;
}
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    pub route: Route,
    pub places: f64,
}
#[derive(Clone, Debug)]
pub struct CustomDetector {
    pub id: String,
    pub title: String,
    pub placeholder: String,
    pub category: Category,
    pub pattern: String,
    pub labelled: String,
    pub labels: Vec<String>,
    pub words: Vec<String>,
    pub borders: Borders,
    pub context: Vec<String>,
    pub negative_context: Vec<String>,
    pub reach: u16,
    pub needs_context: bool,
    pub validate: fn(&Candidate<'_>) -> Verdict,
    pub chance: f64,
    pub recognized: bool,
    pub examples: Vec<String>,
    pub counter_examples: Vec<String>,
}
#[derive(Clone, Copy, Debug)]
pub struct Detector {
    pub id: &'static str,
    pub title: &'static str,
    pub about: &'static str,
    pub sources: &'static [&'static str],
    pub aliases: &'static [&'static str],
    pub category: Category,
    pub placeholder: &'static str,
    pub pattern: &'static str,
    pub labelled: &'static str,
    pub labels: &'static [&'static str],
    pub borders: Borders,
    pub context: &'static [&'static str],
    pub negative_context: &'static [&'static str],
    pub reach: u16,
    pub needs_context: bool,
    pub validate: fn(&Candidate<'_>) -> Verdict,
    pub chance: f64,
    pub normalize: fn(&str) -> String,
    pub sample: fn(&mut Draw) -> String,
    pub examples: &'static [&'static str],
    pub counter_examples: &'static [&'static str],
}
impl Detector {
    pub const BLANK: Self = Self {
        id: "",
        title: "",
        about: "",
        sources: &[],
        aliases: &[],
        category: Category::Other,
        placeholder: "",
        pattern: "",
        labelled: "",
        labels: &[],
        borders: Borders::Word,
        context: &[],
        negative_context: &[],
        reach: 50,
        needs_context: false,
        validate: |_| Verdict::Plain,
        chance: 0.0,
        normalize: alphanumeric,
        sample: |_| String::new(),
        examples: &[],
        counter_examples: &[],
    };
    pub fn place(&self) -> &'static str {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DetectorIndex(pub u16);
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DetectorSet(Vec<u64>);
impl DetectorSet {
    pub fn all(count: usize) -> Self {}
    pub fn none(count: usize) -> Self {}
    pub fn insert(&mut self, detector: DetectorIndex) {}
    pub fn insert_all(&mut self, other: &Self) {}
    pub fn remove(&mut self, detector: DetectorIndex) {}
    pub fn contains(&self, detector: DetectorIndex) -> bool {}
    pub fn iter(&self) -> impl Iterator<Item = DetectorIndex> {}
    pub fn is_empty(&self) -> bool {}
}
#[derive(Clone, Debug)]
pub struct Draw(u64);
impl Draw {
    pub const fn new(seed: u64) -> Self {}
    pub const fn bits(&mut self) -> u64 {}
    pub fn number(&mut self, low: u64, high: u64) -> u64 {}
    pub fn chance(&mut self, percent: u64) -> bool {}
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {}
    pub fn letter(&mut self, alphabet: &str) -> char {}
    pub fn letters(&mut self, alphabet: &str, count: usize) -> String {}
    pub fn digits(&mut self, count: usize) -> String {}
    pub fn fill(&mut self, template: &str) -> String {}
    pub fn fill_until(
        &mut self,
        template: &str,
        holds: impl Fn(&str) -> bool,
    ) -> String {}
}
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    Pattern { id: String, part: &'static str, problem: String },
    Empty { id: String },
    Word { word: String },
    Twice { id: String },
    Reach { id: String, reach: u16, most: u16 },
    TooMany { count: usize },
    TooLarge { problem: String },
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Evidence(u16);
impl Evidence {
    pub const NONE: Self = Self(0);
    pub const CHECKSUM: Self = Self(1);
    pub const UNMISTAKABLE: Self = Self(1 << 1);
    pub const LABEL: Self = Self(1 << 2);
    pub const CONTEXT: Self = Self(1 << 3);
    pub const FIELD: Self = Self(1 << 4);
    pub const COLUMN: Self = Self(1 << 5);
    pub const FAILED_CHECKSUM: Self = Self(1 << 6);
    pub const EXAMPLE: Self = Self(1 << 7);
    pub const DISGUISED: Self = Self(1 << 8);
    pub const BARE_NUMBER: Self = Self(1 << 9);
    pub const RECOGNIZED: Self = Self(1 << 10);
    #[must_use]
    pub const fn and(self, other: Self) -> Self {}
    pub const fn has(self, other: Self) -> bool {}
    pub fn codes(self) -> impl Iterator<Item = &'static str> {}
    pub const fn confidence(self) -> Confidence {}
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(pub String);
impl fmt::Display for Failure {}
#[derive(Clone, Debug)]
pub struct Field {
    pub detectors: DetectorSet,
    pub regions: Vec<Region>,
    pub column: DetectorSet,
}
impl Field {
    pub fn vouches_for(&self, detector: DetectorIndex) -> bool {}
    #[must_use]
    pub fn of_keys(mut self) -> Self {}
}
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Finding {
    pub detector: DetectorIndex,
    pub span: Range<u32>,
    pub confidence: Confidence,
    pub evidence: Evidence,
}
impl Finding {
    pub fn range(&self) -> Range<usize> {}
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub winner: Finding,
    pub cover: Range<u32>,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognized {
    pub detector: usize,
    pub span: Range<usize>,
    pub evidence: Evidence,
}
pub trait Recognizer: fmt::Debug + Send + Sync {
    fn detectors(&self) -> Vec<&str>;
    fn recognize(&self, texts: &[&str]) -> Vec<Result<Vec<Recognized>, Failure>>;
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region(pub [u8; 2]);
impl Region {
    pub fn new(code: &str) -> Option<Self> {}
    pub fn code(&self) -> &str {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    Label,
    Start,
    Inside,
    Everywhere,
}
impl Route {
    pub const fn name(self) -> &'static str {}
}
pub struct Scanner {}
impl Scanner {
    pub fn new(
        detectors: &[&'static Detector],
        custom: &[CustomDetector],
    ) -> Result<Self, Error> {}
    #[cfg(feature = "reference")]
    pub fn on_all_paths(
        detectors: &[&'static Detector],
        custom: &[CustomDetector],
    ) -> Result<Vec<Self>, Error> {}
    pub fn len(&self) -> usize {}
    pub fn is_empty(&self) -> bool {}
    pub fn detectors(&self) -> impl Iterator<Item = (DetectorIndex, About<'_>)> {}
    pub fn about(&self, detector: DetectorIndex) -> About<'_> {}
    pub fn cost(&self, detector: DetectorIndex) -> Cost {}
    pub fn index_of(&self, id: &str) -> Option<DetectorIndex> {}
    pub fn normalize(&self, detector: DetectorIndex, text: &str) -> String {}
    pub fn field(&self, name: &str) -> Field {}
    pub fn scan(
        &self,
        field: &Field,
        text: &str,
        scratch: &mut Scratch,
        out: &mut Vec<Finding>,
    ) {}
    pub fn scan_texts(
        &self,
        field: &Field,
        texts: &Texts<'_>,
        scratch: &mut Scratch,
        out: &mut Vec<(u32, Finding)>,
    ) {}
    pub fn candidates(
        &self,
        bytes: &[u8],
        scratch: &mut Scratch,
        out: &mut Vec<Anchor>,
    ) {}
    pub fn verify(
        &self,
        field: &Field,
        text: &str,
        anchors: &[Anchor],
        scratch: &mut Scratch,
        out: &mut Vec<Finding>,
    ) {}
    pub fn findings(&self, text: &str) -> Vec<Finding> {}
}
#[derive(Default)]
pub struct Scratch {}
impl fmt::Debug for Scratch {}
impl Scratch {
    pub fn take_tallies(&mut self) -> Vec<Tally> {}
    pub fn steps(&self) -> u64 {}
}
#[derive(Clone, Copy)]
pub struct Texts<'t> {
    pub buffer: &'t str,
    pub ends: &'t [u32],
}
impl fmt::Debug for Texts<'_> {}
impl<'t> Texts<'t> {
    pub fn iter(&self) -> impl Iterator<Item = &'t str> + use<'t> {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    No,
    Failed,
    Weak,
    Plain,
    Checked,
    Unmistakable,
    Example,
}
impl Verdict {
    pub const fn checked(holds: bool) -> Self {}
    pub const fn plain(holds: bool) -> Self {}
}
pub fn resolve(findings: &mut [Finding]) -> Vec<Group> {}

// sievert_redact

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    Keep,
    Mask(Mask),
    Replace(Option<String>),
    Pseudonym,
    DropCell,
    DropRecord,
}
impl Action {
    pub const fn kind(&self) -> ActionKind {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ActionKind {
    Keep,
    Mask,
    Replace,
    Pseudonym,
    DropCell,
    DropRecord,
}
impl ActionKind {
    pub const ALL: [Self; 6] = [
        Self::Keep,
        Self::Mask,
        Self::Replace,
        Self::Pseudonym,
        Self::DropCell,
        Self::DropRecord,
    ];
    pub const fn name(self) -> &'static str {}
}
impl fmt::Display for ActionKind {}
#[derive(Clone, Debug)]
pub struct Actions {}
impl Actions {
    pub fn new(
        detectors: usize,
        mut choose: impl FnMut(DetectorIndex, Confidence) -> Action,
    ) -> Self {}
    pub fn every(detectors: usize, action: &Action) -> Self {}
    pub fn of(&self, detector: DetectorIndex, confidence: Confidence) -> &Action {}
    pub fn keep_all(&self) -> bool {}
}
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    NoKey,
    ShortKey(usize),
    NotHex,
    HexFile,
    NoRandomness,
}
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);
impl Key {
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {}
    pub fn from_hex(digits: &str) -> Result<Self, Error> {}
    pub fn random_bytes() -> Result<Zeroizing<[u8; MINIMUM]>, Error> {}
    pub fn generate() -> Result<Self, Error> {}
    pub fn pseudonym(&self, detector: &str, value: &str) -> String {}
    pub fn fingerprint(&self, detector: &str, value: &str) -> String {}
    pub fn id(&self) -> String {}
}
impl fmt::Debug for Key {}
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mask {
    pub keep_first: usize,
    pub keep_last: usize,
    pub character: char,
    pub keep_separators: bool,
}
impl Default for Mask {}
impl Mask {
    pub fn apply(&self, text: &str) -> String {}
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Untouched,
    Splices(Vec<Splice>),
    DropCell,
    DropRecord,
}
pub struct Redactor {}
impl fmt::Debug for Redactor {}
impl Redactor {
    pub fn new<'a>(
        scanner: Arc<Scanner>,
        key: Option<Key>,
        actions: impl IntoIterator<Item = &'a Action>,
    ) -> Result<Self, Error> {}
    pub fn scanner(&self) -> &Scanner {}
    pub fn marks(&self) -> &Marks {}
    pub fn key(&self) -> Option<&Key> {}
    pub fn redact<'t>(
        &self,
        actions: &Actions,
        text: &'t str,
        mut findings: Vec<Finding>,
    ) -> Cow<'t, str> {}
    pub fn rewrite_cell(
        &self,
        actions: &Actions,
        text: &str,
        mut findings: Vec<Finding>,
        mut rescan: impl FnMut(&str) -> Vec<Finding>,
        taken: &mut Vec<Taken>,
    ) -> Outcome {}
    pub fn plan_cell(
        &self,
        actions: &Actions,
        text: &str,
        findings: &[Finding],
        taken: &mut Vec<Taken>,
    ) -> Outcome {}
    pub fn value(&self, detector: DetectorIndex, raw: &str) -> String {}
    pub fn fingerprint(&self, detector: DetectorIndex, raw: &str) -> Option<String> {}
}
#[derive(Clone, PartialEq, Eq)]
pub struct Splice {
    pub span: Range<u32>,
    pub text: String,
}
impl fmt::Debug for Splice {}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    pub detector: DetectorIndex,
    pub action: ActionKind,
}
pub fn shape(text: &str, category: Category) -> String {}

// sievert_core

pub mod ledger {
    #[derive(
        Clone,
        Copy,
        Debug,
        Default,
        PartialEq,
        Eq,
        Serialize,
        Deserialize,
        JsonSchema
    )]
    pub struct Ledger {
        pub objects: Objects,
        pub bytes: Bytes,
        pub records: Records,
        pub cells: Cells,
    }
    #[derive(
        Clone,
        Copy,
        Debug,
        Default,
        PartialEq,
        Eq,
        Serialize,
        Deserialize,
        JsonSchema
    )]
    pub struct Objects {
        pub total: u64,
        pub scanned: u64,
        pub failed: u64,
        pub skipped: u64,
    }
    #[derive(
        Clone,
        Copy,
        Debug,
        Default,
        PartialEq,
        Eq,
        Serialize,
        Deserialize,
        JsonSchema
    )]
    pub struct Bytes {
        pub total: u64,
        pub scanned: u64,
        pub failed: u64,
        pub skipped: u64,
        pub sampled: u64,
    }
    #[derive(
        Clone,
        Copy,
        Debug,
        Default,
        PartialEq,
        Eq,
        Serialize,
        Deserialize,
        JsonSchema
    )]
    pub struct Records {
        pub total: u64,
        pub scanned: u64,
        pub quarantined: u64,
        pub dropped: u64,
        pub sampled: u64,
    }
    #[derive(
        Clone,
        Copy,
        Debug,
        Default,
        PartialEq,
        Eq,
        Serialize,
        Deserialize,
        JsonSchema
    )]
    pub struct Cells {
        pub total: u64,
        pub scanned: u64,
        pub skipped: u64,
        pub binary: u64,
        pub failed: u64,
    }
    impl Records {
        pub fn merge(&mut self, other: Self) {}
    }
    impl Cells {
        pub fn merge(&mut self, other: Self) {}
    }
    impl Ledger {
        pub fn merge(&mut self, other: &Self) {}
        pub fn adds_up(&self) -> bool {}
    }
}
pub mod report {
    pub const SCHEMA: &str = "sievert.report/1";
    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
    pub struct Report {
        pub schema: String,
        pub version: String,
        pub command: String,
        pub started: String,
        pub ended: String,
        pub seconds: f64,
        pub plan: PlanSummary,
        pub ledger: Ledger,
        pub detectors: BTreeMap<String, DetectorCounts>,
        pub fields: BTreeMap<String, FieldCounts>,
        pub objects: Vec<ObjectReport>,
        pub objects_more: u64,
        pub not_examined: Vec<NotExamined>,
        pub not_examined_more: u64,
        pub skipped: Vec<Skipped>,
        pub skipped_more: u64,
        pub look_at: Vec<LookAt>,
        pub actions: BTreeMap<String, BTreeMap<String, u64>>,
        pub left: BTreeMap<String, u64>,
        pub allowed: BTreeMap<String, u64>,
        pub merged_from: u64,
        pub resumed: u64,
        pub continued: u64,
        pub shards: Option<Shards>,
        pub sample: Option<SampleReport>,
    }
    #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    pub struct Shards {
        pub of: u32,
        pub present: Vec<u32>,
    }
    impl Shards {
        pub fn missing(&self) -> Vec<u32> {}
    }
    #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    pub struct PlanSummary {
        pub policy: String,
        pub hash: String,
        pub looked_for: Vec<String>,
        pub not_looked_for: Vec<String>,
        pub accepted_gaps: BTreeMap<String, String>,
        pub key: String,
        pub scheme: Option<u32>,
    }
    #[derive(
        Clone,
        Copy,
        Debug,
        Default,
        PartialEq,
        Eq,
        Serialize,
        Deserialize,
        JsonSchema
    )]
    pub struct Levels {
        pub certain: u64,
        pub likely: u64,
        pub possible: u64,
    }
    impl Levels {
        pub fn add(&mut self, level: Confidence, times: u64) {}
        pub fn merge(&mut self, other: Self) {}
        pub fn at_least(&self, level: Confidence) -> u64 {}
    }
    #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    pub struct DetectorCounts {
        pub levels: Levels,
        pub objects: u64,
        pub shape: String,
    }
    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
    pub struct FieldCounts {
        pub cells: u64,
        pub skipped: u64,
        pub detectors: BTreeMap<String, FieldFindings>,
        pub class: Option<String>,
    }
    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
    pub struct FieldFindings {
        pub levels: Levels,
        pub cells: u64,
        pub distinct: u64,
        pub tried: u64,
        pub passed: u64,
        pub by_chance: Option<f64>,
    }
    #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    pub struct ObjectReport {
        pub object: String,
        pub read_as: String,
        pub bytes: u64,
        pub records: u64,
        pub quarantined: u64,
        pub complete: bool,
        pub metadata_removed: Vec<String>,
        pub detectors: BTreeMap<String, Levels>,
    }
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    pub struct NotExamined {
        pub object: String,
        pub record: Option<u64>,
        pub bytes: u64,
        pub reason: String,
    }
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    pub struct Skipped {
        pub name: String,
        pub bytes: u64,
        pub reason: String,
    }
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    pub struct LookAt {
        pub detector: String,
        pub place: String,
        pub note: String,
    }
    impl Report {
        pub fn complete(&self) -> bool {}
        pub fn findings(&self, level: Confidence) -> u64 {}
        pub fn merge(&mut self, other: &Self) -> Result<(), crate::Error> {}
    }
}
#[derive(Clone, Debug)]
pub enum Destination {
    Folder(PathBuf),
    InPlace,
    Stdout,
}
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    Policy(Vec<Problem>),
    PolicyFile { path: PathBuf, source: std::io::Error },
    KeyFile { place: String, source: std::io::Error },
    KeyUnset(String),
    Key { place: String, source: sievert_redact::Error },
    Input(sievert_io::Error),
    Spool(std::io::Error),
    Threads(std::io::Error),
    Pool,
    SameOutput(String),
    OutputExists(String),
    Residence { place: String, why: String },
    OneInput(usize),
    NoPlace,
    OutputIsInput(String),
    Folder { folder: PathBuf, source: std::io::Error },
    Mark(sievert_io::Error),
    State(sievert_io::Error),
    OtherJob(PathBuf),
    NothingKept,
    SampledRewrite,
    SameShard(u32),
    Findings(sievert_io::Error),
    Cancelled,
    Closed,
    PlansDiffer,
}
impl From<Problem> for Error {}
#[derive(Clone, PartialEq, Eq)]
pub struct Excerpt {
    pub object: String,
    pub place: String,
    pub detector: String,
    pub why: String,
    pub before: String,
    pub value: String,
    pub after: String,
}
impl std::fmt::Debug for Excerpt {}
#[derive(Clone, Debug)]
pub struct FieldPlan {
    pub field: Field,
    pub actions: Actions,
    pub skipped: bool,
}
#[derive(Debug)]
pub struct Job {
    pub plan: Arc<Plan>,
    pub inputs: Vec<Input>,
    pub list: ListOptions,
    pub read: ReadOptions,
    pub task: Task,
    pub findings: Option<PathBuf>,
    pub excerpts: usize,
    pub limits: Limits,
    pub resume: Resume,
    pub sample: Option<Sample>,
}
impl Job {
    pub fn runtime(&self) -> Result<Runtime, Error> {}
}
#[derive(Clone, Debug, Default)]
pub enum KeyChoice {
    #[default]
    Policy,
    Ephemeral,
    Given(Key),
}
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub threads: usize,
    pub memory: usize,
}
impl Default for Limits {}
#[derive(Debug)]
pub struct Listed {
    pub objects: Objects,
    pub skipped: Vec<Skipped>,
    pub skipped_more: u64,
    pub not_examined: Vec<NotExamined>,
    pub not_examined_more: u64,
}
impl Listed {
    pub fn new(job: &Job, runtime: &Runtime) -> Result<Self, Error> {}
    pub fn bytes(&self) -> u64 {}
    pub fn read<'p>(
        &self,
        plan: &'p Plan,
    ) -> Result<
        impl Iterator<Item = Result<(Object, Arc<str>), Error>> + use<'p>,
        Error,
    > {}
}
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    pub detectors: Vec<String>,
    pub min_confidence: Option<Confidence>,
    pub key: KeyChoice,
    pub recognizers: Vec<Arc<dyn Recognizer>>,
}
#[derive(Debug)]
pub struct Plan {}
impl Plan {
    pub fn new(
        policy: &Policy,
        detectors: &[&'static Detector],
        overrides: &Overrides,
    ) -> Result<Self, Error> {}
    pub fn name(&self) -> &str {}
    pub fn scanner(&self) -> &Scanner {}
    pub fn redactor(&self) -> &Redactor {}
    pub fn field(&self, name: &str) -> FieldPlan {}
    pub fn sift(&self, text: &str, findings: &mut Vec<Finding>, allowed: &mut [u64]) {}
    pub fn rewrite(
        &self,
        field: &FieldPlan,
        text: &str,
        findings: &[Finding],
        scratch: &mut Scratch,
        taken: &mut Vec<Taken>,
    ) -> Outcome {}
    pub fn allow_reasons(&self) -> impl ExactSizeIterator<Item = &str> {}
    pub fn reported_from(&self) -> Confidence {}
    pub fn rewritten_from(&self) -> Confidence {}
    pub fn non_text(&self) -> NonText {}
    pub fn output(&self) -> &OutputTable {}
    pub fn looked_for(&self) -> impl Iterator<Item = &str> {}
    pub fn not_looked_for(&self) -> impl Iterator<Item = &str> {}
    pub fn accepted_gaps(&self) -> &[AcceptedGap] {}
    pub fn key_kind(&self) -> &KeyKind {}
    pub fn hash(&self) -> &str {}
}
impl Plan {
    pub fn recognize(
        &self,
        field: &Field,
        texts: &Texts<'_>,
        out: &mut Vec<(u32, Finding)>,
    ) -> Vec<(u32, Failure)> {}
    pub fn find(
        &self,
        field: &Field,
        text: &str,
        scratch: &mut Scratch,
    ) -> Result<Vec<Finding>, Failure> {}
}
impl Plan {
    pub fn show(&self) -> String {}
}
#[derive(Clone, Debug, Deserialize)]
pub struct Policy {
    pub version: u32,
    pub name: String,
    pub requires: Vec<String>,
    pub accept_gap: Vec<AcceptedGap>,
    pub scan: Scan,
    pub key: Option<KeyTable>,
    pub output: OutputTable,
    pub non_text: NonText,
    pub redact: Vec<Entry>,
    pub allow: Vec<Allow>,
    pub detectors: Vec<OwnDetector>,
}
impl Default for Policy {}
impl Policy {
    pub fn fetch_key(&self, ephemeral: bool) -> Result<(Option<Key>, KeyKind), Error> {}
}
impl Policy {
    pub fn named() -> impl Iterator<Item = (&'static str, &'static str)> {}
    pub const fn template() -> &'static str {}
}
impl Policy {
    pub fn load(name_or_path: &str) -> Result<Self, Error> {}
    pub fn parse(text: &str, file: &str) -> Result<Self, Error> {}
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub place: String,
    pub what: String,
    pub hint: String,
}
impl fmt::Display for Problem {}
pub trait Progress: Sync {
    fn update(&self, status: &Status) -> ControlFlow<()>;
    fn excerpt(&self, excerpt: &Excerpt) {}
}
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    pub schema: String,
    pub version: String,
    pub command: String,
    pub started: String,
    pub ended: String,
    pub seconds: f64,
    pub plan: PlanSummary,
    pub ledger: Ledger,
    pub detectors: BTreeMap<String, DetectorCounts>,
    pub fields: BTreeMap<String, FieldCounts>,
    pub objects: Vec<ObjectReport>,
    pub objects_more: u64,
    pub not_examined: Vec<NotExamined>,
    pub not_examined_more: u64,
    pub skipped: Vec<Skipped>,
    pub skipped_more: u64,
    pub look_at: Vec<LookAt>,
    pub actions: BTreeMap<String, BTreeMap<String, u64>>,
    pub left: BTreeMap<String, u64>,
    pub allowed: BTreeMap<String, u64>,
    pub merged_from: u64,
    pub resumed: u64,
    pub continued: u64,
    pub shards: Option<Shards>,
    pub sample: Option<SampleReport>,
}
impl Report {
    pub fn complete(&self) -> bool {}
    pub fn findings(&self, level: Confidence) -> u64 {}
    pub fn merge(&mut self, other: &Self) -> Result<(), crate::Error> {}
}
#[derive(Clone, Debug, Default)]
pub struct Resume {
    pub state: Option<PathBuf>,
    pub on: bool,
}
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    pub size: SampleSize,
    pub seed: u64,
}
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SampleSize {
    Share(f64),
    Rows(u64),
}
impl SampleSize {
    pub fn parse(text: &str) -> Option<Self> {}
}
impl fmt::Display for SampleSize {}
#[derive(Clone, Copy, Debug, Default)]
pub struct Status {
    pub bytes_total: u64,
    pub bytes_done: u64,
    pub records: u64,
    pub findings: u64,
}
#[derive(Clone, Debug)]
pub enum Task {
    Scan,
    Redact { to: Destination, overwrite: bool, state: PathBuf },
}
pub fn run(job: &Job, progress: &dyn Progress) -> Result<Report, Error> {}

// sievert_io

pub mod frame {
    pub use rewrite::{Changes, Places};
    pub mod ffi {
        pub use arrow::array::{
            Array, RecordBatch, RecordBatchIterator, RecordBatchReader, StructArray,
            make_array,
        };
        pub use arrow::datatypes::{Schema, SchemaRef};
        pub use arrow::error::ArrowError;
        pub use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi, to_ffi};
        pub use arrow::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
    }
    #[derive(Clone)]
    pub struct Frame(Arc<Shared>);
    pub struct Written {
        pub schema: SchemaRef,
        pub batches: Vec<RecordBatch>,
        pub changed: BTreeSet<usize>,
        pub dropped: Vec<u64>,
    }
    impl fmt::Debug for Written {}
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Unread {
        pub field: Arc<str>,
        pub cells: u64,
        pub reason: String,
    }
    impl Frame {
        pub fn new(
            name: impl Into<String>,
            reader: Box<dyn RecordBatchReader + Send>,
            unread: Vec<Unread>,
        ) -> Self {}
        pub fn name(&self) -> &str {}
        pub fn take_written(&self) -> Option<Written> {}
    }
    impl fmt::Debug for Frame {}
    impl PartialEq for Frame {}
    impl Eq for Frame {}
    pub struct Rows {}
    impl fmt::Debug for Rows {}
    impl Source for Reader {}
    impl Format for FrameFormat {}
    impl Output for FrameOutput {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Shared,
    Owner,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    Local(PathBuf),
    Remote(Remote),
}
impl fmt::Display for Address {}
impl Address {
    pub fn is_url(text: &str) -> bool {}
    pub fn parse(text: &Path) -> Result<Self, Error> {}
    #[must_use]
    pub fn join(&self, name: &str) -> Self {}
}
#[derive(Debug, Default)]
pub struct Batch {
    pub first_record: u64,
    pub records: u32,
    pub lines: Vec<u64>,
    pub texts: Vec<Texts>,
    pub quarantined: Vec<Quarantined>,
    pub binary_cells: u64,
    pub unread: Vec<crate::Unread>,
    pub layout: Layout,
}
impl Batch {
    pub fn cells(&self) -> impl Iterator<Item = (usize, u32, u32)> + '_ {}
}
#[derive(Clone, Debug)]
pub struct Blob {}
impl Blob {
    pub fn local(runtime: &Runtime, path: &Path, name: &str) -> Result<Self, Error> {}
    pub fn stamp(&self) -> Stamp {}
    pub fn tag(&self) -> Option<&str> {}
    pub fn path(&self) -> Option<&Path> {}
    pub fn uri(&self) -> String {}
    pub fn place(&self) -> Place {}
    pub fn range(&self, range: Range<u64>) -> Result<Bytes, Error> {}
    pub fn check(&self) -> Result<(), Error> {}
    pub fn warm(&self) {}
}
#[derive(Default)]
#[non_exhaustive]
pub enum Body {
    #[default]
    Empty,
    Bytes(Vec<u8>),
    Parquet(crate::parquet::Changes),
    Frame(crate::frame::Changes),
    Values { bytes: Vec<u8>, comma: Option<usize>, any: bool },
}
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    NotFound,
    Denied,
    Changed,
    Damaged(&'static str),
    UnknownFormat,
    Unsupported(&'static str),
    Exists,
    NoSpace,
    Credentials(String),
    Taken,
    GaveUp { what: &'static str, tries: u32 },
    NotNullable,
    Io(std::io::Error),
    Parquet(String),
}
impl From<parquet::errors::ParquetError> for Cause {}
impl Cause {
    pub fn at(self, place: Place) -> Error {}
}
impl From<std::io::Error> for Cause {}
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Splice(Vec<Splice>),
    Null,
    DropRecord,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnType {
    Text,
    Int64,
    UInt64,
    Float64,
    Bool,
    Date,
    List(Box<ColumnType>),
    Struct(Vec<(String, ColumnType)>),
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Compression {
    #[default]
    None,
    Gzip,
    Zstd,
}
impl Compression {
    pub fn of(start: &[u8]) -> Self {}
    pub const fn name(self) -> &'static str {}
}
#[non_exhaustive]
pub enum Content {
    Bytes(Vec<u8>),
    Oversized { bytes: Vec<u8>, first: bool, last: bool },
    Rows(crate::parquet::Rows),
    Frame(crate::frame::Rows),
}
impl fmt::Debug for Content {}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    pub format: FormatName,
    pub compression: Compression,
    pub encoding: Encoding,
    pub delimiter: Option<u8>,
    pub quote: Option<u8>,
    pub header: Option<bool>,
}
impl fmt::Display for Description {}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub texts: u32,
    pub cell: u32,
    pub change: Change,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Encoding {
    #[default]
    Utf8,
    Utf16Le,
    Utf16Be,
    Windows1252,
}
impl Encoding {
    pub const fn name(self) -> &'static str {}
    pub fn of(sample: &[u8]) -> Self {}
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encryption {
    Managed,
    Key(String),
}
#[derive(Debug)]
pub enum Entry {
    Object(Object),
    Skipped(Skipped),
}
#[derive(Debug, thiserror::Error)]
pub struct Error {
    pub place: Place,
    pub cause: Cause,
}
impl From<Cause> for std::io::Error {}
pub trait Format: Send + Sync {
    fn decode(&self, piece: Piece) -> Result<Batch, Error>;
    fn encode(&self, batch: &Batch, edits: &[Edit]) -> Result<Rendered, Error>;
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum FormatName {
    Csv,
    Tsv,
    Jsonl,
    Json,
    Text,
    Parquet,
    Frame,
}
impl FormatName {
    pub const ALL: [Self; 6] = [
        Self::Csv,
        Self::Tsv,
        Self::Jsonl,
        Self::Json,
        Self::Text,
        Self::Parquet,
    ];
    pub const fn name(self) -> &'static str {}
    pub fn from_name(name: &str) -> Option<Self> {}
}
#[derive(Clone)]
pub struct Frame(Arc<Shared>);
impl Frame {
    pub fn new(
        name: impl Into<String>,
        reader: Box<dyn RecordBatchReader + Send>,
        unread: Vec<Unread>,
    ) -> Self {}
    pub fn name(&self) -> &str {}
    pub fn take_written(&self) -> Option<Written> {}
}
impl fmt::Debug for Frame {}
impl PartialEq for Frame {}
impl Eq for Frame {}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Header {
    #[default]
    Auto,
    Yes,
    No,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    Path(PathBuf),
    Stdin,
    Frame(crate::Frame),
}
impl Input {
    pub fn parse(text: &str) -> Self {}
}
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {}
impl Kept {
    pub fn run(&self) -> Option<&str> {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Text,
    Untyped,
    Integer,
    Float,
    Time,
    Binary,
    Fixed,
    Key,
    Unparsed,
    Metadata,
}
impl Kind {
    pub const fn takes_text(self) -> bool {}
}
#[derive(Debug, Default)]
#[non_exhaustive]
pub enum Layout {
    #[default]
    None,
    Text(crate::text::TextLayout),
    Csv(crate::csv::CsvLayout),
    Json(crate::json::JsonLayout),
    Oversized(crate::text::OversizedLayout),
    Parquet(crate::parquet::Places),
    Frame(crate::frame::Places),
}
#[derive(Debug)]
pub struct Lease {}
impl Lease {
    pub fn take(runtime: &Runtime, path: &Path, run: &str) -> Result<Self, Error> {}
    pub fn keep(&mut self) -> Result<(), Error> {}
}
#[derive(Clone, Debug, Default)]
pub struct ListOptions {
    pub include: Vec<String>,
    pub exclude: Vec<String>,
    pub format: Option<FormatName>,
    pub shard: Option<Shard>,
}
#[derive(Debug, Default)]
pub struct Listing {
    pub objects: Vec<Object>,
    pub skipped: Vec<Skipped>,
}
#[derive(Clone, Debug)]
pub enum Location {
    Blob(Blob),
    Stdin,
    Frame(crate::Frame),
}
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub pieces: u64,
}
pub struct NewFile {}
impl std::fmt::Debug for NewFile {}
impl NewFile {
    pub fn create(
        runtime: &Runtime,
        target: &Target,
        access: Access,
    ) -> Result<Self, Error> {}
    pub fn go_on(target: &Target, kept: &Kept) -> Result<Self, Error> {}
    pub fn keep(&mut self) -> Result<Option<Kept>, Error> {}
    pub fn leave(&mut self) {}
    pub fn finish(self) -> Result<(), Error> {}
}
impl Write for NewFile {}
#[derive(Clone, Debug)]
pub struct Object {
    pub name: String,
    pub location: Location,
    pub size: u64,
    pub format: Option<FormatName>,
    pub compression: Compression,
}
#[derive(Debug)]
pub struct Objects {}
impl Objects {
    pub fn new(runtime: &Runtime) -> Self {}
    pub fn len(&self) -> u64 {}
    pub fn is_empty(&self) -> bool {}
    pub fn bytes(&self) -> u64 {}
    pub fn push(&mut self, object: &Object) -> io::Result<()> {}
    pub fn read(&self) -> io::Result<ReadObjects> {}
}
#[derive(Clone, Debug)]
pub enum Occurrences {
    One(Vec<u32>),
    Distinct(Vec<Vec<u32>>),
}
impl Occurrences {
    pub fn rows(&self, cell: u32) -> impl Iterator<Item = u32> + '_ {}
}
pub struct Opened {
    pub source: Box<dyn Source>,
    pub format: Arc<dyn Format>,
    pub description: Description,
}
impl fmt::Debug for Opened {}
pub trait Output: Send {
    fn append(&mut self, rendered: Rendered) -> Result<(), Error>;
    fn reached(&mut self) -> Result<Option<Reached>, Error> {}
    fn keep(&mut self, at: Reached) -> Result<Option<Kept>, Error> {}
    fn leave(&mut self) {}
    fn finish(self: Box<Self>, publish: &mut Publish<'_>) -> Result<u64, Error>;
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    pub tries: u32,
    pub first_pause: Duration,
    pub longest_pause: Duration,
    pub deadline: Duration,
    pub budget: u32,
}
impl Default for Patience {}
#[derive(Debug)]
pub struct Piece {
    pub index: u64,
    pub first_record: u64,
    pub first_line: u64,
    pub cost: usize,
    pub content: Content,
}
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub object: String,
    pub record: Option<u64>,
    pub field: Option<String>,
}
impl Place {
    pub fn object(name: impl Into<String>) -> Self {}
    #[must_use]
    pub fn at(mut self, record: u64) -> Self {}
    #[must_use]
    pub fn field(mut self, name: impl Into<String>) -> Self {}
}
impl fmt::Display for Place {}
pub type Publish<'a> = dyn FnMut(Option<Stamp>) -> Result<(), Cause> + 'a;
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    pub row: u32,
    pub reason: &'static str,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    pub bytes: u64,
}
#[derive(Debug)]
pub struct ReadObjects {}
impl Iterator for ReadObjects {
    type Item = io::Result<Object>;
}
#[derive(Clone, Debug)]
pub struct ReadOptions {
    pub format: Option<FormatName>,
    pub header: Header,
    pub delimiter: Option<u8>,
    pub quote: Option<u8>,
    pub encoding: Option<Encoding>,
    pub text_record: TextRecord,
    pub piece_bytes: usize,
    pub record_limit: usize,
    pub stop: Arc<AtomicBool>,
}
impl Default for ReadOptions {}
#[derive(Debug)]
#[non_exhaustive]
pub enum Reason {
    Hidden,
    Excluded,
    UnknownFormat,
    Loop,
    Marker,
    Failed(Cause),
}
impl Reason {
    pub fn not_examined(&self) -> bool {}
}
#[derive(Clone, PartialEq, Eq)]
pub struct Remote {}
impl fmt::Debug for Remote {}
impl Remote {
    pub fn is_root(&self) -> bool {}
}
impl fmt::Display for Remote {}
#[derive(Default)]
pub struct Rendered {
    pub body: Body,
    pub verbatim: bool,
    pub quarantine: Vec<u8>,
    pub dropped: u32,
    pub quarantined: Vec<crate::Quarantined>,
}
impl fmt::Debug for Rendered {}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Residence {
    pub encrypted: bool,
    pub region: Option<String>,
    pub endpoint: String,
}
impl Residence {
    pub fn local() -> Self {}
}
#[derive(Clone, Debug)]
pub struct Runtime {}
impl Runtime {
    pub fn start() -> io::Result<Self> {}
    pub fn with(patience: Patience, encryption: Option<Encryption>) -> io::Result<Self> {}
    pub fn residence(&self, address: &Address) -> Residence {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {}
impl Shard {
    pub fn new(index: u32, of: u32) -> Option<Self> {}
    pub fn parse(text: &str) -> Option<Self> {}
    pub fn index(self) -> u32 {}
    pub fn of(self) -> u32 {}
}
#[derive(Debug)]
pub struct Skipped {
    pub name: String,
    pub size: u64,
    pub reason: Reason,
}
pub trait Source: Send {
    fn next(&mut self) -> Result<Option<Piece>, Error>;
    fn position(&self) -> u64;
    fn mark(&self) -> Mark;
    fn go_on(&mut self, from: &Mark) -> Result<(), Error> {}
}
#[derive(Clone, PartialEq, Eq)]
pub struct Splice {
    pub span: Range<u32>,
    pub text: String,
}
impl fmt::Debug for Splice {}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    pub size: u64,
    pub modified: SystemTime,
}
pub struct TableWriter<W: Write + Send> {}
impl<W: Write + Send> TableWriter<W> {
    pub fn new(
        name: &str,
        sink: W,
        columns: &[(&str, ColumnType)],
    ) -> Result<Self, Error> {}
    pub fn append(&mut self, row: Vec<Value>) -> Result<(), Error> {}
    pub fn finish(mut self) -> Result<W, Error> {}
}
#[derive(Clone, Debug)]
pub struct Target {
    pub path: PathBuf,
    pub overwrite: bool,
    pub run: String,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextRecord {
    #[default]
    Line,
    Object,
}
#[derive(Clone)]
pub struct Texts {
    pub field: Arc<str>,
    pub kind: Kind,
    pub nullable: bool,
    pub buffer: String,
    pub ends: Vec<u32>,
    pub occurrences: Occurrences,
}
impl fmt::Debug for Texts {}
impl Texts {
    pub fn len(&self) -> usize {}
    pub fn is_empty(&self) -> bool {}
    pub fn span(&self, cell: u32) -> Range<usize> {}
    pub fn get(&self, cell: u32) -> &str {}
    pub fn iter(&self) -> impl Iterator<Item = &str> {}
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    pub field: Arc<str>,
    pub cells: u64,
    pub reason: String,
}
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Text(String),
    Int64(i64),
    UInt64(u64),
    Float64(f64),
    Bool(bool),
    Date(i32),
    List(Vec<Value>),
    Struct(Vec<Value>),
}
impl From<&str> for Value {}
#[derive(Debug)]
pub struct WholeFile {}
impl WholeFile {
    pub fn create(target: &Target, access: Access) -> Result<Self, Error> {}
    pub fn finish(mut self) -> Result<u64, Error> {}
}
impl Write for WholeFile {}
impl Drop for WholeFile {}
impl Sink for WholeFile {}
pub struct Written {
    pub schema: SchemaRef,
    pub batches: Vec<RecordBatch>,
    pub changed: BTreeSet<usize>,
    pub dropped: Vec<u64>,
}
impl fmt::Debug for Written {}
pub fn create(
    runtime: &Runtime,
    object: &Object,
    description: &Description,
    target: &Target,
    kept: Option<&Kept>,
    may_stay: &mut dyn FnMut(&str, &str) -> bool,
) -> Result<Box<dyn Output>, Error> {}
pub fn file_names(runtime: &Runtime, folder: &Path) -> Result<Vec<String>, Error> {}
pub fn is_kept(target: &Path, kept: &Kept) -> bool {}
pub fn is_leftover(name: &str, runs: &[String]) -> bool {}
pub fn list(
    runtime: &Runtime,
    input: &Input,
    options: &ListOptions,
) -> Result<Listing, Error> {}
pub fn list_each(
    runtime: &Runtime,
    input: &Input,
    options: &ListOptions,
    each: &mut dyn FnMut(Entry),
) -> Result<(), Error> {}
pub fn open(
    object: &Object,
    options: &ReadOptions,
    is_data: &dyn Fn(&str) -> bool,
) -> Result<Opened, Error> {}
pub fn read_file(runtime: &Runtime, path: &Path) -> Result<Vec<u8>, Error> {}
pub fn remove_file(runtime: &Runtime, path: &Path) -> Result<(), Error> {}
pub fn remove_leftovers(folder: &Path, runs: &[String]) -> Result<(), Error> {}
pub fn splice(text: &str, splices: &[Splice]) -> String {}
pub fn write_file(
    runtime: &Runtime,
    target: &Target,
    access: Access,
    bytes: &[u8],
) -> Result<(), Error> {}

// sievert_report

pub fn to_json(report: &Report) -> Result<String, serde_json::Error> {}
#[derive(Clone, Debug)]
pub struct Next {
    pub inputs: String,
    pub exit: u8,
    pub fail_on: Confidence,
}
pub fn summary(report: &Report, next: &Next) -> String {}
