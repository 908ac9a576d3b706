//! Credentials of stores: what is said where there are none, that they are renewed, and that none are needed.
#![expect(clippy::print_stdout, reason = "servers that are not installed are told of")]

mod program;
mod servers;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use program::{folder, write};
use servers::double::Double;
use servers::http::{Response, Server};
use servers::{Settings, s3, sievert_with};

#[test]
fn without_credentials_the_error_says_what_was_tried_and_comes_soon() {
    let folder = folder();
    // A metadata service that takes the call and never answers, and tells when it is called and how long it is waited for.
    let (tell, told) = mpsc::channel();
    let silent = Server::start(move |mut stream| {
        let start = Instant::now();
        tell.send(None).expect("this test listens");
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
        tell.send(Some(start.elapsed())).expect("this test listens");
    });
    // What is empty is not set.
    let settings = vec![
        ("AWS_METADATA_ENDPOINT", format!("http://127.0.0.1:{}", silent.port)),
        ("AWS_ACCESS_KEY_ID", String::new()),
        ("AWS_ENDPOINT_URL", String::new()),
    ];
    let ran = sievert_with(&settings, ["scan", "s3://data/in"], folder.path()).ends_with(2);
    let hear = |most| told.recv_timeout(most).ok();
    let heard = [60_000, 60_000, 100].map(Duration::from_millis).map(hear);
    let [Some(None), Some(Some(waited)), None] = heard else {
        panic!("who is silent is asked once: {heard:?}")
    };
    assert!(waited < Duration::from_secs(4), "about a second: {waited:?}");
    for said in [
        "AWS_ACCESS_KEY_ID",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "the instance role (no answer)",
        "a profile (AWS_PROFILE not set, and the default one holds no credentials)",
        "AWS_SKIP_SIGNATURE",
    ] {
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
    let silver = "a-secret-that-must-not-be-told";
    let settings = vec![("AWS_SECRET_ACCESS_KEY", silver.to_owned())];
    let ran = sievert_with(&settings, ["scan", "s3://data/in"], folder.path()).ends_with(2);
    assert!(
        ran.stderr.contains("AWS_ACCESS_KEY_ID not set") && !ran.stderr.contains(silver),
        "{}",
        ran.stderr
    );
}

/// Credentials that are about to expire are fetched anew before the next request.
#[test]
fn credentials_that_expire_are_renewed() {
    let folder = folder();
    let given = AtomicU32::new(0);
    let identity = Server::answering(move |request| {
        assert_eq!(request.header("authorization"), Some("the token of this pod"));
        let number = given.fetch_add(1, Ordering::Relaxed);
        Response::new(200).body(format!(
            "{{\"AccessKeyId\":\"key{number}\",\"SecretAccessKey\":\"s\",\"Token\":\"t\",\"Expiration\":\"2026-01-01T00:00:00Z\"}}"
        ))
    });
    let keys = Arc::new(Mutex::new(BTreeSet::new()));
    let seen = keys.clone();
    let double = Double::meddled(Box::new(move |request, _| {
        let signed = request.header("authorization").expect("a signature");
        let key = signed.split_once("Credential=").and_then(|(_, rest)| rest.split('/').next());
        seen.lock().expect("no panic").insert(key.expect("a key").to_owned());
        None
    }));
    double.put("/data/in/a.csv", "mail\nann@example.org\n").put("/data/in/b.csv", "mail\n");
    write(folder.path(), &[("token", b"the token of this pod")]);
    let mut settings: Settings =
        s3(double.port()).into_iter().filter(|(name, _)| !name.contains("KEY")).collect();
    settings.push(("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("http://127.0.0.1:{}/", identity.port)));
    settings.push(("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "token".into()));
    sievert_with(&settings, ["scan", "s3://data/in", "--detector=global.email"], folder.path()).ends_with(1);
    assert!(keys.lock().expect("no panic").len() > 2, "each request had fresh ones");
}

#[test]
fn anonymous_and_requester_pays() {
    let folder = folder();
    let signed = Arc::new(Mutex::new(Vec::new()));
    let seen = signed.clone();
    let double = Double::meddled(Box::new(move |request, _| {
        let payer = request.header("x-amz-request-payer").map(str::to_owned);
        seen.lock().expect("no panic").push((request.header("authorization").is_some(), payer));
        None
    }));
    double.put("/data/a.csv", "mail\n");
    let endpoint = ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", double.port()));
    let anonymous = vec![endpoint, ("AWS_SKIP_SIGNATURE", "true".into())];
    sievert_with(&anonymous, ["scan", "s3://data/a.csv"], folder.path()).good();
    assert!(signed.lock().expect("no panic").drain(..).all(|asked| asked == (false, None)));
    let mut paying = s3(double.port());
    paying.push(("AWS_REQUEST_PAYER", "true".into()));
    sievert_with(&paying, ["scan", "s3://data/a.csv"], folder.path()).good();
    assert!(
        signed.lock().expect("no panic").drain(..).any(|asked| asked == (true, Some("requester".into())))
    );
}
