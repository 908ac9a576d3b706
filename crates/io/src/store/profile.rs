//! Credentials and region of AWS by profile, as the tools of AWS read them from `~/.aws`: keys, `credential_process`,
//! roles to be assumed, SSO. What they need of the network goes through our own door.

use std::env::var;
use std::error::Error as _;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_config::BehaviorVersion;
use aws_config::meta::region::ProvideRegion;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_types::service_config::ServiceConfigKey;
use bytes::Bytes;
use object_store::aws::{AwsCredential, AwsCredentialProvider};
use object_store::client::{HttpConnector as _, HttpErrorKind, HttpRequest as Request};
use object_store::{ClientOptions, CredentialProvider, Error, Result};
use tokio::sync::Mutex;

use super::added::Added;
use super::cloud::ProfilePlace;
use super::credentials::{BEFORE_DEFAULT, NoProfile};
use super::door::Doors;

/// Credentials are fetched anew so long before they expire; in the middle of their life if that is shorter.
const EARLY: Duration = Duration::from_mins(1);

/// How long it may take to have them: a process may ask its user. The request that waits for them has a minute.
const PATIENCE: Duration = Duration::from_secs(45);

fn set(name: &str) -> Option<String> {
    var(name).ok().filter(|value| !value.is_empty())
}

/// Whether a profile is looked at before the other ways. As with the tools of AWS, a key in the environment comes before
/// `AWS_PROFILE`, and that before everything else; the profile `default` comes behind all that the environment names.
pub(crate) fn is_asked() -> bool {
    set("AWS_ACCESS_KEY_ID").is_none()
        && (set("AWS_PROFILE").is_some() || BEFORE_DEFAULT.iter().all(|name| set(name).is_none()))
}

fn name() -> String {
    set("AWS_PROFILE").unwrap_or_else(|| "default".into())
}

/// What the profile says of where its buckets are, read as the tools of AWS read it:
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>.
pub(crate) async fn place() -> ProfilePlace {
    let profile = name();
    let settings = ProviderConfig::without_region();
    let region = ProfileFileRegionProvider::builder().configure(&settings).profile_name(&profile).build();
    let region = match set("AWS_REGION").or_else(|| set("AWS_DEFAULT_REGION")) {
        Some(_) => None,
        None => region.region().await.map(|region| region.to_string()),
    };
    // With a region and without credentials it asks nobody.
    let loader = aws_config::defaults(BehaviorVersion::latest()).profile_name(profile).no_credentials();
    let config = loader.region(aws_config::Region::from_static("none")).load().await;
    let read = |env, name| {
        let key = ServiceConfigKey::builder().service_id("S3").env(env).profile(name).build().ok()?;
        config.service_config()?.load_config(key).filter(|value| !value.is_empty())
    };
    let ignores = read("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls");
    let ignores_endpoints = ignores.is_some_and(|value| value.eq_ignore_ascii_case("true"));
    // Of the environment, the client knows more names of endpoints, and which are empty; no variable has no name.
    let endpoint = read("", "endpoint_url").filter(|_| !ignores_endpoints);
    ProfilePlace { region, endpoint, ignores_endpoints }
}

/// Credentials by profile, and by the other ways where it holds none.
pub(crate) struct ByProfile {
    settings: ProviderConfig,
    otherwise: AwsCredentialProvider,
    held: Mutex<Option<Held>>,
}

impl fmt::Debug for ByProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByProfile").finish_non_exhaustive()
    }
}

struct Held {
    credential: Arc<AwsCredential>,
    /// Those of a file have none.
    times: Option<Times>,
}

struct Times {
    /// When to fetch new ones.
    renewal: SystemTime,
    /// When these are void.
    end: SystemTime,
}

impl Times {
    fn new(now: SystemTime, end: SystemTime) -> Self {
        Self { renewal: end - EARLY.min(left(now, end) / 2), end }
    }

    /// After a renewal that failed: who is asked for credentials is not asked again by every request.
    fn put_off(&mut self, now: SystemTime) {
        self.renewal = now + left(now, self.end) / 2;
    }
}

fn left(now: SystemTime, end: SystemTime) -> Duration {
    end.duration_since(now).unwrap_or_default()
}

impl ByProfile {
    /// The region is that of the services which hand out credentials.
    pub(crate) fn new(region: Option<&str>, otherwise: AwsCredentialProvider) -> Result<Self> {
        // Services inside a machine speak plain HTTP; for all others the kit of AWS asks for TLS itself.
        let client = Doors::new(Added::Nothing).connect(&ClientOptions::new().with_allow_http(true))?;
        let region =
            region.map(str::to_owned).or_else(|| set("AWS_REGION")).or_else(|| set("AWS_DEFAULT_REGION"));
        let settings = ProviderConfig::without_region()
            .with_behavior_version(Some(BehaviorVersion::latest()))
            .with_region(region.map(aws_config::Region::new))
            .with_http_client(Door(client));
        Ok(Self { settings, otherwise, held: Mutex::default() })
    }

    /// Fetches new ones; `None` if the profile holds none.
    async fn fetch(&self) -> Result<Option<Held>, NoProfile> {
        // Made anew each time, because it tells its reason only once.
        let from =
            ProfileFileCredentialsProvider::builder().configure(&self.settings).profile_name(name()).build();
        let fetched = tokio::time::timeout(PATIENCE, from.provide_credentials()).await;
        // What its errors say may repeat what a process has printed.
        match fetched.map_err(|_| NoProfile("it gave none in time"))? {
            Ok(fetched) => {
                let credential = Arc::new(AwsCredential {
                    key_id: fetched.access_key_id().to_owned(),
                    secret_key: fetched.secret_access_key().to_owned(),
                    token: fetched.session_token().map(str::to_owned),
                });
                let times = fetched.expiry().map(|end| Times::new(SystemTime::now(), end));
                Ok(Some(Held { credential, times }))
            }
            // With a source, it says that what is named is not there.
            Err(error @ CredentialsError::CredentialsNotLoaded(_)) => match error.source() {
                Some(_) => Err(NoProfile(
                    "it, or one that it names, is missing or incomplete in the files of ~/.aws",
                )),
                None => Ok(None),
            },
            Err(CredentialsError::InvalidConfiguration(_)) => {
                Err(NoProfile("it cannot be used as it stands in the files of ~/.aws"))
            }
            Err(_) => Err(NoProfile(
                "its process, role or session gave none; `aws sts get-caller-identity` tells why, `aws sso login` renews a session",
            )),
        }
    }
}

#[async_trait]
impl CredentialProvider for ByProfile {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> Result<Arc<AwsCredential>> {
        let mut held = self.held.lock().await;
        if let Some(held) = &*held
            && held.times.as_ref().is_none_or(|times| SystemTime::now() < times.renewal)
        {
            return Ok(held.credential.clone());
        }
        match self.fetch().await {
            Ok(Some(fetched)) => Ok(held.insert(fetched).credential.clone()),
            Ok(None) => {
                drop(held);
                self.otherwise.get_credential().await
            }
            // Who hands them out may fail once: until they expire there is time to ask again.
            Err(none) => match &mut *held {
                Some(Held { credential, times: Some(times) }) if SystemTime::now() < times.end => {
                    times.put_off(SystemTime::now());
                    Ok(credential.clone())
                }
                _ => Err(Error::Generic { store: "", source: Box::new(none) }),
            },
        }
    }
}

/// Lets the kit of AWS speak through our door.
#[derive(Clone, Debug)]
struct Door(object_store::client::HttpClient);

impl HttpClient for Door {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Door {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.0.clone();
        HttpConnectorFuture::new(async move {
            let odd = |error: Box<dyn std::error::Error + Send + Sync>| ConnectorError::user(error);
            let (parts, body) = request.try_into_http1x().map_err(|error| odd(error.into()))?.into_parts();
            let body =
                body.bytes().map(Bytes::copy_from_slice).ok_or_else(|| odd("a body in parts".into()))?;
            let answer = client.execute(Request::from_parts(parts, body.into())).await;
            let (parts, body) = answer
                .map_err(|error| match error.kind() {
                    HttpErrorKind::Timeout => ConnectorError::timeout(error.into()),
                    _ => ConnectorError::io(error.into()),
                })?
                .into_parts();
            let body = body.bytes().await.map_err(|error| ConnectorError::io(error.into()))?;
            let status = parts.status.as_u16().try_into().map_err(|error| odd(Box::new(error)))?;
            let mut answer = HttpResponse::new(status, body.into());
            for (name, value) in &parts.headers {
                let value = value.to_str().map_err(|error| odd(error.into()))?;
                answer.headers_mut().append(name.as_str().to_owned(), value.to_owned());
            }
            Ok(answer)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_ones_are_fetched_before_the_old_ones_end() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_hours(1);
        let after = |seconds: u64| now + Duration::from_secs(seconds);
        for (life, renewal) in [(3_600, 3_540), (120, 60), (10, 5), (0, 0)] {
            assert_eq!(Times::new(now, after(life)).renewal, after(renewal), "of {life} s");
        }
        let expired = now - Duration::from_mins(1);
        assert_eq!(Times::new(now, expired).renewal, expired);
        let mut times = Times::new(now, after(3_600));
        for (asked, again) in [(3_540, 3_570), (3_570, 3_585), (3_599, 3_599), (3_700, 3_700)] {
            times.put_off(after(asked));
            assert_eq!(times.renewal.duration_since(after(again)).expect("not sooner").as_secs(), 0);
            assert!(times.renewal >= after(asked));
        }
    }
}
