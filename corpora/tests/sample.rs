//! The sample as its users see it: files in a folder.

use std::fs;

use sievert_corpora::{Error, Options, generate};
use sievert_detect::{Detector, Draw};

static BADGE: Detector = Detector {
    id: "acme.badge",
    labels: &["badge"],
    sample: |draw| draw.fill("BD-####-ü"),
    ..Detector::BLANK
};
static EMAIL: Detector = Detector {
    id: "global.email",
    sample: |draw| format!("{}@example.com", draw.letters("abcdef", 4)),
    ..Detector::BLANK
};
static CARD: Detector = Detector {
    id: "global.payment_card",
    sample: |draw| draw.fill("0411 1### #### ####"),
    ..Detector::BLANK
};
static TOYS: &[&Detector] = &[&BADGE, &EMAIL, &CARD];

const OPTIONS: Options = Options { rows: 40, seed: 7 };

fn sum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |sum, byte| Draw::new(sum ^ u64::from(*byte)).bits())
}

/// Templates may be added with a new version of this number; then the changelog says so.
#[test]
fn a_seed_makes_the_same_sample_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    generate(&OPTIONS, TOYS, folder.path()).unwrap();
    let sums = ["patients.csv", "tickets.jsonl", "_truth.jsonl"]
        .map(|name| sum(&fs::read(folder.path().join(name)).unwrap()));
    assert_eq!(sums, [15_262_931_114_625_189_051, 14_114_811_424_714_896_330, 9_351_614_771_297_926_334]);
}

#[test]
fn the_truth_points_at_what_was_planted() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = generate(&OPTIONS, TOYS, folder.path()).unwrap();
    let tickets = fs::read_to_string(folder.path().join("tickets.jsonl")).unwrap();
    let tickets: Vec<serde_json::Value> =
        tickets.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let truth = fs::read_to_string(folder.path().join("_truth.jsonl")).unwrap();
    let mut seen = 0;
    for line in truth.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let at = |name: &str| row[name].as_u64().unwrap() as usize;
        if row["object"] != "tickets.jsonl" || row["field"] != "messages[].content" {
            continue;
        }
        let begins = match row["detector"].as_str().unwrap() {
            "acme.badge" => "BD-",
            "global.payment_card" => "0411 1",
            _ => "",
        };
        let ends = match row["detector"].as_str().unwrap() {
            "acme.badge" => "-ü",
            "global.email" => "@example.com",
            _ => "",
        };
        let holds = tickets[at("record")]["messages"].as_array().unwrap().iter().any(|message| {
            let text = message["content"].as_str().unwrap().chars();
            let value: String = text.skip(at("start")).take(at("end") - at("start")).collect();
            value.chars().count() == at("end") - at("start")
                && value.starts_with(begins)
                && value.ends_with(ends)
        });
        assert!(holds, "{line}");
        seen += 1;
    }
    assert!(seen > 20, "{seen}");
    assert_eq!(manifest.planted.values().sum::<u64>(), truth.lines().count() as u64);
    assert_eq!(
        manifest.objects.iter().map(|object| object.planted).sum::<u64>(),
        truth.lines().count() as u64
    );
}

#[test]
fn nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tickets.jsonl"), "mine").unwrap();
    let error = generate(&OPTIONS, TOYS, folder.path()).unwrap_err();
    assert!(matches!(&error, Error::Write { path, .. } if path.ends_with("tickets.jsonl")), "{error}");
    assert_eq!(fs::read_to_string(folder.path().join("tickets.jsonl")).unwrap(), "mine");
}
