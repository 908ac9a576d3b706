//! Credentials as the clients find them, with what was tried when there are none. Never looks at a secret.

use std::env::var_os;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

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

/// There were credentials, and nobody gave new ones: passing trouble of who hands them out, or a session's end.
#[derive(Debug, thiserror::Error)]
#[error("no new credentials")]
pub(crate) struct NotRenewed;

/// A profile was asked for and gave none: why.
#[derive(Debug, thiserror::Error)]
#[error("no credentials by profile")]
pub(crate) struct NoProfile(pub(crate) &'static str);

/// A provider that says what was tried when it fails. What a client or a service says of a failure is not repeated: it
/// may hold what was sent.
#[derive(Debug)]
pub(crate) struct Named<C> {
    from: Arc<dyn CredentialProvider<Credential = C>>,
    scheme: Scheme,
    /// Whether there ever were some: then there will be again, and requests are patient.
    given: AtomicBool,
}

impl<C> Named<C> {
    pub(crate) fn new(scheme: Scheme, from: Arc<dyn CredentialProvider<Credential = C>>) -> Arc<Self> {
        Arc::new(Self { from, scheme, given: AtomicBool::new(false) })
    }
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
        let mut count = 1;
        let error = loop {
            match self.from.get_credential().await {
                Ok(credential) => {
                    self.given.store(true, Ordering::Relaxed);
                    return Ok(credential);
                }
                Err(error) if count == TRIES || why_no_profile(&error).is_some() || !is_there(&error) => {
                    break error;
                }
                Err(_) => count += 1,
            }
        };
        if self.given.load(Ordering::Relaxed) {
            return Err(Error::Generic { store: "", source: Box::new(NotRenewed) });
        }
        let is_set = |name: &str| var_os(name).is_some_and(|value| !value.is_empty());
        let tried = tried(self.scheme, &is_set, why_no_profile(&error));
        Err(Error::Generic { store: "", source: Box::new(NoCredentials { tried }) })
    }
}

/// Why the profile that was asked for gave none, if that is the error.
fn why_no_profile(error: &Error) -> Option<&'static str> {
    std::error::Error::source(error)?.downcast_ref().map(|none: &NoProfile| none.0)
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
/// Where the environment names one of these, the profile `default` is not looked at.
pub(crate) const BEFORE_DEFAULT: [&str; 3] = [
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
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

/// The ways that were tried, and what each lacked. Behind a profile that was asked for and gave none, nothing is.
pub(crate) fn tried(scheme: Scheme, is_set: &dyn Fn(&str) -> bool, no_profile: Option<&str>) -> String {
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
    if scheme == Scheme::S3 {
        let how = match no_profile {
            Some(why) => why,
            None if cfg!(not(feature = "profiles")) => "this build reads none",
            None if is_set("AWS_ACCESS_KEY_ID") => "a key comes before it",
            None if is_set("AWS_PROFILE") => "it holds no credentials",
            None if BEFORE_DEFAULT.iter().any(|name| is_set(name)) => {
                "AWS_PROFILE not set, and the default one comes behind the environment"
            }
            None => "AWS_PROFILE not set, and the default one holds no credentials",
        };
        lacked.truncate(if no_profile.is_some() { 1 } else { lacked.len() });
        lacked.insert(1, format!("a profile ({how})"));
    }
    format!("tried {}", lacked.join(", "))
        + &format!("; set one of these, or {anonymous}=true for public data")
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Gives what it is told to, one after another.
    #[derive(Debug)]
    struct Told(Mutex<Vec<bool>>);

    #[async_trait]
    impl CredentialProvider for Told {
        type Credential = ();

        async fn get_credential(&self) -> Result<Arc<()>> {
            let gives = self.0.lock().expect("no panic").pop().expect("not asked more often");
            gives
                .then(|| Arc::new(()))
                .ok_or(Error::Generic { store: "", source: Box::new(NoProfile("why")) })
        }
    }

    #[test]
    fn who_has_given_some_is_asked_again_later_and_who_never_did_is_not() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let asked = |gives: &[bool]| -> Vec<_> {
            let told = Told(Mutex::new(gives.iter().rev().copied().collect()));
            let named = Named::new(Scheme::S3, Arc::new(told));
            let is = |error: Error| {
                let source = std::error::Error::source(&error).expect("one of ours");
                (source.is::<NoCredentials>(), source.is::<NotRenewed>())
            };
            gives.iter().map(|_| runtime.block_on(named.get_credential()).map_err(is)).collect()
        };
        let (never, later) = (Err((true, false)), Err((false, true)));
        assert_eq!(asked(&[false, false]), [never.clone(), never.clone()]);
        let given = Ok(Arc::new(()));
        assert_eq!(
            asked(&[false, true, false, false, true]),
            [never, given.clone(), later.clone(), later, given]
        );
    }

    #[test]
    fn what_was_tried_is_told_by_name() {
        let text = tried(Scheme::S3, &|name| name == "AWS_ACCESS_KEY_ID", None);
        assert!(text.contains("a key (AWS_SECRET_ACCESS_KEY not set)"), "{text}");
        assert!(text.contains("the instance role (no answer)"), "{text}");
        assert!(text.contains("AWS_SKIP_SIGNATURE=true"), "{text}");
        let text = tried(Scheme::S3, &|name| name == "AWS_PROFILE", Some("it is not there"));
        assert!(text.contains("not set), a profile (it is not there); set one"), "{text}");
        #[cfg(feature = "profiles")]
        for (set, how) in [("AWS_PROFILE", "holds no"), ("AWS_WEB_IDENTITY_TOKEN_FILE", "behind the env")] {
            let text = tried(Scheme::S3, &|name| name == set, None);
            assert!(text.contains("a web identity (") && text.contains(how), "{text}");
        }
        let text = tried(Scheme::Azure, &|_| true, None);
        assert!(text.contains("an account key (set, but refused or unreadable)"), "{text}");
    }
}
