use std::time::Duration;

use restic_cli_wrap::ErrorKind;
use restic_cli_wrap::commands::{Backup, Forget, Snapshots};

use crate::played::{Played, complete};
use crate::stage::Stage;

/// How long restic is left alone with a server that does not help it.
const LONG_ENOUGH: Duration = Duration::from_secs(3);

/// A port at which nobody listens, and a server that takes connections and says nothing: stopped
/// by a deadline, where restic does not give up by itself.
pub(super) fn dead_server(stage: &mut Stage<'_>) -> Played {
    let nobody = "rest:http://127.0.0.1:1/";
    let refused = stage.with(|builder| builder.repository(nobody).total_deadline(LONG_ENOUGH));
    let error = stage.run_with(&refused, Snapshots::new()).err();
    let error = error.ok_or("somebody listens")?;
    let kinds = [ErrorKind::Network, ErrorKind::TimedOut];
    assert!(kinds.contains(&error.kind()), "{error}");

    let server = stage.server().to_owned();
    let held = stage.outside(|outside| outside.silent_server(&server))?;
    let url = format!("rest:http://{server}/");
    let silent = stage.with(|builder| builder.repository(url).total_deadline(LONG_ENOUGH));
    let error = stage.run_with(&silent, Snapshots::new()).err();
    let error = error.ok_or("it answers")?;
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
    drop(held);
    Ok(())
}

/// A server that takes everything and removes nothing.
pub(super) fn append_only_server(stage: &mut Stage<'_>) -> Played {
    let server = stage.server().to_owned();
    let held = stage.outside(|outside| {
        outside.make_repository("served")?;
        outside.make_sources()?;
        outside.append_only_server(&server)
    })?;
    let url = format!("rest:http://{server}/");
    // From inside, so that nothing of the directories above counts.
    let source = stage.path("src");
    let restic = stage.with(|builder| builder.repository(url).current_dir(source));
    let backup = Backup::new(["."]).host("example");
    complete(stage.run_with(&restic, backup.clone())?)?;
    complete(stage.run_with(&restic, backup)?)?;
    // Old versions try again for a quarter of an hour.
    let patient = restic.with(|builder| builder.total_deadline(LONG_ENOUGH));
    let forget = stage.run_with(&patient, Forget::new().keep_last(1));
    let error = forget.err().ok_or("a snapshot was removed")?;
    let kinds = [ErrorKind::AccessDenied, ErrorKind::TimedOut];
    assert!(kinds.contains(&error.kind()), "{error}");
    assert_eq!(stage.run_with(&restic, Snapshots::new())?.len(), 2);
    drop(held);
    Ok(())
}
