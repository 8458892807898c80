//! A repository as a whole.

use restic_cli_wrap::commands::*;

use restic_cli_wrap::types::Initialized;
use restic_cli_wrap::{Restic, Scripted};

use super::{run, script};

const END: &str = "\nPlease note that knowledge of your password is required to access\n\
    the repository. Losing your password means that your data is\nirrecoverably lost.\n";

fn init(place: &str, stdout: &str) -> Initialized {
    let executor = Scripted::executor([script(0, stdout, "")]);
    let builder = Restic::builder().executor(executor).repository(place);
    builder.build().run(Init::new()).unwrap()
}

/// Before restic 0.15 it is a text, with the name as it is.
#[test]
fn a_repository_whose_name_has_newlines_keeps_all_of_it() {
    for place in [
        "/srv/repo",
        "/srv/we\nird",
        "/srv/a at b",
        "/srv/a\n\nb\n",
        "/srv/x\ncreated restic repository ffffffffff at /evil",
        // Even one that ends as restic itself does.
        "/srv/x\n\nPlease note that knowledge of your password is required to access\n\
         the repository. Losing your password means that your data is\nirrecoverably lost.",
    ] {
        let stdout = format!("created restic repository 1cfe4abd33 at {place}\n{END}");
        let made = init(place, &stdout);
        assert_eq!(made.repository, place);
        assert_eq!(made.id.as_str(), "1cfe4abd33");
    }
    // Somebody else's words in between are no part of the name.
    let stdout = format!("created restic repository 1cfe4abd33 at /srv/repo\nhelp!\n{END}");
    assert_eq!(init("/srv/repo", &stdout).repository, "/srv/repo");
}

#[test]
fn unlock() {
    let unlock = |stdout| run(Unlock::new(), 0, stdout, "").unwrap();
    let old = unlock("successfully removed locks\n");
    assert_eq!((old.removed, old.text.len()), (None, 1));
    assert_eq!(unlock("successfully removed 2 locks\n").removed, Some(2));
    assert_eq!(unlock(""), Unlocked::default());
}
