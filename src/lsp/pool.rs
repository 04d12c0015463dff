//! Threads that work on what the loop gives them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use crossbeam_channel::{Receiver, Sender, never, select, unbounded};

type Work = Box<dyn FnOnce() + Send>;

/// The most threads that look at documents: more are not worth having.
const MOST: usize = 4;

/// A text up to this size, in bytes, is looked at in less than a blink.
const LIGHT: usize = 128 * 1024;

/// Threads that take work in the order in which it comes: answers first, then looks at small documents.
#[derive(Debug)]
pub(super) struct Pool {
    answers: Sender<Work>,
    light: Sender<Work>,
    heavy: Sender<Work>,
}

impl Pool {
    /// One thread for each processor, but two at least; and one that never looks at a large document, so that those do
    /// not stop everything, however many there are.
    pub(super) fn new() -> Pool {
        let (answers, asked) = unbounded::<Work>();
        let (light, small) = unbounded::<Work>();
        let (heavy, large) = unbounded::<Work>();
        let threads = thread::available_parallelism().map_or(2, usize::from).clamp(2, MOST);
        for large in std::iter::repeat_n(large, threads).chain([never()]) {
            let (asked, small) = (asked.clone(), small.clone());
            thread::spawn(move || work(&asked, &small, &large));
        }
        Pool { answers, light, heavy }
    }

    /// Does `work` as soon as a thread is free: somebody waits for it.
    pub(super) fn answer(&self, work: impl FnOnce() + Send + 'static) {
        // The threads live as long as the channel.
        let _ = self.answers.send(Box::new(work));
    }

    /// Does `work`, which looks at a document of `bytes`, when there is nothing to answer.
    pub(super) fn look(&self, bytes: usize, work: impl FnOnce() + Send + 'static) {
        let queue = if bytes <= LIGHT { &self.light } else { &self.heavy };
        let _ = queue.send(Box::new(work));
    }
}

/// Works until nobody can ask for anything any more.
fn work(asked: &Receiver<Work>, small: &Receiver<Work>, large: &Receiver<Work>) {
    loop {
        let work = asked.try_recv().or_else(|_| small.try_recv()).or_else(|_| {
            select! {
                recv(asked) -> work => work,
                recv(small) -> work => work,
                recv(large) -> work => work,
            }
        });
        let Ok(work) = work else { return };
        // What it leaves half done is its own; that nothing came of it is told by what it drops.
        let _ = catch_unwind(AssertUnwindSafe(work));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_waits_for_does_not_stand_behind_what_can_wait() {
        let pool = Pool::new();
        let (free, held) = unbounded::<()>();
        for _ in 0..100 {
            let held = held.clone();
            pool.look(LIGHT + 1, move || held.recv().unwrap_or_default());
        }
        let (answer, answered) = unbounded();
        let small = answer.clone();
        pool.answer(move || answer.send(()).unwrap_or_default());
        pool.look(LIGHT, move || small.send(()).unwrap_or_default());
        let patience = std::time::Duration::from_secs(20);
        assert_eq!((answered.recv_timeout(patience), answered.recv_timeout(patience)), (Ok(()), Ok(())));
        drop(free);
    }

    #[test]
    fn a_panic_costs_the_work_and_not_the_thread() {
        let pool = Pool::new();
        for _ in 0..20 {
            pool.answer(|| std::panic::resume_unwind(Box::new("on purpose")));
        }
        let (answer, answered) = unbounded();
        pool.answer(move || answer.send(()).unwrap_or_default());
        assert!(answered.recv_timeout(std::time::Duration::from_secs(20)).is_ok());
    }
}
