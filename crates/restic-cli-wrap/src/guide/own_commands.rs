//! Commands of your own: for a restic that is newer than this library, or for one that has
//! commands of its own.
//!
//! A [`Command`](crate::Command) says what it puts on the command line and which
//! [`Decoder`](crate::Decoder) reads what restic prints. All the rest works as for the commands
//! here: events, errors and their kinds, deadlines, stops, replays.
//!
//! # A JSON document
//!
//! [`DocumentDecoder`](crate::decode::DocumentDecoder) reads any type that can be deserialised.
//! A run without its document is an error.
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
//! A decoder returns what the run hands out, keeps what its output needs, and says at the end
//! what the run came to. Messages need a case for those that are not known yet.
//!
//! ```
//! use restic_cli_wrap::decode::{DecodeFailure, Diagnostics, Line, RunEnd};
//! use restic_cli_wrap::{Arguments, Command, Decoder, Restic, Scripted};
//! use serde::Deserialize;
//!
//! #[derive(Debug, Deserialize)]
//! #[serde(tag = "message_type", rename_all = "snake_case")]
//! enum Message { Status { done: u64 }, Summary { total: u64 }, #[serde(other)] Unknown }
//!
//! #[derive(Clone, Debug)]
//! struct Scrub;
//!
//! impl Command for Scrub {
//!     type Event = Message;
//!     type Output = u64;
//!     type Decoder = ScrubDecoder;
//!
//!     fn arguments(&self) -> Arguments { Arguments::new("scrub") }
//!     fn decoder(&self) -> ScrubDecoder { ScrubDecoder::default() }
//! }
//!
//! #[derive(Default)]
//! struct ScrubDecoder { total: Option<u64> }
//!
//! impl Decoder for ScrubDecoder {
//!     type Event = Message;
//!     type Output = u64;
//!
//!     fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<Message> {
//!         let message = line.json(diagnostics)?;
//!         if let Message::Summary { total } = message { self.total = Some(total); }
//!         Some(message)
//!     }
//!
//!     fn finish(self, end: &RunEnd<'_>) -> Result<u64, DecodeFailure<u64>> {
//!         match self.total {
//!             Some(total) if end.is_success() => Ok(total),
//!             None if end.is_success() => Err(end.incomplete_output("it printed no summary")),
//!             total => Err(end.failure().with(total)),
//!         }
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
