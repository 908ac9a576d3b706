//! Sample data with the truth beside it.
