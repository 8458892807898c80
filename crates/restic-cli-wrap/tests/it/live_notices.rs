//! What restic says beside its messages reaches the program while restic runs.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use futures_executor::block_on;
use restic_cli_wrap::commands::{Backup, Prune};
use restic_cli_wrap::{ErrorKind, Restic, ResticBuilder, Scripted, Stop};

const RETRY: &str = "List(data) returned error, retrying after 552.33ms: server response unexpected: 502 Bad Gateway (502)";

/// A restic that retries forever, and what it says of that.
fn retrying(stdout: &str) -> (ResticBuilder, Receiver<String>) {
    let script = Scripted::new()
        .stdout(stdout)
        .stderr(format!("{RETRY}\n"))
        .hang();
    let (sender, receiver) = channel();
    let builder = Restic::builder()
        .executor(Scripted::executor([script]))
        .repository("/srv/repo")
        .on_notice(move |notice| drop(sender.send(notice.text.clone())));
    (builder, receiver)
}

/// Stops the run as soon as the notice is there: without it, the run would never end.
fn stop_when_asked(receiver: Receiver<String>) -> (Stop, std::thread::JoinHandle<String>) {
    let stop = Stop::new();
    let button = stop.clone();
    let watcher = std::thread::spawn(move || {
        let notice = receiver.recv_timeout(Duration::from_secs(30));
        button.stop();
        notice.unwrap_or_default()
    });
    (stop, watcher)
}

#[test]
fn they_come_while_a_run_without_events_waits() {
    let (builder, receiver) = retrying("");
    let (stop, watcher) = stop_when_asked(receiver);
    let error = builder
        .build()
        .with_stop(&stop)
        .run(Prune::new())
        .unwrap_err();
    assert_eq!(watcher.join().unwrap(), RETRY);
    assert_eq!(error.kind(), ErrorKind::Cancelled);
}

#[test]
fn they_come_while_an_asynchronous_run_waits() {
    let (builder, receiver) = retrying("");
    let (stop, watcher) = stop_when_asked(receiver);
    let restic = builder.build().with_stop(&stop);
    let error = block_on(restic.run_async(Backup::new(["/data"]))).unwrap_err();
    assert_eq!(watcher.join().unwrap(), RETRY);
    assert_eq!(error.kind(), ErrorKind::Cancelled);
}

#[test]
fn they_show_no_secret() {
    let script = Scripted::new()
        .stderr("cannot log in with correct-horse\n")
        .stdout("[]\n");
    let (sender, receiver) = channel();
    let restic = Restic::builder()
        .executor(Scripted::executor([script]))
        .repository("/srv/repo")
        .password("correct-horse")
        .on_notice(move |notice| drop(sender.send(notice.text.clone())))
        .build();
    restic
        .run(restic_cli_wrap::commands::Snapshots::new())
        .unwrap();
    assert_eq!(receiver.recv().unwrap(), "cannot log in with ***");
}
