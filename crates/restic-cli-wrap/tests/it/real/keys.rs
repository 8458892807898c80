//! Keys.

use std::fs;

use restic_cli_wrap::commands::*;
use restic_cli_wrap::{ErrorKind, Restic};

use super::{Bench, builder, on_each};

/// A client of the bench's repository with another password.
fn with_password(bench: &Bench, password: &str) -> Restic {
    let builder = builder(&bench.binary, bench.directory.path());
    builder.password(password).build()
}

#[test]
fn keys_are_added_listed_changed_and_removed() {
    on_each("keys_are_added_listed_changed_and_removed", |bench| {
        let restic = &bench.restic;
        let first = restic.run(KeyList::new()).unwrap();
        assert!(first.len() == 1 && first[0].current, "{first:?}");

        let add = KeyAdd::new("second").user("bob").host("other");
        let added = restic.run(add).unwrap();
        let keys = restic.run(KeyList::new()).unwrap();
        let new = keys.iter().find(|key| key.user_name == "bob").unwrap();
        assert_eq!((keys.len(), new.current), (2, false));
        assert_eq!(new.host_name, "other");
        if let Some(id) = added.id {
            assert_eq!(id, new.id);
        } else {
            assert_eq!(added.username.as_deref(), Some("bob"));
            assert_eq!(added.hostname.as_deref(), Some("other"));
            assert!(added.created.is_some() && bench.is_older_than(17));
        }

        let second = with_password(&bench, "second");
        let saved = second.run(KeyPasswd::new("third")).unwrap();
        assert!(saved.id.is_some() || saved.created.is_some(), "{saved:?}");
        let gone = second.run(Snapshots::new()).unwrap_err();
        assert_eq!(gone.kind(), ErrorKind::WrongPassword, "{gone}");
        let third = with_password(&bench, "third");
        let keys = third.run(KeyList::new()).unwrap();
        let current = keys.iter().find(|key| key.current).unwrap();
        assert_eq!(keys.len(), 2);
        assert_ne!(current.id, new.id);

        let own = KeyRemove::new(current.id.as_str());
        assert_eq!(third.run(own).unwrap_err().kind(), ErrorKind::Usage);
        assert_eq!(bench.kind(KeyRemove::new("deadbeef")), ErrorKind::NotFound);
        let removed = restic.run(KeyRemove::new(current.id.as_str())).unwrap();
        let is_it = |id: restic_cli_wrap::types::KeyId| id.short() == current.id.short();
        assert!(removed.id.is_none_or(is_it));
        assert_eq!(restic.run(KeyList::new()).unwrap().len(), 1);

        let file = bench.path("new");
        fs::write(&file, "fourth\n").unwrap();
        restic.run(KeyAdd::password_file(&file)).unwrap();
        let fourth = with_password(&bench, "fourth");
        assert_eq!(fourth.run(KeyList::new()).unwrap().len(), 2);

        let open = KeyAdd::no_password();
        if bench.is_older_than(17) {
            assert_eq!(bench.kind(open), ErrorKind::Unsupported);
        } else {
            restic.run(open).unwrap();
            let plain = builder(&bench.binary, bench.directory.path()).no_password();
            assert_eq!(plain.build().run(KeyList::new()).unwrap().len(), 3);
        }
        let wrong = with_password(&bench, "not it").run(KeyAdd::new("x"));
        let wrong = wrong.unwrap_err();
        assert_eq!(wrong.kind(), ErrorKind::WrongPassword, "{wrong:?}");
    });
}
