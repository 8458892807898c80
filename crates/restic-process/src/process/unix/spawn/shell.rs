//! A shell does what the C library cannot, and then becomes the program. That the program cannot be
//! executed, which was looked at before, is an exit code of the shell's here and no error.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::process::Pid;

use super::super::super::common;
use super::super::super::line::Line;
use super::super::super::texts::Texts;
use super::super::session::Session;
use super::posix;

const IN_DIRECTORY: &str = r#"cd "$0" && exec "$@""#;
const IN_SESSION: &str = r#"cd "$0" && exec setsid "$@""#;

#[cold]
pub(super) fn spawn(line: &Line, session: Session, streams: &[OwnedFd; 3]) -> io::Result<Pid> {
    if let Some(directory) = &line.directory {
        // The shell would say it in words that are taken for those of the program.
        common::enter(directory)?;
    }
    let in_directory = by(IN_DIRECTORY, line, session, streams)?;
    let started = match in_directory {
        None => by(IN_SESSION, line, Session::Shared, streams)?,
        started => started,
    };
    started.ok_or_else(|| io::Error::from(io::ErrorKind::Unsupported))
}

fn by(
    script: &str,
    line: &Line,
    session: Session,
    streams: &[OwnedFd; 3],
) -> io::Result<Option<Pid>> {
    // An absolute path is no option, and not looked up anywhere.
    let directory = std::path::absolute(match &line.directory {
        Some(directory) => directory,
        None => Path::new("."),
    })?;
    let mut words = Texts::default();
    for word in ["/bin/sh", "-c", script] {
        words.add(&[word.as_ref()]);
    }
    words.add(&[directory.as_os_str()]);
    words.append(&line.words);
    posix::start(&words, &line.variables, None, session, streams)
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{Read as _, Write as _};

    use rustix::process::{WaitOptions, getsid, waitpid};

    use super::*;
    use crate::Invocation;
    use crate::process::prepared::Prepared;

    #[test]
    fn the_program_is_in_its_directory_and_session() {
        for (script, session) in [(IN_DIRECTORY, Session::Own), (IN_SESSION, Session::Shared)] {
            let directory = tempfile::tempdir().unwrap();
            let mut invocation = Invocation::new(["-c", "pwd -P; echo \"$0\"; read line", "a b"]);
            invocation.current_dir = Some(directory.path().to_owned());
            let prepared = Prepared::new(Path::new("/bin/sh"), &invocation).unwrap();
            let (its_input, mut input) = io::pipe().unwrap();
            let (mut output, its_output) = io::pipe().unwrap();
            let errors = File::open("/dev/null").unwrap();
            let streams = [its_input.into(), its_output.into(), errors.into()];
            let pid = by(script, &prepared.line, session, &streams)
                .unwrap()
                .unwrap();
            drop(streams);
            let expected = format!(
                "{}\na b\n",
                directory.path().canonicalize().unwrap().display()
            );
            let mut said = vec![0; expected.len()];
            output.read_exact(&mut said).unwrap();
            assert_eq!(String::from_utf8(said).unwrap(), expected);
            assert_eq!(getsid(Some(pid)).unwrap(), pid);
            input.write_all(b"\n").unwrap();
            let (_, status) = waitpid(Some(pid), WaitOptions::empty()).unwrap().unwrap();
            assert_eq!(status.exit_status(), Some(0));
        }
    }

    #[test]
    fn a_directory_that_cannot_be_entered_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        std::fs::write(&file, "").unwrap();
        for (place, kind) in [
            (directory.path().join("missing"), io::ErrorKind::NotFound),
            (file, io::ErrorKind::NotADirectory),
        ] {
            let mut invocation = Invocation::new(["version"]);
            invocation.current_dir = Some(place);
            let prepared = Prepared::new(Path::new("/bin/sh"), &invocation).unwrap();
            let streams = [(); 3].map(|()| File::open("/dev/null").unwrap().into());
            let error = spawn(&prepared.line, Session::Own, &streams).unwrap_err();
            assert_eq!(error.kind(), kind);
        }
    }
}
