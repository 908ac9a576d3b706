//! How long a store is insisted on: each request a few times with growing, random pauses, all requests of a run
//! together within one budget. Knows no store.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::Cause;

/// How long a store is insisted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How often one request is tried at most.
    pub tries: u32,
    /// The longest pause before the second try; it doubles with each further one. The pause itself is drawn evenly
    /// from nothing to there, so that many clients that failed together do not come back together.
    pub first_pause: Duration,
    /// No pause is longer.
    pub longest_pause: Duration,
    /// A try without an answer for so long has failed: what a stuck store costs. Settings of a store come before it.
    pub deadline: Duration,
    /// Second tries that a run may have in hand for all its requests together. Ten requests that go well give one
    /// back. With none left, a request that fails has failed.
    pub budget: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            tries: 8,
            first_pause: Duration::from_millis(100),
            longest_pause: Duration::from_secs(10),
            deadline: Duration::from_mins(1),
            budget: 500,
        }
    }
}

/// Requests that go well for each second try that they give back.
const EARN: u64 = 10;

/// Why a try failed.
pub(crate) enum Trouble {
    /// It would fail again.
    Final(Cause),
    /// It may go well the next time: what happened.
    Passing(&'static str),
}

/// The retries of one run.
#[derive(Debug)]
pub(crate) struct Retries {
    patience: Patience,
    /// Second tries in hand, each counted as `EARN`.
    in_hand: AtomicU64,
    /// How many were made, which also makes each pause another.
    made: AtomicU64,
    chance: RandomState,
}

impl Retries {
    pub(crate) fn new(patience: Patience) -> Self {
        Self {
            patience,
            in_hand: AtomicU64::new(u64::from(patience.budget) * EARN),
            made: AtomicU64::new(0),
            chance: RandomState::new(),
        }
    }

    /// Tries until it goes well, cannot, or patience ends. The `deadline` is that of the store, if it has one of its own.
    pub(crate) async fn insist<T, F>(
        &self,
        deadline: Option<Duration>,
        mut attempt: impl FnMut() -> F,
    ) -> Result<T, Cause>
    where
        F: Future<Output = Result<T, Trouble>>,
    {
        let deadline = deadline.unwrap_or(self.patience.deadline);
        let mut tries = 0;
        loop {
            tries += 1;
            let what = match tokio::time::timeout(deadline, attempt()).await {
                Ok(Ok(done)) => {
                    self.earn();
                    return Ok(done);
                }
                Ok(Err(Trouble::Final(cause))) => return Err(cause),
                Ok(Err(Trouble::Passing(what))) => what,
                Err(_) => "the store did not answer in time",
            };
            if tries >= self.patience.tries {
                return Err(Cause::GaveUp { what, tries });
            }
            if !self.spend() {
                return Err(Cause::GaveUp { what: "too many requests of this run have failed", tries });
            }
            tokio::time::sleep(self.pause(tries)).await;
        }
    }

    fn earn(&self) {
        let full = u64::from(self.patience.budget) * EARN;
        let more = |had: u64| (had < full).then_some(had + 1);
        let _ = self.in_hand.try_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }

    fn spend(&self) -> bool {
        let less = |had: u64| had.checked_sub(EARN);
        self.in_hand.try_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }

    /// A random time up to the longest pause after so many tries.
    fn pause(&self, tries: u32) -> Duration {
        let Patience { first_pause, longest_pause, .. } = self.patience;
        let most = first_pause.saturating_mul(1 << (tries - 1).min(20)).min(longest_pause);
        let chance = self.chance.hash_one(self.made.fetch_add(1, Ordering::Relaxed));
        most.mul_f64(chance as f64 / u64::MAX as f64)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;

    use super::*;

    fn quick(tries: u32, budget: u32) -> Retries {
        let first_pause = Duration::from_micros(10);
        Retries::new(Patience {
            tries,
            budget,
            first_pause,
            deadline: Duration::from_millis(50),
            ..Patience::default()
        })
    }

    /// Fails `fails` times, then goes well; how often it was tried.
    fn run(retries: &Retries, fails: u32) -> (Result<(), Cause>, u32) {
        let tried = AtomicU32::new(0);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let done = runtime.block_on(retries.insist(None, || async {
            match tried.fetch_add(1, Ordering::Relaxed) < fails {
                true => Err(Trouble::Passing("busy")),
                false => Ok(()),
            }
        }));
        (done, tried.into_inner())
    }

    #[test]
    fn a_request_is_tried_until_it_goes_well_or_patience_ends() {
        assert!(matches!(run(&quick(4, 10), 3), (Ok(()), 4)));
        assert!(matches!(run(&quick(4, 10), 4), (Err(Cause::GaveUp { what: "busy", tries: 4 }), 4)));
    }

    #[test]
    fn all_requests_of_a_run_share_one_budget_and_earn_it_back() {
        let retries = quick(100, 5);
        assert!(matches!(run(&retries, 5), (Ok(()), 6)), "the budget is spent");
        assert!(matches!(run(&retries, 1), (Err(Cause::GaveUp { tries: 1, .. }), 1)), "and nothing is left");
        for _ in 0..EARN {
            assert!(matches!(run(&retries, 0), (Ok(()), 1)));
        }
        assert!(matches!(run(&retries, 1), (Ok(()), 2)), "ten that went well earned one");
    }

    #[test]
    fn a_store_that_never_answers_costs_its_deadline() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        for (retries, own) in [
            (quick(2, 10), None),
            (Retries::new(Patience { tries: 2, ..Patience::default() }), Some(Duration::from_millis(50))),
        ] {
            let done: Result<(), _> = runtime.block_on(retries.insist(own, std::future::pending));
            assert!(matches!(
                done,
                Err(Cause::GaveUp { what: "the store did not answer in time", tries: 2 })
            ));
        }
    }

    #[test]
    fn pauses_grow_and_stay_within_their_bound() {
        let retries = Retries::new(Patience::default());
        for tries in 1..40 {
            let most = Duration::from_millis(100).saturating_mul(1 << (tries - 1).min(20));
            assert!(retries.pause(tries) <= most.min(Duration::from_secs(10)));
        }
    }
}
