//! Commands of your own: for a restic that is newer than this library, or for one that has
//! commands of its own.
//!
//! A [`Command`](crate::Command) says what goes on the command line and which
//! [`Decoder`](crate::Decoder) reads what restic prints. Everything else works as for the built-in
//! commands: events, errors and their kinds, deadlines, stops, replays.
//!
//! # A JSON document
//!
//! [`DocumentDecoder`](crate::decode::DocumentDecoder) reads any type that can be deserialised.
//! A run that prints no document is an error.
//!
//! ```
//! use restic_cli_wrap::decode::{DocumentDecoder, NoEvents};
//! use restic_cli_wrap::{Arguments, Command, Restic, Scripted};
//! use serde::Deserialize;
//!
//! #[derive(Debug, Deserialize)]
//! struct Health { score: u32 }
//!
//! #[derive(Clone, Debug)]
//! struct GetHealth;
//!
//! impl Command for GetHealth {
//!     type Event = NoEvents;
//!     type Output = Health;
//!     type Decoder = DocumentDecoder<Health>;
//!
//!     fn arguments(&self) -> Arguments { Arguments::new("health") }
//!     fn decoder(&self) -> Self::Decoder { DocumentDecoder::new() }
//! }
//!
//! let executor = Scripted::executor([Scripted::new().stdout("{\"score\":97}\n")]);
//! let restic = Restic::builder().executor(executor).build();
//! assert_eq!(restic.run(GetHealth)?.score, 97);
//! # Ok::<(), restic_cli_wrap::Error>(())
//! ```
//!
//! # JSON lines with progress
//!
//! [`MessagesDecoder`](crate::decode::MessagesDecoder) returns messages as they come, and takes
//! the result from one of them. The message type needs a case for messages that it does not know.
//!
//! ```
//! use restic_cli_wrap::decode::MessagesDecoder;
//! use restic_cli_wrap::{Arguments, Command, Restic, Scripted};
//! use serde::Deserialize;
//!
//! #[derive(Debug, Deserialize)]
//! #[serde(tag = "message_type", rename_all = "snake_case")]
//! enum Message {
//!     Status { done: u64 },
//!     Summary { total: u64 },
//!     #[serde(other)]
//!     Unknown,
//! }
//!
//! #[derive(Clone, Debug)]
//! struct Scrub;
//!
//! impl Command for Scrub {
//!     type Event = Message;
//!     type Output = u64;
//!     type Decoder = MessagesDecoder<Message, u64>;
//!
//!     fn arguments(&self) -> Arguments { Arguments::new("scrub") }
//!     fn decoder(&self) -> Self::Decoder {
//!         MessagesDecoder::new("it printed no summary", |message| match message {
//!             Message::Summary { total } => Some(*total),
//!             _ => None,
//!         })
//!     }
//! }
//!
//! let lines = "{\"message_type\":\"status\",\"done\":1}\n{\"message_type\":\"summary\",\"total\":2}\n";
//! let executor = Scripted::executor([Scripted::new().stdout(lines)]);
//! let restic = Restic::builder().executor(executor).build();
//! let mut run = restic.start(Scrub)?;
//! assert!(matches!(run.next(), Some(Ok(Message::Status { done: 1 }))));
//! assert_eq!(run.finish()?, 2);
//! # Ok::<(), restic_cli_wrap::Error>(())
//! ```
//!
//! # Plain text
//!
//! ```
//! use restic_cli_wrap::decode::{NoEvents, PlainText, TextDecoder};
//! use restic_cli_wrap::{Arguments, Command, NoticeSource, Restic, Scripted};
//!
//! #[derive(Clone, Debug)]
//! struct Motto;
//!
//! impl Command for Motto {
//!     type Event = NoEvents;
//!     type Output = PlainText;
//!     type Decoder = TextDecoder;
//!
//!     fn arguments(&self) -> Arguments {
//!         let mut arguments = Arguments::new("motto");
//!         arguments.without_json();
//!         arguments
//!     }
//!
//!     fn decoder(&self) -> TextDecoder { TextDecoder::of(NoticeSource::Stdout) }
//! }
//!
//! let executor = Scripted::executor([Scripted::new().stdout("backups done right\n")]);
//! let restic = Restic::builder().executor(executor).build();
//! assert_eq!(restic.invocation(&Motto).to_string(), "restic motto");
//! assert_eq!(restic.run(Motto)?.lines, ["backups done right"]);
//! # Ok::<(), restic_cli_wrap::Error>(())
//! ```
//!
//! # Anything else
//!
//! A [`Decoder`](crate::Decoder) of your own returns the events of the run, keeps what its output
//! needs, and returns the result at the end. This one counts lines; its events are the count so
//! far.
//!
//! ```
//! use restic_cli_wrap::decode::{DecodeFailure, Diagnostics, Line, RunEnd};
//! use restic_cli_wrap::{Arguments, Command, Decoder, Restic, Scripted};
//!
//! #[derive(Clone, Debug)]
//! struct Census;
//!
//! impl Command for Census {
//!     type Event = u64;
//!     type Output = u64;
//!     type Decoder = Counted;
//!
//!     fn arguments(&self) -> Arguments { Arguments::new("census") }
//!     fn decoder(&self) -> Counted { Counted(0) }
//! }
//!
//! struct Counted(u64);
//!
//! impl Decoder for Counted {
//!     type Event = u64;
//!     type Output = u64;
//!
//!     fn stdout(&mut self, line: &Line<'_>, _: &mut Diagnostics) -> Option<u64> {
//!         self.0 = line.number();
//!         Some(self.0)
//!     }
//!
//!     fn finish(self, end: &RunEnd<'_>) -> Result<u64, DecodeFailure<u64>> {
//!         if end.is_success() { Ok(self.0) } else { Err(end.failure().with(Some(self.0))) }
//!     }
//! }
//!
//! let executor = Scripted::executor([Scripted::new().stdout("one\ntwo\n")]);
//! let restic = Restic::builder().executor(executor).build();
//! assert_eq!(restic.run(Census)?, 2);
//! # Ok::<(), restic_cli_wrap::Error>(())
//! ```
