//! Clients of object stores, made from an address and the environment. Settings have the names that `object_store`
//! gives them: `AWS_ENDPOINT_URL`, `AWS_REQUEST_PAYER`, `GOOGLE_BASE_URL`, `AZURE_STORAGE_USE_EMULATOR` and so on.

use std::sync::Arc;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey as S3Key};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::http::HttpBuilder;
use object_store::{BackoffConfig, ClientConfigKey, ClientOptions, RetryConfig};

use super::address::{Remote, Scheme};
use super::bucket::Store;
use super::credentials::{Named, tried};
use super::door::Doors;
use super::patience::Retries;
use crate::Cause;

/// The client of an address. Speaks to nobody yet.
pub(crate) fn connect(remote: &Remote, retries: &Arc<Retries>) -> Result<Store, Cause> {
    let root = remote.root.clone();
    let store =
        |client: Arc<_>, pages, parts| Store::remote(root.clone(), client, pages, parts, retries.clone());
    match remote.scheme {
        Scheme::S3 => {
            let make = || {
                let builder = AmazonS3Builder::from_env().with_config(S3Key::Client(TIMEOUT.0), TIMEOUT.1);
                let endpoint = builder
                    .get_config_value(&S3Key::S3Endpoint)
                    .or_else(|| builder.get_config_value(&S3Key::Endpoint));
                let builder = match plain(endpoint.as_deref()) {
                    true => builder.with_config(S3Key::Client(ClientConfigKey::AllowHttp), "true"),
                    false => builder,
                };
                let bucket = remote.root.split_once("://").map_or("", |(_, bucket)| bucket);
                builder.with_bucket_name(bucket).with_retry(once()).with_http_connector(Doors::default())
            };
            let first = make().build().map_err(|error| refused(&error, Scheme::S3))?;
            let named = Named { from: first.credentials().clone(), scheme: Scheme::S3 };
            let s3 = make().with_credentials(Arc::new(named)).build();
            let s3 = Arc::new(s3.map_err(|error| refused(&error, Scheme::S3))?);
            Ok(store(s3.clone(), Some(s3.clone()), Some(s3)))
        }
        Scheme::Gcs => {
            let make = || {
                let builder = GoogleCloudStorageBuilder::from_env()
                    .with_config(GoogleConfigKey::Client(TIMEOUT.0), TIMEOUT.1);
                let base = builder.get_config_value(&GoogleConfigKey::BaseUrl);
                let builder = match plain(base.as_deref()) {
                    true => builder.with_config(GoogleConfigKey::Client(ClientConfigKey::AllowHttp), "true"),
                    false => builder,
                };
                builder.with_url(&remote.root).with_retry(once()).with_http_connector(Doors::default())
            };
            let first = make().build().map_err(|error| refused(&error, Scheme::Gcs))?;
            let named = Named { from: first.credentials().clone(), scheme: Scheme::Gcs };
            let gcs = make().with_credentials(Arc::new(named)).build();
            let gcs = Arc::new(gcs.map_err(|error| refused(&error, Scheme::Gcs))?);
            Ok(store(gcs.clone(), Some(gcs.clone()), Some(gcs)))
        }
        Scheme::Azure => {
            let make = || {
                let builder = MicrosoftAzureBuilder::from_env()
                    .with_config(AzureConfigKey::Client(TIMEOUT.0), TIMEOUT.1);
                let endpoint = builder.get_config_value(&AzureConfigKey::Endpoint);
                let builder = match plain(endpoint.as_deref()) {
                    true => builder.with_allow_http(true),
                    false => builder,
                };
                builder.with_url(&remote.root).with_retry(once()).with_http_connector(Doors::default())
            };
            let first = make().build().map_err(|error| refused(&error, Scheme::Azure))?;
            let named = Named { from: first.credentials().clone(), scheme: Scheme::Azure };
            let azure = make().with_credentials(Arc::new(named)).build();
            let azure = Arc::new(azure.map_err(|error| refused(&error, Scheme::Azure))?);
            Ok(store(azure.clone(), Some(azure.clone()), Some(azure)))
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
                .with_http_connector(Doors::default())
                .build();
            Ok(store(Arc::new(http.map_err(|error| refused(&error, Scheme::Http))?), None, None))
        }
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
            Cause::Credentials(tried(scheme, &is_set))
        }
    }
}
