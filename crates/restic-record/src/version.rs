use crate::error::RecordError;
use restic_core::{Event, Executor, Invocation};

/// The second word of `restic 0.19.1 compiled with …`.
pub(crate) fn ask_for_version(executor: &dyn Executor) -> Result<String, RecordError> {
    let mut process = executor.start(&Invocation::new(["version"]))?;
    let mut stdout = Vec::new();
    loop {
        match process.next_event(None) {
            Ok(Event::Stdout(bytes)) => stdout.extend(bytes),
            Ok(Event::Exited(_)) => break,
            Ok(_) => {}
            Err(error) => {
                let problem = error.to_string();
                return Err(RecordError::Version { problem });
            }
        }
    }
    let text = String::from_utf8_lossy(&stdout);
    let version = text
        .strip_prefix("restic ")
        .and_then(|rest| rest.split(' ').next());
    version
        .map(str::to_owned)
        .ok_or_else(|| RecordError::Version {
            problem: format!("it printed {text:?}"),
        })
}
