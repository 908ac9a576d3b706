//! Credentials as the clients find them, with what was tried when there are none. Never looks at a secret.

use std::env::var_os;
use std::sync::Arc;

use async_trait::async_trait;
use object_store::client::{HttpError, HttpErrorKind};
use object_store::{CredentialProvider, Error, Result};

use super::address::Scheme;

/// No credentials could be had.
#[derive(Debug, thiserror::Error)]
#[error("no credentials")]
pub(crate) struct NoCredentials {
    /// What was tried, by name.
    pub(crate) tried: String,
}

/// A provider that says what was tried when it fails. What a client or a service says of a failure is not repeated: it
/// may hold what was sent.
#[derive(Debug)]
pub(crate) struct Named<C> {
    pub(crate) from: Arc<dyn CredentialProvider<Credential = C>>,
    pub(crate) scheme: Scheme,
}

/// A service that hands out credentials may fail once or twice. One that is not there, or silent, is asked once.
const TRIES: u32 = 3;

fn is_there(error: &Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<HttpError>() {
            return !matches!(error.kind(), HttpErrorKind::Connect | HttpErrorKind::Timeout);
        }
        source = error.source();
    }
    true
}

#[async_trait]
impl<C: std::fmt::Debug + Send + Sync + 'static> CredentialProvider for Named<C> {
    type Credential = C;

    async fn get_credential(&self) -> Result<Arc<C>> {
        for tries in 1..=TRIES {
            match self.from.get_credential().await {
                Ok(credential) => return Ok(credential),
                Err(error) if tries < TRIES && is_there(&error) => {}
                Err(_) => break,
            }
        }
        let tried = tried(self.scheme, &|name| var_os(name).is_some_and(|value| !value.is_empty()));
        Err(Error::Generic { store: "", source: Box::new(NoCredentials { tried }) })
    }
}

/// A way to credentials, the variables that it needs, and what it is when none of them is needed.
type Way = (&'static str, &'static [&'static str]);

const AWS: &[Way] = &[
    ("a key", &["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]),
    ("a web identity", &["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"]),
    ("a task role", &["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]),
    ("a pod identity", &["AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]),
    ("the instance role", &[]),
];
const GCS: &[Way] = &[
    ("a service account", &["GOOGLE_SERVICE_ACCOUNT"]),
    ("a service account's key", &["GOOGLE_SERVICE_ACCOUNT_KEY"]),
    ("application credentials", &["GOOGLE_APPLICATION_CREDENTIALS"]),
    ("gcloud's application-default credentials", &["HOME"]),
    ("the instance's service account", &[]),
];
const AZURE: &[Way] = &[
    ("an account key", &["AZURE_STORAGE_ACCOUNT_KEY"]),
    ("a shared access signature", &["AZURE_STORAGE_SAS_TOKEN"]),
    ("a client secret", &["AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_TENANT_ID"]),
    ("a workload identity", &["AZURE_FEDERATED_TOKEN_FILE", "AZURE_CLIENT_ID", "AZURE_TENANT_ID"]),
    ("the managed identity", &[]),
];

/// The ways that were tried, and what each lacked.
pub(crate) fn tried(scheme: Scheme, is_set: &dyn Fn(&str) -> bool) -> String {
    let (ways, anonymous) = match scheme {
        Scheme::S3 => (AWS, "AWS_SKIP_SIGNATURE"),
        Scheme::Gcs => (GCS, "GOOGLE_SKIP_SIGNATURE"),
        Scheme::Azure => (AZURE, "AZURE_SKIP_SIGNATURE"),
        Scheme::Http => return "the server wants some; write them as https://USER:PASSWORD@HOST/".into(),
    };
    let mut lacked = Vec::new();
    for (way, needs) in ways {
        let missing: Vec<_> = needs.iter().filter(|name| !is_set(name)).copied().collect();
        let how = match missing.is_empty() {
            true if needs.is_empty() => "no answer".to_owned(),
            true => "set, but refused or unreadable".to_owned(),
            false => format!("{} not set", missing.join(", ")),
        };
        lacked.push(format!("{way} ({how})"));
    }
    let mut text = format!("tried {}", lacked.join(", "));
    if scheme == Scheme::S3 && is_set("AWS_PROFILE") {
        text += "; profiles are not read: eval \"$(aws configure export-credentials --format env)\" first";
    }
    text + &format!("; set one of these, or {anonymous}=true for public data")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_tried_is_told_by_name() {
        let text = tried(Scheme::S3, &|name| name == "AWS_ACCESS_KEY_ID");
        assert!(text.contains("a key (AWS_SECRET_ACCESS_KEY not set)"), "{text}");
        assert!(text.contains("the instance role (no answer)"), "{text}");
        assert!(text.contains("AWS_SKIP_SIGNATURE=true"), "{text}");
        let text = tried(Scheme::Azure, &|_| true);
        assert!(text.contains("an account key (set, but refused or unreadable)"), "{text}");
    }
}
