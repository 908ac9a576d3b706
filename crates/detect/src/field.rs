//! What a field's name says about its cells. Compiled once a field, read once a cell.

use crate::{DetectorIndex, DetectorSet, Region};

/// Where a text stands: which detectors may report there, and what speaks for them. Made by
/// [`Scanner::field`](crate::Scanner::field).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Field {
    /// The others report nothing.
    pub detectors: DetectorSet,
    /// The regions assumed for numbers without a country code, most likely first.
    pub regions: Vec<Region>,
    /// Detectors that the other cells of the field agree on; counts as evidence and as context.
    pub column: DetectorSet,
    /// Detectors with a label in the field's name.
    pub(crate) named: DetectorSet,
    /// Detectors with a context word in the field's name.
    pub(crate) hinted: DetectorSet,
}

impl Field {
    /// The words of a field's name or path, lower case and parted by blanks; none where it is that of a count, a time or
    /// a flag about a thing instead of the thing itself.
    pub fn words(name: &str) -> Option<String> {
        words(name)
    }

    /// Whether the field's name speaks for the detector.
    pub fn vouches_for(&self, detector: DetectorIndex) -> bool {
        self.named.contains(detector) || self.hinted.contains(detector)
    }

    /// Whether the field's name speaks for any detector.
    pub fn is_telling(&self) -> bool {
        !self.named.is_empty() || !self.hinted.is_empty()
    }

    /// The field as cells see it that another name stands beside: what either name says.
    #[must_use]
    pub fn named_by(mut self, other: &Self) -> Self {
        self.named.insert_all(&other.named);
        self.hinted.insert_all(&other.hinted);
        self
    }

    /// The field as the keys of the objects in it see it. What labels a value is context to them and no more: in
    /// `{"secret": {"type": "string"}}` nobody assigns `type` to anything.
    #[must_use]
    pub fn of_keys(mut self) -> Self {
        self.hinted.insert_all(&std::mem::take(&mut self.named));
        self
    }
}

/// Words, or rows of a few: sorted, to be searched.
struct List<const N: usize> {
    all: [&'static str; N],
    /// What their last words are like, as bits: most words are like none of them.
    like: [u64; LIKENESSES / 64],
}

const LIKENESSES: usize = 1024;

/// What a word is like, as a number: its length and both its ends.
const fn likeness(word: &[u8]) -> usize {
    match word {
        [first, .., last] => (*first as usize * 37 + *last as usize * 5 + word.len() * 97) % LIKENESSES,
        _ => 0,
    }
}

impl<const N: usize> List<N> {
    const fn new(all: [&'static str; N]) -> Self {
        let mut like = [0; LIKENESSES / 64];
        let mut nth = 0;
        while nth < N {
            let words = all[nth].as_bytes();
            let mut last = words.len();
            while last > 0 && words[last - 1] != b' ' {
                last -= 1;
            }
            let bit = likeness(words.split_at(last).1);
            like[bit / 64] |= 1 << (bit % 64);
            nth += 1;
        }
        Self { all, like }
    }

    fn may_end_in(&self, word: &str) -> bool {
        let bit = likeness(word.as_bytes());
        self.like[bit / 64] >> (bit % 64) & 1 != 0
    }

    fn holds(&self, word: &str) -> bool {
        self.may_end_in(word) && self.all.binary_search(&word).is_ok()
    }

    /// Whether words end in one of these, of three words at most.
    fn ends(&self, words: &str) -> bool {
        let mut starts = words.rmatch_indices(' ').map(|(blank, _)| blank + 1).chain([0]).take(3).peekable();
        starts.peek().is_some_and(|last| self.may_end_in(&words[*last..]))
            && starts.any(|start| self.all.binary_search(&&words[start..]).is_ok())
    }
}

/// Words that make a name one of counts, times or flags about a thing instead of the thing itself.
static ABOUT: List<35> = List::new([
    "average",
    "avg",
    "cnt",
    "count",
    "counts",
    "enabled",
    "error",
    "flag",
    "format",
    "hash",
    "latency",
    "len",
    "length",
    "max",
    "mean",
    "median",
    "min",
    "pattern",
    "pct",
    "percent",
    "percentage",
    "rank",
    "rate",
    "ratio",
    "regex",
    "score",
    "size",
    "state",
    "status",
    "sum",
    "total",
    "totals",
    "type",
    "valid",
    "verified",
]);

/// Words that do so as the first one of a name.
const ABOUT_FIRST: [&str; 6] = ["is", "has", "had", "was", "can", "should"];

/// What leads to a number, as the first one of a name: of things, `num_phones`, or that of a thing, `num_tel`.
const NUMBERS: [&str; 6] = ["n", "no", "nr", "nro", "nbr", "num"];

/// Words that do so as the last one, but for a number: when something was done, units, amounts, what is counted or
/// measured.
static ABOUT_LAST: List<68> = List::new([
    "algorithm",
    "altitude",
    "amount",
    "applications",
    "at",
    "attempts",
    "balance",
    "budget",
    "bytes",
    "calls",
    "cents",
    "changed",
    "clicks",
    "cost",
    "created",
    "days",
    "density",
    "distance",
    "duration",
    "entropy",
    "expiration",
    "expires",
    "expiry",
    "fee",
    "growth",
    "holders",
    "hours",
    "income",
    "kb",
    "km",
    "lifetime",
    "limit",
    "mb",
    "messages",
    "miles",
    "mins",
    "minutes",
    "model",
    "modified",
    "months",
    "ms",
    "packets",
    "pages",
    "paid",
    "payout",
    "premium",
    "price",
    "quota",
    "requests",
    "retries",
    "revenue",
    "seconds",
    "secs",
    "sessions",
    "spend",
    "strength",
    "threshold",
    "traffic",
    "ttl",
    "updated",
    "usage",
    "users",
    "version",
    "views",
    "visits",
    "volume",
    "weeks",
    "weight",
]);

/// What only things have, at the end of a name.
static OF_THINGS: List<25> = List::new([
    "account age",
    "cache age",
    "cell id",
    "changed by",
    "country code",
    "existing secret",
    "existing secret key",
    "expiration date",
    "expiry date",
    "file age",
    "key age",
    "last set",
    "last used",
    "message age",
    "mobile os",
    "on file",
    "passport country",
    "password age",
    "password policy",
    "phone id",
    "pwd age",
    "record age",
    "session age",
    "token age",
    "vehicle age",
]);

/// What only secrets have, at the end of a name: where one lies, what it is called, how it must look. Other things may be
/// just that: an address has a `label`, a profile is a `url`.
static OF_SECRETS: List<89> = List::new([
    "alg",
    "alias",
    "arn",
    "audience",
    "authentication",
    "backend",
    "callback",
    "checker",
    "class",
    "column",
    "cookie",
    "credential id",
    "credentials id",
    "description",
    "dir",
    "directory",
    "disabled",
    "encoder",
    "encoding",
    "encryption",
    "endpoint",
    "engine",
    "env",
    "expire",
    "fail",
    "failed",
    "field",
    "file",
    "filename",
    "folder",
    "generator",
    "handler",
    "hasher",
    "header",
    "helper",
    "hint",
    "interval",
    "issuer",
    "key group",
    "key id",
    "key owner",
    "label",
    "level",
    "link",
    "location",
    "manager",
    "method",
    "mgr",
    "mismatch",
    "mode",
    "name",
    "names",
    "namespace",
    "output",
    "param",
    "password group",
    "password id",
    "password key",
    "path",
    "placeholder",
    "policy",
    "prefix",
    "prompt",
    "provider",
    "question",
    "realm",
    "ref",
    "reference",
    "required",
    "requirements",
    "reset",
    "rotation",
    "rules",
    "scope",
    "scopes",
    "service",
    "source",
    "store",
    "template",
    "time",
    "timeout",
    "title",
    "token id",
    "uri",
    "url",
    "validation",
    "validator",
    "var",
    "variable",
]);

/// Last elements of a path that do not say what they hold: `ssn.value`, `customer.id`.
const GENERIC: [&str; 18] = [
    "value", "values", "val", "number", "num", "no", "nr", "id", "key", "token", "text", "content", "raw",
    "data", "string", "plain", "s", "n",
];

/// The words of a name, lower case and parted by blanks, where the name may vouch for anything.
pub(crate) fn words(name: &str) -> Option<String> {
    let words = split(name);
    let about = words.split(' ').any(|word| ABOUT.holds(word))
        || words.split_once(' ').is_some_and(|(first, rest)| {
            ABOUT_FIRST.contains(&first) || NUMBERS.contains(&first) && plural(rest)
        })
        || ABOUT_LAST.ends(unnumbered(&words))
        || OF_THINGS.ends(unnumbered(&words));
    (!about).then_some(words)
}

/// Where the last of the words of a name begins, if that is what only secrets have.
pub(crate) fn of_secrets(words: &str) -> Option<usize> {
    let unnumbered = unnumbered(words);
    OF_SECRETS.ends(unnumbered).then(|| unnumbered.rfind(' ').map_or(0, |blank| blank + 1))
}

/// Whether these words end in a thing of which there are several; nothing that is short or ends in two of them.
fn plural(words: &str) -> bool {
    words.len() > 3 && words.ends_with('s') && !words.ends_with("ss")
}

fn unnumbered(words: &str) -> &str {
    words.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ')
}

/// The end of a path that names the value itself: its last element, and those before as long as it is generic. In
/// `credential.region` the region is no credential.
pub(crate) fn leaf(path: &str) -> &str {
    let dots = path.rmatch_indices('.').map(|(at, _)| &path[at + 1..]);
    // A full stop in a title, `Tel. private` or `Geb.-Dat.`, parts nothing.
    let mut ends = dots.filter(|end| !end.starts_with([' ', '-'])).take(3);
    let telling = |end: &&str| split(end).split(' ').any(|word| !word.is_empty() && !GENERIC.contains(&word));
    ends.find(telling).unwrap_or(path)
}

/// The words of a name, lower case and parted by blanks.
fn split(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    let (mut last, mut parted) = (' ', false);
    for (at, c) in name.char_indices() {
        if !c.is_alphanumeric() {
            (last, parted) = (c, true);
            continue;
        }
        let before_small = || name[at + c.len_utf8()..].starts_with(char::is_lowercase);
        let hump = c.is_uppercase()
            && (last.is_lowercase() || last.is_ascii_digit() || last.is_uppercase() && before_small());
        if (hump || parted) && !words.is_empty() {
            words.push(' ');
        }
        if c.is_ascii() {
            words.push(c.to_ascii_lowercase());
        } else {
            words.extend(c.to_lowercase());
        }
        (last, parted) = (c, false);
    }
    words
}

/// Whose a thing is, as names have it before the thing with nothing between: `customerphone`.
const OWNERS: [&str; 20] = [
    "admin",
    "applicant",
    "beneficiary",
    "billing",
    "business",
    "client",
    "contact",
    "customer",
    "emergency",
    "employee",
    "home",
    "insured",
    "login",
    "member",
    "office",
    "patient",
    "personal",
    "shipping",
    "user",
    "work",
];

/// What names of columns have for whole words.
const SHORT: [(&str, &str); 35] = [
    ("acct", "account"),
    ("addr", "address"),
    ("b", "birth"),
    ("bene", "beneficiary"),
    ("brth", "birth"),
    ("cd", "code"),
    ("crd", "card"),
    ("cust", "customer"),
    ("drv", "driver"),
    ("dt", "date"),
    ("emp", "employee"),
    ("f", "fecha"),
    ("hm", "home"),
    ("hosp", "hospital"),
    ("ins", "insurance"),
    ("lic", "license"),
    ("mbr", "member"),
    ("med", "medical"),
    ("mr", "mrn"),
    ("nac", "nacimiento"),
    ("nbr", "number"),
    ("num", "number"),
    ("pat", "patient"),
    ("ph", "phone"),
    ("phn", "phone"),
    ("pol", "policy"),
    ("ppn", "passport"),
    ("pport", "passport"),
    ("pt", "patient"),
    ("rec", "record"),
    ("sec", "security"),
    ("soc", "social"),
    ("ss", "ssn"),
    ("subscr", "subscriber"),
    ("wk", "work"),
];

/// Words with whole ones for short ones, and with the number of a thing as German, Romance and Slavic languages have it:
/// `kartennummer` for `karten nr`, `numero compte` and `numer konta` for `no compte` and `nr konta`.
fn whole(words: &str) -> Vec<String> {
    let long = |word: &str| {
        SHORT.iter().find(|(short, _)| *short == word).map_or(word, |(_, long)| *long).to_owned()
    };
    let mut all = vec![words.split(' ').map(long).collect::<Vec<_>>().join(" ")];
    for number in [" nummer", " nr", "nr"] {
        let thing = all[0].strip_suffix(number).filter(|thing| thing.len() > 2);
        all.extend(thing.map(|thing| format!("{thing}nummer")));
    }
    if let Some((_, thing)) = words.split_once(' ').filter(|(first, _)| NUMBERS.contains(first)) {
        all.extend(["numero", "numer"].map(|number| format!("{number} {thing}")));
    }
    all
}

/// The words of a name as labels may have them: without digits at their ends, `phone1`; grown together where a capital
/// began one, `FallNr`; parted from whose they are; whole where a name has them short.
pub(crate) fn spellings(name: &str) -> Vec<String> {
    let words = split(name);
    let bare = |words: &str| {
        let bare = words.split(' ').map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()));
        bare.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    };
    let grown = bare(&split(&name.to_lowercase()));
    let parted = |word: &str| {
        let thing = |owner: &&str| word.strip_prefix(*owner).filter(|thing| thing.len() > 1);
        let owner = OWNERS.iter().find(|owner| thing(owner).is_some());
        owner.map_or_else(|| word.to_owned(), |owner| [owner, &word[owner.len()..]].join(" "))
    };
    let owned = grown.split(' ').map(parted).collect::<Vec<_>>().join(" ");
    let mut all = whole(&bare(&words));
    all.extend([bare(&words), words, grown, owned]);
    all.sort();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted() {
        for list in [&ABOUT.all[..], &ABOUT_LAST.all, &OF_THINGS.all, &OF_SECRETS.all] {
            assert!(list.is_sorted(), "{list:?}");
            assert!(list.iter().all(|words| words.split(' ').count() <= 3), "{list:?}");
        }
    }

    #[test]
    fn a_name_of_what_is_counted_or_measured_speaks_for_nothing() {
        for name in [
            "phone_count",
            "mobile_sessions",
            "latMs",
            "num_tokens",
            "password_changed_at",
            "Bank account balance",
            "account_age_days",
            "cacheAge",
            "password_policy",
            "existingSecret",
            "passport_expiry_date",
            "phone_calls_2",
        ] {
            assert_eq!(words(name), None, "{name}");
        }
        for name in [
            "mobile_phone",
            "patient_age",
            "insurance_policy",
            "ssn_number",
            "dob_date",
            "phone_us",
            "num_tel",
            "no_ss",
        ] {
            assert_eq!(words(name), Some(name.replace('_', " ")), "{name}");
        }
    }

    #[test]
    fn a_name_is_read_in_all_its_spellings() {
        for (name, spelling) in [
            ("phone1", "phone"),
            ("ssn_2", "ssn"),
            ("addr.line1", "addr line"),
            ("__PHONE-NUMBER", "phone number"),
            ("x-user-eMail", "x user email"),
            ("FallNr", "fallnr"),
            ("EMPLOYEEPHONE2", "employee phone"),
            ("contacts[0].homephone", "contacts home phone"),
            ("MBR_NBR", "member number"),
            ("ph_home", "phone home"),
            ("karten_nr", "kartennummer"),
            ("mobielnr", "mobielnummer"),
            ("no_compte", "numero compte"),
            ("nr_konta", "numer konta"),
        ] {
            assert!(spellings(name).iter().any(|words| words == spelling), "{name}: {:?}", spellings(name));
        }
    }

    #[test]
    fn what_only_secrets_have_stands_at_the_end_of_a_name() {
        for (name, before) in [
            ("DB_PASSWORD_FILE", Some("db password ")),
            ("secretName", Some("secret ")),
            ("api_key_id", Some("api key ")),
            ("token_url_2", Some("token ")),
            ("file", Some("")),
            ("file_password", None),
            ("profile_secret", None),
            ("secret_id", None),
            ("password_value", None),
            ("", None),
        ] {
            let words = split(name);
            assert_eq!(of_secrets(&words).map(|at| &words[..at]), before, "{name}");
        }
    }

    #[test]
    fn the_end_of_a_path_names_the_value() {
        for (path, end) in [
            ("ssn", "ssn"),
            ("user.ssn", "ssn"),
            ("user.ssn.value", "ssn.value"),
            ("api.key", "api.key"),
            ("credentialScope.region", "region"),
            ("phones[].number", "phones[].number"),
            ("Secret.required[]", "required[]"),
            ("Tel. private", "Tel. private"),
            ("Passport No.", "Passport No."),
            ("Geb.-Dat.", "Geb.-Dat."),
            ("item.phone.S", "phone.S"),
        ] {
            assert_eq!(leaf(path), end, "{path}");
        }
    }
}
