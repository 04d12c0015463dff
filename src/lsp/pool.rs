//! Threads that work on what the loop gives them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use crossbeam_channel::{Sender, unbounded};

type Work = Box<dyn FnOnce() + Send>;

/// The most threads that are worth having: an editor asks for few things at a time.
const MOST: usize = 4;

/// Threads that take work in the order in which it comes.
#[derive(Debug)]
pub(super) struct Pool {
    work: Sender<Work>,
}

impl Pool {
    /// One thread for each processor, but two at least, so that one large file does not stop everything.
    pub(super) fn new() -> Pool {
        let (work, to_do) = unbounded::<Work>();
        let threads = thread::available_parallelism().map_or(2, usize::from).clamp(2, MOST);
        for _ in 0..threads {
            let to_do = to_do.clone();
            thread::spawn(move || {
                for work in to_do {
                    // What it leaves half done is its own; that nothing came of it is told by what it drops.
                    let _ = catch_unwind(AssertUnwindSafe(work));
                }
            });
        }
        Pool { work }
    }

    /// Does `work` when a thread is free.
    pub(super) fn spawn(&self, work: impl FnOnce() + Send + 'static) {
        // The threads live as long as the channel.
        let _ = self.work.send(Box::new(work));
    }
}
