//! Text and findings in, safe text out. Pure.
