//! Headers that the clients of Google and Azure do not write themselves, added on the way out: the key that an object
//! is encrypted with, and what is said of a blob of Azure that was written in parts.

use std::collections::HashMap;
use std::io;

use object_store::azure::{AzureAuthorizer, AzureCredentialProvider};
use object_store::client::{HttpError, HttpErrorKind, HttpRequest};
use object_store::{Attribute, Attributes, HeaderMap};

tokio::task_local! {
    /// What is said of the blob whose parts are being put together.
    pub(crate) static SAID: Attributes;
}

/// What is added to the requests of a client.
#[derive(Debug)]
pub(crate) enum Added {
    /// The client writes all that is needed.
    Nothing,
    /// The resource name of a key of Cloud KMS:
    /// <https://cloud.google.com/storage/docs/xml-api/reference-headers#xgoogencryptionkmskeyname>.
    Google { key: String },
    /// The encryption scope; and with the list of its blocks what is said of a blob:
    /// <https://learn.microsoft.com/en-us/rest/api/storageservices/put-block-list>.
    Azure { scope: Option<String>, signer: AzureCredentialProvider },
}

impl Added {
    /// Adds what this request lacks.
    pub(crate) async fn to(&self, request: &mut HttpRequest) -> Result<(), HttpError> {
        let mut headers = HashMap::new();
        match self {
            Self::Google { key } if begins_an_object(request) => {
                headers.insert("x-goog-encryption-kms-key-name".to_owned(), key.clone());
            }
            Self::Azure { scope, .. } if request.method().as_str() == "PUT" => {
                let scope = scope.clone().map(|scope| ("x-ms-encryption-scope".to_owned(), scope));
                headers.extend(scope);
                if request.uri().query().is_some_and(|query| query.contains("comp=blocklist")) {
                    let said = SAID.try_with(Attributes::clone).unwrap_or_default();
                    let named = said.iter().filter_map(|(attribute, value)| {
                        Some((azure_name(attribute)?, value.as_ref().to_owned()))
                    });
                    headers.extend(named);
                }
            }
            _ => {}
        }
        if headers.is_empty() {
            return Ok(());
        }
        let headers = HeaderMap::try_from(&headers).map_err(|_| {
            // What the error says may repeat a value.
            HttpError::new(HttpErrorKind::Request, io::Error::other("not to be written in a header"))
        })?;
        request.headers_mut().extend(headers);
        match self {
            Self::Azure { signer, .. } => sign_again(request, signer).await,
            _ => Ok(()),
        }
    }
}

/// Whether a request writes an object or begins one in parts: not one of its parts.
fn begins_an_object(request: &HttpRequest) -> bool {
    let query = request.uri().query().unwrap_or_default();
    match request.method().as_str() {
        "PUT" => !query.contains("partNumber="),
        "POST" => query.starts_with("uploads"),
        _ => false,
    }
}

fn azure_name(attribute: &Attribute) -> Option<String> {
    Some(match attribute {
        Attribute::ContentType => "x-ms-blob-content-type".into(),
        Attribute::ContentEncoding => "x-ms-blob-content-encoding".into(),
        Attribute::ContentLanguage => "x-ms-blob-content-language".into(),
        Attribute::ContentDisposition => "x-ms-blob-content-disposition".into(),
        Attribute::CacheControl => "x-ms-blob-cache-control".into(),
        Attribute::Metadata(name) => format!("x-ms-meta-{name}"),
        _ => return None,
    })
}

/// A signature by the account's key covers all headers of Azure; tokens and signed addresses cover none.
async fn sign_again(request: &mut HttpRequest, signer: &AzureCredentialProvider) -> Result<(), HttpError> {
    let by = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    let account = by.and_then(|value| value.strip_prefix("SharedKey ")?.split_once(':'));
    let Some(account) = account.map(|(account, _)| account.to_owned()) else { return Ok(()) };
    request.headers_mut().remove("authorization");
    let failed = |error| HttpError::new(HttpErrorKind::Request, error);
    let credential = signer.get_credential().await.map_err(failed)?;
    AzureAuthorizer::new(&credential, &account).try_authorize(request).map_err(failed)
}
