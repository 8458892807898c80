//! A bound on how many runs there are at once.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Instant;

use restic_process::{Control, Event, Process, Reach, Stop};

use crate::code::Code;
use crate::{Error, ErrorKind};

/// Room for a number of runs. Whoever comes when there is none waits, and they get it in the order
/// in which they came.
#[derive(Debug)]
pub(crate) struct Slots(Mutex<State>);

#[derive(Debug)]
struct State {
    /// Nobody waits while there are any.
    free: usize,
    /// The number of the next one who has to wait.
    next: u64,
    waiting: VecDeque<(u64, Option<Waker>)>,
    /// Who has been given a slot and does not know it yet.
    given: Vec<u64>,
}

impl Slots {
    pub(crate) fn new(count: usize) -> Self {
        Self(Mutex::new(State {
            free: count.max(1),
            next: 0,
            waiting: VecDeque::new(),
            given: Vec::new(),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a slot, or a number in the queue.
    fn take(&self) -> Option<u64> {
        let mut state = self.state();
        if state.free > 0 {
            state.free -= 1;
            return None;
        }
        let number = state.next;
        state.next += 1;
        state.waiting.push_back((number, None));
        Some(number)
    }

    /// Gives a slot back, or to the next one who waits: nobody overtakes.
    fn give_back(&self) {
        let mut state = self.state();
        let Some((number, waker)) = state.waiting.pop_front() else {
            state.free += 1;
            return;
        };
        state.given.push(number);
        drop(state);
        waker.into_iter().for_each(Waker::wake);
    }

    /// Whether this number has been given a slot.
    fn poll(&self, number: u64, waker: &Waker) -> bool {
        let mut state = self.state();
        let is_given = state.take_given(number);
        if let Some(place) = state.place(number) {
            state.waiting[place].1 = Some(waker.clone());
        }
        is_given
    }

    /// Lets whoever has this number look again.
    fn wake(&self, number: u64) {
        let mut state = self.state();
        let waker = state.place(number);
        let waker = waker.and_then(|place| state.waiting[place].1.take());
        drop(state);
        waker.into_iter().for_each(Waker::wake);
    }

    /// Whoever has this number waits no longer.
    fn leave(&self, number: u64) {
        let mut state = self.state();
        let is_given = state.take_given(number);
        if let Some(place) = state.place(number) {
            state.waiting.remove(place);
        }
        drop(state);
        if is_given {
            self.give_back();
        }
    }
}

impl State {
    /// Whether this number has been given a slot, and does not know it yet: it does now.
    fn take_given(&mut self, number: u64) -> bool {
        let place = self.given.iter().position(|given| *given == number);
        place.map(|place| self.given.swap_remove(place)).is_some()
    }

    fn place(&self, number: u64) -> Option<usize> {
        let place = self.waiting.binary_search_by_key(&number, |(it, _)| *it);
        place.ok()
    }
}

/// What bounds the number of runs: the rest of this module is only in programs that have such a
/// bound.
pub(crate) trait Bound: fmt::Debug + Send + Sync {
    /// Asks for a slot for a run that these may stop.
    fn request(self: Arc<Self>, stops: Vec<Stop>) -> Request;

    /// Blocks until there is one.
    fn wait(self: Arc<Self>, stops: Vec<Stop>) -> Result<Slot, Stopped>;
}

impl Bound for Slots {
    fn request(self: Arc<Self>, stops: Vec<Stop>) -> Request {
        Request::new(self, stops)
    }

    fn wait(self: Arc<Self>, stops: Vec<Stop>) -> Result<Slot, Stopped> {
        self.request(stops).wait_for_it()
    }
}

/// How many runs there may be at once, for a client that is not made yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    count: usize,
    bound: Code<fn(usize) -> Arc<dyn Bound>>,
}

impl Limit {
    pub(crate) fn new(count: usize) -> Self {
        let bound: fn(usize) -> Arc<dyn Bound> = |count| Arc::new(Slots::new(count));
        let bound = Code(bound);
        Self { count, bound }
    }

    pub(crate) fn bound(self) -> Arc<dyn Bound> {
        (self.bound.0)(self.count)
    }
}

/// The right to one run, until it is dropped.
pub(crate) type Slot = Box<dyn Room>;

pub(crate) trait Room: fmt::Debug + Send {
    /// The process of the run, which keeps its slot for as long as it runs.
    fn around(self: Box<Self>, process: Box<dyn Process>) -> Box<dyn Process>;
}

#[derive(Debug)]
struct Taken(Arc<Slots>);

impl Room for Taken {
    fn around(self: Box<Self>, process: Box<dyn Process>) -> Box<dyn Process> {
        let slot: Option<Slot> = Some(self);
        Box::new(Slotted { process, slot })
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.0.give_back();
    }
}

/// Somebody asked to stop before there was a slot.
#[derive(Debug)]
pub(crate) struct Stopped;

impl From<Stopped> for Error {
    fn from(_: Stopped) -> Self {
        let message = "the run was cancelled before restic was started";
        Self::new(ErrorKind::Cancelled, message)
    }
}

/// One who wants a slot: nobody before this is polled, and no longer when it is dropped.
#[derive(Debug)]
pub(crate) struct Request {
    slots: Arc<Slots>,
    stops: Vec<Stop>,
    turn: Turn,
}

#[derive(Debug)]
enum Turn {
    Unasked,
    Waiting { number: u64, _reaches: Vec<Reach> },
    Over,
}

impl Request {
    pub(crate) fn new(slots: Arc<Slots>, stops: Vec<Stop>) -> Self {
        Self {
            slots,
            stops,
            turn: Turn::Unasked,
        }
    }

    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Slot, Stopped>> {
        if matches!(self.turn, Turn::Unasked) {
            self.turn = match self.slots.take() {
                Some(number) => self.wait(number),
                None => return Poll::Ready(Ok(self.slot())),
            };
        }
        let Turn::Waiting { number, .. } = self.turn else {
            return Poll::Ready(Err(Stopped));
        };
        if self.slots.poll(number, context.waker()) {
            self.turn = Turn::Over;
            return Poll::Ready(Ok(self.slot()));
        }
        // Asked after the waker is in its place, so that a stop that comes now wakes it.
        if self.stops.iter().any(Stop::is_stopped) {
            return Poll::Ready(Err(Stopped));
        }
        Poll::Pending
    }

    fn slot(&self) -> Slot {
        Box::new(Taken(Arc::clone(&self.slots)))
    }

    fn wait(&self, number: u64) -> Turn {
        let reach = |stop: &Stop| {
            let slots = Arc::clone(&self.slots);
            stop.on_stop(move || slots.wake(number))
        };
        Turn::Waiting {
            number,
            _reaches: self.stops.iter().map(reach).collect(),
        }
    }

    pub(crate) async fn granted(mut self) -> Result<Slot, Stopped> {
        poll_fn(|context| self.poll(context)).await
    }

    /// The same for blocking code.
    pub(crate) fn wait_for_it(self) -> Result<Slot, Stopped> {
        block_on(self.granted())
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        if let Turn::Waiting { number, .. } = self.turn {
            self.slots.leave(number);
        }
    }
}

/// Wakes a thread that waits for a future.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = Arc::new(Unpark(thread::current())).into();
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
        thread::park();
    }
}

/// A process that has a slot until its end.
struct Slotted {
    process: Box<dyn Process>,
    slot: Option<Slot>,
}

impl Process for Slotted {
    fn next_event(&mut self, deadline: Option<Instant>) -> io::Result<Event> {
        let event = self.process.next_event(deadline);
        if matches!(event, Ok(Event::Exited(_))) {
            self.slot = None;
        }
        event
    }

    fn control(&self) -> Arc<dyn Control> {
        self.process.control()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(slots: &Arc<Slots>) -> Request {
        Request::new(Arc::clone(slots), Vec::new())
    }

    /// Waits until this number of threads stands in the queue.
    fn wait_for(slots: &Slots, count: usize) {
        while slots.state().waiting.len() < count {
            thread::yield_now();
        }
    }

    #[test]
    fn threads_get_their_slots_in_the_order_in_which_they_came() {
        let slots = Arc::new(Slots::new(1));
        let first = request(&slots).wait_for_it().unwrap();
        let order = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for number in 0..8 {
                let (slots, order) = (&slots, &order);
                scope.spawn(move || {
                    let slot = request(slots).wait_for_it().unwrap();
                    order.lock().unwrap().push(number);
                    drop(slot);
                });
                wait_for(slots, number + 1);
            }
            drop(first);
        });
        assert_eq!(order.into_inner().unwrap(), Vec::from_iter(0..8));
        assert_eq!(slots.state().free, 1);
    }

    #[test]
    fn whoever_comes_later_overtakes_nobody() {
        let slots = Arc::new(Slots::new(2));
        let taken = [0, 1].map(|_| request(&slots).wait_for_it().unwrap());
        let mut context = Context::from_waker(Waker::noop());
        let mut waiting = [0, 1, 2].map(|_| request(&slots));
        assert!(
            waiting
                .iter_mut()
                .all(|it| it.poll(&mut context).is_pending())
        );
        drop(taken);
        // Both are given away, although nobody has looked yet.
        let mut late = request(&slots);
        assert!(late.poll(&mut context).is_pending());
        let [one, two, three] = &mut waiting;
        assert!(three.poll(&mut context).is_pending());
        assert!(two.poll(&mut context).is_ready() && one.poll(&mut context).is_ready());
        drop(waiting);
        // What they had is handed on, to the one who left the queue meanwhile to nobody.
        assert!(late.poll(&mut context).is_ready());
        drop(late);
        let state = slots.state();
        assert_eq!(
            (state.free, state.waiting.len(), state.given.len()),
            (2, 0, 0)
        );
    }
}
