//! A model of the stop policy: any child, stopped at any time, by a clock that jumps.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use restic_core::{
    Clock as _, Control, Deadlines, Event, Exit, ManualClock, Process, Stop, StopPolicy, Supervised,
};

use crate::config;

/// What a child does next.
#[derive(Clone, Copy, Debug)]
enum Step {
    Write,
    WriteError,
    Sleep(Duration),
    /// Closes its output and goes on: nothing that anybody sees.
    Close,
    Hang,
    End(Exit),
}

/// A child, what is done to it, and when.
#[derive(Clone, Debug)]
struct Case {
    steps: Vec<Step>,
    /// What it does after SIGINT. Absent when it ignores that.
    on_interrupt: Option<Vec<Step>>,
    ignores_terminate: bool,
    /// When somebody asks it to stop, from the start.
    stops: Vec<Duration>,
    /// The run is dropped after this many events.
    dropped_after: Option<usize>,
    total: Option<Duration>,
    idle: Option<Duration>,
    grace: Duration,
    last_grace: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Signal {
    Interrupt,
    Terminate,
    Kill,
}

/// What the child has heard, and whether it is gone.
#[derive(Debug, Default)]
struct Heard {
    pending: Vec<Signal>,
    woken: bool,
    signals: Vec<(Signal, Instant)>,
    ended: Option<Instant>,
    late: usize,
}

struct Child {
    case: Case,
    steps: VecDeque<Step>,
    begin: Instant,
    asleep_until: Option<Instant>,
    clock: ManualClock,
    stop: Stop,
    stops: VecDeque<Duration>,
    waits: usize,
    handle: Arc<Handle>,
}

#[derive(Debug)]
struct Handle {
    heard: Mutex<Heard>,
    clock: ManualClock,
}

impl Handle {
    fn hear(&self, signal: Signal) -> io::Result<()> {
        let mut heard = self.heard.lock().unwrap();
        heard.late += usize::from(heard.ended.is_some());
        heard.signals.push((signal, self.clock.now()));
        heard.pending.push(signal);
        Ok(())
    }
}

impl Control for Handle {
    fn interrupt(&self) -> io::Result<()> {
        self.hear(Signal::Interrupt)
    }

    fn terminate(&self) -> io::Result<()> {
        self.hear(Signal::Terminate)
    }

    fn kill(&self) -> io::Result<()> {
        self.hear(Signal::Kill)
    }

    fn wake(&self) {
        self.heard.lock().unwrap().woken = true;
    }
}

impl Process for Child {
    fn next_event(&mut self, deadline: Option<Instant>) -> io::Result<Event> {
        assert!(
            self.handle.heard.lock().unwrap().ended.is_none(),
            "waited for again"
        );
        self.waits += 1;
        assert!(self.waits < 1000, "it spins");
        loop {
            self.ask_to_stop();
            if let Some(event) = self.react() {
                return Ok(event);
            }
            let now = self.clock.now();
            let until = match self.steps.front().copied() {
                None => return Ok(self.end(Exit::Code(0))),
                Some(Step::End(exit)) => return Ok(self.end(exit)),
                Some(Step::Write) => {
                    self.steps.pop_front();
                    return Ok(Event::Stdout(b"out\n".to_vec()));
                }
                Some(Step::WriteError) => {
                    self.steps.pop_front();
                    return Ok(Event::Stderr(b"err\n".to_vec()));
                }
                Some(Step::Close) => Some(now),
                Some(Step::Sleep(time)) => Some(*self.asleep_until.get_or_insert(now + time)),
                Some(Step::Hang) => None,
            };
            if until.is_some_and(|until| now >= until) {
                self.asleep_until = None;
                self.steps.pop_front();
            } else if deadline.is_some_and(|deadline| now >= deadline) {
                return Ok(Event::Woken);
            } else {
                let asked = self.stops.front().map(|after| self.begin + *after);
                let next = until.into_iter().chain(deadline).chain(asked).min();
                let next = next.expect("nobody will ever end this wait");
                self.clock.advance(next.saturating_duration_since(now));
            }
        }
    }

    fn control(&self) -> Arc<dyn Control> {
        Arc::clone(&self.handle) as Arc<dyn Control>
    }
}

impl Child {
    fn new(case: &Case, clock: &ManualClock, stop: &Stop) -> Self {
        let handle = Handle {
            heard: Mutex::default(),
            clock: clock.clone(),
        };
        let mut stops = case.stops.clone();
        stops.sort();
        Self {
            case: case.clone(),
            steps: case.steps.clone().into(),
            begin: clock.now(),
            asleep_until: None,
            clock: clock.clone(),
            stop: stop.clone(),
            stops: stops.into(),
            waits: 0,
            handle: Arc::new(handle),
        }
    }

    /// As another thread would, while this one waits.
    fn ask_to_stop(&mut self) {
        let now = self.clock.now();
        while self
            .stops
            .front()
            .is_some_and(|after| self.begin + *after <= now)
        {
            self.stops.pop_front();
            self.stop.stop();
        }
    }

    fn react(&mut self) -> Option<Event> {
        let mut heard = self.handle.heard.lock().unwrap();
        let pending = std::mem::take(&mut heard.pending);
        let woken = std::mem::take(&mut heard.woken);
        drop(heard);
        for signal in pending {
            match signal {
                Signal::Kill => return Some(self.end(Exit::Signal(9))),
                Signal::Terminate if !self.case.ignores_terminate => {
                    return Some(self.end(Exit::Signal(15)));
                }
                Signal::Interrupt => {
                    if let Some(then) = &self.case.on_interrupt {
                        self.steps = then.clone().into();
                        self.asleep_until = None;
                    }
                }
                Signal::Terminate => {}
            }
        }
        woken.then_some(Event::Woken)
    }

    fn end(&mut self, exit: Exit) -> Event {
        self.handle.heard.lock().unwrap().ended = Some(self.clock.now());
        Event::Exited(exit)
    }
}

fn check(case: &Case) {
    let (clock, stop) = (ManualClock::new(), Stop::new());
    let child = Child::new(case, &clock, &stop);
    let (begin, handle) = (child.begin, Arc::clone(&child.handle));
    let mut deadlines = Deadlines::default();
    (deadlines.total, deadlines.idle) = (case.total, case.idle);
    let mut policy = StopPolicy::default();
    (policy.grace, policy.last_grace) = (case.grace, case.last_grace);
    let mut run = Supervised::with_clock(Box::new(child), deadlines, Arc::new(clock.clone()))
        .stop_policy(policy)
        .stopped_by(&stop);

    let mut events = 0;
    let exit = loop {
        if case.dropped_after == Some(events) {
            break None;
        }
        events += 1;
        match run.next_event().unwrap() {
            Event::Exited(exit) => break Some(exit),
            Event::Woken => panic!("it is never woken for nothing"),
            _ => {}
        }
    };
    match exit {
        Some(exit) => check_end(&mut run, exit, &handle, &stop),
        None => drop(run),
    }
    check_signals(case, begin, &handle);
}

/// What is known after the end, and stays so.
fn check_end(run: &mut Supervised, exit: Exit, handle: &Handle, stop: &Stop) {
    let count = || handle.heard.lock().unwrap().signals.len();
    let (signals, cause) = (count(), run.cause());
    assert_eq!(cause.is_some(), signals > 0);
    let forced = signals > 1 || exit.signal().is_some();
    assert_eq!(run.lock_may_remain(), forced);

    stop.stop();
    run.stop();
    assert_eq!(count(), signals, "a signal after the end");
    assert_eq!(run.cause(), cause, "a stop after the end");
}

fn check_signals(case: &Case, begin: Instant, handle: &Handle) {
    let heard = handle.heard.lock().unwrap();
    let ended = heard
        .ended
        .expect("it has ended, and somebody has waited for it");
    assert_eq!(heard.late, 0, "a signal after the end");
    let signals = [Signal::Interrupt, Signal::Terminate, Signal::Kill];
    let kinds: Vec<_> = heard.signals.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, signals[..kinds.len()], "each once, in this order");
    let at = |index: usize| heard.signals.get(index).map(|(_, at)| *at);
    if let (Some(first), Some(second)) = (at(0), at(1)) {
        assert_eq!(second, first + case.grace);
    }
    if let (Some(second), Some(third)) = (at(1), at(2)) {
        assert_eq!(third, second + case.last_grace);
    }
    if let Some(first) = at(0) {
        assert!(
            ended <= first + case.grace + case.last_grace,
            "it takes too long"
        );
    }
    if let Some(total) = case.total {
        let last = begin + total + case.grace + case.last_grace;
        assert!(ended <= last, "longer than the total deadline");
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn one_end_in_bounded_time_and_one_interrupt(case in case()) {
        check(&case);
    }
}

fn case() -> impl Strategy<Value = Case> {
    let reactions = (option::weighted(0.7, steps()), any::<bool>());
    let stopped = (vec(time(), 0..3), option::weighted(0.2, 0..6_usize));
    let limits = (option::weighted(0.3, time()), option::weighted(0.3, time()));
    (steps(), reactions, stopped, limits, time(), time()).prop_map(
        |(
            steps,
            (on_interrupt, ignores_terminate),
            (mut stops, dropped_after),
            limits,
            grace,
            last_grace,
        )| {
            // So that what hangs ends.
            stops.push(Duration::from_secs(3600));
            Case {
                steps,
                on_interrupt,
                ignores_terminate,
                stops,
                dropped_after,
                total: limits.0,
                idle: limits.1,
                grace,
                last_grace,
            }
        },
    )
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let exit = prop_oneof![
        (0..131).prop_map(Exit::Code),
        (1..16).prop_map(Exit::Signal)
    ];
    let step = prop_oneof![
        3 => Just(Step::Write),
        2 => Just(Step::WriteError),
        4 => time().prop_map(Step::Sleep),
        1 => Just(Step::Close),
        1 => Just(Step::Hang),
        1 => exit.prop_map(Step::End),
    ];
    vec(step, 0..8)
}

fn time() -> impl Strategy<Value = Duration> {
    prop_oneof![
        1 => Just(Duration::ZERO),
        6 => (0..5000_u64).prop_map(Duration::from_millis),
    ]
}
