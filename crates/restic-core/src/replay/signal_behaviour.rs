use restic_types::ResticVersion;

use crate::Scripted;

/// What a process that is signalled before its output has been read does, as this version
/// of restic does. (Not the whole truth: an interrupted backup of 0.18 ended with code 1.)
pub(super) fn react_like(restic: &str, script: Scripted) -> Scripted {
    // One that is none is taken for an old one.
    let version: Option<ResticVersion> = restic.parse().ok();
    let is_before = |minor| version < Some(ResticVersion::new(0, minor, 0));
    // Older versions clear a line, even where there is no terminal.
    let says = |signal| {
        if is_before(19) {
            format!("\x1b[2Ksignal {signal} received, cleaning up\n")
        } else {
            format!("\rsignal {signal} received, cleaning up \n")
        }
    };
    let cleaning = |signal| {
        Scripted::new()
            .stderr(says(signal))
            .exit(130)
            .ignore_signals()
    };
    let script = script.on_interrupt(cleaning("interrupt"));
    if is_before(17) {
        // It dies of SIGTERM, and so do scripts.
        script
    } else {
        script.on_terminate(cleaning("terminated"))
    }
}
