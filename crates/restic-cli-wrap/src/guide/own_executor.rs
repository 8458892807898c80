//! An executor of your own: one that runs restic on another machine or in a container, or that
//! watches, limits or refuses what another executor starts.
//!
//! An [`Executor`] starts an [`Invocation`] and returns a [`Process`], whose [`Control`] signals
//! it. The client adds the rest: decoding, errors and their kinds, deadlines, stops. All three
//! traits are dyn compatible, have no default methods and are not sealed; everything they need is in
//! [`core`](crate::core). [`ResticBuilder::executor`] takes the executor.
//!
//! # Around another executor
//!
//! Most executors need no process of their own. This one logs each call and lets another, such
//! as [`Runner`], do the work. `Display` of an invocation shows secrets as `{{secret}}`, so the line
//! is safe to log.
//!
//! ```
//! use std::sync::{Arc, Mutex};
//!
//! use restic_cli_wrap::commands::Snapshots;
//! use restic_cli_wrap::core::{Executor, Invocation, Process, StartError};
//! use restic_cli_wrap::{Restic, Scripted};
//!
//! #[derive(Debug)]
//! struct Logging { inner: Arc<dyn Executor>, log: Arc<Mutex<Vec<String>>> }
//!
//! impl Executor for Logging {
//!     fn start(&self, invocation: &Invocation) -> Result<Box<dyn Process>, StartError> {
//!         self.log.lock().unwrap().push(invocation.to_string());
//!         self.inner.start(invocation)
//!     }
//! }
//!
//! // For the real restic: Arc::new(Runner::new("restic")).
//! let inner = Scripted::executor([Scripted::new().stdout("[]\n")]);
//! let log = Arc::default();
//! let executor = Logging { inner, log: Arc::clone(&log) };
//! let restic = Restic::builder()
//!     .executor(Arc::new(executor))
//!     .repository("/srv/repo")
//!     .password("hunter2")
//!     .build();
//! restic.run(Snapshots::new())?;
//!
//! let log = log.lock().unwrap();
//! assert!(log[0].contains("{{secret}}") && !log[0].contains("hunter2"));
//! # Ok::<(), restic_cli_wrap::Error>(())
//! ```
//!
//! # Somewhere else
//!
//! The example `remote_executor` runs restic through `ssh` or `docker exec`. It, too, is built on
//! [`Runner`], which runs the transport, and its tests show each point of the two lists below.
//! Start from it.
//!
//! # What a process promises
//!
//! * [`Executor::start`] fails only when nothing was started, with the
//!   [kind](crate::core::StartErrorKind) that fits. What goes wrong later is an event, or an exit
//!   code.
//! * [`Process::next_event`] drains both streams, whichever has data. An implementation that reads
//!   one to its end first hangs as soon as the pipe of the other is full.
//! * Chunks may be cut anywhere: the decoders reassemble lines.
//! * [`Event::Exited`] comes exactly once and last, after all output. A call after it is an error.
//! * At the deadline of a call, and after [`Control::wake`], it returns [`Event::Woken`]. The
//!   client relies on this for its deadlines and stops, and may call again at once. A wake while
//!   nobody waits applies to the next call.
//! * It may report more with [`Event::Notice`], which reaches the caller as a notice of the run.
//! * A [`Control`] works on any thread and outlives its process. After the end of the process it
//!   does nothing and returns `Ok`. It does not wait for restic to react.
//! * A process that is dropped before its end leaves nothing running.
//! * [`Invocation::deadlines`] needs no attention: [`Supervised`](crate::core::Supervised) keeps
//!   them around every process.
//!
//! # What an invocation asks for
//!
//! * **Arguments.** [`Argument::Plain`] is one word, whatever is in it. ssh joins its words and a
//!   shell at the other end splits them again: quote them for it. Words need not be UTF-8.
//! * **Secrets.** [`Argument::SecretFile`] becomes `flag=path`, where the path names a file that
//!   only restic's user can read, and that is removed when restic has ended. The content must not
//!   be in the arguments of any program, including those on the way: send it through standard
//!   input. Only [`Secret::expose`](crate::core::Secret::expose) returns it; keep it out of `Debug`
//!   and error messages.
//! * **Lists.** [`Argument::ListFile`] becomes `flag=path` as well, with a file of what would be too
//!   long for a command line. It is not secret, and may be megabytes.
//! * **Environment.** The values of [`Invocation::environment`] are secrets as well, so
//!   `docker exec -e NAME=VALUE` or `ssh host NAME=VALUE restic` would publish them. Where restic
//!   runs, remove inherited variables that begin with `RESTIC_`, except those in
//!   [`Invocation::inherited`].
//! * **Input.** [`Stdin::Null`](crate::core::Stdin::Null) is an immediate end of file, never the
//!   terminal. A [reader](crate::core::Stdin::Reader) can be taken once. If a transport sends
//!   something else on the same pipe first, the other end must read exactly that, not a byte more.
//! * **Directory.** [`Invocation::current_dir`] and every path among the arguments refer to the
//!   machine where restic runs; a [file for the input](crate::core::Stdin::File) is on this machine.
//! * **Signals.** An interrupt lets restic remove its lock; see [stopping](super::stopping). ssh
//!   without a terminal and `docker exec` forward no signal, and with a terminal both streams
//!   become one. Record the process id at the remote end and send the signal through a second
//!   connection. When the network is down, no signal arrives: restic goes on until it notices, and
//!   its lock may remain.
//! * **Exit.** restic's own exit code must arrive. Codes of the transport (255 of ssh, 125 to 127 of
//!   `docker exec` and shells) are not restic's, and a shell reports a signal as 128 and more:
//!   return [`Exit::Signal`](crate::core::Exit::Signal), except for 130, with which restic itself
//!   ends when it is interrupted.
//!
//! [`Argument::ListFile`]: crate::core::Argument::ListFile
//! [`Argument::Plain`]: crate::core::Argument::Plain
//! [`Argument::SecretFile`]: crate::core::Argument::SecretFile
//! [`Control`]: crate::core::Control
//! [`Control::wake`]: crate::core::Control::wake
//! [`Event::Exited`]: crate::core::Event::Exited
//! [`Event::Notice`]: crate::core::Event::Notice
//! [`Event::Woken`]: crate::core::Event::Woken
//! [`Executor`]: crate::core::Executor
//! [`Executor::start`]: crate::core::Executor::start
//! [`Invocation`]: crate::core::Invocation
//! [`Invocation::current_dir`]: crate::core::Invocation::current_dir
//! [`Invocation::deadlines`]: crate::core::Invocation::deadlines
//! [`Invocation::environment`]: crate::core::Invocation::environment
//! [`Invocation::inherited`]: crate::core::Invocation::inherited
//! [`Process`]: crate::core::Process
//! [`Process::next_event`]: crate::core::Process::next_event
//! [`ResticBuilder::executor`]: crate::ResticBuilder::executor
//! [`Runner`]: crate::core::Runner
