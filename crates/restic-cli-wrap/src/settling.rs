use std::future::poll_fn;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

/// Counts the threads that wait for restic.
#[derive(Debug, Default)]
pub(crate) struct Settling {
    state: Mutex<Threads>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Threads {
    count: usize,
    wakers: Vec<Waker>,
}

impl Settling {
    fn threads(&self) -> MutexGuard<'_, Threads> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is none. False when that takes longer than the timeout.
    pub(crate) fn wait(&self, timeout: Duration) -> bool {
        let (threads, result) = self
            .changed
            .wait_timeout_while(self.threads(), timeout, |threads| threads.count > 0)
            .unwrap_or_else(PoisonError::into_inner);
        drop(threads);
        !result.timed_out()
    }

    pub(crate) async fn wait_async(self: Arc<Self>) {
        poll_fn(|context| {
            let mut threads = self.threads();
            if threads.count == 0 {
                return Poll::Ready(());
            }
            let waker = context.waker();
            if !threads.wakers.iter().any(|known| known.will_wake(waker)) {
                threads.wakers.push(waker.clone());
            }
            Poll::Pending
        })
        .await;
    }
}

/// Drops something whose drop waits for restic on a thread of its own. Where none can be spawned
/// it waits here: better that than a lock.
pub(crate) fn drop_in_background<T: Send + 'static>(settling: Arc<Settling>, waits: T) {
    let busy = Busy::begin(settling);
    let work = move || {
        drop(waits);
        drop(busy);
    };
    // What cannot be spawned is dropped by this, and all that it holds.
    let _ = thread::Builder::new()
        .name("restic-stop".into())
        .spawn(work);
}

/// One thread, from before its start to its end.
pub(crate) struct Busy(Arc<Settling>);

impl Busy {
    pub(crate) fn begin(settling: Arc<Settling>) -> Self {
        settling.threads().count += 1;
        Self(settling)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let mut threads = self.0.threads();
        threads.count -= 1;
        let wakers = if threads.count == 0 {
            std::mem::take(&mut threads.wakers)
        } else {
            Vec::new()
        };
        drop(threads);
        self.0.changed.notify_all();
        wakers.into_iter().for_each(Waker::wake);
    }
}
