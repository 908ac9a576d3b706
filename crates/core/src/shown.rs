//! Names of fields and objects can be personal data themselves: they are shown with such parts replaced.

use std::sync::Arc;

use sievert_detect::{Confidence, Scanner, resolve};

/// A name with every finding in it, likely or better, replaced by its type: `users.<EMAIL>.age`.
pub(crate) fn shown(scanner: &Scanner, name: &str) -> Arc<str> {
    let mut findings = scanner.findings(name);
    findings.retain(|finding| finding.confidence >= Confidence::Likely);
    if findings.is_empty() {
        return name.into();
    }
    let mut out = String::new();
    let mut at = 0;
    for group in resolve(&mut findings) {
        out.push_str(&name[at..group.cover.start as usize]);
        out.push('<');
        out.push_str(scanner.about(group.winner.detector).placeholder);
        out.push('>');
        at = group.cover.end as usize;
    }
    out.push_str(&name[at..]);
    out.into()
}
