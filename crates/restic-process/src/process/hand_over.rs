//! Handing secrets to a restic that another program runs for us.
//!
//! A file that this process has made may not be there for it: a wrapper may change the user, the
//! processes that are seen, or all of the file system. What a wrapper that only runs another
//! program leaves alone is the environment.

use std::ffi::{OsStr, OsString};

use restic_types::search::trim;

use crate::environment::same_variable;
use crate::{Argument, Invocation, Secret, StartError, StartErrorKind};

/// The same call, with its secrets in its environment instead of in files.
///
/// # Errors
///
/// When a secret cannot be handed over like that.
pub(super) fn by_variables(invocation: &Invocation) -> Result<Invocation, StartError> {
    let mut handed = invocation.clone();
    handed.arguments.clear();
    for argument in &invocation.arguments {
        let Some(variable) = by_variable(argument) else {
            handed.arguments.push(argument.clone());
            continue;
        };
        refuse_nul_in_variable(&variable)?;
        let name = OsString::from(variable.name);
        // Whatever is set or inherited is one variable with it, or would be looked at first.
        let goes = |known: &OsStr| {
            same_variable(known, &name) || same_variable(known, variable.overrides.as_ref())
        };
        let environment = handed.environment.iter();
        handed.environment = environment.filter(|(own, _)| !goes(own)).cloned().collect();
        let inherited = handed.inherited.iter();
        handed.inherited = inherited.filter(|own| !goes(own)).cloned().collect();
        handed.environment.insert(name, variable.value);
    }
    Ok(handed)
}

/// A NUL byte would cut a secret short.
fn refuse_nul_in_variable(variable: &Variable) -> Result<(), StartError> {
    if !variable.value.expose().contains(&0) {
        return Ok(());
    }
    let message = format!(
        "a secret holds a NUL byte, and behind a wrapper it goes by the variable {}, which cannot \
         hold one: use a file that restic can read",
        variable.name
    );
    Err(StartError::new(StartErrorKind::InvalidArgument, message))
}

/// A secret that restic looks for in its environment.
struct Variable {
    name: &'static str,
    value: Secret,
    /// One that restic would look at first.
    overrides: &'static str,
}

/// The variable by which an argument goes. Absent for what stays an argument.
fn by_variable(argument: &Argument) -> Option<Variable> {
    let Argument::SecretFile { flag, content } = argument else {
        return None;
    };
    let (name, overrides) = names_of(flag)?;
    Some(Variable {
        name,
        value: as_restic_reads(content),
        overrides,
    })
}

/// The variable that means the same as a flag, and the one that means the flag itself. There is
/// none for the new password of a key.
fn names_of(flag: &str) -> Option<(&'static str, &'static str)> {
    Some(match flag {
        "--password-file" => ("RESTIC_PASSWORD", "RESTIC_PASSWORD_FILE"),
        "--repository-file" => ("RESTIC_REPOSITORY", "RESTIC_REPOSITORY_FILE"),
        "--from-password-file" => ("RESTIC_FROM_PASSWORD", "RESTIC_FROM_PASSWORD_FILE"),
        "--from-repository-file" => ("RESTIC_FROM_REPOSITORY", "RESTIC_FROM_REPOSITORY_FILE"),
        "--password-file2" => ("RESTIC_PASSWORD2", "RESTIC_PASSWORD_FILE2"),
        "--repository-file2" => ("RESTIC_REPOSITORY2", "RESTIC_REPOSITORY_FILE2"),
        _ => return None,
    })
}

/// restic drops a byte order mark and white space around what it reads from a file, and nothing
/// of a variable. The same password has to mean the same in both.
fn as_restic_reads(secret: &Secret) -> Secret {
    let bytes = secret.expose();
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => trim(text).into(),
        Err(_) => bytes.trim_ascii().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_what_restic_would_read_from_a_file() {
        let cases: [(&[u8], &[u8]); 5] = [
            (b"hunter2", b"hunter2"),
            (b" hun ter2\r\n", b"hun ter2"),
            (b"\xef\xbb\xbfhunter2\n", b"hunter2"),
            ("\u{a0}hunter2\u{2003}".as_bytes(), b"hunter2"),
            (b"\t\xff\xfe\n", b"\xff\xfe"),
        ];
        for (given, read) in cases {
            assert_eq!(as_restic_reads(&given.into()).expose(), read);
        }
    }

    #[test]
    fn nothing_else_says_what_a_variable_does() {
        let mut invocation = Invocation::new(["snapshots"])
            .argument(Argument::secret_file("--password-file", "hunter2"));
        let mut names = vec!["RESTIC_PASSWORD", "RESTIC_PASSWORD_FILE"];
        if cfg!(windows) {
            names.extend(["Restic_Password", "restic_password_file"]);
        }
        for name in names.into_iter().chain(["RESTIC_CACHE_DIR"]) {
            invocation.environment.insert(name.into(), "other".into());
            invocation.inherited.insert(name.into());
        }
        let mut handed = Invocation::new(["snapshots"]);
        let name = || "RESTIC_PASSWORD".into();
        handed.environment.insert(name(), "hunter2".into());
        let other = || "RESTIC_CACHE_DIR".into();
        handed.environment.insert(other(), "other".into());
        handed.inherited.insert(other());
        assert_eq!(by_variables(&invocation).unwrap(), handed);
    }

    #[test]
    fn what_has_no_variable_stays() {
        let name = |argument: Argument| by_variable(&argument).map(|variable| variable.name);
        let password = Argument::secret_file("--password-file", "hunter2");
        assert_eq!(name(password), Some("RESTIC_PASSWORD"));
        assert_eq!(name("key".into()), None);
        let new_password = Argument::secret_file("--new-password-file", "hunter3");
        assert_eq!(name(new_password), None);
    }
}
