//! A policy resolved against the detectors at hand: one scanner, and for each field what is looked for there and
//! what is done. What was typed is the policy's business; reading and writing is the run's.

mod allow;
mod check;
pub(crate) mod glob;
mod recognize;
mod rewrite;
mod select;
mod show;
mod typed;
mod whole;

use std::sync::{Arc, OnceLock};

use sievert_detect::{
    Confidence, CustomDetector, Detector, DetectorIndex, DetectorSet, Field, Finding, Recognizer, Region,
    Scanner,
};
use sievert_redact::{Action, Actions, Key, Redactor};

use crate::policy::{AcceptedGap, Entry, KeyKind, NonText, OutputTable, Policy};
use crate::shown::Names;
use crate::{Error, Problem, beyond};
use allow::Allowed;
use recognize::PlanRecognizer;
use select::Known;
use typed::Typed;

/// What will be done: shared by all workers, never changed.
#[derive(Debug)]
pub struct Plan {
    name: String,
    redactor: Redactor,
    recognizers: Vec<PlanRecognizer>,
    /// Detectors of the policy, and the fields that they take whole.
    whole: Vec<(DetectorIndex, Vec<String>)>,
    /// By detector.
    typed: Vec<Typed>,
    entries: Vec<ResolvedEntry>,
    scanned_fields: Vec<String>,
    skipped_fields: Vec<String>,
    regions: Vec<Region>,
    reported_from: Confidence,
    rewritten_from: Confidence,
    non_text: NonText,
    output: OutputTable,
    allowed: Vec<Allowed>,
    off: Vec<String>,
    /// What is switched off, and the scanner for it, made when a name is to be shown.
    off_detectors: (Vec<&'static Detector>, Vec<CustomDetector>),
    off_scanner: OnceLock<Option<Scanner>>,
    gaps: Vec<AcceptedGap>,
    key_kind: KeyKind,
    hash: String,
}

/// What the caller, such as the command line, says over the policy.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// Selectors in place of `[scan] detectors`; none: the policy's.
    pub detectors: Vec<String>,
    /// In place of `[scan] min_confidence`; findings below it are not reported either.
    pub min_confidence: Option<Confidence>,
    /// Where the key comes from.
    pub key: KeyChoice,
    /// What finds the policy's detectors that have a `function`.
    pub recognizers: Vec<Arc<dyn Recognizer>>,
}

/// Where the key of a plan comes from.
#[derive(Clone, Debug, Default)]
pub enum KeyChoice {
    /// From where the policy says; without a `[key]` there is none.
    #[default]
    Policy,
    /// A random one, forgotten with the plan.
    Ephemeral,
    /// This one, which the caller holds.
    Given(Key),
    /// The policy's is named and not fetched, and a random one stands for it: for a plan that is looked at and rewrites
    /// nothing.
    Unread,
}

/// What is done in one field.
#[derive(Clone, Debug)]
pub struct FieldPlan {
    /// What the scanner needs to know of the field.
    pub field: Field,
    /// What is done to each finding.
    pub actions: Actions,
    /// Detectors that take each value of the field for one of theirs, whatever it is.
    pub whole: DetectorSet,
    /// Whether the policy leaves the field out.
    pub skipped: bool,
}

/// An entry of the policy with its selectors resolved.
#[derive(Clone, Debug)]
struct ResolvedEntry {
    detectors: DetectorSet,
    fields: Vec<String>,
    from: Confidence,
    action: Action,
}

impl ResolvedEntry {
    fn fits_field(&self, name: &str) -> bool {
        self.fields.iter().any(|glob| glob::fits(glob, name))
    }
}

impl Plan {
    /// Resolves a policy. `detectors` are the built-in ones; the policy's own come after them.
    ///
    /// # Errors
    /// [`Error::Policy`] with everything that is wrong, so that one run of `policy check` shows it all; the key's
    /// errors where there is none to be had.
    pub fn new(
        policy: &Policy,
        detectors: &[&'static Detector],
        overrides: &Overrides,
    ) -> Result<Self, Error> {
        let mut problems = Vec::new();
        let own = lower_own(policy, detectors, &mut problems);
        recognize::missing(policy, &own, overrides, &mut problems);
        let known = Known::new(detectors, &own);
        let on = select::switched_on(policy, overrides, &known, &mut problems);

        let chosen = Chosen { list: (0..known.len()).filter(|at| on[*at]).collect() };
        let built_in: Vec<_> = chosen.list.iter().filter_map(|at| detectors.get(*at).copied()).collect();
        let custom: Vec<_> =
            chosen.list.iter().filter_map(|at| own.get(at.checked_sub(detectors.len())?)).cloned().collect();
        let is_off = |at: &usize| !on[*at];
        let off_detectors = (
            (0..detectors.len()).filter(is_off).map(|at| detectors[at]).collect(),
            (detectors.len()..known.len())
                .filter(is_off)
                .map(|at| own[at - detectors.len()].clone())
                .collect(),
        );
        let scanner = match Scanner::new(&built_in, &custom) {
            Ok(scanner) => Arc::new(scanner),
            Err(error) => {
                problems.push(policy.places.problem("detector", error.to_string(), "mend the detector"));
                return Err(Error::Policy(problems));
            }
        };

        let rewritten_from = overrides.min_confidence.unwrap_or(policy.scan.min_confidence);
        let entries = resolve_entries(policy, &known, &chosen, rewritten_from, &mut problems);
        let (key, key_kind) = match &overrides.key {
            KeyChoice::Policy => policy.fetch_key(false)?,
            KeyChoice::Ephemeral => policy.fetch_key(true)?,
            KeyChoice::Given(key) => (Some(key.clone()), KeyKind::Given),
            KeyChoice::Unread => (policy.fetch_key(true)?.0, policy.key_kind()),
        };
        let redactor = match Redactor::new(scanner, key, entries.iter().map(|entry| &entry.action)) {
            Ok(redactor) => redactor,
            Err(error) => {
                let hint = "add [key] from = \"env:NAME\" or \"file:PATH\", or say --ephemeral-key";
                problems.push(policy.places.problem("key", error.to_string(), hint));
                return Err(Error::Policy(problems));
            }
        };
        let allowed = resolve_allowed(policy, &known, &chosen, &redactor, &mut problems);

        let mut plan = Self {
            name: policy.name.clone(),
            recognizers: recognize::in_plan(&overrides.recognizers, redactor.scanner()),
            whole: whole::fields(policy, redactor.scanner()),
            typed: typed::lower(&built_in, &custom),
            redactor,
            entries,
            scanned_fields: policy.scan.fields.clone(),
            skipped_fields: policy.scan.skip_fields.clone(),
            regions: policy.scan.phone_regions.clone(),
            reported_from: overrides.min_confidence.unwrap_or(Confidence::Possible),
            rewritten_from,
            non_text: policy.non_text,
            output: policy.output.clone(),
            allowed,
            off: (0..known.len()).filter(|at| !on[*at]).map(|at| known.id(at).to_owned()).collect(),
            off_detectors,
            off_scanner: OnceLock::new(),
            gaps: policy.accept_gap.clone(),
            key_kind,
            hash: String::new(),
        };
        check::gaps(policy, &known, &on, &mut problems);
        check::examples(policy, &own, &plan, &mut problems);
        check::own_texts(policy, &plan, &mut problems);
        if overrides.detectors.is_empty() && overrides.min_confidence.is_none() {
            check::reach(policy, &plan, &mut problems);
        }
        if !problems.is_empty() {
            return Err(Error::Policy(problems));
        }
        plan.hash = show::hash(&plan, policy);
        Ok(plan)
    }

    /// The policy's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The one scanner of the plan: it holds the detectors that are on, and no other.
    pub fn scanner(&self) -> &Scanner {
        self.redactor.scanner()
    }

    /// A scanner of the detectors that are off, if any is: what they see is no finding, and stands in no name.
    pub(crate) fn off_scanner(&self) -> Option<&Scanner> {
        let (built_in, own) = &self.off_detectors;
        let make = || (!self.off.is_empty()).then(|| Scanner::new(built_in, own).ok()).flatten();
        self.off_scanner.get_or_init(make).as_ref()
    }

    /// What rewrites; it also makes fingerprints, where there is a key.
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// Whether the policy leaves the field of this name out.
    pub fn skips(&self, name: &str) -> bool {
        let among = |globs: &[String]| globs.iter().any(|glob| glob::fits(glob, name));
        !among(&self.scanned_fields) || among(&self.skipped_fields)
    }

    /// What is done in the field of this name. Compile it once for a field, not for a cell.
    pub fn field(&self, name: &str) -> FieldPlan {
        let entries: Vec<_> = self.entries.iter().filter(|entry| entry.fits_field(name)).collect();
        let actions = Actions::new(self.scanner().len(), |detector, confidence| {
            entries
                .iter()
                .find(|entry| confidence >= entry.from && entry.detectors.contains(detector))
                .map_or(Action::Keep, |entry| entry.action.clone())
        });
        let mut field = self.named(name);
        field.regions.clone_from(&self.regions);
        FieldPlan { field, actions, whole: self.takes_whole(name), skipped: self.skips(name) }
    }

    /// What a name says of cells, as that of their field or beside them. What a redaction has rewritten in it names
    /// nothing: the cells did not have that name before.
    pub(crate) fn named(&self, name: &str) -> Field {
        self.scanner().field(&self.redactor.marks().cut(name))
    }

    /// Takes out of a text's findings what is not to be reported: tokens and `<TYPE>` of an earlier redaction, what
    /// is below the confidence asked for, and what the policy allows. The last is added to `allowed`, which has a
    /// count for each of [`Plan::allow_reasons`].
    pub fn sift(&self, text: &str, findings: &mut Vec<Finding>, allowed: &mut [u64]) {
        findings.retain(|finding| finding.confidence >= self.reported_from);
        self.redactor.marks().strip(text, findings);
        if self.allowed.is_empty() {
            return;
        }
        findings.retain(|finding| {
            let by = self.allowed.iter().position(|entry| entry.has(text, finding, &self.redactor));
            if let Some(at) = by {
                allowed[at] += 1;
            }
            by.is_none()
        });
    }

    /// The reasons of the policy's allow lists, in its order.
    pub fn allow_reasons(&self) -> impl ExactSizeIterator<Item = &str> {
        self.allowed.iter().map(Allowed::reason)
    }

    /// Findings below it are not reported.
    pub fn reported_from(&self) -> Confidence {
        self.reported_from
    }

    /// Findings below it are not rewritten, unless an entry of the policy has its own confidence.
    pub fn rewritten_from(&self) -> Confidence {
        self.rewritten_from
    }

    /// Findings below it stand in names as these are shown. What is rewritten in the data does not.
    pub(crate) fn masked_from(&self) -> Confidence {
        let rewriting = self.entries.iter().filter(|entry| entry.action != Action::Keep);
        rewriting.map(|entry| entry.from).fold(Confidence::Likely, Confidence::min)
    }

    /// A name of a file or field as reports show it: with what is personal in it replaced by its type.
    pub fn shown(&self, name: &str) -> String {
        Names::new(self).shown(name).to_string()
    }

    /// What is written where an action needs text and the column takes none.
    pub fn non_text(&self) -> NonText {
        self.non_text
    }

    /// On what terms a rewrite writes.
    pub fn output(&self) -> &OutputTable {
        &self.output
    }

    /// The ids of the detectors that are on.
    pub fn looked_for(&self) -> impl Iterator<Item = &str> {
        self.scanner().detectors().map(|(_, about)| about.id)
    }

    /// What this build cannot find, and the ids of the detectors that are off.
    pub fn not_looked_for(&self) -> impl Iterator<Item = &str> {
        beyond::kinds().chain(self.off.iter().map(String::as_str))
    }

    /// The requirements that the policy knowingly leaves unmet.
    pub fn accepted_gaps(&self) -> &[AcceptedGap] {
        &self.gaps
    }

    /// Where the key came from.
    pub fn key_kind(&self) -> &KeyKind {
        &self.key_kind
    }

    /// SHA-256, in hexadecimal, over everything that decides what is found and what is done, as resolved.
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

/// The detectors that are on, in the order of the scanner: their places among the known ones, rising.
struct Chosen {
    list: Vec<usize>,
}

impl Chosen {
    /// The indexes in the scanner of those of the known detectors that are on.
    fn indexes(&self, known: Vec<usize>) -> impl Iterator<Item = DetectorIndex> {
        known
            .into_iter()
            .filter_map(|at| self.list.binary_search(&at).ok())
            .map(|index| DetectorIndex(index as u16))
    }
}

fn resolve_entries(
    policy: &Policy,
    known: &Known<'_>,
    chosen: &Chosen,
    rewritten_from: Confidence,
    problems: &mut Vec<Problem>,
) -> Vec<ResolvedEntry> {
    let usual = [Entry::default()];
    let written = if policy.redact.is_empty() { &usual[..] } else { &policy.redact };
    let entries = written.iter().enumerate();
    entries
        .map(|(at, entry)| {
            let path = format!("redact[{at}].detectors");
            let mut detectors = DetectorSet::none(chosen.list.len());
            for index in chosen.indexes(known.select_all(&entry.detectors, &path, policy, problems)) {
                detectors.insert(index);
            }
            ResolvedEntry {
                detectors,
                fields: entry.fields.clone(),
                from: entry.min_confidence.unwrap_or(rewritten_from),
                action: entry.action.clone(),
            }
        })
        .collect()
}

fn resolve_allowed(
    policy: &Policy,
    known: &Known<'_>,
    chosen: &Chosen,
    redactor: &Redactor,
    problems: &mut Vec<Problem>,
) -> Vec<Allowed> {
    let mut allowed = Vec::new();
    for (at, allow) in policy.allow.iter().enumerate() {
        let path = format!("allow[{at}]");
        let selector = std::slice::from_ref(&allow.detector);
        let found = known.select_all(selector, &format!("{path}.detector"), policy, problems);
        let indexes: Vec<_> = chosen.indexes(found).collect();
        match Allowed::new(allow, &indexes, redactor) {
            Ok(entry) => allowed.push(entry),
            Err((key, what, hint)) => {
                problems.push(policy.places.problem(&format!("{path}.{key}"), what, hint));
            }
        }
    }
    allowed
}

/// The policy's own detectors. One that cannot be used is a problem and keeps its place empty-handed.
fn lower_own(
    policy: &Policy,
    built_in: &[&'static Detector],
    problems: &mut Vec<Problem>,
) -> Vec<CustomDetector> {
    let mut lowered: Vec<CustomDetector> = Vec::new();
    for (at, own) in policy.detectors.iter().enumerate() {
        let path = format!("detector[{at}]");
        let taken =
            built_in.iter().any(|detector| detector.id == own.id) || lowered.iter().any(|d| d.id == own.id);
        if taken {
            let what = format!("there is a detector {} already", own.id);
            problems.push(policy.places.problem(&format!("{path}.id"), what, "choose another id"));
            continue;
        }
        match own.lower(&path, &policy.places) {
            Ok(detector) => lowered.push(detector),
            Err(problem) => problems.push(problem),
        }
    }
    lowered
}
