//! Clients of object stores, made from an address and the environment. Settings have the names that `object_store`
//! gives them: `AWS_ENDPOINT_URL`, `AWS_REQUEST_PAYER`, `GOOGLE_BASE_URL`, `AZURE_STORAGE_USE_EMULATOR` and so on.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "profiles")]
use object_store::aws::AwsCredentialProvider;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey as S3Key};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::http::HttpBuilder;
use object_store::{BackoffConfig, ClientConfigKey, ClientOptions, RetryConfig};

use super::added::Added;
use super::address::{Remote, Scheme};
use super::bucket::{Parts, Store};
use super::credentials::{Named, tried};
use super::door::Doors;
use super::patience::Retries;
#[cfg(feature = "profiles")]
use super::profile;
use super::terms::{Encryption, Residence};
use crate::Cause;

/// What a profile of AWS says of where its buckets are.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProfilePlace {
    /// Where the environment names none.
    pub(crate) region: Option<String>,
    pub(crate) endpoint: Option<String>,
    /// Endpoints that are set do not count, wherever they are.
    pub(crate) ignores_endpoints: bool,
}

/// The client of an address. Speaks to nobody yet.
pub(crate) fn connect(
    remote: &Remote,
    encryption: Option<&Encryption>,
    profile: &ProfilePlace,
    retries: &Arc<Retries>,
) -> Result<Store, Cause> {
    let root = remote.root.clone();
    let deadline = deadline(remote.scheme)?;
    let store = |client: Arc<_>, pages, parts| {
        Store::remote(root.clone(), client, pages, parts, retries.clone(), deadline)
    };
    let key = match encryption {
        Some(Encryption::Key(key)) => Some(key.clone()),
        _ => None,
    };
    match remote.scheme {
        Scheme::S3 => {
            let make = || s3(remote, encryption, profile).with_http_connector(Doors::new(Added::Nothing));
            let first = make().build().map_err(|error| refused(&error, Scheme::S3))?;
            #[cfg(feature = "profiles")]
            let from = by_profile(profile.region.as_deref(), first.credentials())
                .map_err(|error| refused(&error, Scheme::S3))?;
            #[cfg(not(feature = "profiles"))]
            let from = first.credentials().clone();
            let s3 = make().with_credentials(Named::new(Scheme::S3, from)).build();
            let s3 = Arc::new(s3.map_err(|error| refused(&error, Scheme::S3))?);
            Ok(store(s3.clone(), Some(s3.clone()), Some(Parts { client: s3, said_late: false })))
        }
        Scheme::Gcs => {
            let added = || key.clone().map_or(Added::Nothing, |key| Added::Google { key });
            let make = || gcs(remote).with_http_connector(Doors::new(added()));
            let first = make().build().map_err(|error| refused(&error, Scheme::Gcs))?;
            let named = Named::new(Scheme::Gcs, first.credentials().clone());
            let gcs = make().with_credentials(named).build();
            let gcs = Arc::new(gcs.map_err(|error| refused(&error, Scheme::Gcs))?);
            Ok(store(gcs.clone(), Some(gcs.clone()), Some(Parts { client: gcs, said_late: false })))
        }
        Scheme::Azure => {
            let first = azure(remote).with_http_connector(Doors::new(Added::Nothing)).build();
            let signer = first.map_err(|error| refused(&error, Scheme::Azure))?.credentials().clone();
            let named = Named::new(Scheme::Azure, signer.clone());
            let doors = Doors::new(Added::Azure { scope: key, signer });
            let azure = azure(remote).with_http_connector(doors).with_credentials(named).build();
            let azure = Arc::new(azure.map_err(|error| refused(&error, Scheme::Azure))?);
            Ok(store(azure.clone(), Some(azure.clone()), Some(Parts { client: azure, said_late: true })))
        }
        Scheme::Http => {
            let (user, query) = &remote.secret;
            let (scheme, host) = remote.root.split_once("://").unwrap_or_default();
            let at = if user.is_empty() { "" } else { "@" };
            let query = if query.is_empty() { String::new() } else { format!("?{query}") };
            let options = ClientOptions::new().with_allow_http(scheme == "http").with_timeout_disabled();
            let http = HttpBuilder::new()
                .with_url(format!("{scheme}://{user}{at}{host}/{query}"))
                .with_client_options(options)
                .with_retry(once())
                .with_http_connector(Doors::new(Added::Nothing))
                .build();
            Ok(store(Arc::new(http.map_err(|error| refused(&error, Scheme::Http))?), None, None))
        }
    }
}

/// What settings tell of an address.
pub(crate) fn residence(
    remote: &Remote,
    encryption: Option<&Encryption>,
    profile: &ProfilePlace,
) -> Residence {
    let keyed = matches!(encryption, Some(Encryption::Key(_)));
    match remote.scheme {
        Scheme::S3 => {
            let builder = s3(remote, encryption, profile);
            let asked = builder.get_config_value(&sse()).is_some();
            let region = builder.get_config_value(&S3Key::Region).unwrap_or_else(|| "us-east-1".into());
            // A region that a service of one's own is said to be in is a word.
            let (endpoint, region) = match s3_endpoint(&builder) {
                Some(endpoint) => (endpoint, None),
                None => (format!("https://s3.{region}.amazonaws.com"), Some(region)),
            };
            Residence { encrypted: asked, region, endpoint }
        }
        Scheme::Gcs => {
            let base = gcs(remote).get_config_value(&GoogleConfigKey::BaseUrl);
            let endpoint = base.unwrap_or_else(|| "https://storage.googleapis.com".into());
            let encrypted = keyed || host(&endpoint).ends_with(".googleapis.com");
            Residence { encrypted, region: None, endpoint }
        }
        Scheme::Azure => {
            let builder = azure(remote);
            let emulated = builder.get_config_value(&AzureConfigKey::UseEmulator).as_deref() == Some("true");
            let endpoint = match builder.get_config_value(&AzureConfigKey::Endpoint) {
                _ if emulated => std::env::var("AZURITE_BLOB_STORAGE_URL").unwrap_or_default(),
                Some(endpoint) => endpoint,
                None => {
                    // abfss://CONTAINER@ACCOUNT.dfs.core.windows.net names its account; az://CONTAINER does not.
                    let named = remote.root.split_once('@').and_then(|(_, host)| host.split('.').next());
                    let set = || builder.get_config_value(&AzureConfigKey::AccountName);
                    let account = named.map(str::to_owned).or_else(set).unwrap_or_default();
                    format!("https://{account}.blob.core.windows.net")
                }
            };
            let own = [".core.windows.net", ".core.chinacloudapi.cn", ".core.usgovcloudapi.net"];
            let encrypted = keyed || own.iter().any(|own| host(&endpoint).ends_with(own));
            Residence { encrypted, region: None, endpoint }
        }
        Scheme::Http => Residence { encrypted: false, region: None, endpoint: remote.root.clone() },
    }
}

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', ':']).next().unwrap_or_default()
}

/// Credentials by profile, if one is asked for; else as the client finds them.
#[cfg(feature = "profiles")]
fn by_profile(
    region: Option<&str>,
    found: &AwsCredentialProvider,
) -> object_store::Result<AwsCredentialProvider> {
    match profile::is_asked() {
        true => Ok(Arc::new(profile::ByProfile::new(region, found.clone())?)),
        false => Ok(found.clone()),
    }
}

/// What the environment sets of a cloud. Unlike the clients' own, a variable that is empty sets nothing, as with the
/// tools of the clouds.
fn environment<K: FromStr>(cloud: &str) -> impl Iterator<Item = (K, String)> {
    std::env::vars_os().filter_map(move |(name, value)| {
        let name = name.to_str().filter(|name| name.starts_with(cloud))?.to_ascii_lowercase();
        let value = value.to_str().filter(|value| !value.is_empty())?.to_owned();
        Some((name.parse().ok()?, value))
    })
}

fn s3(remote: &Remote, encryption: Option<&Encryption>, profile: &ProfilePlace) -> AmazonS3Builder {
    let counts =
        |key: &S3Key| !(profile.ignores_endpoints && matches!(key, S3Key::Endpoint | S3Key::S3Endpoint));
    let builder = environment("AWS_")
        .filter(|(key, _)| counts(key))
        .fold(AmazonS3Builder::new(), |builder, (key, value)| builder.with_config(key, value))
        .with_config(S3Key::Client(TIMEOUT.0), TIMEOUT.1);
    let builder = match &profile.region {
        Some(region) => builder.with_region(region),
        None => builder,
    };
    let builder = match &profile.endpoint {
        Some(endpoint) if s3_endpoint(&builder).is_none() => builder.with_endpoint(endpoint),
        _ => builder,
    };
    let builder = match plain(s3_endpoint(&builder).as_deref()) {
        true => builder.with_config(S3Key::Client(ClientConfigKey::AllowHttp), "true"),
        false => builder,
    };
    let builder = match encryption {
        Some(Encryption::Managed) => builder.with_config(sse(), "AES256"),
        Some(Encryption::Key(key)) => builder.with_sse_kms_encryption(key),
        None => builder,
    };
    let bucket = remote.root.split_once("://").map_or("", |(_, bucket)| bucket);
    builder.with_bucket_name(bucket).with_retry(once())
}

fn s3_endpoint(builder: &AmazonS3Builder) -> Option<String> {
    let own = builder.get_config_value(&S3Key::S3Endpoint);
    own.or_else(|| builder.get_config_value(&S3Key::Endpoint))
}

/// The setting that asks S3 for encryption.
fn sse() -> S3Key {
    "aws_server_side_encryption".parse().expect("a setting of the client")
}

fn gcs(remote: &Remote) -> GoogleCloudStorageBuilder {
    let builder = environment("GOOGLE_")
        .fold(GoogleCloudStorageBuilder::new(), |builder, (key, value)| builder.with_config(key, value))
        .with_config(GoogleConfigKey::Client(TIMEOUT.0), TIMEOUT.1);
    let base = builder.get_config_value(&GoogleConfigKey::BaseUrl);
    let builder = match plain(base.as_deref()) {
        true => builder.with_config(GoogleConfigKey::Client(ClientConfigKey::AllowHttp), "true"),
        false => builder,
    };
    builder.with_url(&remote.root).with_retry(once())
}

fn azure(remote: &Remote) -> MicrosoftAzureBuilder {
    let builder = environment("AZURE_")
        .fold(MicrosoftAzureBuilder::new(), |builder, (key, value)| builder.with_config(key, value))
        .with_config(AzureConfigKey::Client(TIMEOUT.0), TIMEOUT.1);
    // Where services of Azure have their identity from.
    let builder = match std::env::var("IDENTITY_ENDPOINT") {
        Ok(endpoint) if !endpoint.is_empty() => builder.with_msi_endpoint(endpoint),
        _ => builder,
    };
    let endpoint = builder.get_config_value(&AzureConfigKey::Endpoint);
    let builder = match plain(endpoint.as_deref()) {
        true => builder.with_allow_http(true),
        false => builder,
    };
    builder.with_url(&remote.root).with_retry(once())
}

/// How long one try may take, if the environment says so: `AWS_TIMEOUT=5s`.
fn deadline(scheme: Scheme) -> Result<Option<Duration>, Cause> {
    let name = match scheme {
        Scheme::S3 => "AWS_TIMEOUT",
        Scheme::Gcs => "GOOGLE_TIMEOUT",
        Scheme::Azure => "AZURE_TIMEOUT",
        Scheme::Http => return Ok(None),
    };
    let Some(text) = std::env::var(name).ok().filter(|text| !text.is_empty()) else { return Ok(None) };
    let time = text.parse::<jiff::SignedDuration>().ok().and_then(|time| Duration::try_from(time).ok());
    match time.filter(|time| !time.is_zero()) {
        None => Err(Cause::Unsupported(
            "the timeout in the variables of the store's cloud is no time such as 30s",
        )),
        time => Ok(time),
    }
}

/// How long one request may take for the client: the deadline is ours.
const TIMEOUT: (ClientConfigKey, &str) = (ClientConfigKey::Timeout, "1h");

/// The user named an endpoint without encryption: then it is meant so.
fn plain(endpoint: Option<&str>) -> bool {
    endpoint.is_some_and(|endpoint| endpoint.starts_with("http://"))
}

/// Each request once: patience is our own, so that one budget holds for all requests of a run.
fn once() -> RetryConfig {
    RetryConfig { max_retries: 0, backoff: BackoffConfig::default(), ..RetryConfig::default() }
}

/// A client that cannot be made: for want of credentials, or because a setting is wrong. The text of the error may
/// repeat a setting.
fn refused(error: &object_store::Error, scheme: Scheme) -> Cause {
    match error {
        object_store::Error::UnknownConfigurationKey { .. } | object_store::Error::NotSupported { .. } => {
            Cause::Unsupported(
                "the store cannot be used with these settings; check the variables of its cloud",
            )
        }
        _ => {
            let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
            Cause::Credentials(tried(scheme, &is_set, None))
        }
    }
}
