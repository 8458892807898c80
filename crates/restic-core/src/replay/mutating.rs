use restic_types::cli::CommandLine;

/// The commands that change neither a repository nor a directory.
const READING: [&str; 13] = [
    "cache",
    "cat",
    "check",
    "diff",
    "dump",
    "features",
    "find",
    "key list",
    "list",
    "ls",
    "snapshots",
    "stats",
    "version",
];

/// Commands that change something, but no repository: what is asked of it before and after is
/// the same.
const ELSEWHERE: [&str; 4] = ["generate", "mount", "restore", "self-update"];

/// Whether such a command leaves repositories as they are.
pub(super) fn spares_repositories(command: &str) -> bool {
    READING.contains(&command) || ELSEWHERE.contains(&command)
}

/// Whether a call may change what the calls after it find. What is not known does.
pub(crate) fn mutates(argv: &[String]) -> bool {
    match CommandLine::parse(argv) {
        Ok(line) => !line.is_on("dry-run") && !READING.contains(&line.command.name),
        Err(_) => true,
    }
}
