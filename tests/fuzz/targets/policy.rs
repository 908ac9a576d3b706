//! Any text as a policy: a policy, or problems that repeat no value of it.

use sievert::{KeyChoice, Overrides, Policy};

/// Parses, and plans what parses.
pub(crate) fn policy(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(policy) = Policy::parse(&text, "fuzz.toml") else { return };
    let overrides = Overrides { key: KeyChoice::Ephemeral, ..Overrides::default() };
    if let Ok(plan) = sievert::plan(&policy, &overrides) {
        assert!(plan.show().contains(plan.hash()));
        let again = sievert::plan(&policy, &overrides).expect("what was planned once");
        assert_eq!(plan.hash(), again.hash(), "a plan depends on its policy alone");
    }
}
