//! Threads that work on what the loop gives them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use crossbeam_channel::{Receiver, Sender, never, select, unbounded};

type Work = Box<dyn FnOnce() + Send>;

/// The most threads that look at documents: more are not worth having.
const MOST: usize = 4;

/// Threads that take work in the order in which it comes, but what somebody waits for before all else.
#[derive(Debug)]
pub(super) struct Pool {
    urgent: Sender<Work>,
    patient: Sender<Work>,
}

impl Pool {
    /// One thread for each processor, but two at least, so that one large file does not stop everything; and one that is
    /// there only for what somebody waits for.
    pub(super) fn new() -> Pool {
        let (urgent, asked) = unbounded::<Work>();
        let (patient, to_do) = unbounded::<Work>();
        let threads = thread::available_parallelism().map_or(2, usize::from).clamp(2, MOST);
        let to_do = std::iter::repeat_n(to_do, threads).chain([never()]);
        for to_do in to_do {
            let asked = asked.clone();
            thread::spawn(move || work(&asked, &to_do));
        }
        Pool { urgent, patient }
    }

    /// Does `work` as soon as a thread is free: somebody waits for it.
    pub(super) fn answer(&self, work: impl FnOnce() + Send + 'static) {
        // The threads live as long as the channel.
        let _ = self.urgent.send(Box::new(work));
    }

    /// Does `work` when a thread has nothing else to do.
    pub(super) fn look(&self, work: impl FnOnce() + Send + 'static) {
        let _ = self.patient.send(Box::new(work));
    }
}

/// Works until nobody can ask for anything any more.
fn work(asked: &Receiver<Work>, to_do: &Receiver<Work>) {
    loop {
        let work = asked.try_recv().or_else(|_| {
            select! {
                recv(asked) -> work => work,
                recv(to_do) -> work => work,
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
            pool.look(move || held.recv().unwrap_or_default());
        }
        let (answer, answered) = unbounded();
        pool.answer(move || answer.send(()).unwrap_or_default());
        let patience = std::time::Duration::from_secs(20);
        assert_eq!(answered.recv_timeout(patience), Ok(()));
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
