//! Hosts in a terminal, where somebody might be asked.

use std::time::Duration;

use restic_cli_wrap::commands::Snapshots;
use restic_cli_wrap::{Restic, ResticBuilder};

use crate::support::{Alone, on_each, within};
use restic_test_support::fake::Fake;

/// Runs a program in a terminal of its own, whose foreground it is.
const IN_TERMINAL: [&str; 3] = [
    "sh",
    "-c",
    "exec script -qec \"'$0' $*\" /dev/null </dev/null",
];

/// What asks at the terminal, as ssh does, and waits for an answer.
const ASKS: &str = "sh -c 'head -n1 </dev/tty'";

fn ask(builder: ResticBuilder) -> restic_cli_wrap::Result<Vec<restic_cli_wrap::types::Snapshot>> {
    let restic: Restic = builder.password_command(ASKS).build();
    within(Duration::from_secs(4), || restic.run(Snapshots::new()))
}

#[test]
fn nobody_waits_for_a_terminal() {
    const NAME: &str = "terminal::nobody_waits_for_a_terminal";
    Alone::new(NAME).through(&IN_TERMINAL).run(|| {
        // There is one.
        std::fs::File::open("/dev/tty").unwrap();
        on_each(NAME, |bench| {
            let error = ask(bench.locked_out()).unwrap_err();
            assert!(error.stderr_tail().contains("/dev/tty"), "{error:?}");
        });
        let fake = Fake::new(&format!("{ASKS} || exit 1; echo '[]'"));
        let error = ask(fake.builder()).unwrap_err();
        assert!(error.stderr_tail().contains("/dev/tty"), "{error:?}");
    });
}

#[test]
fn a_program_may_let_restic_ask() {
    const NAME: &str = "terminal::a_program_may_let_restic_ask";
    Alone::new(NAME).through(&IN_TERMINAL).run(|| {
        let fake = Fake::new("echo '? ' >/dev/tty && echo '[]'");
        let restic = fake.builder().terminal(true).build();
        restic.run(Snapshots::new()).unwrap();
        let stopped =
            Fake::new("trap 'exit 130' INT; touch $here/started; while :; do sleep 0.02; done");
        let run = stopped
            .builder()
            .terminal(true)
            .build()
            .start(Snapshots::new())
            .unwrap();
        stopped.wait_for("started");
        // Ending its helpers must not end this program, whose group it shares.
        drop(run);
    });
}
