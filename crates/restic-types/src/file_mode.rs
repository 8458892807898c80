//! Go's file mode bits.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A file's kind and permissions, in the bits of Go's `fs.FileMode`, which are not those of `st_mode`.
///
/// `Display` is Go's form, such as `drwxr-xr-x` or `Lrwxrwxrwx`, the same as in [`Node::permissions`](crate::Node).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct FileMode(pub u32);

impl FileMode {
    const DIR: u32 = 1 << 31;
    const SYMLINK: u32 = 1 << 27;
    const DEVICE: u32 = 1 << 26;
    const FIFO: u32 = 1 << 25;
    const SOCKET: u32 = 1 << 24;
    const SETUID: u32 = 1 << 23;
    const SETGID: u32 = 1 << 22;
    const CHAR_DEVICE: u32 = 1 << 21;
    const STICKY: u32 = 1 << 20;
    const IRREGULAR: u32 = 1 << 19;
    const KIND: u32 = Self::DIR
        | Self::SYMLINK
        | Self::DEVICE
        | Self::FIFO
        | Self::SOCKET
        | Self::CHAR_DEVICE
        | Self::IRREGULAR;

    /// Read, write and execute for user, group and others: nine bits, such as `0o755`.
    #[must_use]
    pub const fn permissions(self) -> u32 {
        self.0 & 0o777
    }

    /// The permissions as `chmod` takes them: twelve bits, with setuid `0o4000`, setgid `0o2000` and sticky `0o1000`.
    #[must_use]
    pub const fn unix_permissions(self) -> u32 {
        self.permissions()
            | if self.is_setuid() { 0o4000 } else { 0 }
            | if self.is_setgid() { 0o2000 } else { 0 }
            | if self.is_sticky() { 0o1000 } else { 0 }
    }

    /// Whether it is a regular file.
    #[must_use]
    pub const fn is_file(self) -> bool {
        self.0 & Self::KIND == 0
    }

    /// Whether it is a directory.
    #[must_use]
    pub const fn is_dir(self) -> bool {
        self.has(Self::DIR)
    }

    /// Whether it is a symbolic link.
    #[must_use]
    pub const fn is_symlink(self) -> bool {
        self.has(Self::SYMLINK)
    }

    /// Whether it is a device of blocks or characters.
    #[must_use]
    pub const fn is_device(self) -> bool {
        self.has(Self::DEVICE)
    }

    /// Whether it is a device of characters.
    #[must_use]
    pub const fn is_char_device(self) -> bool {
        self.has(Self::CHAR_DEVICE)
    }

    /// Whether it is a named pipe.
    #[must_use]
    pub const fn is_fifo(self) -> bool {
        self.has(Self::FIFO)
    }

    /// Whether it is a socket.
    #[must_use]
    pub const fn is_socket(self) -> bool {
        self.has(Self::SOCKET)
    }

    /// Whether it runs as its owner.
    #[must_use]
    pub const fn is_setuid(self) -> bool {
        self.has(Self::SETUID)
    }

    /// Whether it runs as its group; for a directory, whether new files get its group.
    #[must_use]
    pub const fn is_setgid(self) -> bool {
        self.has(Self::SETGID)
    }

    /// Whether only owners may remove what is in the directory.
    #[must_use]
    pub const fn is_sticky(self) -> bool {
        self.has(Self::STICKY)
    }

    const fn has(self, bit: u32) -> bool {
        self.0 & bit != 0
    }
}

impl fmt::Display for FileMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters = |letters: &'static str, first_bit: u32| {
            let bits = letters
                .chars()
                .enumerate()
                .map(move |(index, letter)| (1 << (first_bit - index as u32), letter));
            bits.map(|(bit, letter)| (self.has(bit), letter))
        };
        let mut text: String = letters("dalTLDpSugct?", 31)
            .filter_map(|(set, letter)| set.then_some(letter))
            .collect();
        if text.is_empty() {
            text.push('-');
        }
        text.extend(letters("rwxrwxrwx", 8).map(|(set, letter)| if set { letter } else { '-' }));
        f.pad(&text)
    }
}
