use super::version::first_numbers;
use crate::Scripted;

/// What a process that is signalled before its output has been read does, as this version
/// of restic does. (Not the whole truth: an interrupted backup of 0.18 ended with code 1.)
pub(super) fn react_like(restic: &str, script: Scripted) -> Scripted {
    let version = first_numbers(restic);
    // Older versions clear a line, even where there is no terminal.
    let says = |signal| {
        if version < (Some(0), Some(19)) {
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
    if version < (Some(0), Some(17)) {
        // It dies of SIGTERM, and so do scripts.
        script
    } else {
        script.on_terminate(cleaning("terminated"))
    }
}
