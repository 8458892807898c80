//! Reading what restic prints, for [commands of your own](crate::guide::own_commands).
//!
//! [`DocumentDecoder`] reads one JSON document, [`MessagesDecoder`] messages line by line,
//! [`TextDecoder`] text and [`BytesDecoder`] bytes.
//! Everything else is a [`Decoder`] of your own.

mod bytes;
mod decoder;
mod document;
pub(crate) mod found_list;
pub(crate) mod go_quote;
pub(crate) mod ignored_error;
mod line;
mod message;
mod messages;
pub(crate) mod modified_count;
pub(crate) mod report;
mod run_end;
pub(crate) mod saved_key;
pub(crate) mod snapshot_heading;
mod text;
mod version;

pub use crate::diagnostics::Diagnostics;
pub use crate::framing::Framing;
pub use bytes::BytesDecoder;
pub use decoder::{BorrowRows, Decoder, NoEvents};
pub use document::DocumentDecoder;
pub(crate) use document::{Document, LineDocumentDecoder};
pub use line::Line;
pub(crate) use message::{message, message_among_text};
pub use messages::MessagesDecoder;
pub(crate) use report::{ReportDecoder, TextReport};
pub(crate) use run_end::Fault;
pub use run_end::{DecodeFailure, RunEnd};
pub use text::{PlainText, TextDecoder};
pub(crate) use version::VersionDecoder;
