//! Standard input of calls that read it: it goes on to restic and into a file.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::fd::AsFd as _;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

/// How much is read at a time.
const CHUNK: usize = 64 * 1024;

/// Whether a call with these arguments reads what it saves, or which files, from standard input.
/// Others leave alone what is there: it may be for somebody else.
pub(crate) fn is_read(arguments: &[String]) -> bool {
    let lists = [
        "--files-from",
        "--files-from-verbatim",
        "--files-from-raw",
        "--exclude-file",
        "--iexclude-file",
    ];
    let words = arguments.iter().map(String::as_str);
    let options: Vec<_> = words.take_while(|word| *word != "--").collect();
    let is_list = |word: &str| {
        let (name, value) = word.split_once('=').unzip();
        name.is_some_and(|name| lists.contains(&name)) && value == Some("-")
    };
    options
        .iter()
        .any(|word| *word == "--stdin" || is_list(word))
        || options
            .windows(2)
            .any(|pair| lists.contains(&pair[0]) && pair[1] == "-")
}

/// The standard input of a call on its way to restic.
pub(crate) enum Input {
    /// It is no concern of the call.
    NotRead,
    /// restic reads the file itself, from here on.
    File { file: File, from: u64 },
    /// This process reads it and passes it on.
    Passed,
}

impl Input {
    /// Prepares the command that will read it.
    pub(crate) fn of(arguments: &[String], command: &mut Command) -> io::Result<Self> {
        if !is_read(arguments) {
            return Ok(Self::NotRead);
        }
        let file = File::from(io::stdin().as_fd().try_clone_to_owned()?);
        if file.metadata()?.is_file() {
            // Where restic stops reading is where the next program goes on.
            use std::io::Seek as _;
            let from = (&file).stream_position()?;
            return Ok(Self::File { file, from });
        }
        command.stdin(Stdio::piped());
        Ok(Self::Passed)
    }

    /// Begins to pass it on, when that is needed, and keeps it in this file. There is none when
    /// restic ends before it has read all: how much it has read is a matter of luck then.
    pub(crate) fn pass(&self, child: &mut Child, copy: &Path) -> io::Result<()> {
        let Self::Passed = self else { return Ok(()) };
        let (part, whole) = (copy.with_extension("part"), copy.to_owned());
        let (mut copy, pipe) = (File::create(&part)?, child.stdin.take());
        // It ends with this process at the latest: restic may not read all of it.
        thread::spawn(move || -> io::Result<()> {
            let mut pipe = pipe.ok_or(io::ErrorKind::BrokenPipe)?;
            each_chunk(&mut io::stdin().lock(), |chunk| {
                copy.write_all(chunk)?;
                pipe.write_all(chunk)
            })?;
            // Before the pipe is closed, and restic sees the end.
            fs::rename(part, whole)
        });
        Ok(())
    }

    /// Keeps what restic has read of a file in another, if that is all of it.
    pub(crate) fn keep(self, copy: &Path) -> io::Result<()> {
        let Self::File { mut file, from } = self else {
            return Ok(());
        };
        use std::io::Seek as _;
        let end = file.stream_position()?;
        if end < file.metadata()?.len() {
            return Ok(());
        }
        let mut copy = File::create(copy)?;
        let (mut at, mut buffer) = (from, vec![0; CHUNK]);
        while at < end {
            let length = usize::try_from(end - at).unwrap_or(CHUNK).min(CHUNK);
            match file.read_at(&mut buffer[..length], at)? {
                0 => break,
                count => {
                    copy.write_all(&buffer[..count])?;
                    at += count as u64;
                }
            }
        }
        Ok(())
    }
}

/// Reads standard input to its end, into this file.
pub(crate) fn drain(mut copy: File) -> io::Result<()> {
    each_chunk(&mut io::stdin().lock(), |chunk| copy.write_all(chunk))
}

/// Hands over what is read as it comes.
pub(crate) fn each_chunk(
    from: &mut impl Read,
    mut take: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => take(&buffer[..length])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_that_read_standard_input() {
        let is_read = |line: &str| {
            let words: Vec<_> = line.split(' ').map(str::to_owned).collect();
            is_read(&words)
        };
        assert!(is_read("backup --stdin --stdin-filename=x"));
        assert!(is_read("backup --files-from -"));
        assert!(is_read("backup --files-from-raw=-"));
        assert!(!is_read("backup --files-from=/list -"));
        assert!(!is_read("backup --stdin-from-command -- --stdin"));
        assert!(!is_read("snapshots"));
    }
}
