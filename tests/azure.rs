//! What Azure is told otherwise than other stores: headers that its client does not write itself.
#![expect(clippy::print_stdout, reason = "what was not checked is said")]

mod program;
mod servers;

use std::fs;
use std::sync::{Arc, Mutex};

use program::{bytes_of, folder, write};
use servers::http::{Response, Server};
use servers::{installed, sievert_with};

/// With the first request of a blob and with the last one of its parts; signed, as azurite sees to.
#[test]
fn a_policy_says_in_which_scope_azure_encrypts() {
    let folder = folder();
    let policy = "version = 1\n[output]\nencryption = \"key:scope-of-test\"\n";
    let large = "mail,text\n".to_owned() + &"ann@example.org,lorem ipsum dolor sit amet\n".repeat(400_000);
    write(
        folder.path(),
        &[
            ("scope.toml", policy.as_bytes()),
            ("in/small.csv", b"mail\nann@example.org\n"),
            ("in/large.csv", large.as_bytes()),
        ],
    );
    let redact = [
        "redact",
        "in",
        "--out",
        "az://data/out",
        "--state",
        "state",
        "--policy",
        "scope.toml",
        "--detector",
        "global.email",
    ];
    let written = Arc::new(Mutex::new(Vec::new()));
    let noted = written.clone();
    // As much of Azure as it takes to write there.
    let azure = Server::answering(move |request| match request.method.as_str() {
        "PUT" => {
            let scope = request.header("x-ms-encryption-scope").map(str::to_owned);
            noted.lock().expect("no panic").push((request.target.clone(), scope));
            Response::new(201).with("etag", "\"t\"")
        }
        "GET" => Response::new(200).body("<EnumerationResults><Blobs/></EnumerationResults>"),
        "DELETE" => Response::new(202),
        _ => Response::new(404),
    });
    let settings = vec![
        ("AZURE_ENDPOINT", format!("http://127.0.0.1:{}", azure.port)),
        ("AZURE_STORAGE_ACCOUNT_NAME", "account".into()),
        ("AZURE_STORAGE_ACCOUNT_KEY", "a2V5".into()),
    ];
    sievert_with(&settings, redact, folder.path()).good();
    let written = written.lock().expect("no panic");
    for part in ["small.csv", "comp=block&", "comp=blocklist", "_SUCCESS"] {
        assert!(written.iter().any(|(target, _)| target.contains(part)), "{part}: {written:?}");
    }
    assert!(written.iter().all(|(_, scope)| scope.as_deref() == Some("scope-of-test")), "{written:?}");
    if let Some((_azurite, settings)) = installed::azurite(folder.path()) {
        fs::remove_dir_all(folder.path().join("state")).expect("removed");
        sievert_with(&settings, redact, folder.path()).good();
    }
}

/// The same blobs under the address that names the account as under the one that leaves it to the settings.
#[test]
fn abfss_names_what_az_names() {
    let folder = folder();
    let at = folder.path();
    let Some((_azurite, settings)) = installed::azurite(at) else { return };
    write(at, &[("in/a b.csv", b"mail\nann@example.org\n"), ("in/deep/b.jsonl", b"{\"n\":1}\n")]);
    let whole = "abfss://data@testaccount.dfs.core.windows.net";
    let run = |from: &str, to: &str| {
        let state = format!("--state={}.state", to.replace(['/', ':'], "-"));
        sievert_with(&settings, ["redact", from, "--out", to, &state, "--detector=global.email"], at).good();
    };
    run("in", &format!("{whole}/one"));
    run("az://data/one", "out");
    let out = bytes_of(&at.join("out"));
    assert_eq!(out["a b.csv"], b"mail\n<EMAIL>\n");
    run("az://data/one", "az://data/two");
    run(&format!("{whole}/two"), "back");
    assert!(bytes_of(&at.join("back")) == out, "the same comes back");

    let scan = ["scan", &format!("{whole}/two/*.csv"), "--dry-run"];
    let listed = sievert_with(&settings, scan, at).good().stdout;
    assert!(listed.contains("a b.csv") && !listed.contains("b.jsonl"), "{listed}");
}
