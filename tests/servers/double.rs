//! A bucket in memory that speaks the XML dialect of S3 and Google, which is also plain HTTP for who only reads:
//! <https://cloud.google.com/storage/docs/xml-api/reference-methods>.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard};

use super::http::{Request, Response, Server};

/// Headers of an object, by name.
pub(crate) type Said = BTreeMap<String, String>;

/// What is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) bytes: Vec<u8>,
    /// What is said of it: content type and the like, metadata, encryption.
    pub(crate) said: Said,
    /// Rises with every write, as Google's generations do.
    pub(crate) generation: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Bucket {
    /// By `/bucket/key`.
    pub(crate) objects: BTreeMap<String, Stored>,
    uploads: BTreeMap<String, (Said, BTreeMap<usize, Vec<u8>>)>,
    writes: u64,
    /// Method and target of each request.
    pub(crate) asked: Vec<String>,
}

/// The double, running.
pub(crate) struct Double {
    server: Server,
    bucket: Arc<Mutex<Bucket>>,
}

/// Changes what is stored before a request is answered.
type Meddle = Box<dyn Fn(&Request, &mut Bucket) -> Option<Response> + Send + Sync>;

impl Double {
    pub(crate) fn start() -> Self {
        Self::meddled(Box::new(|_, _| None))
    }

    /// One in which something happens of its own accord.
    pub(crate) fn meddled(meddle: Meddle) -> Self {
        let bucket = Arc::new(Mutex::new(Bucket::default()));
        let shared = bucket.clone();
        let server = Server::answering(move |request| {
            let mut bucket = shared.lock().expect("no panic in here");
            bucket.asked.push(format!("{} {}", request.method, request.target));
            meddle(request, &mut bucket).unwrap_or_else(|| bucket.answer(request))
        });
        Self { server, bucket }
    }

    pub(crate) fn port(&self) -> u16 {
        self.server.port
    }

    pub(crate) fn bucket(&self) -> MutexGuard<'_, Bucket> {
        self.bucket.lock().expect("no panic in here")
    }

    /// Stores an object under `/bucket/key`.
    pub(crate) fn put(&self, path: &str, bytes: impl Into<Vec<u8>>) -> &Self {
        self.bucket().put(path, bytes.into(), Said::new());
        self
    }

    /// Names and bytes of what stands below a path.
    pub(crate) fn below(&self, path: &str) -> BTreeMap<String, Vec<u8>> {
        let bucket = self.bucket();
        let below =
            bucket.objects.iter().filter_map(|(name, stored)| Some((name.strip_prefix(path)?, stored)));
        below.map(|(name, stored)| (name.to_owned(), stored.bytes.clone())).collect()
    }
}

/// The headers of a request that stay with its object.
fn said(request: &Request) -> Said {
    const NAMES: [&str; 5] =
        ["content-type", "content-encoding", "content-language", "content-disposition", "cache-control"];
    const BEGINNINGS: [&str; 5] = [
        "x-amz-meta-",
        "x-goog-meta-",
        "x-amz-server-side-encryption",
        "x-amz-storage-class",
        "x-goog-encryption-",
    ];
    let stays =
        |name: &str| NAMES.contains(&name) || BEGINNINGS.iter().any(|beginning| name.starts_with(beginning));
    request.headers.iter().filter(|(name, _)| stays(name)).cloned().collect()
}

fn tag(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

const DATE: &str = "Sun, 01 Nov 2026 00:00:00 GMT";

impl Bucket {
    pub(crate) fn put(&mut self, path: &str, bytes: Vec<u8>, said: Said) -> Response {
        self.writes += 1;
        let stored = Stored { bytes, said, generation: self.writes };
        let answer = Response::new(200)
            .with("etag", tag(&stored.bytes))
            .with("x-goog-generation", stored.generation.to_string());
        self.objects.insert(path.to_owned(), stored);
        answer
    }

    fn answer(&mut self, request: &Request) -> Response {
        let path = request.path();
        let in_bucket = path.trim_matches('/').contains('/');
        match request.method.as_str() {
            "GET" if !in_bucket && request.query("list-type").is_some() => {
                self.list(path.trim_matches('/'), request)
            }
            "GET" | "HEAD" => self.get(&path, request),
            "PUT" => self.write(&path, request),
            "POST" if !in_bucket && request.query("delete").is_some() => {
                self.remove(path.trim_matches('/'), request)
            }
            "POST" if request.query("uploads").is_some() => self.begin(&path, request),
            "POST" => self.complete(&path, request),
            "DELETE" => {
                match request.query("uploadId") {
                    Some(id) => drop(self.uploads.remove(&id)),
                    None => drop(self.objects.remove(&path)),
                }
                Response::new(204)
            }
            _ => Response::new(405),
        }
    }

    fn get(&self, path: &str, request: &Request) -> Response {
        let Some(stored) = self.objects.get(path) else { return Response::new(404) };
        let tag = tag(&stored.bytes);
        if request.header("if-match").is_some_and(|wanted| wanted != tag) {
            return Response::new(412);
        }
        let mut answer = Response::new(200)
            .with("etag", tag)
            .with("last-modified", DATE)
            .with("x-goog-generation", stored.generation.to_string());
        for (name, value) in &stored.said {
            answer = answer.with(name.clone(), value.clone());
        }
        let size = stored.bytes.len();
        let range = request.header("range").and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
        if request.method == "HEAD" {
            answer.length = Some(size);
            return answer;
        }
        let Some((from, to)) = range else { return answer.body(stored.bytes.clone()) };
        let from: usize = from.parse().expect("a range begins with a number");
        let to = to.parse().map_or(size, |to: usize| (to + 1).min(size));
        if from >= size {
            return Response::new(416);
        }
        answer.status = 206;
        answer.with("content-range", format!("bytes {from}-{}/{size}", to - 1)).body(&stored.bytes[from..to])
    }

    fn write(&mut self, path: &str, request: &Request) -> Response {
        if let (Some(id), Some(part)) = (request.query("uploadId"), request.query("partNumber")) {
            let Some((_, parts)) = self.uploads.get_mut(&id) else { return Response::new(404) };
            parts.insert(part.parse().expect("a number"), request.body.clone());
            return Response::new(200).with("etag", tag(&request.body));
        }
        let there = self.objects.get(path);
        let create = request.header("if-none-match") == Some("*");
        let tagged = request.header("if-match").map(str::to_owned);
        let numbered = request.header("x-goog-if-generation-match").map(str::to_owned);
        // Of an object that is not there the generation is 0.
        let generation = there.map_or(0, |there| there.generation).to_string();
        if create && there.is_some()
            || tagged.is_some_and(|wanted| there.is_none_or(|there| wanted != tag(&there.bytes)))
            || numbered.is_some_and(|wanted| wanted != generation)
        {
            return Response::new(412);
        }
        self.put(path, request.body.clone(), said(request))
    }

    fn begin(&mut self, path: &str, request: &Request) -> Response {
        self.writes += 1;
        let id = format!("upload-{}", self.writes);
        self.uploads.insert(id.clone(), (said(request), BTreeMap::new()));
        let key = path.rsplit('/').next().unwrap_or_default();
        Response::new(200).body(format!(
            "<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>{}</Key><UploadId>{id}</UploadId></InitiateMultipartUploadResult>",
            escaped(key)
        ))
    }

    /// Many objects at once: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html>.
    fn remove(&mut self, bucket: &str, request: &Request) -> Response {
        let body = String::from_utf8_lossy(&request.body);
        let keys = body.split("<Key>").skip(1).filter_map(|rest| rest.split("</Key>").next());
        let mut xml = String::from("<DeleteResult>");
        for key in keys {
            let plain = key.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
            self.objects.remove(&format!("/{bucket}/{plain}"));
            let _ = write!(xml, "<Deleted><Key>{key}</Key></Deleted>");
        }
        Response::new(200).body(xml + "</DeleteResult>")
    }

    fn complete(&mut self, path: &str, request: &Request) -> Response {
        let id = request.query("uploadId").unwrap_or_default();
        let Some((said, parts)) = self.uploads.remove(&id) else { return Response::new(404) };
        let bytes = parts.into_values().flatten().collect();
        let put = self.put(path, bytes, said);
        let tag = put.headers[0].1.clone();
        put.body(format!(
            "<CompleteMultipartUploadResult><Location>l</Location><Bucket>b</Bucket><Key>k</Key><ETag>{}</ETag></CompleteMultipartUploadResult>",
            escaped(&tag)
        ))
    }

    /// What a store does to parts that nobody has put together for long.
    pub(crate) fn forget_uploads(&mut self) {
        self.uploads.clear();
    }

    /// The parts of uploads that were neither completed nor aborted.
    pub(crate) fn unfinished(&self) -> usize {
        self.uploads.len()
    }

    fn list(&self, bucket: &str, request: &Request) -> Response {
        let root = format!("/{bucket}/");
        let prefix = root.clone() + &request.query("prefix").unwrap_or_default();
        let after = request.query("continuation-token").or_else(|| request.query("start-after"));
        let after = after.map(|after| root.clone() + &after);
        let most: usize = request.query("max-keys").and_then(|most| most.parse().ok()).unwrap_or(1_000);
        let mut keys = self
            .objects
            .range(after.clone().unwrap_or_default().max(prefix.clone())..)
            .take_while(|(name, _)| name.starts_with(&prefix))
            .filter(|(name, _)| after.as_ref() != Some(*name));
        let mut xml = String::from("<ListBucketResult>");
        let mut last = String::new();
        for (name, stored) in keys.by_ref().take(most) {
            name[root.len()..].clone_into(&mut last);
            let _ = write!(
                xml,
                "<Contents><Key>{}</Key><Size>{}</Size><LastModified>2026-11-01T00:00:00.000Z</LastModified><ETag>{}</ETag></Contents>",
                escaped(&last),
                stored.bytes.len(),
                escaped(&tag(&stored.bytes)),
            );
        }
        if keys.next().is_some() {
            let _ = write!(xml, "<NextContinuationToken>{}</NextContinuationToken>", escaped(&last));
        }
        Response::new(200).body(xml + "</ListBucketResult>")
    }
}
