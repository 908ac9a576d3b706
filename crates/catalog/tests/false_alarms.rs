//! Runs the texts of `false_alarms.toml`, one by one, through all detectors.

use sievert_catalog::all;
use sievert_detect::{Category, Confidence, Scanner};

const SUITE: &str = include_str!("false_alarms.toml");

#[test]
fn harmless_texts_raise_no_alarm() {
    let scanner = Scanner::new(all(), &[]).expect("every pattern compiles");
    let suite: toml::Table = SUITE.parse().expect("the suite is TOML");
    let mut alarms = Vec::new();
    for group in suite["text"].as_array().expect("a list of groups") {
        for text in group["texts"].as_array().expect("a list of texts") {
            let text = text.as_str().expect("a text");
            for finding in scanner.findings(text) {
                let about = scanner.about(finding.detector);
                let address = about.category == Category::Network || about.id == "global.email";
                if finding.confidence >= Confidence::Likely && !address {
                    alarms.push(format!("{}: {} in {text:?}", about.id, &text[finding.range()]));
                }
            }
        }
    }
    assert!(alarms.is_empty(), "\n{}", alarms.join("\n"));
}
