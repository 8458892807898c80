use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::thread;

/// A worker thread that feeds a bounded queue, which asynchronous code of any runtime polls.
///
/// Because the queue is bounded, a slow reader slows the work down, as a pipe would.
/// Dropping this does not block and does not wait for the work, which learns of it when it
/// next sends.
pub struct Background<T>(Arc<Shared<T>>);

/// The end of a [`Background`] where the work puts its items.
pub struct Outlet<T>(Arc<Shared<T>>);

struct Shared<T> {
    queue: Mutex<Queue<T>>,
    room: Condvar,
}

struct Queue<T> {
    items: VecDeque<T>,
    capacity: usize,
    /// The work has ended: nothing more comes.
    ended: bool,
    /// Nobody takes items any more.
    abandoned: bool,
    waker: Option<Waker>,
}

impl<T: Send + 'static> Background<T> {
    /// Starts the work, with room for this many items that were not taken yet.
    ///
    /// # Errors
    ///
    /// When no thread could be spawned.
    pub fn start(
        capacity: usize,
        work: impl FnOnce(Outlet<T>) + Send + 'static,
    ) -> io::Result<Self> {
        let queue = Queue {
            items: VecDeque::new(),
            capacity: capacity.max(1),
            ended: false,
            abandoned: false,
            waker: None,
        };
        let shared = Arc::new(Shared {
            queue: Mutex::new(queue),
            room: Condvar::new(),
        });
        let outlet = Outlet(Arc::clone(&shared));
        thread::spawn("restic", Box::new(move || work(outlet)))?;
        Ok(Self(shared))
    }

    /// The next item. Returns `None` after the end of the work, and on every later call.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<T>> {
        let mut queue = self.0.queue();
        if let Some(item) = queue.items.pop_front() {
            self.0.room.notify_one();
            return Poll::Ready(Some(item));
        }
        if queue.ended {
            return Poll::Ready(None);
        }
        queue.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl<T> Outlet<T> {
    /// Hands an item over, waiting for room. Returns `false` when nobody takes items any more: the
    /// work should come to its end.
    pub fn send(&self, item: T) -> bool {
        let mut queue = self.0.queue();
        while queue.items.len() >= queue.capacity && !queue.abandoned {
            queue = self
                .0
                .room
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
        if queue.abandoned {
            return false;
        }
        queue.items.push_back(item);
        let waker = queue.waker.take();
        drop(queue);
        if let Some(waker) = waker {
            waker.wake();
        }
        true
    }
}

impl<T> Shared<T> {
    fn queue(&self) -> MutexGuard<'_, Queue<T>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Drop for Background<T> {
    fn drop(&mut self) {
        let mut queue = self.0.queue();
        queue.abandoned = true;
        let items = std::mem::take(&mut queue.items);
        drop(queue);
        drop(items);
        self.0.room.notify_all();
    }
}

impl<T> Drop for Outlet<T> {
    fn drop(&mut self) {
        let mut queue = self.0.queue();
        queue.ended = true;
        let waker = queue.waker.take();
        drop(queue);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<T> fmt::Debug for Background<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Background").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Outlet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outlet").finish_non_exhaustive()
    }
}
