//! Recognizers in the whole job: what they see is found like anything else, and what they fail on is never passed on.

#[path = "fixtures/toys.rs"]
mod toys;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use sievert_core::{Destination, Error, Job, Overrides, Plan, Policy, Task, report::Report, run};
use sievert_detect::{Evidence, Failure, Recognized, Recognizer, Scratch};
use sievert_io::Input;
use toys::TOKEN;

const POLICY: &str = r#"
version = 1
[[detector]]
id = "acme.name"
function = "names.find"
context = ["person"]
examples = ["hello [[Anna]]"]
counter_examples = ["hello"]
"#;

/// Sees Anna; fails on what says boom, and on what says twice once it is rewritten.
#[derive(Debug)]
struct Names;

impl Recognizer for Names {
    fn detectors(&self) -> Vec<&str> {
        vec!["acme.name"]
    }

    fn recognize(&self, texts: &[&str]) -> Vec<Result<Vec<Recognized>, Failure>> {
        let see = |text: &&str| match text {
            text if text.contains("boom") || text.contains("<NAME> twice") => Err(Failure("it broke".into())),
            text => Ok(text
                .match_indices("Anna")
                .map(|(at, name)| Recognized {
                    detector: 0,
                    span: at..at + name.len(),
                    evidence: Evidence::NONE,
                })
                .collect()),
        };
        texts.iter().map(see).collect()
    }
}

fn plan(policy: &str, recognizers: Vec<Arc<dyn Recognizer>>) -> Result<Plan, Error> {
    let overrides = Overrides { recognizers, ..Overrides::default() };
    Plan::new(&Policy::parse(policy, "p.toml")?, &[&TOKEN], &overrides)
}

fn redact(csv: &str, folder: &Path) -> (String, Report) {
    fs::write(folder.join("in.csv"), csv).expect("written");
    let to = Destination::Folder(folder.join("out"));
    let task = Task::Redact { to, overwrite: false, state: folder.join("state") };
    let plan = plan(POLICY, vec![Arc::new(Names)]).expect("a plan");
    let report = run(&Job::new(plan, vec![Input::Path(folder.join("in.csv"))], task), &()).expect("a report");
    (fs::read_to_string(folder.join("out/in.csv")).expect("an output"), report)
}

#[test]
fn what_a_recognizer_sees_is_counted_and_rewritten() {
    let folder = tempfile::tempdir().expect("a folder");
    let (clean, report) = redact("person,note\nAnna,tok_abc123 of Anna\nBen,plain\n", folder.path());
    assert_eq!(clean, "person,note\n<NAME>,<TOKEN> of <NAME>\nBen,plain\n");
    assert!(report.complete() && report.ledger.adds_up());
    let found = &report.detectors["acme.name"];
    assert_eq!((found.levels.likely, found.levels.certain), (1, 1), "the field's name is a second proof");
}

#[test]
fn a_cell_on_which_it_fails_is_told_and_not_passed_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let (clean, report) = redact("a,note\n1,boom tok_abc123\n2,Anna\n3,Anna twice\n", folder.path());
    assert_eq!(clean, "a,note\n1,\n2,<NAME>\n3,\n");
    assert!(!report.complete() && report.ledger.adds_up());
    assert_eq!(report.ledger.cells.failed, 1);
    assert_eq!(report.not_examined[0].reason, "field note, 1 cells: it broke");
    assert!(!report.detectors.contains_key("toy.token"), "a cell is examined or it is not");
}

#[test]
fn names_of_fields_are_shown_without_what_it_sees() {
    let folder = tempfile::tempdir().expect("a folder");
    let (clean, report) = redact("a,note of Anna\n1,2\n", folder.path());
    assert!(!clean.contains("Anna") && report.fields.keys().all(|field| !field.contains("Anna")));
}

#[test]
fn a_function_that_nobody_hands_in_is_a_problem() {
    let said = plan(POLICY, Vec::new()).expect_err("it is missing").to_string();
    assert!(said.contains("acme.name is found by the function names.find, which is not here"), "{said}");
}

#[test]
fn examples_are_asked_of_the_function() {
    let said = plan(&POLICY.replace("[[Anna]]", "[[Ben]]"), vec![Arc::new(Names)]).expect_err("no example");
    assert!(said.to_string().contains("does not find this example"), "{said}");
}

/// Says what is outside of the text, or nothing at all.
#[derive(Debug)]
struct Wild(Vec<Result<Vec<Recognized>, Failure>>);

impl Recognizer for Wild {
    fn detectors(&self) -> Vec<&str> {
        vec!["acme.name"]
    }

    fn recognize(&self, _: &[&str]) -> Vec<Result<Vec<Recognized>, Failure>> {
        self.0.clone()
    }
}

#[test]
fn an_answer_that_cannot_be_is_a_failure() {
    let seen = |span| Recognized { detector: 0, span, evidence: Evidence::NONE };
    for answers in
        [vec![], vec![Ok(vec![seen(0..99)])], vec![Ok(vec![seen(1..2)])], vec![Ok(vec![seen(0..0)])]]
    {
        let policy = POLICY.split("examples").next().expect("it has some");
        let plan = plan(policy, vec![Arc::new(Wild(answers))]).expect("a plan");
        let found = plan.find(&plan.field("").field, "\u{e9}t\u{e9}", &mut Scratch::default());
        assert!(found.is_err());
    }
}
