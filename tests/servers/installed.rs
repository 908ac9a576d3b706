//! The real servers, where they are installed: moto for S3, azurite for Azure. Started for a test, stopped with it.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::Settings;
use super::http::ask;

/// A server in a process of its own, until it is dropped.
pub(crate) struct Installed {
    child: Child,
    pub(crate) port: u16,
}

impl Drop for Installed {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a program that listens on a free port; `None`, said in a line, where it is not installed.
fn start(program: &str, why: &str, arguments: impl Fn(u16) -> Vec<String>) -> Option<Installed> {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
    let child = Command::new(program)
        .args(arguments(port))
        .env("AZURITE_ACCOUNTS", format!("{ACCOUNT}:{}", key()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(child) = child else {
        println!("NOT CHECKED: {program} is not installed ({why})");
        assert!(std::env::var_os("SIEVERT_NEEDS_STORES").is_none(), "the gate installs {program}");
        return None;
    };
    let mut server = Installed { child, port };
    let start = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        let ended = server.child.try_wait().expect("a child can be asked");
        assert!(ended.is_none(), "{program} ended at once");
        assert!(start.elapsed() < Duration::from_mins(1), "{program} does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }
    Some(server)
}

/// S3, with a bucket `data`.
pub(crate) fn moto() -> Option<Installed> {
    let program = std::env::var("SIEVERT_MOTO").unwrap_or_else(|_| "moto_server".into());
    let arguments = |port: u16| ["-H", "127.0.0.1", "-p", &port.to_string()].map(str::to_owned).to_vec();
    let server = start(&program, "pip install 'moto[server]'", arguments)?;
    let answer = ask(server.port, "PUT", "/data", &[], b"").expect("moto answers");
    assert!(answer.starts_with(b"HTTP/1.1 200") || answer.starts_with(b"HTTP/1.0 200"), "a bucket is made");
    Some(server)
}

const ACCOUNT: &str = "testaccount";

/// The account key of this test's own server.
fn key() -> String {
    BASE64.encode(b"the key of a server that lives as long as one test")
}

/// Azure, with a container `data`, and how the program reaches it.
pub(crate) fn azurite(folder: &Path) -> Option<(Installed, Settings)> {
    let program = std::env::var("SIEVERT_AZURITE").unwrap_or_else(|_| "azurite-blob".into());
    let location = folder.join("azurite").to_string_lossy().into_owned();
    let server = start(&program, "npm install azurite", |port| {
        let port = port.to_string();
        let fixed = ["--silent", "--skipApiVersionCheck", "--blobHost", "127.0.0.1", "--blobPort", &port];
        fixed.into_iter().chain(["--location", location.as_str()]).map(str::to_owned).collect()
    })?;
    // https://learn.microsoft.com/en-us/rest/api/storageservices/authorize-with-shared-key
    let (date, version) = ("Sun, 22 Nov 2026 00:00:00 GMT", "2021-08-06");
    let signed = format!(
        "PUT\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:{date}\nx-ms-version:{version}\n/{ACCOUNT}/{ACCOUNT}/data\nrestype:container"
    );
    let secret = BASE64.decode(key().as_bytes()).expect("encoded above");
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret).expect("any length is a key");
    mac.update(signed.as_bytes());
    let authorization = format!("SharedKey {ACCOUNT}:{}", BASE64.encode(&mac.finalize().into_bytes()));
    let headers = [("x-ms-date", date), ("x-ms-version", version), ("authorization", &authorization)];
    let target = format!("/{ACCOUNT}/data?restype=container");
    let answer = ask(server.port, "PUT", &target, &headers, b"").expect("azurite answers");
    assert!(answer.starts_with(b"HTTP/1.1 201"), "{}", String::from_utf8_lossy(&answer));
    let settings = vec![
        ("AZURE_STORAGE_USE_EMULATOR", "true".into()),
        ("AZURITE_BLOB_STORAGE_URL", format!("http://127.0.0.1:{}", server.port)),
        ("AZURE_STORAGE_ACCOUNT_NAME", ACCOUNT.into()),
        ("AZURE_STORAGE_ACCOUNT_KEY", key()),
    ];
    Some((server, settings))
}
