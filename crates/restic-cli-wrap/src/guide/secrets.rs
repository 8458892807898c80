//! # Secrets
//!
//! Passwords, credentials and locations with a password in them are
//! [`Secret`](crate::Secret)s: they have no `Display` and no `Serialize`, their `Debug` is
//! always the same, and they are wiped from memory when dropped.
//!
//! How they reach restic:
//!
//! | what | how |
//! |---|---|
//! | [`password`](crate::ResticBuilder::password), of a second repository too | a file that only restic can read |
//! | a repository location with a password in it | the same; restic 0.11 gets the place of a new repository, and of a second one, through its environment |
//! | the login of a REST server | a part of its location |
//! | credentials of other [backends](crate::backend), and [`env`](crate::ResticBuilder::env) | restic's environment |
//! | [`password_file`](crate::ResticBuilder::password_file) | the path on the command line |
//! | [`password_command`](crate::ResticBuilder::password_command), [`option`](crate::ResticBuilder::option), `arg` | the command line: **anybody on the machine can see it** |
//!
//! Behind a [wrapper](super::hosts#through-another-program) what is a file in the first two rows is
//! a variable instead.
//!
//! The files of the first two rows are pieces of memory without a name on Linux, reached
//! through `/proc` and gone with the run; elsewhere, and where `/proc` does not work, files
//! with mode 0600 in a directory with mode 0700, removed when the run ends in any way but a kill
//! of your program.
//!
//! # The environment
//!
//! restic inherits the environment of your program, since it and its backends need a part of
//! it (`HOME`, `TMPDIR`, `AWS_PROFILE`, `RCLONE_CONFIG`, `SSH_AUTH_SOCK`, …), except variables
//! that begin with `RESTIC_`: these would change what a call means, or contradict it. Let one
//! through by name with [`inherit_env`](crate::ResticBuilder::inherit_env), or all that nothing
//! else decides with [`inherit_restic_env`](crate::ResticBuilder::inherit_restic_env). What is set with
//! [`ResticBuilder::env`](crate::ResticBuilder::env) or for a [`Repository`](crate::Repository) comes on
//! top, and your program's own environment is never changed.
//!
//! restic hands on what it has to the programs that it starts: `ssh`, rclone, a password
//! command. It keeps its own variables from rclone, but not the credentials of other backends.
//!
//! # What restic says
//!
//! It is searched for the secrets of the call before anybody sees it, and `***` put in their
//! place: restic masks the password of a URL, but not of one that it cannot parse.
//!
//! Credentials are looked for when their variable is named like one (`..KEY..`,
//! `..SECRET..`, `..PASS..`, `..TOKEN..`, `..SAS..`, `..CREDENTIAL..`), and secrets of fewer
//! than 4 bytes are not: they are in too many words by chance. A secret that is a word of restic's own, such as `password`, is looked for in the
//! place of a URL's password only: cut out of a sentence that everybody knows, it would be
//! revealed by the gap. Data, such as the names of files, is handed out as it is.
//!
//! ```
//! use restic_cli_wrap::{Repository, Restic, Scripted, commands::Snapshots};
//!
//! let words = "Fatal: parse \"http://alice:wonderland@bad host/\": invalid character\n";
//! let restic = Restic::builder()
//!     .executor(Scripted::executor([Scripted::new().stderr(words).exit(1)]))
//!     .repository(Repository::rest("http://bad host/").login("alice", "wonderland"))
//!     .build();
//! let error = restic.run(Snapshots::new()).unwrap_err();
//! assert!(error.message().contains("***"));
//! assert!(!error.message().contains("wonderland"));
//! ```
//!
//! # What is shown of a call
//!
//! All of it is masked:
//!
//! ```
//! use restic_cli_wrap::{Command, Restic, commands::Snapshots};
//!
//! let restic = Restic::builder()
//!     .repository("rest:https://alice:wonderland@backup.example/alice")
//!     .password("correct horse")
//!     .env("AWS_SECRET_ACCESS_KEY", "battery staple")
//!     .build();
//! let call = restic.invocation(&Snapshots::new());
//! assert_eq!(
//!     call.to_string(),
//!     "restic --json '--repository-file={{secret}}' '--password-file={{secret}}' snapshots"
//! );
//! let debug = format!("{restic:?} {call:?}");
//! for secret in ["wonderland", "horse", "staple"] {
//!     assert!(!debug.contains(secret));
//! }
//! ```
