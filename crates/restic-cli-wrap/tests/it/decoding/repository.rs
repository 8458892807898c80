//! A repository as a whole.

use restic_cli_wrap::commands::*;

use restic_cli_wrap::types::Initialized;
use restic_cli_wrap::{ErrorKind, Restic, Result, Scripted};

use super::{fails, run, script};

const END: &str = "\nPlease note that knowledge of your password is required to access\n\
    the repository. Losing your password means that your data is\nirrecoverably lost.\n";

/// Makes a repository at this place, with an old restic that says this.
fn make(place: &str, stdout: &str) -> Result<Initialized> {
    let restic = Restic::builder()
        .executor(Scripted::executor([script(0, stdout, "")]))
        .repository(place)
        .restic_version("0.14.0");
    restic.build().run(Init::new())
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
        for end in [END, "", "\n", "a helper's text\n", "\nPlease note\n"] {
            let stdout = format!("created restic repository 1cfe4abd33 at {place}\n{end}");
            let made = make(place, &stdout).unwrap();
            assert_eq!(made.repository, place, "{end:?}");
            assert_eq!(made.id.as_str(), "1cfe4abd33");
        }
    }
}

/// Only the name that was asked for may have several lines.
#[test]
fn what_somebody_else_says_is_no_part_of_a_new_repository() {
    for foreign in ["a helper's text\n", "\n", "\u{fffd}\n", "[0:00] 100.00%\n"] {
        let first = "created restic repository 1cfe4abd33 at /srv/";
        let stdout = format!("{first}repo\n{foreign}{END}");
        assert_eq!(make("/srv/repo", &stdout).unwrap().repository, "/srv/repo");
        // The name is cut, or not the one that was asked for.
        let stdout = format!("{first}we\n{foreign}ird\n{END}");
        let error = make("/srv/we\nird", &stdout).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadOutput);
    }
    // Of a name that is not known nobody knows where it ends.
    let cut = "created restic repository 1cfe4abd33 at /srv/we\nird\n\nPlease note\n";
    fails(Init::new(), 0, cut, "", ErrorKind::BadOutput);
    let whole = format!("created restic repository 1cfe4abd33 at /srv/repo\n{END}");
    let made = run(Init::new(), 0, &whole, "").unwrap();
    assert_eq!(made.repository, "/srv/repo");
}

#[test]
fn a_name_with_newlines_that_comes_by_a_variable_is_whole() {
    for place in ["/srv/repo", "/srv/we\nird\n\nplace"] {
        let stdout = format!("created restic repository 1cfe4abd33 at {place}\n{END}");
        let executor = Scripted::executor([script(0, &stdout, "")]);
        let restic = Restic::builder().executor(executor);
        let restic = restic.env("RESTIC_REPOSITORY", place).build();
        assert_eq!(restic.run(Init::new()).unwrap().repository, place);
    }
}

#[test]
fn unlock() {
    let unlock = |stdout| run(Unlock::new(), 0, stdout, "").unwrap();
    let old = unlock("successfully removed locks\n");
    assert_eq!((old.removed, old.text.len()), (None, 1));
    assert_eq!(unlock("successfully removed 2 locks\n").removed, Some(2));
    assert_eq!(unlock(""), Unlocked::default());
}
