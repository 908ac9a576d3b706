//! Credentials of AWS by profile, through the whole program: files, processes, roles, sessions, and what is said when
//! there are none.
#![cfg(unix)]
#![expect(clippy::print_stdout, reason = "what was not checked is said")]

mod program;
mod servers;

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use program::{folder, write};
use servers::double::Double;
use servers::http::{Response, Server};
use servers::{Settings, installed, sievert_with};

const SCAN: [&str; 3] = ["scan", "s3://data/in", "--detector=global.email"];
/// Stands in files and answers, and must stand nowhere else.
const SECRET: &str = "silver-of-this-test";

/// Where the token of the session `corp` is kept: by the SHA-1 of its name.
const CACHED: &str = ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";

/// What a request was signed with.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Signed {
    key: String,
    region: String,
    token: Option<String>,
}

/// A bucket that notes what its requests were signed with.
fn noting() -> (Double, Arc<Mutex<Vec<Signed>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = seen.clone();
    let double = Double::meddled(Box::new(move |request, _| {
        let header = |name| request.header(name).map(str::to_owned);
        // Credential=KEY/DAY/REGION/s3/aws4_request
        let signed = header("authorization").expect("a signature");
        let mut scope = signed.split_once("Credential=").expect("a scope").1.split('/').map(str::to_owned);
        let signed = Signed {
            key: scope.next().expect("a key"),
            region: scope.nth(1).expect("a region"),
            token: header("x-amz-security-token"),
        };
        noted.lock().expect("no panic").push(signed);
        None
    }));
    double.put("/data/in/a.csv", "mail\nann@example.org\n");
    (double, seen)
}

fn endpoint(port: u16) -> (&'static str, String) {
    ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}"))
}

fn profile(name: &str) -> (&'static str, String) {
    ("AWS_PROFILE", name.into())
}

/// In the order of the tools of AWS: a key of the environment, `AWS_PROFILE`, the rest of the environment, `default`.
#[test]
fn a_profile_of_the_credentials_file_is_used_where_it_is_asked_for() {
    let folder = folder();
    let (double, seen) = noting();
    let keys = |name: &str, key: &str| {
        format!("[{name}]\naws_access_key_id = {key}\naws_secret_access_key = {SECRET}\n")
    };
    write(
        folder.path(),
        &[
            (".aws/credentials", [keys("default", "usual"), keys("work", "working")].concat().as_bytes()),
            (".aws/config", b"[default]\nregion = eu-west-1\n[profile work]\nregion = eu-north-1\n"),
            ("elsewhere", keys("work", "other").as_bytes()),
            ("token", b"t"),
        ],
    );
    let service = Server::answering(|_| {
        Response::new(200).body(
            "{\"AccessKeyId\":\"pod\",\"SecretAccessKey\":\"s\",\"Token\":\"t\",\"Expiration\":\"2099-01-01T00:00:00Z\"}",
        )
    });
    let [address, token] = [
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("http://127.0.0.1:{}/", service.port)),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "token".into()),
    ];
    let [id, secret] = [("AWS_ACCESS_KEY_ID", "own".into()), ("AWS_SECRET_ACCESS_KEY", SECRET.into())];
    let elsewhere = ("AWS_SHARED_CREDENTIALS_FILE", "elsewhere".into());
    let [work, usual] = [profile("work"), profile("")];
    for (more, key, region) in [
        (vec![work.clone()], "working", "eu-north-1"),
        (vec![usual], "usual", "eu-west-1"),
        (vec![work.clone(), elsewhere], "other", "eu-north-1"),
        (vec![work.clone(), ("AWS_REGION", "eu-south-1".into())], "working", "eu-south-1"),
        (vec![address.clone(), token.clone()], "pod", "eu-west-1"),
        (vec![work.clone(), address, token], "working", "eu-north-1"),
        (vec![work, id, secret], "own", "eu-north-1"),
    ] {
        let settings: Settings = [&[endpoint(double.port())], &more[..]].concat();
        let ran = sievert_with(&settings, SCAN, folder.path()).ends_with(1);
        assert!(!ran.stdout.contains(SECRET) && !ran.stderr.contains(SECRET));
        let seen: Vec<_> = seen.lock().expect("no panic").drain(..).collect();
        assert!(seen.len() >= 2, "listed and read");
        for signed in seen {
            assert_eq!((signed.key.as_str(), signed.region.as_str()), (key, region), "{more:?}");
        }
    }
}

/// By service before all services, and the environment before the profile:
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>.
#[test]
fn endpoints_are_taken_from_where_the_tools_of_aws_take_them() {
    let folder = folder();
    let (here, seen) = noting();
    let silent = Server::answering(|_| panic!("not to be asked"));
    let [here, other] = [here.port(), silent.port].map(|port| format!("http://127.0.0.1:{port}"));
    let profile_of = |name: &str, lines: &str| {
        format!(
            "[profile {name}]\nregion = eu-west-1\naws_access_key_id = k\naws_secret_access_key = s\n{lines}\n"
        )
    };
    let config = [
        profile_of("plain", &format!("endpoint_url = {here}")),
        profile_of("service", &format!("endpoint_url = {other}\nservices = own")),
        format!("[services own]\ns3 =\n  endpoint_url = {here}\nsts =\n  endpoint_url = {other}\n"),
        profile_of("other", &format!("endpoint_url = {other}")),
        profile_of("ignores", &format!("endpoint_url = {here}\nignore_configured_endpoint_urls = true")),
    ];
    write(folder.path(), &[(".aws/config", config.concat().as_bytes())]);
    let all = |url: &str| ("AWS_ENDPOINT_URL", url.to_owned());
    let s3 = |url: &str| ("AWS_ENDPOINT_URL_S3", url.to_owned());
    for (name, more) in [
        ("plain", vec![]),
        ("plain", vec![all("")]),
        ("service", vec![]),
        ("other", vec![all(&here)]),
        ("other", vec![all(&other), s3(&here)]),
        ("service", vec![s3(&here), all(&other)]),
    ] {
        let settings = [&[profile(name)], &more[..]].concat();
        sievert_with(&settings, SCAN, folder.path()).ends_with(1);
        let seen: Vec<_> = seen.lock().expect("no panic").drain(..).collect();
        assert!(seen.len() >= 2 && seen.iter().all(|signed| signed.region == "eu-west-1"), "{name} {seen:?}");
    }
    // Where none counts, the store is Amazon's. Where one may write tells which it is, and asks nobody.
    let policy = b"version = 1\n[output]\nendpoints = [\"http://127.0.0.1:*\"]\n";
    write(folder.path(), &[("here.toml", policy), ("in/a.csv", b"a\n")]);
    let ignored = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true".to_owned());
    for (name, more) in [("ignores", vec![all(&here)]), ("plain", vec![ignored, s3(&here)])] {
        let settings = [&[profile(name)], &more[..]].concat();
        let redact = ["redact", "in", "--out", "s3://data/out", "--policy", "here.toml"];
        let refused = sievert_with(&settings, redact, folder.path()).ends_with(2);
        assert!(refused.stderr.contains("s3.eu-west-1.amazonaws.com"), "{}", refused.stderr);
    }
}

/// A run outlives what its process gives out: it asks again, not for every request, and more than once where that fails.
#[test]
fn credentials_of_a_process_are_renewed_when_they_expire() {
    let folder = folder();
    let at = folder.path();
    let (double, seen) = noting();
    for at in 0..17 {
        double.put(&format!("/data/in/part-{at}.csv"), "mail\nben@example.org\n");
    }
    // The first key is good for the request that it was asked for; then the process fails for a while.
    let script = format!(
        r#"echo called >> calls
        case "$(wc -l < calls)" in
            *1) key=first year=2026 ;;
            *5) key=second year=2099 ;;
            *) echo {SECRET}; exit 1 ;;
        esac
        printf '{{"Version":1,"AccessKeyId":"%s","SecretAccessKey":"{SECRET}","SessionToken":"t","Expiration":"%s"}}' \
            $key $year-01-01T00:00:00Z
        "#
    );
    write(
        at,
        &[
            (".aws/config", b"[profile work]\ncredential_process = sh give.sh\n"),
            ("give.sh", script.as_bytes()),
        ],
    );
    let settings = vec![endpoint(double.port()), profile("work"), ("AWS_REGION", "eu-west-1".into())];
    let ran = sievert_with(&settings, [&SCAN[..], &["--report=report.json"]].concat(), at).ends_with(1);
    let report = fs::read_to_string(at.join("report.json")).expect("a report");
    for said in [&ran.stdout, &ran.stderr, &report] {
        assert!(!said.contains(SECRET), "{said}");
    }
    let seen = seen.lock().expect("no panic");
    let keys: Vec<_> = seen.iter().map(|signed| signed.key.as_str()).collect();
    assert!(keys.len() >= 19, "listed and read: {keys:?}");
    assert!(keys[0] == "first" && keys[1..].iter().all(|key| *key == "second"), "{keys:?}");
    assert!(seen.iter().all(|signed| signed.token.as_deref() == Some("t")));
    assert_eq!(called(at), 5);
}

/// How often a process of a test was called.
fn called(at: &Path) -> usize {
    fs::read_to_string(at.join("calls")).expect("calls").lines().count()
}

/// A role is assumed with the keys of another profile; a session of SSO is exchanged for keys.
#[test]
fn roles_and_sessions_are_exchanged_for_keys() {
    let folder = folder();
    let at = folder.path();
    let (double, seen) = noting();
    let services = Server::answering(|request| {
        let body = String::from_utf8_lossy(&request.body);
        match request.path().as_str() {
            "/" if body.contains("Action=AssumeRole") && body.contains("role%2Freader") => {
                let signed = request.header("authorization").expect("a signature");
                assert!(
                    signed.contains("Credential=mine/") && signed.contains("/eu-west-1/sts/"),
                    "{signed}"
                );
                Response::new(200).with("content-type", "text/xml").body(format!(
                    "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>assumed</AccessKeyId>\
                     <SecretAccessKey>{SECRET}</SecretAccessKey><SessionToken>of-role</SessionToken>\
                     <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
                ))
            }
            "/federation/credentials" => {
                assert_eq!(request.header("x-amz-sso_bearer_token"), Some("of-session"));
                assert_eq!(request.query("role_name").as_deref(), Some("reader"));
                Response::new(200).with("content-type", "application/json").body(format!(
                    "{{\"roleCredentials\":{{\"accessKeyId\":\"session\",\"secretAccessKey\":\"{SECRET}\",\
                     \"sessionToken\":\"of-role\",\"expiration\":4070908800000}}}}"
                ))
            }
            _ => Response::new(403).body(SECRET),
        }
    });
    let config = "
        [profile mine]\naws_access_key_id = mine\naws_secret_access_key = s
        [profile role]\nregion = eu-west-1\nsource_profile = mine\nrole_arn = arn:aws:iam::111122223333:role/reader
        [profile refused]\nregion = eu-west-1\nsource_profile = mine\nrole_arn = arn:aws:iam::111122223333:role/writer
        [profile sso]\nregion = eu-west-1\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = reader
        [sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.example/start\nsso_registration_scopes = sso:account:access\n";
    let config = config.lines().map(|line| [line.trim(), "\n"].concat()).collect::<String>();
    let token = "{\"accessToken\":\"of-session\",\"expiresAt\":\"2099-01-01T00:00:00Z\",\"region\":\"eu-west-1\",\"startUrl\":\"https://corp.example/start\"}";
    write(at, &[(".aws/config", config.as_bytes()), (CACHED, token.as_bytes())]);
    let settings = |name: &str| -> Settings {
        let services = format!("http://127.0.0.1:{}", services.port);
        let [sts, sso] =
            ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_SSO"].map(|name| (name, services.clone()));
        vec![endpoint(double.port()), profile(name), sts, sso]
    };
    for (name, key) in [("role", "assumed"), ("sso", "session")] {
        sievert_with(&settings(name), SCAN, at).ends_with(1);
        for signed in seen.lock().expect("no panic").drain(..) {
            assert_eq!((signed.key.as_str(), signed.token.as_deref()), (key, Some("of-role")));
            assert_eq!(signed.region, "eu-west-1");
        }
    }
    let refused = sievert_with(&settings("refused"), SCAN, at).ends_with(2);
    assert!(refused.stderr.contains("its process, role or session gave none"), "{}", refused.stderr);
    assert!(!refused.stderr.contains(SECRET), "{}", refused.stderr);
    if let Some(moto) = installed::moto() {
        let settings = vec![endpoint(moto.port), profile("role")];
        write(at, &[("in/a.csv", b"mail\nann@example.org\n")]);
        let redact = ["redact", "in", "--out", "s3://data/in", "--detector=nl.bsn"];
        sievert_with(&settings, redact, at).good();
        sievert_with(&settings, SCAN, at).ends_with(1);
    }
}

/// A session whose token has run out is renewed where it can be; where not, the error says how.
#[test]
fn a_token_that_has_run_out_is_refreshed_or_the_error_says_how() {
    let (double, seen) = noting();
    let (refusing, refreshed) = (Arc::new(Mutex::new(false)), Arc::new(Mutex::new(0)));
    let (says_no, counted) = (refusing.clone(), refreshed.clone());
    let services = Server::answering(move |request| {
        let json = |text: String| Response::new(200).with("content-type", "application/json").body(text);
        match request.path().as_str() {
            "/token" if !*says_no.lock().expect("no panic") => {
                let asked: serde_json::Value = serde_json::from_slice(&request.body).expect("JSON");
                let [grant, token, id] = ["grantType", "refreshToken", "clientId"].map(|name| &asked[name]);
                assert_eq!([grant, token, id], ["refresh_token", "again", "of-client"], "{asked}");
                *counted.lock().expect("no panic") += 1;
                json("{\"accessToken\":\"new\",\"expiresIn\":28800,\"tokenType\":\"Bearer\"}".into())
            }
            "/token" => Response::new(400)
                .with("content-type", "application/json")
                .with("x-amzn-errortype", "InvalidGrantException")
                .body(format!("{{\"error\":\"invalid_grant\",\"error_description\":\"{SECRET}\"}}")),
            "/federation/credentials" => {
                assert_eq!(request.header("x-amz-sso_bearer_token"), Some("new"), "never the old one");
                json(format!(
                    "{{\"roleCredentials\":{{\"accessKeyId\":\"session\",\"secretAccessKey\":\"{SECRET}\",\
                     \"sessionToken\":\"of-role\",\"expiration\":4070908800000}}}}"
                ))
            }
            _ => Response::new(404),
        }
    });
    let at_services = format!("http://127.0.0.1:{}", services.port);
    let settings = vec![
        endpoint(double.port()),
        profile("sso"),
        ("AWS_ENDPOINT_URL_SSO", at_services.clone()),
        ("AWS_ENDPOINT_URL_SSO_OIDC", at_services),
    ];
    let config = b"[profile sso]\nregion = eu-west-1\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = reader\n\
        [sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.example/start\nsso_registration_scopes = sso:account:access\n";
    let token = |more: &str| {
        format!(
            "{{\"accessToken\":\"old\",\"expiresAt\":\"2026-01-01T00:00:00Z\",\"region\":\"eu-west-1\",\
             \"startUrl\":\"https://corp.example/start\"{more}}}"
        )
    };
    let renewable = token(
        ",\"refreshToken\":\"again\",\"clientId\":\"of-client\",\"clientSecret\":\"s\",\"registrationExpiresAt\":\"2099-01-01T00:00:00Z\"",
    );
    let run = |token: &str| {
        let folder = folder();
        write(folder.path(), &[(".aws/config", config), (CACHED, token.as_bytes())]);
        let ran = sievert_with(&settings, SCAN, folder.path());
        (ran, fs::read_to_string(folder.path().join(CACHED)).expect("a token"))
    };
    let (ran, cached) = run(&renewable);
    ran.ends_with(1);
    assert!(seen.lock().expect("no panic").iter().all(|signed| signed.key == "session"));
    assert_eq!(*refreshed.lock().expect("no panic"), 1);
    assert!(cached.contains("\"new\"") && !cached.contains("\"old\""), "the tools of AWS have it too");
    *refusing.lock().expect("no panic") = true;
    for token in [token(""), renewable] {
        let ran = run(&token).0.ends_with(2);
        assert!(ran.stderr.contains("`aws sso login` renews a session"), "{}", ran.stderr);
        assert!(!ran.stderr.contains(SECRET), "{}", ran.stderr);
    }
}

#[test]
fn a_profile_that_gives_none_is_an_error_that_says_what_was_tried() {
    let folder = folder();
    let at = folder.path();
    let fails = format!("echo called >> calls; echo {SECRET}; echo {SECRET} >&2; exit 1");
    let config = format!(
        "[profile fails]\ncredential_process = sh fails.sh {SECRET}\n[profile odd]\ncredential_process = echo {SECRET}\n\
         [profile torn]\naws_access_key_id = {SECRET}\n[profile empty]\nregion = eu-west-1\n\
         [profile chained]\nsource_profile = none\nrole_arn = arn:aws:iam::111122223333:role/reader\n"
    );
    write(at, &[(".aws/config", config.as_bytes()), ("fails.sh", fails.as_bytes())]);
    // Nothing behind a profile that fails is asked.
    let silent = Server::answering(|_| panic!("not to be asked"));
    let service = ("AWS_METADATA_ENDPOINT", format!("http://127.0.0.1:{}", silent.port));
    for (name, why) in [
        ("none", "is missing or incomplete in the files of ~/.aws"),
        ("chained", "is missing or incomplete in the files of ~/.aws"),
        ("fails", "its process, role or session gave none"),
        ("odd", "its process, role or session gave none"),
        ("torn", "it cannot be used as it stands"),
    ] {
        let settings = vec![service.clone(), profile(name)];
        let ran = sievert_with(&settings, SCAN, at).ends_with(2);
        let said = ran.stderr.clone() + &ran.stdout;
        for part in ["tried a key (AWS_ACCESS_KEY_ID, ", "a profile (", why, "AWS_SKIP_SIGNATURE=true"] {
            assert!(said.contains(part), "{name}: {said}");
        }
        assert!(!said.contains("instance role") && !said.contains(SECRET), "{name}: {said}");
    }
    assert_eq!(called(at), 1, "who never gave any is not insisted on");
    // One that holds none is no obstacle.
    let role = Server::answering(|request| match request.path().as_str() {
        "/latest/api/token" => Response::new(200).body("t"),
        "/latest/meta-data/iam/security-credentials/" => Response::new(200).body("role"),
        _ => Response::new(500),
    });
    let service = ("AWS_METADATA_ENDPOINT", format!("http://127.0.0.1:{}", role.port));
    let ran = sievert_with(&vec![service, profile("empty")], SCAN, at).ends_with(2);
    for part in ["a profile (it holds no credentials)", "the instance role (no answer)"] {
        assert!(ran.stderr.contains(part), "{}", ran.stderr);
    }
}
