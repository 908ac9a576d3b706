//! On what terms bytes are written to a store: how they are to be encrypted there, and what its settings tell of the
//! place where they will be. Asks nobody.

/// How a store is asked to encrypt what is written there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// With keys that the store keeps to itself: SSE-S3. Google and Azure do so of their own accord.
    Managed,
    /// With this key of the cloud's key service: a key id of SSE-KMS, the name of a key of Cloud KMS, an encryption
    /// scope of Azure.
    Key(String),
}

/// What settings tell of the place where an address is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Residence {
    /// Whether what is written there will be encrypted: it is asked for, or the cloud does so always.
    pub encrypted: bool,
    /// The cloud's region. `None` where settings do not tell: another endpoint than the cloud's own, a cloud whose
    /// buckets know it alone.
    pub region: Option<String>,
    /// The URL of the service; `local` for this machine.
    pub endpoint: String,
}

impl Residence {
    /// This machine: nobody knows what its disks do.
    pub fn local() -> Self {
        Self { encrypted: false, region: None, endpoint: "local".into() }
    }
}
