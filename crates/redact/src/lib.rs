//! Text and findings in, safe text out. Pure: no files, no formats, no environment.
//!
//! Start with [`Action`] (what is done to a finding), [`Actions`] (which one, per detector and confidence) and
//! [`Redactor`] (does it to a cell).

mod action;
mod error;
mod key;
mod marks;
mod redactor;
mod shape;

pub use action::{Action, ActionKind, Actions, Mask};
pub use error::Error;
pub use key::{Key, SCHEME, TOKEN_LENGTH};
pub use marks::{Marks, is_token};
pub use redactor::{Outcome, Redactor, Splice, Taken, splice};
pub use shape::shape;
