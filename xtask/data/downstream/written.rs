//! What people write without looking at types.

use restic_cli_wrap::commands::{Backup, Forget, Restore, Snapshots};
use restic_cli_wrap::core::Runner;
use restic_cli_wrap::decode::{
    DecodeFailure, Diagnostics, DocumentDecoder, Line, NoEvents, PlainText, RunEnd, TextDecoder,
};
use restic_cli_wrap::values::{Keep, Pattern, RetentionPolicy};
use restic_cli_wrap::{
    Arguments, Command, Decoder, ErrorKind, NoticeSource, Repository, Restic, Scripted, Stop,
};
use serde::Deserialize;
use std::sync::Arc;

fn answers(text: &str) -> Restic {
    Restic::builder().executor(Scripted::executor([Scripted::new().stdout(text)])).build()
}

#[test]
fn literals_and_paths_are_taken() {
    let restic = Restic::builder().repository("/srv/repo").verbose(1).limit_upload(500).build();
    let backup = Backup::new(["/data"]).read_concurrency(4).tag("nightly").exclude("*.tmp");
    let line = restic.invocation(&backup).to_string();
    assert!(line.contains("--limit-upload=500") && line.contains("--read-concurrency=4"), "{line}");
    let restore = Restore::new("latest").target("/restored").include(Pattern::literal("/a[1].txt"));
    assert!(restic.invocation(&restore).to_string().contains(r"a\[1\].txt"));
    assert!(restic.invocation(&Snapshots::new().latest(1)).to_string().contains("--latest=1"));
}

#[test]
fn commands_repositories_and_policies_are_values() {
    assert_eq!(Backup::new(["/a"]), Backup::new(["/a"]));
    assert_ne!(Backup::new(["/a"]), Backup::new(["/b"]));
    assert_eq!(Repository::new("/r").password("p"), Repository::new("/r").password("p"));
    assert_eq!(Keep::from(7_u64), Keep::from("7"));
    let policy = RetentionPolicy::new().keep_daily(7).keep_last("unlimited");
    let json = serde_json::to_string(&policy).unwrap();
    assert_eq!(serde_json::from_str::<RetentionPolicy>(&json).unwrap(), policy);
    let forget = Forget::new().keep_daily(7).keep_last(Keep::Unlimited);
    assert_eq!(Forget::new().policy(policy).keep_daily(7), forget.keep_daily(7));
}

#[test]
fn stops_add_and_kinds_are_labels() {
    let (a, b) = (Stop::new(), Stop::new());
    let restic = Restic::builder().executor(Scripted::executor([])).build();
    let restic = restic.with_stop(&a).with_stop(&b);
    a.stop();
    let error = restic.run(Snapshots::new()).unwrap_err();
    assert_eq!(format!("restic_errors{{kind=\"{}\"}}", error.kind()), "restic_errors{kind=\"cancelled\"}");
    assert_eq!("cancelled".parse(), Ok(ErrorKind::Cancelled));
}

#[test]
fn the_runner_is_found() {
    let runner = Runner::new("/no/such/restic");
    let restic = Restic::builder().executor(Arc::new(runner)).build();
    let error = restic.run(Snapshots::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BinaryNotFound);
}

#[derive(Debug, Deserialize)]
struct Health {
    score: u32,
}

#[derive(Clone, Debug)]
struct GetHealth;

impl Command for GetHealth {
    type Event = NoEvents;
    type Output = Health;
    type Decoder = DocumentDecoder<Health>;

    fn arguments(&self) -> Arguments {
        Arguments::new("health")
    }

    fn decoder(&self) -> Self::Decoder {
        DocumentDecoder::new()
    }
}

#[derive(Debug, Deserialize)]
struct Step {
    done: u64,
}

#[derive(Clone, Debug)]
struct Scrub;

#[derive(Default)]
struct ScrubDecoder(u64);

impl Command for Scrub {
    type Event = Step;
    type Output = u64;
    type Decoder = ScrubDecoder;

    fn arguments(&self) -> Arguments {
        Arguments::new("scrub")
    }

    fn decoder(&self) -> ScrubDecoder {
        ScrubDecoder::default()
    }
}

impl Decoder for ScrubDecoder {
    type Event = Step;
    type Output = u64;

    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<Step> {
        let step: Step = line.json(diagnostics)?;
        self.0 = step.done;
        Some(step)
    }

    fn finish(self, end: &RunEnd<'_>) -> Result<u64, DecodeFailure<u64>> {
        if end.is_success() { Ok(self.0) } else { Err(end.failure().with(Some(self.0))) }
    }
}

#[derive(Clone, Debug)]
struct Motto;

impl Command for Motto {
    type Event = NoEvents;
    type Output = PlainText;
    type Decoder = TextDecoder;

    fn arguments(&self) -> Arguments {
        Arguments::new("motto")
    }

    fn decoder(&self) -> TextDecoder {
        TextDecoder::of(NoticeSource::Stdout)
    }
}

#[test]
fn own_commands_of_three_kinds() {
    assert_eq!(answers("{\"score\":97}\n").run(GetHealth).unwrap().score, 97);
    let error = answers("").run(GetHealth).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadOutput);

    let restic = answers("{\"done\":1}\nno JSON\n{\"done\":2}\n");
    let mut run = restic.start(Scrub).unwrap();
    assert_eq!(run.by_ref().map(|step| step.unwrap().done).collect::<Vec<_>>(), [1, 2]);
    let (done, notices) = run.finish_with_notices().unwrap();
    assert_eq!((done, notices[0].text.as_str()), (2, "no JSON"));
    // A message of another shape is reported at the end.
    let error = answers("{\"done\":\"x\"}\n").run(Scrub).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadOutput);

    assert_eq!(answers("well done\n").run(Motto).unwrap().to_string(), "well done\n");
}
