use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use restic_cli_wrap::commands::Snapshots;
use restic_cli_wrap::{Restic, Scripted};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Writes down every field of every span and event.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Visit for &Log {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        writeln!(self.0.lock().unwrap(), "{field}={value:?}").unwrap();
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut &*self);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut &*self);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut &*self);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[test]
fn one_span_tells_a_run_without_its_secrets() {
    let log = Log::default();
    let restic = Restic::builder()
        .executor(Scripted::executor([
            Scripted::new().stdout("[]\n"),
            Scripted::new()
                .stderr("Fatal: wrong password or no key found\n")
                .exit(1),
        ]))
        .repository("rest:http://alice:url-password@host/")
        .password("own-password")
        .restic_version("0.19.1")
        .build();
    tracing::subscriber::with_default(log.clone(), || {
        restic.run(Snapshots::new()).unwrap();
        restic.run(Snapshots::new()).unwrap_err();
    });
    let log = log.0.lock().unwrap();
    for part in [
        "command=\"snapshots\"",
        "version=\"0.19.1\"",
        "--password-file={{secret}}",
        "exit=exit code 0",
        "bytes=3",
        "exit=exit code 1",
        "error=WrongPassword",
        "message=restic failed",
    ] {
        assert!(log.contains(part), "{part} is not in:\n{log}");
    }
    assert!(
        !log.contains("url-password") && !log.contains("own-password"),
        "{log}"
    );
}
