//! An executor of your own: one that runs restic on another machine or in a container, or that
//! watches, limits or refuses what another executor starts.
//!
//! An [`Executor`] starts an [`Invocation`] and returns a [`Process`], whose [`Control`] signals
//! it. The client adds the rest: decoding, errors and their kinds, deadlines, stops. All three
//! traits are object safe, have no default methods and are not sealed; everything they need is in
//! [`core`](crate::core). [`ResticBuilder::executor`] takes the executor.
//!
//! # Around another executor
//!
//! Most executors need no process of their own. This one logs each call and lets another, such
//! as [`Runner`], do the work. `Display` of an invocation shows secrets as `{{secret}}`, so the line may go to any
//! log.
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
//! The example `remote_executor` runs restic through `ssh` or `docker exec`. It is built on
//! [`Runner`] as well, which runs the transport, and its tests show each point of the two lists
//! below. Take it as a start.
//!
//! # What a process promises
//!
//! * [`Executor::start`] fails only when nothing was started, with the
//!   [kind](crate::core::StartErrorKind) that fits. What goes wrong later is an event, or an exit
//!   code.
//! * [`Process::next_event`] drains both streams, whichever has something. A process that reads
//!   one to its end first blocks as soon as the pipe of the other is full.
//! * Chunks are cut anywhere: the decoders put lines together.
//! * [`Event::Exited`] comes exactly once and last, after all output. A call after it is an error.
//! * At the deadline of a call, and after [`Control::wake`], it returns [`Event::Woken`]. The
//!   client counts on it for its deadlines and stops, and may ask again at once. A wake while
//!   nobody waits is for the next call.
//! * It may say more by [`Event::Notice`], which reaches the caller as a notice of the run.
//! * A [`Control`] works on any thread and outlives its process. After the end it does nothing
//!   and returns `Ok`. It does not wait for restic to obey.
//! * A process that is dropped before its end leaves nothing running.
//! * [`Invocation::deadlines`] needs no attention: [`Supervised`](crate::core::Supervised) keeps
//!   them around every process.
//!
//! # What an invocation asks for
//!
//! * **Arguments.** [`Argument::Plain`] is one word, whatever is in it. ssh joins its words and a
//!   shell at the other end splits them again: they have to be quoted for it. Words need not be
//!   UTF-8.
//! * **Secrets.** [`Argument::SecretFile`] becomes `flag=path`, where the path names a file that
//!   only restic's user can read, and that is gone when restic has ended. The content must be in
//!   no argument, of no program on the way either: send it through standard input. Only
//!   [`Secret::expose`](crate::core::Secret::expose) shows it; keep it out of `Debug` and of the
//!   messages of errors.
//! * **Lists.** [`Argument::ListFile`] becomes `flag=path` as well, with a file of what would be too
//!   long for a command line. It is no secret, and may be megabytes.
//! * **Environment.** The values of [`Invocation::environment`] are secrets as well, so
//!   `docker exec -e NAME=VALUE` or `ssh host NAME=VALUE restic` would publish them. Inherited
//!   variables that begin with `RESTIC_` are removed at the place where restic runs, but for those
//!   in [`Invocation::inherited`].
//! * **Input.** [`Stdin::Null`](crate::core::Stdin::Null) is an end of file at once, never the
//!   terminal. A [reader](crate::core::Stdin::Reader) is taken once. What a transport sends on the
//!   same pipe before it must be read exactly, not a byte further.
//! * **Directory.** [`Invocation::current_dir`], like every path among the arguments, is one of
//!   the place where restic runs; a [file for the input](crate::core::Stdin::File) is one of this
//!   machine.
//! * **Signals.** An interrupt lets restic remove its lock; see [stopping](super::stopping). ssh
//!   without a terminal and `docker exec` forward no signal, and with a terminal both streams
//!   become one. Note the process id at the far side and send the signal by a second connection.
//!   When the network is gone, no signal arrives: restic goes on until it notices, and its lock may
//!   remain.
//! * **Exit.** restic's own code must arrive. Codes of the transport (255 of ssh, 125 to 127 of
//!   `docker exec` and shells) are none of restic's, and 128 and more is a shell's word for a
//!   signal: report [`Exit::Signal`](crate::core::Exit::Signal), except for 130, with which restic
//!   itself ends when it is interrupted.
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
