//! A deadline that ends a restic which was trying something in vain.

use std::time::Duration;

use restic_cli_wrap::commands::Snapshots;
use restic_cli_wrap::{Error, ErrorKind, ResticBuilder};
use restic_test_support::fake::Fake;

/// What becomes of a restic that prints one thing while it tries, and another when it is interrupted.
fn stopped(said: &str, end: &str, location: &str) -> Error {
    stopped_by(said, end, |builder| {
        let builder = builder.repository(location.to_owned());
        builder.total_deadline(DEADLINE)
    })
}

fn stopped_by(said: &str, end: &str, limit: impl Fn(ResticBuilder) -> ResticBuilder) -> Error {
    let fake = Fake::new(&format!(
        "trap 'printf \"%s\\n\" '\\''{end}'\\'' >&2; exit 130' INT\n\
         printf '%s\\n' '{said}' >&2\nwhile :; do sleep 0.05; done"
    ));
    let error = limit(fake.builder()).build().run(Snapshots::new());
    let error = error.expect_err("a deadline");
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    error
}

const DEADLINE: Duration = Duration::from_millis(500);

const ENDS: [&str; 3] = [
    "Fatal: unable to open config file: context canceled",
    "context canceled",
    r#"{"message_type":"exit_error","code":130,"message":"Fatal: unable to open config file: Stat: context canceled"}"#,
];

#[test]
fn a_deadline_names_what_restic_complained_about_last() {
    let stat = "Stat(<config/>) returned error, retrying after 552.330144ms: ";
    let cases = [
        (
            "Head \"https://srv:8000/config\": tls: failed to verify certificate: x509: certificate signed by unknown authority",
            false,
        ),
        (
            "The AWS Access Key Id you provided does not exist in our records.",
            false,
        ),
        ("open /srv/repo/locks/0123: read-only file system", false),
        (
            "unexpected HTTP response (507): 507 Insufficient Storage",
            false,
        ),
        (
            "Head \"http://srv:8000/config\": dial tcp 10.0.0.1:8000: connect: connection refused",
            true,
        ),
        (
            "unexpected HTTP response (503): 503 Service Unavailable",
            true,
        ),
    ];
    for ((said, may_wait), end) in cases.into_iter().zip(ENDS.into_iter().cycle()) {
        let error = stopped(&format!("{stat}{said}"), end, "rest:http://srv:8000/");
        assert!(error.message().ends_with(said), "{}", error.message());
        assert_eq!(error.is_retryable(), may_wait, "{said}");
    }
    let said = format!("{stat}{}", cases[0].0);
    let idle = stopped_by(&said, ENDS[0], |builder| builder.idle_deadline(DEADLINE));
    assert!(idle.message().ends_with(cases[0].0), "{}", idle.message());
}

#[test]
fn a_server_that_never_answers_may_be_tried_again() {
    let request =
        "Fatal: unable to open config file: Stat: Get \"http://srv:8000/config\": context canceled";
    for end in ENDS.into_iter().chain([request]) {
        let error = stopped("", end, "rest:http://srv:8000/");
        assert!(error.is_retryable(), "{end}");
        assert_eq!(
            error.message(),
            "the run took longer than its total deadline",
            "{end}"
        );
    }
    // A directory that hangs is no server.
    assert!(!stopped("", ENDS[0], "/srv/repo").is_retryable());
}

#[test]
fn what_went_well_in_the_end_is_no_complaint() {
    let said = "Load(<config/>) returned error, retrying after 552.330144ms: connection refused\n\
        Load(<config/>) operation successful after 1 retries";
    let error = stopped(said, ENDS[1], "/srv/repo");
    assert!(!error.message().contains("refused"), "{}", error.message());
    assert!(!error.is_retryable());
}
