//! What some releases want said in another way.

use std::ffi::{OsStr, OsString};

use restic_process::{Environment, Secret};

/// Lets what the environment says of the two repositories change places.
pub(crate) fn swap_repositories(environment: &mut Environment) {
    for what in [
        "REPOSITORY",
        "REPOSITORY_FILE",
        "PASSWORD",
        "PASSWORD_FILE",
        "PASSWORD_COMMAND",
        "KEY_HINT",
    ] {
        let name = |prefix: &str, suffix: &str| OsString::from(format!("{prefix}{what}{suffix}"));
        let own = environment.remove(&name("RESTIC_", ""));
        let source = environment.remove(&name("RESTIC_FROM_", ""));
        if let Some(own) = own {
            environment.insert(name("RESTIC_", "2"), own);
        }
        if let Some(source) = source {
            environment.insert(name("RESTIC_", ""), source);
        }
    }
}

/// Enables a feature beside those that the user has set.
pub(crate) fn enable(feature: &str, environment: &mut Environment) {
    let name = OsStr::new("RESTIC_FEATURES");
    let set = environment.get(name).map_or(&[][..], Secret::expose);
    let set = String::from_utf8_lossy(set).into_owned();
    let mut names = set.split(',').map(|part| part.split('=').next());
    if names.any(|name| name == Some(feature)) {
        return;
    }
    let both = [set.as_str(), feature].join(",");
    let both = Secret::from(both.trim_start_matches(','));
    environment.insert(name.to_owned(), both);
}
