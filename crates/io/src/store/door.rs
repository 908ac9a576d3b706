//! The door through which every request to a store leaves: where headers are added, a status is noted, and where the services that hand
//! out credentials inside a machine get a second to answer.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
    ReqwestConnector,
};
use object_store::{ClientConfigKey, ClientOptions, Result};

use super::added::Added;
use super::bucket::ANSWERED;

/// How long a metadata service may take: it stands inside the machine, or there is none.
const METADATA: Duration = Duration::from_secs(1);

/// Connections that a client keeps open to a host between requests, if the environment does not say how many: about as
/// many as requests are on their way at once. The clients' own bound is none.
const IDLE: usize = 16;

/// Makes clients that go through the door.
#[derive(Debug)]
pub(crate) struct Doors(Arc<Added>);

impl Doors {
    pub(crate) fn new(added: Added) -> Self {
        Self(Arc::new(added))
    }
}

impl HttpConnector for Doors {
    fn connect(&self, options: &ClientOptions) -> Result<HttpClient> {
        let client = ReqwestConnector::default().connect(&bounded(options))?;
        Ok(HttpClient::new(Door { client, added: self.0.clone() }))
    }
}

fn bounded(options: &ClientOptions) -> ClientOptions {
    match options.get_config_value(&ClientConfigKey::PoolMaxIdlePerHost) {
        Some(_) => options.clone(),
        None => options.clone().with_pool_max_idle_per_host(IDLE),
    }
}

#[derive(Debug)]
struct Door {
    client: HttpClient,
    added: Arc<Added>,
}

#[async_trait]
impl HttpService for Door {
    async fn call(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let metadata = is_metadata(request.uri().host().unwrap_or_default(), request.uri().path());
        self.added.to(&mut request).await?;
        let answer = self.client.execute(request);
        let response = match metadata {
            true => tokio::time::timeout(METADATA, answer)
                .await
                .unwrap_or_else(|late| Err(HttpError::new(HttpErrorKind::Timeout, late))),
            false => answer.await,
        }?;
        let _ = ANSWERED.try_with(|last| last.set(response.status().as_u16()));
        Ok(response)
    }
}

/// The services of AWS (instances, tasks), Google and Azure that know the identity of the machine they run on; wherever
/// a setting puts the first.
fn is_metadata(host: &str, path: &str) -> bool {
    host.starts_with("169.254.")
        || host.starts_with("metadata.google")
        || path == "/latest/api/token"
        || path.starts_with("/latest/meta-data/iam/security-credentials")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_connections_are_bounded_as_the_environment_says_or_at_least_somehow() {
        let bound = |options: ClientOptions| {
            bounded(&options).get_config_value(&ClientConfigKey::PoolMaxIdlePerHost).expect("a bound")
        };
        assert_eq!(bound(ClientOptions::new()), "16");
        let said = ClientOptions::new().with_config(ClientConfigKey::PoolMaxIdlePerHost, "3");
        assert_eq!(bound(said), "3");
    }
}
