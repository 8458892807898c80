//! What restic says of a lock that is in the way.

use restic_cli_wrap::commands::Unlock;
use restic_cli_wrap::{ErrorKind, Restic, Scripted};

/// Lets restic fail with these words.
pub fn check(text: &str) {
    for code in [1, 11] {
        let script = Scripted::new().stderr(text).exit(code);
        let restic = Restic::builder()
            .executor(Scripted::executor([script]))
            .build();
        let error = restic
            .run(Unlock::new())
            .expect_err("the exit code says so");
        assert!(code != 11 || error.kind() == ErrorKind::Locked, "{error}");
        let Some(lock) = error.lock() else {
            continue;
        };
        assert_eq!(error.kind(), ErrorKind::Locked);
        let is_plain = !text.contains('\\');
        assert!(
            !is_plain || text.contains(&lock.pid.to_string()) || text.contains("PID 0"),
            "{lock:?}"
        );
        let id_is_trimmed = lock
            .id
            .as_ref()
            .is_none_or(|id| id.as_str().trim() == id.as_str());
        assert!(id_is_trimmed, "{lock:?}");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config;

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn any_text_is_read_or_passed_over(text in any::<String>()) {
            check(&text);
        }

        #[test]
        fn a_holder_is_read_as_it_is_printed(
            exclusive in any::<bool>(),
            pid in any::<u32>(),
            host in "[a-zA-Z0-9.-]{1,20}( by [a-z]{1,5})?",
            user in "[a-zA-Z0-9\\\\ ]{0,10}",
            (hours, minutes, millis) in (0..10_000_u64, 0..60_u64, 0..60_000_u64),
            id in "[0-9a-f]{8}",
        ) {
            prop_assume!(user.trim() == user && !user.contains(" by "));
            let kind = if exclusive { "locked exclusively" } else { "locked" };
            let seconds = millis as f64 / 1000.0;
            let text = format!(
                "unable to create lock in backend: repository is already {kind} by PID {pid} on \
                 {host} by {user} (UID 0, GID 0)\n\
                 lock was created at 2026-11-22 11:19:07 ({hours}h{minutes}m{seconds}s ago)\n\
                 storage ID {id}\n"
            );
            check(&text);
            let script = Scripted::new().stderr(text).exit(11);
            let restic = Restic::builder().executor(Scripted::executor([script])).build();
            let error = restic.run(Unlock::new()).unwrap_err();
            let lock = error.lock().unwrap();
            prop_assert_eq!((lock.exclusive, lock.pid), (exclusive, pid));
            prop_assert_eq!((lock.host.as_str(), lock.user.as_str()), (&*host, &*user));
            prop_assert_eq!(lock.id.as_ref().unwrap().as_str(), id);
            let age = (hours * 3600 + minutes * 60) as f64 + seconds;
            prop_assert!((lock.age.unwrap().as_secs_f64() - age).abs() < 1e-6);
        }
    }
}
