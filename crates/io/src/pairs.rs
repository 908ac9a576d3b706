//! Names that stand beside what they name: of `{"name": "ssn", "value": "..."}` one member says what the other one is, of
//! `["ssn", "..."]` in a list of such lists one element. Which ones do that is told by keys and places alone; what a name
//! means is not known here.

use std::collections::HashMap;
use std::sync::Arc;

use ahash::RandomState;

use crate::{Kind, Names, Occurrences, Texts};

/// A longer key is none of those below.
const KEY_BYTES: usize = 20;
/// A longer text is no name.
const NAME_BYTES: usize = 100;
/// More names than this are data, as more keys are.
const DIFFERENT: usize = 10_000;
/// So are more names than this among the elements of lists: what a name says takes longer to tell than to read it.
const DIFFERENT_IN_LISTS: usize = 200;
/// More names do not speak for one value.
const NAMES_OF_ONE: usize = 16;

/// Things that are pairs of a name and a value, in the spelling of [`plain`]: `header`, `headerName`, `header_value`.
const THINGS: [&str; 18] = [
    "attribute",
    "claim",
    "column",
    "config",
    "entity",
    "env",
    "field",
    "header",
    "meta",
    "metadata",
    "option",
    "param",
    "parameter",
    "property",
    "setting",
    "slot",
    "tag",
    "variable",
];

/// Other keys of what names what stands beside it.
const OF_NAMES: [&str; 15] = [
    "attr",
    "attributecode",
    "claimtype",
    "code",
    "conceptname",
    "key",
    "kind",
    "label",
    "logicalname",
    "name",
    "propertyid",
    "question",
    "system",
    "title",
    "type",
];

/// Keys of names in what names as a whole: `{"type": {"coding": [{"code": "MR"}], "text": "..."}}`.
const WITHIN_NAMES: [&str; 3] = ["coding", "display", "text"];

/// Other keys of what is named.
const OF_VALUES: [&str; 20] = [
    "value",
    "values",
    "val",
    "answer",
    "arrayvalue",
    "intvalue",
    "mentiontext",
    "stringvalue",
    "valueasnumber",
    "valueasstring",
    "valuecode",
    "valuedate",
    "valuedatetime",
    "valueid",
    "valueidentifier",
    "valueinteger",
    "valuestring",
    "defaultvalue",
    "newvalue",
    "oldvalue",
];

/// Lists of FHIR's additions to a record: in each the `url` says what its value is.
const ADDITIONS: [&str; 2] = ["extension", "modifierextension"];

/// Ends of the keys of lists in which each value follows its name: `rawHeaders`, `raw_trailers`.
const IN_TURN: [&str; 5] = ["headers", "keyvals", "keyvalues", "namevalues", "trailers"];

/// What a member of an object, or a column, is to those beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Role {
    #[default]
    None,
    /// It names them. Where it is an object, names in it do so.
    Name,
    /// Elements of a list in place of a name: only names in them are names, as in `["ssn", "age"]` each names another.
    Names,
    /// It is what they name. Where it is an object or a list, values in it are.
    Value,
    /// Things of which a `url` is the name.
    Additions,
    /// Where it is a list, names and values take turns.
    InTurn,
    /// An element of a list, which may be a pair.
    Element(Turns),
}

/// Where in a list a value may stand behind its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turns {
    /// Nowhere but in its lists.
    Within,
    /// It is a list in a list: `["ssn", "..."]`, or `["tel", {"type": "work"}, "uri", "..."]` of a card (RFC 7095).
    Last,
    /// All along.
    Each,
}

impl Role {
    /// That of a member, in an object of a role.
    pub(crate) fn of(key: &str, within: Self) -> Self {
        if key.len() > KEY_BYTES {
            return Self::None;
        }
        let key = plain(key);
        let is = |list: &[&str], word: &str| list.contains(&word);
        let thing = |rest: Option<&str>| rest.is_some_and(|word| is(&THINGS, word));
        if is(&ADDITIONS, &key) {
            return Self::Additions;
        }
        if IN_TURN.iter().any(|end| key.ends_with(end)) {
            return Self::InTurn;
        }
        if is(&OF_VALUES, &key) || thing(key.strip_suffix("value")) {
            return Self::Value;
        }
        let names = is(&OF_NAMES, &key)
            || thing(Some(&key))
            || thing(key.strip_suffix("name"))
            || thing(key.strip_suffix("key"))
            || within.names() && is(&WITHIN_NAMES, &key)
            || within == Self::Additions && key == "url";
        if names { Self::Name } else { Self::None }
    }

    /// That of the elements of a list.
    pub(crate) fn element(self) -> Self {
        match self {
            Self::Name => Self::Names,
            Self::None => Self::Element(Turns::Within),
            Self::InTurn => Self::Element(Turns::Each),
            Self::Element(_) => Self::Element(Turns::Last),
            other => other,
        }
    }

    /// Whether names in it belong to what holds it.
    pub(crate) fn names(self) -> bool {
        matches!(self, Self::Name | Self::Names)
    }
}

/// A key in lower case, without the signs that part words.
fn plain(key: &str) -> String {
    let letters = key.chars().filter(|c| !matches!(c, '_' | '-' | ' '));
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether a text is a word alone, or one with what it takes. In a list that says what kind of thing the name before it
/// is: `["password", "varchar(255)"]`.
fn is_word(text: &str) -> bool {
    let word = text.find(['(', '[', '<']).filter(|end| *end > 0).map_or(text, |end| &text[..end]);
    word.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
}

/// What cells of a batch are named by: some names, a line each, and each such text once.
#[derive(Default)]
pub(crate) struct NameList {
    names: Vec<Arc<str>>,
    known: HashMap<Arc<str>, u32, RandomState>,
    lines: String,
    /// How many of them were met in lists first.
    in_lists: usize,
}

impl NameList {
    /// All of them.
    pub(crate) fn into_names(self) -> Names {
        Names(self.names)
    }

    /// The place of these names in the list; `None` where none is one.
    pub(crate) fn number<'n>(&mut self, names: impl Iterator<Item = &'n str>) -> Option<u32> {
        self.number_within(names, DIFFERENT)
    }

    /// The same; `None` too where they are not in the list, and it has so many.
    fn number_within<'n>(&mut self, names: impl Iterator<Item = &'n str>, most: usize) -> Option<u32> {
        self.lines.clear();
        let mut count = 0;
        for name in names {
            let may_be_name = (1..=NAME_BYTES).contains(&name.len()) && !name.contains('\n');
            if may_be_name && count < NAMES_OF_ONE && !self.lines.lines().any(|known| known == name) {
                self.lines.extend([name, "\n"]);
                count += 1;
            }
        }
        if self.lines.is_empty() {
            return None;
        }
        if let Some(number) = self.known.get(&*self.lines) {
            return Some(*number);
        }
        if self.names.len() >= most {
            return None;
        }
        let (lines, number): (Arc<str>, _) = (self.lines.as_str().into(), self.names.len() as u32);
        self.names.push(lines.clone());
        self.known.insert(lines, number);
        Some(number)
    }

    /// Notes that an element of a list is named by another one, if that may be so.
    pub(crate) fn join_elements(&mut self, texts: &mut [Texts], name: CellAt, value: CellAt) {
        let text = |at: CellAt| texts[at.texts as usize].get(at.cell);
        if texts[name.texts as usize].kind != Kind::Text || is_word(text(value)) {
            return;
        }
        let known = self.names.len();
        let most = (known + DIFFERENT_IN_LISTS - self.in_lists).min(DIFFERENT);
        if let Some(number) = self.number_within([text(name)].into_iter(), most) {
            self.in_lists += self.names.len() - known;
            texts[value.texts as usize].named.push((value.cell, number));
        }
    }

    /// Notes that each of the values is named by each of the names.
    pub(crate) fn join(&mut self, texts: &mut [Texts], names: &[CellAt], values: &[CellAt]) {
        let number = self.number(names.iter().map(|name| texts[name.texts as usize].get(name.cell)));
        if let Some(number) = number {
            for value in values {
                texts[value.texts as usize].named.push((value.cell, number));
            }
        }
    }
}

/// For each leaf of a schema, by their paths: those beside it that name it. Below lists that stand in place of a value
/// no leaf is named: what stands there is not slot by slot beside a name.
pub(crate) fn of_leaves(paths: &[&str]) -> Vec<Vec<usize>> {
    let mut names: HashMap<&str, Vec<usize>> = HashMap::new();
    for (leaf, path) in paths.iter().enumerate() {
        let mut parts = parts(path);
        let Some((parent, key)) = parts.next() else { continue };
        if Role::of(key, Role::None) == Role::Name {
            names.entry(parent).or_default().push(leaf);
        }
        // `type.text` names what stands beside `type`.
        if let Some((parent, above)) = parts.next()
            && [Role::of(above, Role::None), Role::of(key, Role::Name)] == [Role::Name; 2]
        {
            names.entry(parent).or_default().push(leaf);
        }
    }
    let named_by = |path: &&str| {
        let mut values = parts(path).take_while(|(_, key)| Role::of(key, Role::None) == Role::Value);
        let nearest = values.find_map(|(parent, _)| names.get(parent));
        nearest.map_or_else(Vec::new, |names| names.iter().copied().take(NAMES_OF_ONE).collect())
    };
    paths.iter().map(named_by).collect()
}

/// The last part of a path and what stands before it, then the part before that one, to its first.
fn parts(path: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = Some(path);
    std::iter::from_fn(move || {
        let (parent, key) = rest?.rsplit_once('.').map_or((None, rest?), |(parent, key)| (Some(parent), key));
        rest = parent;
        Some((parent.unwrap_or_default(), key))
    })
}

/// Of which leaf some texts are, and the slots of each cell if they are not its rows.
pub(crate) type OfLeaf<'s> = (usize, Option<&'s Occurrences>);

/// Joins cells with what names them, in the same slot of another leaf. For each of the texts, of which leaf they are.
pub(crate) fn join(texts: &mut [Texts], leaves: &[Option<OfLeaf<'_>>], named_by: &[Vec<usize>]) -> Names {
    let mut list = NameList::default();
    if named_by.iter().all(Vec::is_empty) {
        return list.into_names();
    }
    let mut of_leaf: HashMap<usize, Vec<usize>> = HashMap::new();
    for (at, (leaf, _)) in leaves.iter().enumerate().filter_map(|(at, leaf)| Some((at, leaf.as_ref()?))) {
        of_leaf.entry(*leaf).or_default().push(at);
    }
    // By leaf: what stands in its slots.
    let mut known: HashMap<usize, Vec<Option<CellAt>>> = HashMap::new();
    for (value, names) in named_by.iter().enumerate().filter(|(_, names)| !names.is_empty()) {
        for name in names {
            known.entry(*name).or_insert_with(|| {
                let mut in_slots = Vec::new();
                for at in of_leaf.get(name).into_iter().flatten() {
                    for cell in 0..texts[*at].len() as u32 {
                        for slot in slots(texts, leaves, *at, cell) {
                            in_slots.resize(in_slots.len().max(slot + 1), None);
                            in_slots[slot] = Some(CellAt { texts: *at as u32, cell });
                        }
                    }
                }
                in_slots
            });
        }
        for at in of_leaf.get(&value).into_iter().flatten() {
            let cells = (0..texts[*at].len() as u32).filter_map(|cell| {
                let slots = slots(texts, leaves, *at, cell);
                let beside = slots.flat_map(|slot| names.iter().map(move |name| (slot, name)));
                let beside = beside.filter_map(|(slot, name)| *known[name].get(slot)?);
                let names = beside.map(|name| texts[name.texts as usize].get(name.cell));
                Some((cell, list.number(names)?))
            });
            let cells = cells.collect();
            texts[*at].named = cells;
        }
    }
    list.into_names()
}

/// The slots of a cell.
fn slots<'t>(
    texts: &'t [Texts],
    leaves: &[Option<OfLeaf<'t>>],
    at: usize,
    cell: u32,
) -> impl Iterator<Item = usize> + use<'t> {
    let slots = leaves[at].and_then(|(_, slots)| slots).unwrap_or(&texts[at].occurrences);
    slots.rows(cell).map(|slot| slot as usize)
}

/// Whether a line may say what the one before it names, told by its first sign.
pub(crate) fn may_be_value(first: u8) -> bool {
    matches!(first, b'v' | b'V' | b'"' | b'\'')
}

/// Whether a line names what the next one may hold.
pub(crate) fn is_name(line: &str) -> bool {
    member(line).is_some_and(|(key, _)| Role::of(key, Role::None) == Role::Name)
}

/// Joins lines of YAML and of printed JSON: `- name: DB_PASSWORD` and behind it `value: ...`. These cells may be such a
/// second line.
pub(crate) fn join_lines(texts: &mut Texts, cells: &[u32]) -> Names {
    let mut list = NameList::default();
    for cell in cells {
        let is =
            |role, cell: u32| member(texts.get(cell)).filter(|(key, _)| Role::of(key, Role::None) == role);
        let follows = |before: &u32| rows(texts)[*before as usize] + 1 == rows(texts)[*cell as usize];
        let before = cell.checked_sub(1).filter(follows).filter(|_| is(Role::Value, *cell).is_some());
        let name = before.and_then(|before| is(Role::Name, before));
        let name = name.and_then(|(_, name)| list.number([name].into_iter()));
        texts.named.extend(name.map(|name| (*cell, name)));
    }
    list.into_names()
}

/// The key and the value of a line that is nothing else.
fn member(line: &str) -> Option<(&str, &str)> {
    fn bare(text: &str) -> &str {
        let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
        quote.and_then(|quote| text[1..].strip_suffix(quote)).unwrap_or(text)
    }
    let line = line.trim();
    let line = line.strip_prefix("- ").unwrap_or(line).trim_start();
    let (key, value) = line.split_at(line.bytes().take(KEY_BYTES + 2).position(|byte| byte == b':')?);
    let value = value[1..].trim();
    Some((bare(key.trim_end()), bare(value.strip_suffix(',').unwrap_or(value))))
}

/// The row of each cell of a column.
fn rows(column: &Texts) -> &[u32] {
    match &column.occurrences {
        Occurrences::One(rows) => rows,
        Occurrences::Distinct(_) => &[],
    }
}

/// A cell of a batch.
#[derive(Clone, Copy)]
pub(crate) struct CellAt {
    pub(crate) texts: u32,
    pub(crate) cell: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_known_by_what_they_are_called() {
        for name in ["name", "Key", "headerName", "Parameter-Key", "attribute", "variable_name", "system"] {
            assert_eq!(Role::of(name, Role::None), Role::Name, "{name}");
        }
        for value in ["value", "Values", "stringValue", "value_string", "new_value", "AttributeValue", "val"]
        {
            assert_eq!(Role::of(value, Role::None), Role::Value, "{value}");
        }
        for other in
            ["", "names", "text", "content", "data", "keyname", "valued", "evaluate", "customer_name"]
        {
            assert_eq!(Role::of(other, Role::None), Role::None, "{other}");
        }
        assert_eq!(Role::of("text", Role::Name), Role::Name, "of the name that it stands in");
        assert_eq!(Role::of("text", Role::Value), Role::None);
        let addition = Role::of("modifierExtension", Role::None).element();
        assert_eq!((Role::of("url", addition), Role::of("url", Role::None)), (Role::Name, Role::None));
    }

    #[test]
    fn elements_of_lists_are_known_by_their_places() {
        let of = |key| Role::of(key, Role::None);
        assert_eq!(of("rawHeaders").element(), Role::Element(Turns::Each));
        assert_eq!(of("rows").element(), Role::Element(Turns::Within));
        assert_eq!(of("rows").element().element().element(), Role::Element(Turns::Last));
        assert_eq!(of("values").element().element(), Role::Value, "named by what stands beside the list");
        assert!(
            is_word("varchar") && is_word("decimal(10, 2)") && !is_word("R2d2") && !is_word("(415) 5552671")
        );
    }

    #[test]
    fn names_in_lists_are_few_and_those_that_are_known_stay() {
        let texts = |row: usize| Texts {
            field: "a[][]".into(),
            kind: Kind::Text,
            nullable: true,
            buffer: format!("name {row}: 1"),
            ends: vec![(format!("name {row}").len()) as u32, (format!("name {row}: 1").len()) as u32],
            occurrences: Occurrences::One(vec![0, 0]),
            named: Vec::new(),
        };
        let mut list = NameList::default();
        let mut is_joined = |row| {
            let mut texts = [texts(row)];
            let at = |cell| CellAt { texts: 0, cell };
            list.join_elements(&mut texts, at(0), at(1));
            !texts[0].named.is_empty()
        };
        assert!((0..DIFFERENT_IN_LISTS).all(&mut is_joined));
        assert!(!is_joined(DIFFERENT_IN_LISTS) && is_joined(3));
        assert!(list.number(["of an object"].into_iter()).is_some(), "has room of its own");
    }

    #[test]
    fn a_line_may_be_a_member() {
        for (line, member) in [
            ("- name: DB_PASSWORD", Some(("name", "DB_PASSWORD"))),
            ("  \"value\": \"a: b\",", Some(("value", "a: b"))),
            ("'key' : 'x'", Some(("key", "x"))),
            ("value:", Some(("value", ""))),
            ("value: \"", Some(("value", "\""))),
            ("what a long line of prose: it is", None),
            ("no colon", None),
            ("", None),
        ] {
            assert_eq!(super::member(line), member, "{line}");
        }
    }

    #[test]
    fn leaves_are_named_by_those_of_their_group() {
        let paths = [
            "name",
            "value",
            "a[].key",
            "a[].value.stringValue",
            "a[].other",
            "b.type.text",
            "b.value",
            "c.name",
            "d.value",
            "e.name",
            "e.values[]",
        ];
        let named = of_leaves(&paths);
        let those_of = |path: &str| &named[paths.iter().position(|known| *known == path).expect("it is one")];
        assert_eq!(those_of("value"), &[0]);
        assert_eq!(those_of("a[].value.stringValue"), &[2]);
        assert_eq!(those_of("b.value"), &[5]);
        for path in ["name", "a[].other", "c.name", "d.value", "e.values[]"] {
            assert!(those_of(path).is_empty(), "{path}");
        }
    }
}
