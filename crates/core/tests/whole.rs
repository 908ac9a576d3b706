//! Fields that a policy takes whole, in the whole job.

#[path = "fixtures/toys.rs"]
mod toys;

use std::fs;
use std::path::Path;

use sievert_core::{Destination, Job, Limits, Overrides, Plan, Policy, Task, report::Report, run};
use sievert_io::Input;
use toys::TOKEN;

const POLICY: &str = r#"
version = 1
[[detector]]
id = "acme.person"
whole_fields = ["name", "*.name"]
"#;

fn redact(name: &str, data: &str, folder: &Path) -> (String, Report) {
    let policy = Policy::parse(POLICY, "p.toml").expect("a policy");
    let plan = Plan::new(&policy, &[&TOKEN], &Overrides::default()).expect("a plan");
    fs::write(folder.join(name), data).expect("written");
    let to = Destination::Folder(folder.join("out"));
    let task = Task::Redact { to, overwrite: true, state: folder.join("state") };
    let limits = Limits { threads: 1, memory: 1 << 20, ..Limits::default() };
    let job = Job { limits, ..Job::new(plan, vec![Input::Path(folder.join(name))], task) };
    let report = run(&job, &()).expect("a report");
    (fs::read_to_string(folder.join("out").join(name)).expect("an output"), report)
}

#[test]
fn each_value_is_found_whatever_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = "name,note\nAnna de Vries,tok_abc123\n tok_abc123 or Ben ,plain\n,Anna\n  ,\n";
    let (clean, report) = redact("in.csv", data, folder.path());
    assert_eq!(clean, "name,note\n<PERSON>,<TOKEN>\n <PERSON> ,plain\n,Anna\n  ,\n");
    assert!(report.complete() && report.ledger.adds_up());
    assert_eq!(report.detectors["acme.person"].levels.certain, 2);
    assert_eq!(report.fields["name"].not_looked_for, None, "it is looked for");
    // What stands there now is none.
    let (again, report) = redact("in.csv", &clean, folder.path());
    assert_eq!(again, clean);
    assert!(!report.detectors.contains_key("acme.person"));
}

#[test]
fn numbers_too_and_no_names_of_fields() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = "{\"who\":{\"name\":\"Anna\"},\"name\":17}\n{\"who\":{\"name\":null},\"name\":{\"Anna\":1}}\n";
    let (clean, report) = redact("in.jsonl", data, folder.path());
    assert_eq!(
        clean,
        "{\"who\":{\"name\":\"<PERSON>\"},\"name\":null}\n{\"who\":{\"name\":null},\"name\":{\"Anna\":1}}\n"
    );
    assert_eq!(report.detectors["acme.person"].levels.certain, 2);
}

#[test]
fn a_field_that_nothing_looks_at_is_told_by_its_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, report) = redact("in.csv", "last_name,city,note\nA,B,C\n", folder.path());
    let told = |field: &str| report.fields[field].not_looked_for.as_deref();
    assert_eq!((told("last_name"), told("city"), told("note")), (Some("names"), Some("places"), None));
}
