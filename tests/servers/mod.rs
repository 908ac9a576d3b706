//! Servers on loopback that tests start and stop: a double that speaks the dialects of S3, Google and plain HTTP, a
//! proxy that does harm, and the real servers where they are installed.
#![allow(dead_code, reason = "not every test file needs all of it")]

pub(crate) mod double;
pub(crate) mod http;
pub(crate) mod installed;
pub(crate) mod proxy;

use std::path::Path;
use std::process::Command;

use crate::program::{Ran, command};

/// Variables by which the program finds a store and its credentials.
pub(crate) type Settings = Vec<(&'static str, String)>;

/// Runs the program with these settings and none of the machine's own.
pub(crate) fn sievert_with<'a>(
    settings: &Settings,
    arguments: impl IntoIterator<Item = &'a str>,
    at: &Path,
) -> Ran {
    cleared(settings, arguments, at).output().expect("the program starts").into()
}

/// The program with these settings and none of the machine's own.
pub(crate) fn cleared<'a>(
    settings: &Settings,
    arguments: impl IntoIterator<Item = &'a str>,
    at: &Path,
) -> Command {
    apart(command(arguments, at), settings, at)
}

/// A command with these settings and none of the machine's own.
pub(crate) fn apart(mut command: Command, settings: &Settings, at: &Path) -> Command {
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        let lower = name.to_ascii_lowercase();
        if ["aws_", "google_", "azure_"].iter().any(|cloud| lower.starts_with(cloud))
            || lower.ends_with("_proxy")
        {
            command.env_remove(name);
        }
    }
    // Credentials that stand in a home folder are not a test's.
    command.env("HOME", at).envs(settings.iter().map(|(name, value)| (name, value)));
    command
}

/// How the program speaks to a server in the dialect of S3.
pub(crate) fn s3(port: u16) -> Settings {
    vec![
        ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}")),
        ("AWS_REGION", "us-east-1".into()),
        ("AWS_ACCESS_KEY_ID", "test".into()),
        ("AWS_SECRET_ACCESS_KEY", "test".into()),
    ]
}

/// How the program speaks to a server in the dialect of Google.
pub(crate) fn gcs(port: u16) -> Settings {
    // A key that asks for no token, as emulators take it.
    let key = r#"{"disable_oauth":true,"client_email":"","private_key":"","private_key_id":""}"#;
    vec![("GOOGLE_BASE_URL", format!("http://127.0.0.1:{port}")), ("GOOGLE_SERVICE_ACCOUNT_KEY", key.into())]
}
