//! Values of a dictionary that no row has. Who filters a table of categories keeps them all, readers give them back, and a
//! column that is passed on takes them along.

use std::sync::{Arc, OnceLock};

use bytes::{Buf, Bytes};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::Result as Done;

use super::column::Values;

/// What values of a dictionary lie behind: their length. No two of them begin within so many bytes.
const LENGTH: usize = size_of::<u32>();

/// The dictionary of a column, and which of its values rows have: values that are read lie in its page.
#[derive(Default)]
pub(super) struct Dictionary {
    page: Arc<OnceLock<Bytes>>,
    /// A bit for each place where a value may begin.
    used: Vec<u64>,
}

impl Dictionary {
    /// The pages of the column, in which the dictionary will be seen.
    pub(super) fn watch<P: PageReader + 'static>(&self, pages: P) -> Box<dyn PageReader> {
        Box::new(Watched { pages, page: Arc::clone(&self.page) })
    }

    /// Notes that rows have these values.
    pub(super) fn mark(&mut self, values: &Values, first: usize) {
        let (Values::Bytes(values), Some(page)) = (values, self.page.get()) else { return };
        self.used.resize(page.len() / LENGTH / 64 + 1, 0);
        let (start, used) = (page.as_ptr().addr(), &mut self.used[..]);
        for value in &values[first..] {
            // What lies elsewhere is of no dictionary.
            let at = value.data().as_ptr().addr().wrapping_sub(start) / LENGTH;
            if let Some(bits) = used.get_mut(at / 64) {
                *bits |= 1 << (at % 64);
            }
        }
    }

    /// The values that no row has, once all rows are read.
    pub(super) fn unused(&self) -> Vec<Bytes> {
        let Some(page) = self.page.get().filter(|_| !self.used.is_empty()) else { return Vec::new() };
        let (mut unused, mut rest) = (Vec::new(), page.clone());
        while rest.len() >= LENGTH {
            let length = rest.get_u32_le() as usize;
            let at = page.len() - rest.len();
            if length > rest.len() {
                break; // damage, which is told where it is read
            }
            let value = rest.split_to(length);
            if length > 0 && self.used[at / LENGTH / 64] >> (at / LENGTH % 64) & 1 == 0 {
                unused.push(value);
            }
        }
        unused
    }
}

/// Pages that show their dictionary as they pass.
struct Watched<P> {
    pages: P,
    page: Arc<OnceLock<Bytes>>,
}

impl<P: PageReader> Iterator for Watched<P> {
    type Item = Done<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl<P: PageReader> PageReader for Watched<P> {
    fn get_next_page(&mut self) -> Done<Option<Page>> {
        let page = self.pages.get_next_page()?;
        if let Some(Page::DictionaryPage { buf, .. }) = &page {
            self.page.get_or_init(|| buf.clone());
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Done<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Done<()> {
        self.pages.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> Done<bool> {
        self.pages.at_record_boundary()
    }
}
