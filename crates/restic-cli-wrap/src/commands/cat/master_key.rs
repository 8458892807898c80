use std::fmt;

use restic_process::Secret;
use serde::de::{Deserialize, Deserializer, Error, Visitor};

use crate::ErrorKind;
use crate::arguments::Arguments;
use crate::decode::{DecodeFailure, Decoder, Line, NoEvents, RunEnd};
use crate::diagnostics::Diagnostics;
use crate::framing::Framing;

/// Shows the master key, with which everything in the repository is encrypted.
///
/// `restic cat masterkey`. Whoever has it needs no password.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatMasterKey {
    arguments: Arguments,
}

/// The key with which everything in a repository is encrypted: secrets, which cannot be
/// printed or serialised.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MasterKey {
    /// The key of the cipher, AES-256, in base64.
    pub encrypt: Secret,
    /// The part K of the key of the authentication, Poly1305-AES, in base64.
    pub mac_k: Secret,
    /// The part R of the key of the authentication, in base64.
    pub mac_r: Secret,
    /// The whole as JSON, as restic printed it.
    pub json: Secret,
}

impl CatMasterKey {
    /// Shows it.
    pub fn new() -> Self {
        Self {
            arguments: super::the("masterkey"),
        }
    }
}

impl Default for CatMasterKey {
    fn default() -> Self {
        Self::new()
    }
}

super::cat! { CatMasterKey: NoEvents => MasterKey, MasterKeyDecoder, MasterKeyDecoder::default() }

/// Reads what [`CatMasterKey`] prints. Nothing of it becomes a notice or a part of an error.
#[derive(Debug, Default)]
pub struct MasterKeyDecoder {
    /// The chunks that came.
    chunks: Vec<Secret>,
}

impl Decoder for MasterKeyDecoder {
    type Event = NoEvents;
    type Output = MasterKey;

    // Lines would be copied, and what is no message would be kept as a notice.
    const STDOUT: Framing = Framing::Bytes;

    fn stdout(&mut self, _: &Line<'_>, _: &mut Diagnostics) -> Option<NoEvents> {
        None
    }

    fn bytes(&mut self, bytes: Vec<u8>) -> Option<NoEvents> {
        self.chunks.push(bytes.into());
        None
    }

    fn finish(self, end: &RunEnd<'_>) -> Result<MasterKey, DecodeFailure<MasterKey>> {
        if !end.is_success() {
            return Err(end.failure());
        }
        // What serde says of a value may have the value in it.
        let message = "restic ended well, but what it printed is no master key";
        read(self.whole()).ok_or_else(|| DecodeFailure::new(ErrorKind::BadOutput, message))
    }
}

impl MasterKeyDecoder {
    /// All that came. It is copied once into memory that is large enough: none is left behind
    /// by growing.
    fn whole(&self) -> Secret {
        let length = self.chunks.iter().map(|chunk| chunk.expose().len()).sum();
        let mut whole = Vec::with_capacity(length);
        for chunk in &self.chunks {
            whole.extend_from_slice(chunk.expose());
        }
        whole.into()
    }
}

fn read(printed: Secret) -> Option<MasterKey> {
    let bytes = printed.expose();
    // An old restic says on standard output that it reads a password from standard input.
    let begin = bytes.iter().position(|&byte| byte == b'{')?;
    let document = str::from_utf8(&bytes[begin..]).ok()?;
    let key: Key = serde_json::from_str(document).ok()?;
    Some(MasterKey {
        encrypt: key.encrypt.0,
        mac_k: key.mac.k.0,
        mac_r: key.mac.r.0,
        json: document.into(),
    })
}

#[derive(serde::Deserialize)]
struct Key {
    mac: Mac,
    encrypt: SecretText,
}

#[derive(serde::Deserialize)]
struct Mac {
    k: SecretText,
    r: SecretText,
}

/// A text that goes from the document into a secret without a copy between.
struct SecretText(Secret);

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = SecretText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<SecretText, E> {
                Ok(SecretText(text.into()))
            }

            fn visit_string<E: Error>(self, text: String) -> Result<SecretText, E> {
                Ok(SecretText(text.into()))
            }
        }

        deserializer.deserialize_str(Text)
    }
}
