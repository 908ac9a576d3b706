//! `[output]`: how what a rewrite writes is encrypted, and where it may be. What a place is, is for `io` to tell.

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use sievert_io::{Encryption, Residence};

use crate::plan::glob;

/// `[output]`: on what terms a rewrite writes: copies, state and quarantine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OutputTable {
    /// How stores are asked to encrypt: `managed`, or `key:ID`. Their own settings decide where nothing is said.
    #[serde(deserialize_with = "encryption")]
    pub encryption: Option<Encryption>,
    /// Nothing is written where it is not known to be encrypted.
    pub require_encryption: bool,
    /// The regions where outputs may be, as globs; with `endpoints` empty too, they may be anywhere.
    pub regions: Vec<String>,
    /// The services that outputs may be written to, as globs over URLs; `local` is this machine.
    pub endpoints: Vec<String>,
}

fn encryption<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Encryption>, D::Error> {
    let text = String::deserialize(from)?;
    match text.split_once(':') {
        None if text == "managed" => Ok(Some(Encryption::Managed)),
        Some(("key", id)) if !id.is_empty() => Ok(Some(Encryption::Key(id.to_owned()))),
        _ => Err(D::Error::custom(
            "`encryption` is `managed` or `key:ID`; name the key by its id in the cloud",
        )),
    }
}

impl OutputTable {
    /// Why nothing may be written there, if so.
    pub(crate) fn refuses(&self, place: &Residence) -> Option<String> {
        let Residence { encrypted, region, endpoint } = place;
        let fits = |globs: &[String], word: &str| globs.iter().any(|glob| glob::fits(glob, word));
        let allowed = self.regions.is_empty() && self.endpoints.is_empty()
            || fits(&self.endpoints, endpoint.trim_end_matches('/'))
            || region.as_ref().is_some_and(|region| fits(&self.regions, region));
        if !allowed {
            let here = match region {
                Some(region) => format!("{endpoint}, region {region}"),
                None => format!("{endpoint}, of which no region is known"),
            };
            let list = [&self.regions[..], &self.endpoints[..]].concat().join(", ");
            return Some(format!("it is at {here}, and the policy allows {list}"));
        }
        (self.require_encryption && !encrypted).then(|| {
            "the policy requires encryption, and nothing asks for it there; say encryption = \"managed\" or \
             \"key:ID\" under [output], and write to a store"
                .to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> OutputTable {
        toml::from_str(text).expect("a table")
    }

    fn place(encrypted: bool, region: Option<&str>, endpoint: &str) -> Residence {
        Residence { encrypted, region: region.map(str::to_owned), endpoint: endpoint.to_owned() }
    }

    #[test]
    fn without_terms_every_place_will_do() {
        assert_eq!(OutputTable::default().refuses(&Residence::local()), None);
    }

    #[test]
    fn a_place_is_allowed_by_its_region_or_its_endpoint() {
        let terms = table("regions = [\"eu-*\"]\nendpoints = [\"https://*.example.eu\"]");
        let aws = |region| place(true, Some(region), "https://s3.amazonaws.com");
        assert_eq!(terms.refuses(&aws("eu-west-1")), None);
        assert_eq!(terms.refuses(&place(false, None, "https://s3.example.eu/")), None);
        assert!(terms.refuses(&aws("us-east-1")).is_some_and(|why| why.contains("region us-east-1")));
        assert!(terms.refuses(&Residence::local()).is_some_and(|why| why.contains("local")));
        // Who calls a service of his own `eu-west-1` has not moved it there.
        assert!(terms.refuses(&place(true, None, "http://10.0.0.1:9000")).is_some());
    }

    #[test]
    fn required_encryption_must_be_known() {
        let terms = table("require_encryption = true");
        assert!(terms.refuses(&Residence::local()).is_some());
        assert_eq!(terms.refuses(&place(true, None, "https://storage.googleapis.com")), None);
    }

    #[test]
    fn encryption_is_managed_or_by_a_key() {
        assert_eq!(table("encryption = \"managed\"").encryption, Some(Encryption::Managed));
        let key = "arn:aws:kms:eu-west-1:111122223333:key/ab";
        assert_eq!(
            table(&format!("encryption = \"key:{key}\"")).encryption,
            Some(Encryption::Key(key.into()))
        );
        for wrong in ["key:", "AES256", ""] {
            assert!(toml::from_str::<OutputTable>(&format!("encryption = \"{wrong}\"")).is_err(), "{wrong}");
        }
    }
}
