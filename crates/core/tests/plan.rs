//! Policies resolved against toy detectors: what a plan looks for, does, and refuses.

use sievert_core::{FieldPlan, KeyChoice, Overrides, Plan, Policy};
use sievert_detect::{Borders, Category, Confidence, Detector, DetectorIndex, Finding, Scratch, Verdict};
use sievert_redact::{Action, ActionKind, Key, Outcome};

static EMAIL: Detector = Detector {
    id: "global.email",
    title: "Email address",
    aliases: &["EMAIL_ADDRESS"],
    category: Category::Contact,
    placeholder: "EMAIL",
    pattern: r"[A-Za-z]+@[A-Za-z]+\.[a-z]+",
    validate: |_| Verdict::Unmistakable,
    normalize: |text| text.to_lowercase().into(),
    ..Detector::BLANK
};

static SSN: Detector = Detector {
    id: "us.ssn",
    title: "Social security number",
    category: Category::NationalId,
    placeholder: "SSN",
    pattern: "[0-9]{3}-?[0-9]{2}-?[0-9]{4}",
    labels: &["ssn"],
    borders: Borders::Digit,
    ..Detector::BLANK
};

static TOKEN: Detector = Detector {
    id: "secret.token",
    title: "Toy token",
    category: Category::Credential,
    placeholder: "TOKEN",
    pattern: "tok-[a-z]{8}",
    validate: |_| Verdict::Unmistakable,
    ..Detector::BLANK
};

const ALL: &[&Detector] = &[&EMAIL, &SSN, &TOKEN];

const REPLACE_ALL: &str = "\n[[redact]]\ndetectors = [\"*\"]\naction = \"replace\"\n";

fn key() -> Key {
    Key::from_bytes(b"canary-canary-canary-canary-key!").expect("32 bytes")
}

fn policy(text: &str) -> Result<Policy, sievert_core::Error> {
    Policy::parse(&format!("version = 1\n{text}"), "p.toml")
}

fn try_plan(text: &str) -> Result<Plan, sievert_core::Error> {
    Plan::new(&policy(text)?, ALL, &Overrides { key: KeyChoice::Given(key()), ..Overrides::default() })
}

fn plan(text: &str) -> Plan {
    try_plan(text).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(text: &str) -> String {
    try_plan(text).expect_err(text).to_string()
}

fn findings(plan: &Plan, field: &FieldPlan, text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    plan.scanner().scan(&field.field, text, &mut Scratch::default(), &mut found);
    plan.sift(text, &mut found, &mut vec![0; plan.allow_reasons().len()]);
    found
}

/// What a cell of a field becomes; empty where it is dropped.
fn redact(plan: &Plan, field: &str, text: &str) -> String {
    let field = plan.field(field);
    let found = findings(plan, &field, text);
    match plan.rewrite(&field, text, &found, &mut Scratch::default(), &mut Vec::new()) {
        Outcome::Untouched => text.to_owned(),
        Outcome::Splices(splices) => {
            let mut out = text.to_owned();
            for splice in splices.iter().rev() {
                out.replace_range(splice.span.start as usize..splice.span.end as usize, &splice.text);
            }
            out
        }
        Outcome::DropCell | Outcome::DropRecord => String::new(),
    }
}

#[test]
fn the_default_replaces_at_likely_and_above() {
    let plan = Plan::new(&Policy::default(), ALL, &Overrides::default()).expect("a plan");
    assert_eq!(redact(&plan, "note", "to a@b.org, ssn 078-05-1120"), "to <EMAIL>, ssn <SSN>");
    assert_eq!(redact(&plan, "note", "078-05-1120"), "078-05-1120", "possible only");
    assert_eq!(redact(&plan, "ssn", "078-05-1120"), "<SSN>", "the field's name is a proof");
    assert_eq!(plan.reported_from(), Confidence::Possible);
}

#[test]
fn the_command_line_s_confidence_changes_report_and_rewriting() {
    for (level, expected, reported) in
        [(Confidence::Possible, "<EMAIL> <SSN>", 2), (Confidence::Certain, "<EMAIL> 078-05-1120", 1)]
    {
        let overrides = Overrides { min_confidence: Some(level), ..Overrides::default() };
        let plan = Plan::new(&Policy::default(), ALL, &overrides).expect("a plan");
        assert_eq!(redact(&plan, "x", "a@b.org 078-05-1120"), expected);
        assert_eq!(findings(&plan, &plan.field("x"), "a@b.org 078-05-1120").len(), reported);
    }
}

#[test]
fn the_first_entry_that_fits_decides() {
    let plan = plan(
        r#"
[[redact]]
detectors = ["category:credential"]
action = "drop-record"

[[redact]]
detectors = ["EMAIL_ADDRESS"]
fields = ["messages[].content"]
action = "pseudonym"

[[redact]]
detectors = ["us.*"]
min_confidence = "possible"
action = "mask"
keep_last = 4

[[redact]]
detectors = ["*"]
action = "replace"
with = "[gone]"
"#,
    );
    assert_eq!(redact(&plan, "x", "a@b.org"), "[gone]");
    assert_eq!(redact(&plan, "x", "078-05-1120"), "***-**-1120");
    assert_eq!(redact(&plan, "x", "a@b.org tok-abcdefgh"), "");
    let token = redact(&plan, "messages[].content", "a@b.org");
    assert!(sievert_redact::is_token("EMAIL", &token), "{token}");
    assert_eq!(redact(&plan, "messages[].content", "A@B.org"), token, "one value, one token");
    let field = plan.field("messages[].content");
    let email = plan.scanner().index_of("global.email").expect("on");
    assert_eq!(field.actions.of(email, Confidence::Certain), &Action::Pseudonym);
    assert_eq!(field.actions.of(email, Confidence::Possible), &Action::Keep);
}

#[test]
fn redacting_twice_changes_nothing() {
    let plan = plan(
        "[[redact]]\ndetectors = [\"us.ssn\"]\naction = \"replace\"\n\
         [[redact]]\ndetectors = [\"*\"]\naction = \"pseudonym\"",
    );
    for text in
        ["ssn 078-05-1120 a@b.org", "ssn: 078-05-1120a@b.org", "ssn: 078-05-1120 078-05-1120 tok-abcdefgh"]
    {
        let once = redact(&plan, "note", text);
        assert_ne!(once, text);
        assert_eq!(redact(&plan, "note", &once), once);
        let left = findings(&plan, &plan.field("note"), &once);
        assert!(left.iter().all(|finding| finding.confidence == Confidence::Possible), "{once}");
    }
}

#[test]
fn what_was_done_is_told_in_the_order_of_the_findings() {
    let plan = plan(REPLACE_ALL);
    let field = plan.field("note");
    let text = "a@b.org 078-05-1120 tok-abcdefgh";
    let found = findings(&plan, &field, text);
    let mut taken = Vec::new();
    plan.rewrite(&field, text, &found, &mut Scratch::default(), &mut taken);
    let told: Vec<_> = taken.iter().map(|taken| (taken.detector.0, taken.action)).collect();
    assert_eq!(told, [(0, ActionKind::Replace), (1, ActionKind::Keep), (2, ActionKind::Replace)]);
}

#[test]
fn detectors_that_are_off_are_not_in_the_scanner() {
    let plan = plan("[scan]\ndetectors = [\"us.*\", \"EMAIL_ADDRESS\"]\nskip_detectors = [\"us.ssn\"]");
    assert_eq!(plan.looked_for().collect::<Vec<_>>(), ["global.email"]);
    let not: Vec<_> = plan.not_looked_for().collect();
    assert!(not.contains(&"us.ssn") && not.contains(&"secret.token") && not.contains(&"names"), "{not:?}");
    let overrides = Overrides { detectors: vec!["us.ssn".to_owned()], ..Overrides::default() };
    let only = Plan::new(&Policy::default(), ALL, &overrides).expect("a plan");
    assert_eq!(only.looked_for().collect::<Vec<_>>(), ["us.ssn"]);
}

#[test]
fn fields_are_left_out_by_glob() {
    let plan = plan(
        "[scan]\nfields = [\"messages[].*\", \"id\"]\nskip_fields = [\"*.role\"]\nphone_regions = [\"nl\"]",
    );
    for (name, skipped) in
        [("messages[].content", false), ("messages[].role", true), ("id", false), ("note", true)]
    {
        assert_eq!(plan.field(name).skipped, skipped, "{name}");
    }
    assert_eq!(plan.field("id").field.regions[0].code(), "NL");
}

#[test]
fn allowed_values_are_counted_under_their_reason() {
    let known = key().fingerprint("global.email", "c@c.org");
    let plan = plan(&format!(
        r#"
[[allow]]
detector = "global.email"
exact = ["A@B.org"]
reason = "ours"

[[allow]]
detector = "*"
pattern = '[a-z]+@example\.com|tok-a+'
reason = "examples"

[[allow]]
detector = "global.email"
hmac = ["{known}"]
reason = "known"
"#
    ));
    let text = "a@b.org x@example.com c@c.org d@d.org tok-aaaaaaaa tok-bbbbbbbb y@example.comx";
    let mut found = plan.scanner().findings(text);
    let mut allowed = [0; 3];
    plan.sift(text, &mut found, &mut allowed);
    assert_eq!(allowed, [1, 2, 1]);
    let left: Vec<_> = found.iter().map(|finding| &text[finding.range()]).collect();
    assert_eq!(left, ["d@d.org", "tok-bbbbbbbb", "y@example.comx"]);
    assert_eq!(plan.allow_reasons().collect::<Vec<_>>(), ["ours", "examples", "known"]);
    let clean = "a@b.org x@example.com c@c.org <EMAIL> tok-aaaaaaaa <TOKEN> <EMAIL>";
    assert_eq!(redact(&plan, "x", text), clean);
}

#[test]
fn one_s_own_detector_works_like_a_built_in_one() {
    let plan = plan(
        r#"
[[detector]]
id = "acme.customer"
pattern = '\bAC-\d{8}\b'
context = ["customer"]
needs_context = true
examples = ["customer [[AC-00412345]]"]
counter_examples = ["AC-DC", "AC-00412345"]
"#,
    );
    assert_eq!(redact(&plan, "x", "customer AC-00412345"), "customer <CUSTOMER>");
    assert_eq!(redact(&plan, "x", "invoice AC-00412345"), "invoice AC-00412345");
    assert_eq!(plan.scanner().index_of("acme.customer"), Some(DetectorIndex(3)));
}

#[test]
fn requirements_are_met_or_accepted() {
    let names = refused("requires = [\"names\"]");
    assert!(names.contains("`names` is required and cannot be looked for"), "{names}");
    let off = refused("requires = [\"category:credential\"]\n[scan]\nskip_detectors = [\"secret.*\"]");
    assert!(
        off.contains("p.toml:2, requires: `category:credential` is required and secret.token is off"),
        "{off}"
    );
    let plan = plan(
        "requires = [\"names\", \"us.ssn\"]\n[[accept_gap]]\nname = \"names\"\nreason = \"done elsewhere\"",
    );
    assert_eq!(plan.accepted_gaps()[0].reason, "done elsewhere");
}

#[test]
fn what_is_wrong_is_said_with_its_place_and_a_way_out() {
    let entry = |keys: &str| format!("[[redact]]\n{keys}\naction = \"replace\"\n");
    let allow = |keys: &str| format!("[[allow]]\n{keys}");
    let own = |keys: &str| format!("[[detector]]\n{keys}");
    let everything = "detectors = [\"*\"]";
    for (policy, expected) in [
        (
            "[scan]\ndetectors = [\"us.snn\"]".to_owned(),
            "p.toml:3, scan.detectors: unknown detector `us.snn`; did you mean `us.ssn`?",
        ),
        ("[scan]\nskip_detectors = [\"law:hipaa\"]".to_owned(), "groups by law are not in this version"),
        (entry("detectors = [\"us.ssn\"]"), "p.toml:2, redact[0]: the last entry does not fit everything"),
        (entry("detectors = [\"*\"]\nfields = [\"a\"]"), "the last entry does not fit everything"),
        (
            entry("detectors = [\"*\"]\nmin_confidence = \"certain\""),
            "the last entry does not fit everything",
        ),
        (
            entry(everything) + &entry("detectors = [\"us.ssn\"]") + &entry(everything),
            "p.toml:5, redact[1]: no finding reaches this entry",
        ),
        (
            entry("detectors = [\"us.ssn\"]\nfields = [\"a.*\"]")
                + &entry("detectors = [\"us.*\"]\nfields = [\"a.b*\"]")
                + REPLACE_ALL,
            "redact[1]: no finding reaches this entry",
        ),
        (
            entry("detectors = [\"*\"]\nwith = \"see a@b.org\""),
            "redact[0].with: its text is itself found by global.email",
        ),
        (
            allow("detector = \"us.ssn\"\nexact = [\"1\"]\nreason = \" \""),
            "allow[0].reason: there is no reason",
        ),
        (allow("detector = \"us.ssn\"\nreason = \"x\""), "allow[0].exact: nothing is allowed"),
        (
            allow("detector = \"us.ssn\"\npattern = \"canary(\"\nreason = \"x\""),
            "allow[0].pattern: it is no regular expression",
        ),
        (allow("detector = \"us.sn\"\nexact = [\"1\"]\nreason = \"x\""), "did you mean `us.ssn`?"),
        (own("id = \"us.ssn\"\npattern = \"x\""), "detector[0].id: there is a detector us.ssn already"),
        (own("id = \"a.b\"\npattern = \"x(\""), "detector a.b: its pattern cannot be used"),
        (
            own("id = \"a.b\"\npattern = \"x\"\nexamples = [\"y\"]"),
            "p.toml:5, detector[0].examples[0]: a.b does not find this example",
        ),
        (own("id = \"a.b\"\npattern = \"x\"\nexamples = [\"y x\"]"), "finds another part of this example"),
        (own("id = \"a.b\"\npattern = \"x\"\ncounter_examples = [\"y x\"]"), "finds this counter-example"),
        (
            "[[accept_gap]]\nname = \"names\"\nreason = \"x\"".to_owned(),
            "accept_gap[0].name: `names` is not required",
        ),
    ] {
        let said = refused(&policy);
        assert!(said.contains(expected), "{said}\nlacks: {expected}");
        assert!(!said.contains("canary"), "{said}");
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let said = refused(
        "requires = [\"names\"]\n[scan]\ndetectors = [\"*\", \"us.snn\"]\n\
         [[redact]]\ndetectors = [\"us.ssn\"]\naction = \"keep\"",
    );
    assert_eq!(said.lines().count(), 3, "{said}");
}

#[test]
fn an_entry_may_widen_what_an_earlier_one_took() {
    plan(
        "[[redact]]\ndetectors = [\"us.ssn\"]\nmin_confidence = \"certain\"\naction = \"drop-cell\"\n\
         [[redact]]\ndetectors = [\"us.ssn\"]\naction = \"mask\"\n\
         [[redact]]\ndetectors = [\"*\"]\naction = \"keep\"",
    );
}

#[test]
fn without_a_key_that_is_needed_nothing_starts() {
    let pseudonym = policy("[[redact]]\ndetectors = [\"*\"]\naction = \"pseudonym\"").expect("parses");
    let said = Plan::new(&pseudonym, ALL, &Overrides::default()).expect_err("no key").to_string();
    assert!(said.contains("--ephemeral-key"), "{said}");
    let overrides = Overrides { key: KeyChoice::Ephemeral, ..Overrides::default() };
    let plan = Plan::new(&pseudonym, ALL, &overrides).expect("a plan");
    assert_eq!(plan.key_kind().to_string(), "ephemeral");
    let unset = policy("[key]\nfrom = \"env:SIEVERT_TEST_UNSET\"").expect("parses");
    let said = Plan::new(&unset, ALL, &Overrides::default()).expect_err("unset").to_string();
    assert!(said.contains("env:SIEVERT_TEST_UNSET is not set"), "{said}");
}

#[test]
fn the_hash_changes_with_what_is_done_and_with_nothing_else() {
    let base = plan(REPLACE_ALL);
    assert_eq!(base.hash().len(), 64);
    let overrides = Overrides { key: KeyChoice::Ephemeral, ..Overrides::default() };
    let same = policy(&format!("name = \"other\"{REPLACE_ALL}")).expect("parses");
    let same = Plan::new(&same, ALL, &overrides).expect("a plan");
    assert_eq!(same.hash(), base.hash(), "name and key do not matter");
    let mut hashes = vec![base.hash().to_owned()];
    for other in [
        "[scan]\nmin_confidence = \"possible\"",
        "[scan]\nskip_detectors = [\"us.ssn\"]",
        "[scan]\nskip_fields = [\"a\"]",
        "[scan]\nphone_regions = [\"NL\"]",
        "non_text = \"fail\"",
        "[[redact]]\ndetectors = [\"*\"]\naction = \"keep\"",
        "[[redact]]\ndetectors = [\"*\"]\naction = \"mask\"",
        "[[redact]]\ndetectors = [\"*\"]\naction = \"mask\"\nkeep_last = 4",
        "[[allow]]\ndetector = \"us.ssn\"\nexact = [\"1\"]\nreason = \"x\"",
        "[[allow]]\ndetector = \"us.ssn\"\nexact = [\"2\"]\nreason = \"x\"",
        "[[detector]]\nid = \"a.b\"\npattern = \"x\"",
        "[[detector]]\nid = \"a.b\"\npattern = \"y\"",
        "[[detector]]\nid = \"a.b\"\npattern = \"y\"\nvalidator = \"luhn\"",
        "[[detector]]\nid = \"a.b\"\npattern = \"y\"\nvalidator = \"verhoeff\"",
    ] {
        let hash = plan(other).hash().to_owned();
        assert!(!hashes.contains(&hash), "{other}");
        hashes.push(hash);
    }
}

#[test]
fn a_plan_shows_what_it_does_and_no_value_and_no_key() {
    let plan = plan(
        r#"
name = "tickets"
requires = ["names"]

[scan]
skip_fields = ["request_id"]
skip_detectors = ["us.ssn"]

[[accept_gap]]
name = "names"
reason = "done elsewhere"

[[redact]]
detectors = ["secret.*"]
action = "drop-record"

[[redact]]
detectors = ["*"]
action = "replace"

[[allow]]
detector = "global.email"
exact = ["canary@canary.org"]
pattern = "canary"
reason = "ours"
"#,
    );
    let shown = plan.show();
    for expected in [
        "policy          tickets",
        plan.hash(),
        "skipped fields  request_id",
        "global.email",
        "1. drop-record from likely in *\n     secret.token",
        "2. replace with <TYPE> from likely in *\n     all detectors",
        "names, places, organisations, general dates, us.ssn",
        "accepted gap    names: done elsewhere",
        "ours",
    ] {
        assert!(shown.contains(expected), "{shown}\nlacks: {expected}");
    }
    let overrides = Overrides { key: KeyChoice::Given(key()), ..Overrides::default() };
    let printed = format!("{shown}{plan:?}{overrides:?}");
    assert!(!printed.contains("canary"), "{printed}");
}

#[test]
fn built_in_policies_make_plans() {
    for (name, _) in Policy::named() {
        let policy = Policy::load(name).expect("parses");
        Plan::new(&policy, ALL, &Overrides::default()).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let template = Policy::parse(Policy::template(), "template").expect("parses");
    Plan::new(&template, ALL, &Overrides::default()).expect("a plan");
}

#[test]
fn a_plan_that_would_look_for_nothing_is_refused() {
    for text in ["[scan]\ndetectors = []", "[scan]\ndetectors = [\"us.ssn\"]\nskip_detectors = [\"us.*\"]"] {
        assert!(refused(text).contains("p.toml:3, scan.detectors: no detector is left"), "{}", refused(text));
    }
}
