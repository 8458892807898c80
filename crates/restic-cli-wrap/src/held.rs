//! Large values that are moved and dropped in many places.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::panic::{RefUnwindSafe, UnwindSafe};

/// A value behind a pointer that knows by itself how to drop it.
///
/// The compiler writes the code that drops a value once more in every part of a program that may have to, users'
/// crates too: for what has many owned fields that is a KB each time. Of a value in here there is one such code.
pub(crate) struct Held<T, H: ?Sized + Hold<T> = dyn Hold<T> + Send + Sync> {
    holder: Box<H>,
    value: PhantomData<T>,
}

/// The same of a value that may be sent to other threads, and not shared with them.
pub(crate) type HeldByOne<T> = Held<T, dyn Hold<T> + Send>;

pub(crate) trait Hold<T> {
    fn value(&self) -> &T;
    fn value_mut(&mut self) -> &mut T;
    fn into_value(self: Box<Self>) -> T;
}

struct Holder<T>(T);

impl<T> Hold<T> for Holder<T> {
    fn value(&self) -> &T {
        &self.0
    }

    fn value_mut(&mut self) -> &mut T {
        &mut self.0
    }

    fn into_value(self: Box<Self>) -> T {
        self.0
    }
}

impl<T: Send + Sync + 'static> Held<T> {
    pub(crate) fn new(value: T) -> Self {
        Self {
            holder: Box::new(Holder(value)),
            value: PhantomData,
        }
    }
}

impl<T: Clone + Send + Sync + 'static> Clone for Held<T> {
    fn clone(&self) -> Self {
        Self::new((**self).clone())
    }
}

impl<T: Send + 'static> HeldByOne<T> {
    pub(crate) fn by_one(value: T) -> Self {
        Self {
            holder: Box::new(Holder(value)),
            value: PhantomData,
        }
    }
}

impl<T, H: ?Sized + Hold<T>> Held<T, H> {
    pub(crate) fn into_inner(self) -> T {
        self.holder.into_value()
    }
}

impl<T, H: ?Sized + Hold<T>> Deref for Held<T, H> {
    type Target = T;

    fn deref(&self) -> &T {
        self.holder.value()
    }
}

impl<T, H: ?Sized + Hold<T>> DerefMut for Held<T, H> {
    fn deref_mut(&mut self) -> &mut T {
        self.holder.value_mut()
    }
}

// As safe as the value: the pointer only hides which type it is.
impl<T: UnwindSafe, H: ?Sized + Hold<T>> UnwindSafe for Held<T, H> {}
impl<T: RefUnwindSafe, H: ?Sized + Hold<T>> RefUnwindSafe for Held<T, H> {}

impl<T: Default + Send + Sync + 'static> Default for Held<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: PartialEq, H: ?Sized + Hold<T>> PartialEq for Held<T, H> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq, H: ?Sized + Hold<T>> Eq for Held<T, H> {}

impl<T: fmt::Debug, H: ?Sized + Hold<T>> fmt::Debug for Held<T, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
