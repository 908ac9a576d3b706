//! The JSON Schema of reports, written from the types.

use std::fs;
use std::path::Path;

use sievert_core::report::{Report, SCHEMA};

/// Rewrites `schema/report.schema.json` when the types have changed, and fails once.
#[test]
fn the_schema_in_the_repository_is_that_of_the_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/report.schema.json");
    let schema =
        serde_json::to_string_pretty(&schemars::schema_for!(Report)).expect("a schema is JSON") + "\n";
    if fs::read_to_string(&path).unwrap_or_default() != schema {
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(&path, schema).expect("written");
        panic!(
            "schema/report.schema.json was stale and has been rewritten: commit it, and give {SCHEMA} a new number if \
                an old reader could not read a new report"
        );
    }
}

#[test]
fn a_report_reads_back_from_its_json() {
    let report = Report { schema: SCHEMA.into(), seconds: 1.5, ..Report::default() };
    let json = serde_json::to_string(&report).expect("JSON");
    assert_eq!(serde_json::from_str::<Report>(&json).expect("a report"), report);
}
