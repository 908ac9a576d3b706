//! Values whose names stand beside them, as requests, manifests, traces and health records have them: found, rewritten,
//! and told from the names and values of charts, headings and translations.

mod program;

use program::{folder, sievert, write};
use serde_json::Value;

/// A password and a key that nobody uses.
const PASSWORD: &str = concat!("hR8s", "T2kLq9");
const KEY: &str = concat!("3f9a8c1d", "7be24f60a9d3c5e8");

/// Records, and what is found where; `PW` and `KEY` stand for the two above.
const HELD: &[(&str, &str, &str)] = &[
    (r#"{"headers":[{"name":"X-Api-Key","value":"KEY"}]}"#, "secret.assigned_secret", "headers[].value"),
    (r#"{"params":[{"name":"password","value":"PW"}]}"#, "secret.assigned_secret", "params[].value"),
    (r#"{"env":[{"name":"DB_PASSWORD","value":"PW"}]}"#, "secret.assigned_secret", "env[].value"),
    (
        r#"{"ParameterKey":"MasterPassword","ParameterValue":"PW"}"#,
        "secret.assigned_secret",
        "ParameterValue",
    ),
    (r#"{"Tags":[{"Key":"ssn","Value":"536228726"}]}"#, "us.ssn", "Tags[].Value"),
    (
        r#"{"attributes":[{"key":"db.password","value":{"stringValue":"PW"}}]}"#,
        "secret.assigned_secret",
        "attributes[].value.stringValue",
    ),
    (
        r#"{"identifier":[{"system":"http://hl7.org/fhir/sid/us-ssn","value":"536228726"}]}"#,
        "us.ssn",
        "identifier[].value",
    ),
    (r#"{"identifier":[{"type":{"text":"MRN"},"value":"4471920"}]}"#, "health.mrn", "identifier[].value"),
    (
        r#"{"identifier":[{"type":{"coding":[{"display":"Medical record number"}]},"value":"4471920"}]}"#,
        "health.mrn",
        "identifier[].value",
    ),
    (r#"{"telecom":[{"system":"phone","value":"4155552671"}]}"#, "global.phone", "telecom[].value"),
    (
        r#"{"fields":[{"title":"Date of birth","value":"03/04/1971"}]}"#,
        "global.date_of_birth",
        "fields[].value",
    ),
    (r#"{"answers":[{"field":"passport_number","value":"K1234567"}]}"#, "us.passport", "answers[].value"),
    (r#"{"changes":[{"field":"ssn","old_value":"536228726"}]}"#, "us.ssn", "changes[].old_value"),
    (r#"{"measures":[{"code":"SSN","value":536228726}]}"#, "us.ssn", "measures[].value"),
    (
        r#"{"extension":[{"url":"http://example.org/fhir/patient-birthDate","valueDateTime":"03/04/1971"}]}"#,
        "global.date_of_birth",
        "extension[].valueDateTime",
    ),
    (r#"{"concept_name":"SSN","value_as_string":"536228726"}"#, "us.ssn", "value_as_string"),
    (r#"{"question":"What is your SSN?","answer":"536228726"}"#, "us.ssn", "answer"),
    (r#"{"rawHeaders":["Host","example.org","X-Api-Key","KEY"]}"#, "secret.assigned_secret", "rawHeaders[]"),
    (r#"{"query":[["page","2"],["ssn","536228726"]]}"#, "us.ssn", "query[][]"),
    (
        r#"{"vcardArray":["vcard",[["bday",{},"date","1971-04-03"],["tel",{"type":"work"},"text","4155552671"]]]}"#,
        "global.phone",
        "vcardArray[][][]",
    ),
    (r#"{"config_key":"smtp_password","config_value":"PW"}"#, "secret.assigned_secret", "config_value"),
    (r#"{"file":"- name: DB_PASSWORD\n  value: \"PW\"\n"}"#, "secret.assigned_secret", "file"),
    (r#"{"log":"{\"name\":\"password\",\"value\":\"PW\"}"}"#, "secret.assigned_secret", "log"),
    (r#"{"file":"env:\n  - name: DB_PASSWORD\n    value: PW\n"}"#, "secret.assigned_secret", "file"),
];

const HOLD_NOTHING: &[&str] = &[
    r#"{"name":"John","value":5}"#,
    r#"{"name":"page","value":"3"}"#,
    r#"{"key":"S","value":"536228726"}"#,
    r#"{"name":"Content-Length","value":"536228726"}"#,
    r#"{"name":"Phones","value":182044}"#,
    r#"{"name":"Phone","value":4500000}"#,
    r#"{"key":"login.password","value":"Password"}"#,
    r#"{"key":"error.password.required","value":"Please enter a password"}"#,
    r#"{"name":"password","type":"string","value":"string"}"#,
    r#"{"name":"DB_PASSWORD","value":"${DB_PASSWORD}"}"#,
    r#"{"name":"DB_PASSWORD","valueFrom":{"secretKeyRef":{"name":"db","key":"password"}}}"#,
    r#"{"name":"email_count","value":"4471920"}"#,
    r#"{"name":"ssn_verified","value":"true"}"#,
    r#"{"key":"host.id","value":{"stringValue":"fdbf79e8af94cb7f9e8df36789187052"}}"#,
    r#"{"key":"http.status_code","value":{"intValue":"200"}}"#,
    r#"{"metric":"token_usage","value":"48291"}"#,
    r#"{"name":"token_type","value":"Bearer"}"#,
    r#"{"name":"DB_PASSWORD_FILE","value":"/run/secrets/db1"}"#,
    r#"{"name":"API_KEY_HEADER","value":"X-Key-2"}"#,
    r#"{"question":"Forgot your password?","answer":"Click reset2 here"}"#,
    r#"{"name":"Secret Garden","value":"1299.00"}"#,
    r#"{"headers":["id","password","email","phone","ssn","token"]}"#,
    r#"{"columns":[["password","text"],["token","int64"],["api_key","varchar(255)"],["phone","text2"]]}"#,
    r#"{"rows":[["Task","Hours"],["Phones",182044],["Passport covers","12,400"]]}"#,
    r#"{"tokens":["my","phone","password","Blue4you"]}"#,
    r#"{"tagged":[["password","NN"],["token","NNP2"],["phone","B-MISC1"]]}"#,
    r#"{"name":"Passport covers","value":"12,400"}"#,
    r#"{"name":"Postal code","value":"unknown"}"#,
];

fn filled(record: &str) -> String {
    record.replace("PW", PASSWORD).replace("KEY", KEY)
}

#[test]
fn values_beside_their_names_are_found_and_rewritten() {
    let folder = folder();
    let at = folder.path();
    let held: String = HELD.iter().map(|(record, ..)| filled(record) + "\n").collect();
    let nothing = HOLD_NOTHING.join("\n");
    write(at, &[("held.jsonl", held.as_bytes()), ("nothing.jsonl", nothing.as_bytes())]);

    let ran = sievert(["scan", "held.jsonl", "--findings", "f.jsonl", "--min-confidence", "likely"], at);
    ran.ends_with(1);
    let rows = std::fs::read_to_string(at.join("f.jsonl")).expect("findings");
    let rows: Vec<Value> = rows.lines().map(|row| serde_json::from_str(row).expect("JSON")).collect();
    for (record, (text, detector, field)) in HELD.iter().enumerate() {
        let found = rows
            .iter()
            .any(|row| row["record"] == record && row["detector"] == *detector && row["field"] == *field);
        assert!(found, "{text}");
    }
    sievert(["scan", "nothing.jsonl"], at).good();

    sievert(["redact", "held.jsonl", "--out", "clean", "--quiet"], at).good();
    let clean = std::fs::read_to_string(at.join("clean/held.jsonl")).expect("an output");
    for value in [PASSWORD, KEY, "536228726", "4471920", "4155552671", "03/04/1971", "K1234567"] {
        assert!(!clean.contains(value), "{value}");
    }
    sievert(["scan", "clean"], at).good();
}

#[test]
fn the_rows_of_a_long_table_are_pairs() {
    let folder = folder();
    let at = folder.path();
    let table =
        "person,attribute,value\n1,ssn,536228726\n1,city,Oslo\n2,date_of_birth,03/04/1971\n2,height,180\n";
    write(at, &[("long.csv", table.as_bytes())]);
    sievert(["redact", "long.csv", "--out", "clean", "--quiet"], at).good();
    let clean = std::fs::read_to_string(at.join("clean/long.csv")).expect("an output");
    let expected = table.replace("536228726", "<SSN>").replace("03/04/1971", "<DATE_OF_BIRTH>");
    assert_eq!(clean, expected);
}
