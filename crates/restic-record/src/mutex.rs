use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks also what a thread that panicked has held: what is behind these locks is whole at any
/// moment.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
