//! # Coming from resticpy
//!
//! The counterparts of all functions and arguments of the Python library
//! [resticpy](https://pypi.org/project/resticpy/) 1.3, and of `cat.lock`, which is in its
//! repository but not in that release. Its global variables are settings of a client here, so that
//! a program can have several:
//!
//! | resticpy | here |
//! |---|---|
//! | `restic.binary_path = "/usr/bin/restic"` | `Restic::builder().binary("/usr/bin/restic")` |
//! | `restic.repository = "/srv/repo"` | `.repository("/srv/repo")` |
//! | `restic.password_file = "/etc/restic/password"` | `.password_file("/etc/restic/password")` |
//! | `restic.use_cache = False` | `.no_cache(true)` |
//! | `RESTIC_REPOSITORY`, `RESTIC_PASSWORD` and others in the environment | `.inherit_restic_env()` |
//!
//! resticpy passes the whole environment on to restic. This library leaves out `RESTIC_*` variables
//! unless [`inherit_restic_env`](crate::ResticBuilder::inherit_restic_env) is set.
//!
//! Each function is a command value here, and each argument one of its setters:
//!
//! | resticpy | here |
//! |---|---|
//! | `restic.backup(paths=["/data"])` | `restic.run(Backup::new(["/data"]))?` |
//! | `files_from=["/etc/list"]` | `Backup::listed_in("/etc/list")` |
//! | `exclude_patterns=["*.tmp"]` | `backup.excludes(["*.tmp"])` |
//! | `exclude_files=["/etc/excludes"]` | `backup.exclude_files(["/etc/excludes"])` |
//! | `tags=["nightly"]` | `backup.tags(["nightly"])` |
//! | `dry_run=True` | `backup.dry_run(true)` |
//! | `host="srv1"` | `backup.host("srv1")` |
//! | `scan=False` | `backup.no_scan(true)` |
//! | `group_by=["host", "paths"]` | `backup.group_by("host,paths")` |
//! | `skip_if_unchanged=True` | `backup.skip_if_unchanged(true)` |
//! | `restic.cat.config()` | `restic.run(CatConfig::new())?` |
//! | `restic.cat.masterkey()` | `restic.run(CatMasterKey::new())?` |
//! | `restic.cat.lock(lock_id)` | `restic.run(CatLock::new(lock_id))?` |
//! | `restic.check(read_data=True)` | `restic.run(Check::new().read_data(true))?` |
//! | `read_data_subset="5%"` | `Check::new().read_data_subset("5%")` |
//! | `restic.copy(from_repo="/srv/other", from_password_file="/pw")` | `restic.run(Copy::from(Repository::new("/srv/other").password_file("/pw")))?` |
//! | `restic.find("*.txt")` | `restic.run(Find::new(["*.txt"]))?` |
//! | `restic.forget(keep_daily=7, prune=True)` | `restic.run(Forget::new().keep_daily(7).prune(true))?` |
//! | `dry_run=True` | `forget.dry_run(true)` |
//! | `group_by=["host"]` | `forget.group_by("host")` |
//! | `tags=["nightly"]` | `forget.tags(["nightly"])` |
//! | `host="srv1"` | `forget.host("srv1")` |
//! | `keep_last=3` | `forget.keep_last(3)` |
//! | `keep_hourly=24` | `forget.keep_hourly(24)` |
//! | `keep_weekly=5` | `forget.keep_weekly(5)` |
//! | `keep_monthly=12` | `forget.keep_monthly(12)` |
//! | `keep_yearly=10` | `forget.keep_yearly(10)` |
//! | `keep_within="1y5m7d2h"` | `forget.keep_within("1y5m7d2h")` |
//! | `snapshot_id="0651ec02"` | `restic.run(ForgetSnapshots::new(["0651ec02"]))?` |
//! | `restic.generate(bash_completion_path="/tmp/bash")` | `restic.run(Generate::new().bash_completion("/tmp/bash"))?` |
//! | `man_directory="/tmp/man"` | `Generate::new().man("/tmp/man")` |
//! | `zsh_completion_path="/tmp/zsh"` | `Generate::new().zsh_completion("/tmp/zsh")` |
//! | `restic.init()` | `restic.run(Init::new())?` |
//! | `from_repo="/srv/other", from_password_file="/pw"` | `Init::new().from(Repository::new("/srv/other").password_file("/pw"))` |
//! | `copy_chunker_params=True` | `init.copy_chunker_params(true)` |
//! | `repository_version=2` | `init.repository_version("2")` |
//! | `restic.key.list()` | `restic.run(KeyList::new())?` |
//! | `restic.key.add(new_password_file="/pw", user="bob", host="srv1")` | `restic.run(KeyAdd::password_file("/pw").user("bob").host("srv1"))?` |
//! | `restic.key.remove(key_id)` | `restic.run(KeyRemove::new(key_id))?` |
//! | `restic.key.passwd(new_password_file="/pw")` | `restic.run(KeyPasswd::password_file("/pw"))?` |
//! | `restic.list.locks()` | `restic.run(List::locks())?` |
//! | `restic.restore(snapshot_id="latest", target_dir="/restored")` | `restic.run(Restore::new("latest").target("/restored"))?` |
//! | `include="/data/docs"` | `restore.include("/data/docs")` |
//! | `exclude=["*.tmp"]` | `restore.excludes(["*.tmp"])` |
//! | `restic.rewrite(exclude=["*.tmp"])` | `restic.run(Rewrite::new().excludes(["*.tmp"]))?` |
//! | `exclude_file="/etc/excludes"` | `rewrite.exclude_file("/etc/excludes")` |
//! | `forget=True` | `rewrite.forget(true)` |
//! | `dry_run=True` | `rewrite.dry_run(true)` |
//! | `snapshot_id="0651ec02"` | `rewrite.snapshot("0651ec02")` |
//! | `restic.self_update()` | `restic.run(SelfUpdate::new())?` |
//! | `restic.snapshots()` | `restic.run(Snapshots::new())?` |
//! | `snapshot_id="0651ec02"` | `snapshots.snapshot("0651ec02")` |
//! | `tags=["a", "b"]` | `snapshots.tag("a,b")` |
//! | `path="/data"` | `snapshots.path("/data")` |
//! | `host="srv1"` | `snapshots.host("srv1")` |
//! | `group_by=["host"]` | `restic.run(SnapshotGroups::new("host"))?` |
//! | `restic.stats(mode="raw-data")` | `restic.run(Stats::new().mode("raw-data"))?` |
//! | `tags=["nightly"]` | `stats.tags(["nightly"])` |
//! | `host="srv1"` | `stats.host("srv1")` |
//! | `restic.unlock()` | `restic.run(Unlock::new())?` |
//! | `restic.version()` | `restic.run(Version::new())?` |
//!
//! Where resticpy raises `ResticFailedError`, this library returns an [`Error`](crate::Error) with a
//! [kind](crate::ErrorKind). A backup that could not read everything is no error: see
//! [`errors`](super::errors).
