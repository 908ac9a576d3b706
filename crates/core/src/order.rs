//! Three small things that keep a parallel run in order and in memory: a budget that admits work, a line in which
//! results wait for their turn, and word of what need not be read any more.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

/// Memory that pieces in flight may cost together. One piece is always admitted, whatever it costs.
///
/// Only the holder of the next ticket waits here; the piece with the lowest ticket is never behind it, so what it
/// waits for always comes.
#[derive(Debug)]
pub(crate) struct Budget {
    limit: usize,
    used: Mutex<Used>,
    returned: Condvar,
}

#[derive(Debug, Default)]
struct Used {
    bytes: usize,
    largest: usize,
}

impl Budget {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, used: Mutex::default(), returned: Condvar::new() }
    }

    /// Waits until another piece as large as the largest so far fits, or nothing is in flight.
    pub(crate) fn wait_for_room(&self) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        while used.bytes > 0 && used.bytes + used.largest > self.limit {
            used = self.returned.wait(used).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Counts a piece that was admitted.
    pub(crate) fn take(&self, bytes: usize) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.bytes += bytes;
        used.largest = used.largest.max(bytes);
    }

    /// Gives back what a committed piece cost.
    pub(crate) fn give_back(&self, bytes: usize) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.bytes -= bytes;
        self.returned.notify_all();
    }
}

/// Results by ticket, handed out in ticket order.
#[derive(Debug)]
pub(crate) struct InOrder<T> {
    next: u64,
    waiting: BTreeMap<u64, T>,
}

impl<T> Default for InOrder<T> {
    fn default() -> Self {
        Self { next: 0, waiting: BTreeMap::new() }
    }
}

impl<T> InOrder<T> {
    /// Puts a result in line.
    pub(crate) fn insert(&mut self, ticket: u64, result: T) {
        self.waiting.insert(ticket, result);
    }

    /// The next result, if it is there.
    pub(crate) fn pop(&mut self) -> Option<T> {
        let result = self.waiting.remove(&self.next)?;
        self.next += 1;
        Some(result)
    }
}

/// What those who read need not read any more, as told by those who write. Seen late, it costs a piece or two.
#[derive(Debug, Default)]
pub(crate) struct Unneeded {
    all: AtomicBool,
    begun_from_now: AtomicBool,
    before: AtomicUsize,
}

impl Unneeded {
    /// The run has ended.
    pub(crate) fn all(&self) {
        self.all.store(true, Ordering::Relaxed);
    }

    /// Nothing more can be written, so that no other object need be begun.
    pub(crate) fn others(&self) {
        self.begun_from_now.store(true, Ordering::Relaxed);
    }

    /// The object of this number, and those before it, are done with, for good or ill.
    pub(crate) fn up_to(&self, object: usize) {
        self.before.store(object + 1, Ordering::Relaxed);
    }

    pub(crate) fn is_all(&self) -> bool {
        self.all.load(Ordering::Relaxed)
    }

    pub(crate) fn is_others(&self) -> bool {
        self.begun_from_now.load(Ordering::Relaxed)
    }

    pub(crate) fn is_object(&self, object: usize) -> bool {
        object < self.before.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_leave_in_ticket_order_whatever_order_they_come_in() {
        let mut line = InOrder::default();
        line.insert(1, 'b');
        assert_eq!(line.pop(), None);
        line.insert(0, 'a');
        assert_eq!([line.pop(), line.pop(), line.pop()], [Some('a'), Some('b'), None]);
    }

    #[test]
    fn the_budget_holds_back_a_second_large_piece_until_the_first_returns() {
        let budget = Budget::new(100);
        budget.wait_for_room();
        budget.take(80);
        std::thread::scope(|scope| {
            let second = scope.spawn(|| budget.wait_for_room());
            std::thread::sleep(std::time::Duration::from_millis(20));
            assert!(!second.is_finished(), "80 + 80 is over 100");
            budget.give_back(80);
        });
    }
}
