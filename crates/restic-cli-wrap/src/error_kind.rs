/// What went wrong, as far as a program can act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no such restic program.
    BinaryNotFound,
    /// The restic program may not be executed, or is no program.
    BinaryNotExecutable,
    /// The call could not be made for another reason: a missing working folder, a NUL byte
    /// in an argument, no descriptors left.
    CannotStart,
    /// The restic at hand has no such command or flag, or was built without it; or the system
    /// lacks what it needs, such as FUSE.
    Unsupported,
    /// A replayed scenario has no recording of this call.
    NotRecorded,
    /// restic refuses the arguments, or this library refuses to pass them on because an
    /// old restic would destroy data.
    Usage,
    /// There is no repository at that place (exit code 10 since restic 0.17.0).
    NoRepository,
    /// Somebody else holds a lock (exit code 11 since restic 0.17.0).
    Locked,
    /// No key of the repository fits the password (exit code 12 since restic 0.17.1).
    WrongPassword,
    /// restic was given no password, or could not read it.
    NoPassword,
    /// What was asked for by its name is not there: a snapshot, every source of a backup.
    /// restic itself may call that a success.
    NotFound,
    /// There is a repository already where one was to be made, or a file where `repair packs`
    /// would save a copy.
    AlreadyExists,
    /// The repository's server cannot be reached.
    Network,
    /// The repository, or a file, may not be read or written: no permission, a refused
    /// login, an append-only server.
    AccessDenied,
    /// Data of the repository is damaged, or missing.
    Damaged,
    /// A disk is full.
    NoSpace,
    /// The run was stopped from here.
    Cancelled,
    /// The run took longer than a deadline allows.
    TimedOut,
    /// Somebody else interrupted restic (exit code 130, or 1 of a backup of restic 0.18).
    Interrupted,
    /// A signal from somebody else ended restic.
    Killed,
    /// restic's output is cut short, or cannot be read.
    BadOutput,
    /// What was to take restic's output has failed, such as a full disk or a closed
    /// connection. restic was stopped.
    CannotWrite,
    /// The run could not be watched any longer: the system failed.
    Io,
    /// Any other failure; [`Error::message`](crate::Error::message) has restic's words.
    Failed,
}
