//! What users of the crate can name, written down in `public-api.txt`, so that a change of it is seen by whoever reviews
//! it. Read from the sources: the items that this crate passes on, without bodies, private fields and documentation.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::{Attribute, Fields, File, ImplItem, Item, ItemMod, ItemUse, Type, UseTree, Visibility};

/// The rooms, and whether they are passed on whole or by name.
const ROOMS: [(&str, bool); 5] =
    [("detect", false), ("redact", false), ("core", false), ("io", true), ("report", true)];

#[test]
fn the_public_api_is_the_one_that_is_written_down() {
    let source = crates().join("sievert/src");
    let own = parse(&source.join("lib.rs"));
    let mut text = String::from("// Written by tests/public_api.rs.\n");
    let items = own.items.iter().map(|item| match item {
        Item::Mod(module) => Item::Mod(whole(module, &source)),
        item => item.clone(),
    });
    text += &section("sievert", items.filter_map(bare).collect());
    for (room, whole) in ROOMS {
        let passed_on = (!whole).then(|| names_of(&own, &format!("sievert_{room}")));
        text += &section(&format!("sievert_{room}"), room_items(room, passed_on.as_ref()));
    }
    let path = crates().join("sievert/public-api.txt");
    if fs::read_to_string(&path).unwrap_or_default() != text {
        fs::write(&path, text).expect("written");
        panic!("public-api.txt was stale and has been rewritten: look at what changed, and commit it");
    }
}

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a folder of crates").to_owned()
}

fn parse(path: &Path) -> File {
    let source = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    syn::parse_file(&source).expect("what compiles can be parsed")
}

fn section(name: &str, items: Vec<Item>) -> String {
    format!(
        "\n// {name}\n\n{}",
        prettyplease::unparse(&File { shebang: None, frontmatter: None, attrs: Vec::new(), items })
    )
}

/// The names that a file takes from a path, such as those of a room.
fn names_of(file: &File, root: &str) -> BTreeSet<String> {
    let mut names = BTreeMap::new();
    let mut items: Vec<_> = file.items.iter().collect();
    while let Some(item) = items.pop() {
        match item {
            Item::Use(ItemUse { tree: UseTree::Path(path), vis: Visibility::Public(_), .. })
                if path.ident == root =>
            {
                collect(&path.tree, &mut Vec::new(), &mut names);
            }
            Item::Mod(ItemMod { content: Some((_, inside)), .. }) => items.extend(inside),
            _ => {}
        }
    }
    names.into_keys().collect()
}

/// The names in a tree of `use`, and the modules that they come from.
fn collect(tree: &UseTree, path: &mut Vec<String>, names: &mut BTreeMap<String, Vec<String>>) {
    match tree {
        UseTree::Path(inner) => {
            path.push(inner.ident.to_string());
            collect(&inner.tree, path, names);
            path.pop();
        }
        UseTree::Group(group) => group.items.iter().for_each(|tree| collect(tree, path, names)),
        UseTree::Name(name) => drop(names.insert(name.ident.to_string(), path.clone())),
        UseTree::Rename(rename) => drop(names.insert(rename.ident.to_string(), path.clone())),
        UseTree::Glob(_) => panic!("a glob hides what is passed on; name it"),
    }
}

/// What a room passes on: of the names asked for, or all.
fn room_items(room: &str, wanted: Option<&BTreeSet<String>>) -> Vec<Item> {
    let source = crates().join(room).join("src");
    let lib = parse(&source.join("lib.rs"));
    let is_wanted = |name: &str| wanted.is_none_or(|wanted| wanted.contains(name));
    let mut items: Vec<Item> = Vec::new();
    let mut names = BTreeMap::new();
    for item in &lib.items {
        match item {
            Item::Use(item) if matches!(item.vis, Visibility::Public(_)) => {
                collect(&item.tree, &mut Vec::new(), &mut names);
            }
            Item::Mod(module) if is_wanted(&module.ident.to_string()) => {
                items.extend(bare(Item::Mod(whole(module, &source))));
            }
            Item::Fn(_) => items.extend(bare(item.clone())),
            _ => {}
        }
    }
    names.retain(|name, path| {
        is_wanted(name) && path.first().is_some_and(|root| !root.starts_with("sievert"))
    });
    let mut files: BTreeMap<String, Vec<Item>> = BTreeMap::new();
    for (name, path) in &names {
        let module = files.entry(path[0].clone()).or_insert_with(|| module_items(&source, &path[0]));
        let of_name = module.iter().filter(|item| is_of(item, name));
        items.extend(of_name.cloned().filter_map(bare));
    }
    items
}

/// A module with what stands in its file, if it has one.
fn whole(module: &ItemMod, source: &Path) -> ItemMod {
    if module.content.is_some() {
        return module.clone();
    }
    let file = parse(&source.join(format!("{}.rs", module.ident)));
    ItemMod { content: Some((syn::token::Brace::default(), file.items)), semi: None, ..module.clone() }
}

/// All items of a module and the modules in it, file by file.
fn module_items(source: &Path, module: &str) -> Vec<Item> {
    let mut items = parse(&source.join(format!("{module}.rs"))).items;
    let mut folders = vec![source.join(module)];
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<_> =
            fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry").path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                items.extend(parse(&path).items);
            }
        }
    }
    items
}

/// Whether an item is the one of this name, or an implementation for it.
fn is_of(item: &Item, name: &str) -> bool {
    let ident = match item {
        Item::Struct(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Const(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Impl(item) => match &*item.self_ty {
            Type::Path(path) => &path.path.segments.last().expect("a path has an end").ident,
            _ => return false,
        },
        _ => return false,
    };
    ident == name
}

/// An item as a user sees it; `None` where there is nothing to see.
fn bare(mut item: Item) -> Option<Item> {
    let public = |vis: &Visibility| matches!(vis, Visibility::Public(_));
    let seen = match &mut item {
        Item::Struct(item) => {
            telling(&mut item.attrs);
            bare_fields(&mut item.fields);
            public(&item.vis)
        }
        Item::Enum(item) => {
            telling(&mut item.attrs);
            for variant in &mut item.variants {
                telling(&mut variant.attrs);
                variant.fields.iter_mut().for_each(|field| telling(&mut field.attrs));
            }
            public(&item.vis)
        }
        Item::Trait(item) => {
            telling(&mut item.attrs);
            for method in &mut item.items {
                if let syn::TraitItem::Fn(method) = method {
                    telling(&mut method.attrs);
                    method.default = method.default.as_ref().map(|_| syn::parse_quote!({}));
                }
            }
            public(&item.vis)
        }
        Item::Fn(item) => {
            telling(&mut item.attrs);
            item.block = syn::parse_quote!({});
            public(&item.vis)
        }
        Item::Const(item) => {
            telling(&mut item.attrs);
            public(&item.vis)
        }
        Item::Type(item) => {
            telling(&mut item.attrs);
            public(&item.vis)
        }
        Item::Use(item) => {
            telling(&mut item.attrs);
            public(&item.vis)
        }
        Item::Mod(item) => {
            telling(&mut item.attrs);
            if let Some((_, inner)) = &mut item.content {
                *inner = std::mem::take(inner).into_iter().filter_map(bare).collect();
            }
            public(&item.vis)
        }
        Item::Impl(item) => {
            telling(&mut item.attrs);
            let of_trait = item.trait_.is_some();
            item.items.retain_mut(|inner| match inner {
                ImplItem::Fn(inner) if public(&inner.vis) => {
                    telling(&mut inner.attrs);
                    inner.block = syn::parse_quote!({});
                    true
                }
                ImplItem::Const(inner) if public(&inner.vis) => {
                    telling(&mut inner.attrs);
                    true
                }
                ImplItem::Type(_) => of_trait,
                _ => false,
            });
            of_trait || !item.items.is_empty()
        }
        _ => false,
    };
    seen.then_some(item)
}

fn bare_fields(fields: &mut Fields) {
    fields.iter_mut().for_each(|field| telling(&mut field.attrs));
    if let Fields::Named(fields) = fields {
        let all = std::mem::take(&mut fields.named);
        fields.named = all.into_iter().filter(|field| matches!(field.vis, Visibility::Public(_))).collect();
    }
}

/// Leaves the attributes that a user's code can depend on.
fn telling(attrs: &mut Vec<Attribute>) {
    let told = ["derive", "non_exhaustive", "must_use", "cfg", "default"];
    attrs.retain(|attr| told.iter().any(|name| attr.path().is_ident(name)));
}
