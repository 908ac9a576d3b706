//! Identities that a machine or its surroundings give a program are exchanged for what requests are signed with: what
//! the services are asked, and that stores hear of what they gave.
#![expect(clippy::print_stdout, reason = "servers that are not installed are told of")]

mod program;
mod servers;

use std::sync::{Arc, Mutex};

use program::{folder, write};
use servers::double::Double;
use servers::http::{Request, Response, Server};
use servers::{Settings, sievert_with};

/// Given in exchange; it must stand nowhere in what is said.
const GIVEN: &str = "given-by-this-test";
/// The token of a pod, in a file `token`.
const OWN: &str = "token-of-this-pod";

/// A service that gives something, and notes what it was asked: method, target and body.
fn service(
    answer: impl Fn(&Request) -> Response + Send + Sync + 'static,
) -> (Server, Arc<Mutex<Vec<String>>>) {
    let (answer, asked) = noted(answer);
    (Server::answering(answer), asked)
}

/// What answers, and notes what it was asked.
fn noted<A: Fn(&Request) -> Response>(
    answer: A,
) -> (impl Fn(&Request) -> Response + use<A>, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = asked.clone();
    let noting = move |request: &Request| {
        let body = String::from_utf8_lossy(&request.body);
        noted.lock().expect("no panic").push(format!("{} {} {body}", request.method, request.target));
        answer(request)
    };
    (noting, asked)
}

fn json(text: &str) -> Response {
    Response::new(200).with("content-type", "application/json").body(text)
}

/// A store of which every request must bear what was given.
fn store(bears: fn(&Request) -> bool) -> Double {
    let double = Double::meddled(Box::new(move |request, _| {
        let foreign = !bears(request);
        foreign.then(|| Response::new(403))
    }));
    double.put("/data/in/a.csv", "mail\nann@example.org\n");
    double
}

fn scan(url: &str, settings: &Settings) -> program::Ran {
    let folder = folder();
    let config = b"[profile pod]\nregion = eu-west-1\nrole_arn = arn:aws:iam::111122223333:role/reader\n\
        web_identity_token_file = token\n";
    write(folder.path(), &[("token", OWN.as_bytes()), (".aws/config", config)]);
    let ran = sievert_with(settings, ["scan", url, "--detector=global.email"], folder.path());
    for secret in [GIVEN, OWN] {
        assert!(!ran.stdout.contains(secret) && !ran.stderr.contains(secret), "{}{}", ran.stdout, ran.stderr);
    }
    ran
}

fn at(server: &Server) -> String {
    format!("http://127.0.0.1:{}", server.port)
}

#[test]
fn the_role_of_an_instance_of_amazon() {
    let (metadata, asked) = service(|request| match (request.method.as_str(), request.path().as_str()) {
        ("PUT", "/latest/api/token") => Response::new(200).body("session"),
        _ if request.header("x-aws-ec2-metadata-token") != Some("session") => Response::new(401),
        (_, "/latest/meta-data/iam/security-credentials/") => Response::new(200).body("reader"),
        (_, "/latest/meta-data/iam/security-credentials/reader") => json(&format!(
            "{{\"AccessKeyId\":\"of-role\",\"SecretAccessKey\":\"s\",\"Token\":\"{GIVEN}\",\"Expiration\":\"2099-01-01T00:00:00Z\"}}"
        )),
        _ => Response::new(404),
    });
    let store = store(|request| request.header("x-amz-security-token") == Some(GIVEN));
    let settings = vec![
        ("AWS_METADATA_ENDPOINT", at(&metadata)),
        ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", store.port())),
    ];
    scan("s3://data/in", &settings).ends_with(1);
    assert_eq!(asked.lock().expect("no panic").len(), 3, "once for all requests");
}

/// The service that gives a role for a token.
fn sts(_: &Request) -> Response {
    Response::new(200).with("content-type", "text/xml").body(format!(
        "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>\
         <AccessKeyId>of-role</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>{GIVEN}</SessionToken>\
         <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult>\
         </AssumeRoleWithWebIdentityResponse>"
    ))
}

/// A pod that is told where its token is, and where the service stands, reads a bucket of its role.
fn reads_as_pod(told: Settings, asked: &Mutex<Vec<String>>) {
    let store = store(|request| request.header("x-amz-security-token") == Some(GIVEN));
    let endpoint = ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", store.port()));
    scan("s3://data/in", &[told, vec![endpoint]].concat()).ends_with(1);
    let asked = asked.lock().expect("no panic");
    assert_eq!(asked.len(), 1, "once for all requests");
    assert!(asked[0].contains("AssumeRoleWithWebIdentity") && asked[0].contains(OWN), "{asked:?}");
}

#[test]
fn the_identity_of_a_pod_at_amazon_by_profile() {
    let (sts, asked) = service(sts);
    let told = vec![("AWS_PROFILE", "pod".into()), ("AWS_ENDPOINT_URL_STS", at(&sts))];
    reads_as_pod(told, &asked);
}

/// As in Kubernetes: the client of that way insists on TLS.
#[test]
fn the_identity_of_a_pod_at_amazon_by_environment() {
    let folder = folder();
    let certificate = folder.path().join("certificate.pem");
    let (answer, asked) = noted(sts);
    let sts = Server::secured(&certificate, answer);
    let told = vec![
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "token".into()),
        ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/reader".into()),
        ("AWS_ENDPOINT_URL_STS", format!("https://127.0.0.1:{}", sts.port)),
        ("SSL_CERT_FILE", certificate.display().to_string()),
    ];
    reads_as_pod(told, &asked);
}

#[test]
fn the_service_account_of_an_instance_of_google() {
    let (metadata, asked) = service(|request| match request.path().as_str() {
        _ if request.header("metadata-flavor") != Some("Google") => Response::new(403),
        "/computeMetadata/v1/instance/service-accounts/default/token" => {
            json(&format!("{{\"access_token\":\"{GIVEN}\",\"expires_in\":3600,\"token_type\":\"Bearer\"}}"))
        }
        _ => Response::new(404),
    });
    let store = store(|request| request.header("authorization") == Some(&["Bearer ", GIVEN].concat()));
    let settings = vec![
        ("GCE_METADATA_HOST", format!("127.0.0.1:{}", metadata.port)),
        ("GOOGLE_BASE_URL", format!("http://127.0.0.1:{}", store.port())),
    ];
    scan("gs://data/in", &settings).ends_with(1);
    assert!(asked.lock().expect("no panic").iter().all(|asked| asked.contains("/token")), "{asked:?}");
}

/// Its double speaks no dialect of Azure: what counts is what the requests bear.
#[test]
fn identities_at_azure() {
    let given = || {
        json(&format!(
            "{{\"access_token\":\"{GIVEN}\",\"expires_in\":3600,\"expires_on\":\"4070908800\",\"token_type\":\"Bearer\"}}"
        ))
    };
    let (identity, asked) = service(move |_| given());
    let store = || {
        service(|request| match request.header("authorization") {
            Some(bearer) if bearer == ["Bearer ", GIVEN].concat() => Response::new(404),
            _ => Response::new(403),
        })
    };
    let [managed, federated] = [
        vec![("IDENTITY_ENDPOINT", at(&identity)), ("IDENTITY_HEADER", "of-machine".into())],
        vec![
            ("AZURE_FEDERATED_TOKEN_FILE", "token".into()),
            ("AZURE_CLIENT_ID", "client".into()),
            ("AZURE_TENANT_ID", "tenant".into()),
            ("AZURE_AUTHORITY_HOST", at(&identity)),
        ],
    ];
    for (way, told) in [(managed, "resource="), (federated, OWN)] {
        let (store, heard) = store();
        let own = [("AZURE_STORAGE_ACCOUNT_NAME", "account".into()), ("AZURE_ENDPOINT", at(&store))];
        let ran = scan("az://data/in", &[&way[..], &own].concat()).ends_with(2);
        assert!(ran.stderr.contains("not found"), "it was let in: {}", ran.stderr);
        assert!(!heard.lock().expect("no panic").is_empty());
        let asked = std::mem::take(&mut *asked.lock().expect("no panic"));
        assert!(asked.len() == 1 && asked[0].contains(told), "{asked:?}");
    }
}
