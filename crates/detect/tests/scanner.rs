//! What the scanner promises, one promise a test, on toy detectors.

use std::cell::Cell;

use sievert_detect::checksum::luhn;
use sievert_detect::{
    Borders, Candidate, Category, Confidence, CustomDetector, Detector, DetectorIndex, Evidence, Finding,
    Region, Scanner, Scratch, Texts, Trial, Verdict,
};

fn card(candidate: &Candidate<'_>) -> Verdict {
    Verdict::checked(luhn(candidate.digits()))
}

static CARD: Detector = Detector {
    id: "toy.card",
    pattern: r"[0-9]{4}(?:[ -]?[0-9]{4}){3}",
    labels: &["card number"],
    context: &["visa"],
    negative_context: &["order"],
    borders: Borders::Digit,
    validate: card,
    chance: 0.1,
    ..Detector::BLANK
};

static MRN: Detector = Detector {
    id: "toy.mrn",
    pattern: r"[0-9]{8}",
    labelled: r"[A-Z]{0,5}-?[0-9]{4,8}",
    labels: &["mrn", "medical record number", "病历号"],
    context: &["patient"],
    needs_context: true,
    ..Detector::BLANK
};

static MAIL: Detector = Detector {
    id: "toy.mail",
    pattern: r"[a-z0-9.+]{1,64}@[a-z0-9]{1,63}(?:\.[a-z0-9]{1,63}){1,8}",
    labels: &["email"],
    chance: 0.5,
    ..Detector::BLANK
};

static PHONE: Detector = Detector {
    id: "toy.phone",
    pattern: r"\+[0-9]{6,9}",
    in_context: r"[0-9]{2,4}(?: [0-9]{2,4}){1,2}",
    context: &["call"],
    ..Detector::BLANK
};

fn scanner() -> Scanner {
    Scanner::new(&[&CARD, &MRN, &MAIL], &[]).expect("the toys are well formed")
}

/// What was found, as `id text codes`.
fn found(scanner: &Scanner, field: &str, text: &str) -> Vec<String> {
    let mut out = Vec::new();
    scanner.scan(&scanner.field(field), text, &mut Scratch::default(), &mut out);
    out.iter().map(|finding| show(scanner, text, finding)).collect()
}

fn show(scanner: &Scanner, text: &str, finding: &Finding) -> String {
    let codes: Vec<_> = finding.evidence.codes().collect();
    let id = scanner.about(finding.detector).id;
    format!("{id} {:?} {}", &text[finding.range()], codes.join(","))
}

#[test]
fn a_candidate_that_fails_consumes_nothing() {
    let scanner = scanner();
    let text = "1234 4111 1111 1111 1111";
    assert_eq!(found(&scanner, "", text), [r#"toy.card "4111 1111 1111 1111" checksum"#]);
}

#[test]
fn a_label_stands_right_before_its_value() {
    let scanner = scanner();
    assert_eq!(found(&scanner, "", "MRN #UCLA-12345"), [r#"toy.mrn "UCLA-12345" label"#]);
    assert_eq!(found(&scanner, "", "Medical record number is: 12345."), [r#"toy.mrn "12345" label"#]);
    assert_eq!(found(&scanner, "", "病历号12345"), [r#"toy.mrn "12345" label"#]);
    assert_eq!(found(&scanner, "", "MRN: NR-86436"), [r#"toy.mrn "NR-86436" label"#], "no connecting word");
    assert_eq!(found(&scanner, "", "MRN nr 86436"), [r#"toy.mrn "86436" label"#]);
    for text in [
        "<b>MRN</b>: 86436",
        "<td>MRN</td>\n<td class=\"v\">86436</td>",
        "MRN&nbsp;&#160;86436",
        "Medical&nbsp;record&nbsp;number:&nbsp;86436",
        "MRN (of the clinic): 86436",
    ] {
        assert_eq!(found(&scanner, "", text), [r#"toy.mrn "86436" label"#], "{text}");
    }
    for text in ["<mrn/><visits>86436</visits>", "MRN (12) 86436", "MRN <i <td>86436"] {
        assert_eq!(found(&scanner, "", text), [""; 0], "{text}");
    }
    assert_eq!(found(&scanner, "", "MRN was taken, 12345"), [""; 0]);
    assert_eq!(found(&scanner, "", "UCLA-12345"), [""; 0]);
}

#[test]
fn a_label_may_begin_a_longer_name_to_which_the_value_is_assigned() {
    static SECRET: Detector = Detector { id: "toy.secret", category: Category::Credential, ..MRN };
    let scanner = scanner();
    for text in [
        "MRN_2=AB-123456",
        "mrn_of_spouse: AB-123456",
        "\"mrn-prod\": \"AB-123456\"",
        "'mrn2' => 'AB-123456'",
        "patient_mrn_2_old := AB-123456",
        "userMrn2=AB-123456",
        "medicalRecordNumberOfSpouse: 'AB-123456'",
        "- name: MRN_PROD\n  value: AB-123456",
    ] {
        assert_eq!(found(&scanner, "", text), [r#"toy.mrn "AB-123456" label"#], "{text}");
    }
    for text in [
        "mrn_prod AB-123456",
        "mrn_of_the_next_of_kin_or_spouse: AB-123456",
        "mrn_prod::AB-123456",
        "mrn_count=AB-123456",
        "mrn_type: AB-123456",
        "mrn_sent_at: AB-123456",
        "mrn22: AB-123456",
        "mrns: AB-123456",
        "medicalRecordNumberType: 'AB-123456'",
        "mrn.prod: AB-123456",
    ] {
        assert_eq!(found(&scanner, "", text), [""; 0], "{text}");
    }
    assert_eq!(found(&scanner, "", "mrn-20260: AB-123456"), [r#"toy.mrn "20260" label"#], "no name, a value");
    let scanner = Scanner::new(&[&SECRET], &[]).expect("it is well formed");
    assert_eq!(found(&scanner, "", "mrn_prod=AB-123456"), [r#"toy.secret "AB-123456" label"#]);
    assert_eq!(found(&scanner, "", "mrn_file=AB-123456"), [""; 0], "as in a field of that name");
}

#[test]
fn a_label_may_be_a_name_that_stands_beside_its_value() {
    let scanner = scanner();
    for text in [
        r#"{"name":"mrn","value":"AB-123456"}"#,
        "[{'Key': 'patient mrn',\n      'Value': 'AB-123456'}]",
        r#"{\"name\":\"mrn\", \"value\":\"AB-123456\"}"#,
        "- name: mrn\n  value: AB-123456",
        r#"<add key="mrn" value="AB-123456"/>"#,
    ] {
        assert_eq!(found(&scanner, "", text), [r#"toy.mrn "AB-123456" label"#], "{text}");
    }
    for text in [
        r#"{"name":"mrn","other":"AB-123456"}"#,
        r#"["mrn","value","AB-123456"]"#,
        r#"{"name":"mrn","values":"AB-123456"}"#,
        "the mrn, value: AB-123456",
        r#"{"name":"mrn of","value":"AB-123456"}"#,
    ] {
        assert_eq!(found(&scanner, "", text), [""; 0], "{text}");
    }
}

#[test]
fn a_looser_shape_is_allowed_where_something_speaks_for_it() {
    let scanner = Scanner::new(&[&PHONE], &[]).expect("it is well formed");
    assert_eq!(found(&scanner, "", "+441632960 and 163 296"), [r#"toy.phone "+441632960" "#]);
    assert_eq!(found(&scanner, "", "call 163 296"), [r#"toy.phone "163 296" context"#]);
    assert_eq!(found(&scanner, "call", "or 163 296"), [r#"toy.phone "163 296" field"#]);
    let mut field = scanner.field("");
    field.regions.extend(Region::new("GB"));
    let mut out = Vec::new();
    scanner.scan(&field, "or 163 296", &mut Scratch::default(), &mut out);
    assert_eq!(show(&scanner, "or 163 296", &out[0]), r#"toy.phone "163 296" "#, "a region");
}

#[test]
fn what_a_label_names_is_found_even_when_it_is_mistyped() {
    let scanner = scanner();
    assert_eq!(found(&scanner, "", "4111 1111 1111 1112"), [""; 0]);
    assert_eq!(
        found(&scanner, "", "card number: 4111 1111 1111 1112"),
        [r#"toy.card "4111 1111 1111 1112" label,failed-checksum"#]
    );
    assert_eq!(
        found(&scanner, "cardNumber", "4111 1111 1111 1112"),
        [r#"toy.card "4111 1111 1111 1112" field,failed-checksum"#]
    );
}

#[test]
fn words_near_a_candidate_speak_for_or_against_it() {
    let scanner = scanner();
    assert_eq!(
        found(&scanner, "", "4111111111111111 (VISA)"),
        [r#"toy.card "4111111111111111" checksum,context"#]
    );
    assert_eq!(found(&scanner, "", "Order 4111111111111111"), [""; 0]);
    assert_eq!(found(&scanner, "", "Order 4111111111111111 Visa").len(), 1);
    assert_eq!(found(&scanner, "", "patients 12345678"), [""; 0], "at word borders only");
    assert_eq!(found(&scanner, "", "patient 12345678"), [r#"toy.mrn "12345678" context"#]);
}

#[test]
fn words_in_what_redaction_left_say_nothing() {
    let scanner = scanner();
    assert_eq!(found(&scanner, "", "<MRN> UCLA-12345"), [""; 0]);
    assert_eq!(found(&scanner, "", "MRN_ABCDEFGHIJKLMNOP 12345678"), [""; 0]);
    assert_eq!(found(&scanner, "", "<MRN>UCLA-12345</MRN>"), [r#"toy.mrn "UCLA-12345" label"#]);
}

#[test]
fn a_field_name_is_a_label_at_the_cells_start() {
    let scanner = scanner();
    assert_eq!(found(&scanner, "visit.patientMRN", " #A-12345"), [r#"toy.mrn "A-12345" field"#]);
    assert_eq!(found(&scanner, "mrn_count", "12345"), [""; 0]);
    assert_eq!(found(&scanner, "patient_no", "12345678"), [r#"toy.mrn "12345678" field"#]);
}

#[test]
fn a_disguise_is_seen_through_and_named() {
    let scanner = scanner();
    let text = "\u{AD}a@b\u{200B}.com\u{200B} \u{FF14}111\u{A0}1111\u{2010}1111\u{A0}1111";
    assert_eq!(
        found(&scanner, "", text),
        ["toy.mail \"a@b\\u{200b}.com\" disguised", "toy.card \"４111\\u{a0}1111‐1111\\u{a0}1111\" checksum"]
    );
    assert_eq!(found(&scanner, "", "еmail: a@b.com"), [r#"toy.mail "a@b.com" label"#], "a Cyrillic е");
}

#[test]
fn the_letter_of_an_escape_is_no_part_of_what_follows() {
    let scanner = scanner();
    let text = r#""name: Jo\nemail: a@b.com\n\tx@b.com\r\n4111111111111111\\nz@b.com""#;
    assert_eq!(
        found(&scanner, "", text),
        [
            r#"toy.mail "a@b.com" label"#,
            r#"toy.mail "x@b.com" context"#,
            r#"toy.card "4111111111111111" checksum"#,
            r#"toy.mail "z@b.com" context"#,
        ]
    );
    assert_eq!(found(&scanner, "", r"C:\User\anna@b.com"), [r#"toy.mail "anna@b.com" "#]);
}

#[test]
fn many_texts_are_scanned_as_one_by_one() {
    let scanner = scanner();
    let texts = Texts { buffer: "a@b.comc@d.org12345678", ends: &[7, 14, 22] };
    let field = scanner.field("mrn");
    let mut scratch = Scratch::default();
    let mut out = Vec::new();
    scanner.scan_texts(&field, &texts, &mut scratch, &mut out);
    let places: Vec<_> = out.iter().map(|(text, finding)| (*text, finding.span.clone())).collect();
    assert_eq!(places, [(0, 0..7), (1, 0..7), (2, 0..8)]);
    let trial = |text| Trial { text, detector: DetectorIndex(2), passed: true };
    assert_eq!(scratch.take_trials(), [trial(0), trial(1)]);
    assert_eq!(scratch.take_trials(), []);
}

#[test]
fn a_word_without_a_letter_speaks_too() {
    let always =
        CustomDetector { needs_context: true, context: vec!["24/7".to_owned()], ..custom("[0-9]{8}") };
    let scanner = Scanner::new(&[], &[always]).expect("a detector");
    assert_eq!(found(&scanner, "", "12345678 (24/7)"), [r#"acme.thing "12345678" context"#]);
    assert_eq!(found(&scanner, "", "12345678 (12/7)"), [""; 0]);
}

#[test]
fn of_many_texts_a_sample_is_tried() {
    let scanner = scanner();
    let tried = |count: u32| {
        let buffer = "a@b.com".repeat(count as usize);
        let ends: Vec<_> = (1..=count).map(|nth| nth * 7).collect();
        let (mut scratch, mut out) = (Scratch::default(), Vec::new());
        scanner.scan_texts(
            &scanner.field(""),
            &Texts { buffer: &buffer, ends: &ends },
            &mut scratch,
            &mut out,
        );
        assert_eq!(out.len(), count as usize, "found in each, tried or not");
        scratch.take_trials().into_iter().map(|trial| trial.text).collect::<Vec<_>>()
    };
    assert_eq!(tried(1_024).len(), 1_024);
    for count in [1_025, 5_000, 65_536, 100_000] {
        let sample = tried(count);
        assert!((500..=1_100).contains(&sample.len()), "{} of {count}", sample.len());
        let gap = sample.windows(2).map(|pair| pair[1] - pair[0]).max().expect("more than one");
        assert!(gap < 4 * count.div_ceil(1_024), "{gap} of {count}: they are spread");
        let odd = sample.iter().filter(|text| *text % 2 == 1).count() * 100 / sample.len();
        assert!((45..=55).contains(&odd), "{odd} % of {count}: what comes every other time is half of them");
    }
}

fn custom(pattern: &str) -> CustomDetector {
    CustomDetector {
        id: "acme.thing".to_owned(),
        pattern: pattern.to_owned(),
        borders: Borders::None,
        ..CustomDetector::default()
    }
}

#[test]
fn a_validator_is_asked_once_about_a_value_behind_a_label() {
    thread_local!(static ASKED: Cell<u32> = const { Cell::new(0) });
    let validate = |_: &Candidate<'_>| {
        ASKED.set(ASKED.get() + 1);
        Verdict::Checked
    };
    let detector = CustomDetector {
        labelled: "[0-9]{6}".to_owned(),
        labels: vec!["badge".to_owned()],
        validate,
        ..custom("[0-9]{6}")
    };
    let scanner = Scanner::new(&[], &[detector]).expect("it is well formed");
    for (field, text, count) in [
        ("", "badge 123456", 1),
        ("badge", "123456", 1),
        ("", "badge 123456, badge 234567, 345678", 3),
        ("badge", "badge 123456", 1),
    ] {
        ASKED.set(0);
        assert_eq!(found(&scanner, field, text).len(), count as usize, "{field} {text}");
        assert_eq!(ASKED.get(), count, "{field} {text}");
    }
}

#[test]
fn a_users_word_borders_become_borders() {
    let bordered = Scanner::new(&[], &[custom(r"\b(?:AC|DC)[0-9]{2}\b")]).expect("well formed");
    assert_eq!(found(&bordered, "", "AC12 xDC12 DC123"), [r#"acme.thing "AC12" "#]);
    let open = Scanner::new(&[], &[custom(r"\bAC[0-9]{2}")]).expect("well formed");
    assert_eq!(found(&open, "", "AC12 AC123 xAC12").len(), 2, "the right side stays as `borders` has it");
    let words = CustomDetector { words: vec!["Project X".to_owned()], ..custom("") };
    let words = Scanner::new(&[], &[words]).expect("well formed");
    assert_eq!(found(&words, "", "project-x, Project Xanadu"), [r#"acme.thing "project-x" "#]);
}

#[test]
fn a_bad_pattern_is_an_error_that_names_its_detector() {
    for pattern in ["[0-9", "^a", "a$", r"a\bb", "a*", r"[a&&b]", "", r"(a)\1", r"\w{900}{900}"] {
        let error = Scanner::new(&[], &[custom(pattern)]).expect_err("refused").to_string();
        assert!(error.contains("acme.thing"), "{pattern}: {error}");
    }
    let twice = Scanner::new(&[&MRN, &MRN], &[]).expect_err("refused").to_string();
    assert!(twice.contains("toy.mrn"));
}

#[test]
fn the_words_of_the_text_are_one_voice_and_the_field_another() {
    let scanner = scanner();
    let mut out = Vec::new();
    scanner.scan(&scanner.field("email"), "email: a@b.com", &mut Scratch::default(), &mut out);
    assert_eq!(out[0].confidence, Confidence::Certain);
    assert!(out[0].evidence.has(Evidence::LABEL.and(Evidence::FIELD)));
}

#[test]
fn four_hundred_detectors_of_all_kinds_are_each_found() {
    let kinds = [
        r"AA{n}-[0-9]{3}|[0-9]{4}-aa{n}|key{n}[0-9a-z]{20}",
        r"[0-9]{3}x{n}|#{n}[a-z]{2}",
        r"[a-z]{1,20}@h{n}[.][a-z]{2,3}",
        r"zz{n}_[0-9A-Za-z]{24}",
    ];
    let kind = |n: usize, of: &[&str; 4]| of[n % 4].replace("{n}", &n.to_string());
    let one = |n| CustomDetector { id: format!("acme.d{n}"), ..custom(&kind(n, &kinds)) };
    let scanner = Scanner::new(&[], &(0..400).map(one).collect::<Vec<_>>()).expect("well formed");
    let examples = ["AA{n}-123", "123x{n}", "me@h{n}.org", "zz{n}_0123456789abcdefABCDEF01"];
    for n in 0..400 {
        let text = format!("one {} two", kind(n, &examples));
        let found = found(&scanner, "", &text);
        assert!(found.iter().any(|one| one.starts_with(&format!("acme.d{n} "))), "{text}: {found:?}");
    }
}

/// Labels whose values hold a digit are passed over where none is near; near is as far as a digit of a value can stand.
#[test]
fn a_value_is_found_however_far_behind_its_label_the_first_digit_stands() {
    for letters in [0, 1, 40, 60, 80, 120, 200] {
        let labelled = format!("[A-Z]{{0,{letters}}}[0-9]{{3}}");
        let labels = vec!["code word".to_owned()];
        let scanner = Scanner::new(&[], &[CustomDetector { labelled, labels, ..custom("") }]);
        let scanner = scanner.expect("well formed");
        let value = format!("{}123", "A".repeat(letters));
        for before in 0..=130 {
            let blanks = " ".repeat(before);
            let text = format!("{blanks}code - word{:-<24}{value} and no digit{blanks}", ":");
            let expected = format!("acme.thing {value:?} label");
            let beside =
                format!("{blanks}code - word\",{:21}\"{:-<24}{value} and no digit{blanks}", "", "value\":");
            for text in [text, beside] {
                assert_eq!(found(&scanner, "", &text), [&*expected], "{letters} letters, {before} before");
            }
        }
    }
}
