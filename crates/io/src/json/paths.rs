//! The paths of a batch, interned: a tree of keys, so that a key that was seen before costs one comparison and no
//! allocation.
//!
//! A path is spelt as keys joined by dots and `[]` for the elements of an array: `users[].name`. A key that is empty, is
//! `$` or `*`, or holds a dot, bracket, quote, backslash or control character stands in brackets as a JSON string:
//! `users["a.b"]`. The record itself is `$`.

use std::collections::HashMap;
use std::sync::Arc;

use super::escape::{escape, unescape};
use super::token::Quoted;
use crate::pairs::Role;

/// The path of a record that is a single value; its keys have it as their parent.
pub(super) const RECORD: &str = "$";
/// The path of everything beyond the limits.
pub(super) const FOLDED: &str = "*";
/// More keys than this are data, not structure.
const PATHS: usize = 10_000;
/// A longer path is not told apart.
const PATH_BYTES: usize = 1_024;

/// A path, by its place in the tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PathId(u32);

impl PathId {
    pub(super) const RECORD: Self = Self(0);
    pub(super) const FOLDED: Self = Self(1);

    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

struct Node {
    path: Arc<str>,
    /// The key as first spelt.
    raw: Box<str>,
    /// By spelling.
    children: HashMap<Box<str>, PathId>,
    element: Option<PathId>,
    /// The key that came first in this object the last time.
    first: PathId,
    /// The key that came behind this one in the same object the last time.
    next: PathId,
    /// What it is to the keys beside it.
    role: Role,
}

impl Node {
    fn new(path: Arc<str>, raw: &str, role: Role) -> Self {
        let (children, unknown) = (HashMap::new(), PathId::RECORD);
        Self { path, raw: raw.into(), children, element: None, first: unknown, next: unknown, role }
    }
}

/// The tree of paths.
pub(super) struct Paths {
    nodes: Vec<Node>,
    /// Paths, and other spellings of their keys.
    known: usize,
}

impl Default for Paths {
    fn default() -> Self {
        let own = |path: &str, role| Node::new(path.into(), "", role);
        // A record is an element of its object.
        let record = own(RECORD, Role::None.element());
        Self { nodes: vec![record, own(FOLDED, Role::None)], known: 0 }
    }
}

impl Paths {
    /// How the path is spelt.
    pub(super) fn path(&self, id: PathId) -> &Arc<str> {
        &self.nodes[id.index()].path
    }

    /// What a member of this path is to those beside it.
    pub(super) fn role(&self, id: PathId) -> Role {
        self.nodes[id.index()].role
    }

    /// The elements of an array.
    pub(super) fn element(&mut self, list: PathId) -> PathId {
        if let Some(element) = self.nodes[list.index()].element {
            return element;
        }
        if self.known >= PATHS {
            return PathId::FOLDED;
        }
        let path = format!("{}[]", self.prefix(list));
        let element = self.add(list, path, "", self.role(list).element());
        self.known += 1;
        self.nodes[list.index()].element = Some(element);
        element
    }

    /// The value of a key, which stands behind the key `before` of the same object.
    pub(super) fn child(&mut self, object: PathId, before: Option<PathId>, key: Quoted<'_>) -> PathId {
        if object == PathId::FOLDED {
            return object;
        }
        let guess = before.map_or(self.nodes[object.index()].first, |before| self.nodes[before.index()].next);
        if guess != PathId::RECORD && *self.nodes[guess.index()].raw == *key.raw {
            return guess;
        }
        let child = self.find(object, key);
        // A fold has no place of its own in any object.
        if child != PathId::FOLDED && before != Some(PathId::FOLDED) {
            match before {
                None => self.nodes[object.index()].first = child,
                Some(before) => self.nodes[before.index()].next = child,
            }
        }
        child
    }

    fn find(&mut self, object: PathId, key: Quoted<'_>) -> PathId {
        if let Some(&child) = self.nodes[object.index()].children.get(key.raw) {
            return child;
        }
        if self.known >= PATHS {
            return PathId::FOLDED;
        }
        let mut text = String::new();
        unescape(key.raw, &mut text);
        // The plainest spelling of a key stands for all of them.
        let plain = escaped(&text);
        let child = if plain == key.raw {
            let path = join(self.prefix(object), &text);
            self.add(object, path, key.raw, Role::of(&text, self.role(object)))
        } else {
            self.find(object, Quoted { at: key.at, raw: &plain, escaped: plain.contains('\\') })
        };
        if child != PathId::FOLDED {
            self.nodes[object.index()].children.insert(key.raw.into(), child);
            self.known += 1;
        }
        child
    }

    fn prefix(&self, parent: PathId) -> &str {
        if parent == PathId::RECORD { "" } else { self.path(parent) }
    }

    fn add(&mut self, parent: PathId, path: String, raw: &str, role: Role) -> PathId {
        if parent == PathId::FOLDED || path.len() > PATH_BYTES {
            return PathId::FOLDED;
        }
        self.nodes.push(Node::new(path.into(), raw, role));
        PathId(self.nodes.len() as u32 - 1)
    }
}

fn escaped(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    escape(text, &mut out);
    String::from_utf8(out).expect("escapes are ASCII, and the rest was UTF-8")
}

/// A key behind its parent's path.
pub(super) fn join(prefix: &str, key: &str) -> String {
    let odd = |byte: u8| matches!(byte, b'.' | b'[' | b']' | b'"' | b'\\' | 0..0x20);
    if key.is_empty() || key == RECORD || key == FOLDED || key.bytes().any(odd) {
        format!("{prefix}[\"{}\"]", escaped(key))
    } else if prefix.is_empty() {
        key.to_owned()
    } else {
        format!("{prefix}.{key}")
    }
}
