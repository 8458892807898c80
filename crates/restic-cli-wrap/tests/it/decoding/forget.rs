//! Forgetting and pruning.

use restic_cli_wrap::commands::*;
use restic_cli_wrap::values::Keep;
use restic_cli_wrap::{ErrorKind, Restic, Scripted};

use super::{fails, no_part_is_the_whole, quiet, restic, run, script, size};

mod prune {
    use super::*;

    const OLD: &str = "counting files in repo\n\
        building new index for repo\n\
        [0:00] 100.00%  9 / 9 packs\n\
        \n\
        repository contains 9 packs (24 blobs) with 56.789 KiB\n\
        processed 24 blobs: 0 duplicate blobs, 0 B duplicate\n\
        load all snapshots\n\
        find data that is still in use for 2 snapshots\n\
        [0:00] 100.00%  2 / 2 snapshots\n\
        \n\
        found 10 of 24 data blobs still in use, removing 14 blobs\n\
        will remove 0 invalid files\n\
        will delete 4 packs and rewrite 2 packs, this frees 11.846 KiB\n\
        saved new indexes as [33530900]\n\
        remove 6 old packs\n\
        [0:00] 100.00%  6 / 6 files deleted\n\
        \n\
        done\n";
    const VERBOSE: &str = "loading indexes...\n\
        loading all snapshots...\n\
        finding data that is still in use for 5 snapshots\n\
        [0:00] 100.00%  5 / 5 snapshots\n\
        will remove pack aaaaaaaa as it is unused and not indexed\n\
        \n\
        used:                 17 blobs / 42.564 KiB\n\
        duplicates:            1 blobs / 293.000 KiB\n\
        unused:               14 blobs / 3.827 KiB\n\
        unreferenced:                    293.142 KiB\n\
        total:                31 blobs / 46.392 KiB\n\
        unused size: 8.25% of total size\n\
        \n\
        to repack:            10 blobs / 41.508 KiB\n\
        this removes:          7 blobs / 1.823 KiB\n\
        to delete:             7 blobs / 308 B\n\
        total prune:          14 blobs / 3.827 KiB\n\
        not yet compressed:              323.739 KiB\n\
        remaining:            17 blobs / 42.564 KiB\n\
        unused size after prune: 12 B (0.01% of remaining size)\n\
        \n\
        totally used packs:          7\n\
        partly used packs:           2\n\
        unused packs:                4\n\
        \n\
        to keep:               8 packs\n\
        to repack:             3 packs\n\
        to delete:             5 packs\n\
        to delete:             1 unreferenced packs\n\
        repacking packs\n\
        removed index c148de2f2751fbc32239cf30b01904f9fbe33b3b522a34489bf0aba19ce4be2d\n\
        removed data/358def0bc3254ad7813c73a73222a21b853bc192d3f357aa2813fa711f3107e1\n\
        done\n";

    #[test]
    fn of_an_old_restic() {
        let report = run(Prune::new(), 0, OLD, "").unwrap();
        let old = report.old.unwrap();
        assert_eq!((old.packs, old.blobs), (9, 24));
        assert_eq!((old.used_blobs, old.removed_blobs), (10, 14));
        assert_eq!((old.packs_to_delete, old.packs_to_rewrite), (4, 2));
        assert_eq!(
            (old.size, old.frees),
            (size("56.789 KiB"), size("11.846 KiB"))
        );
        assert_eq!((old.duplicate_blobs, old.invalid_files), (0, 0));
        assert_eq!(report.removed_blobs(), Some(14));
        assert_eq!(report.removed_size(), Some(size("11.846 KiB")));
        assert_eq!((report.snapshots, report.details), (Some(2), None));
        assert_eq!(report.text.len(), 12, "{:?}", report.text);
    }

    #[test]
    fn with_all_that_a_verbose_restic_says() {
        let report = run(Prune::new(), 0, VERBOSE, "").unwrap();
        let total = |total: Option<BlobTotal>| total.map(|total| (total.blobs, total.size));
        let is = |blobs, text| Some((blobs, size(text)));
        assert_eq!(total(report.to_repack), is(10, "41.508 KiB"));
        assert_eq!(total(report.repack_removes), is(7, "1.823 KiB"));
        assert_eq!(total(report.to_delete), is(7, "308 B"));
        assert_eq!(total(report.total_prune), is(14, "3.827 KiB"));
        assert_eq!(total(report.remaining), is(17, "42.564 KiB"));
        assert_eq!(report.removed_size(), Some(size("3.827 KiB")));
        assert_eq!(report.not_yet_compressed, Some(size("323.739 KiB")));
        assert_eq!(report.unused_after, Some(size("12 B")));
        assert_eq!(report.unused_after_percent, Some(0.01));
        let details = report.details.unwrap();
        assert_eq!(total(Some(details.used)), is(17, "42.564 KiB"));
        assert_eq!(total(Some(details.duplicates)), is(1, "293.000 KiB"));
        assert_eq!(total(Some(details.unused)), is(14, "3.827 KiB"));
        assert_eq!(total(Some(details.total)), is(31, "46.392 KiB"));
        assert_eq!(details.unreferenced, size("293.142 KiB"));
        assert_eq!(details.unused_percent.unwrap().to_string(), "8.25");
        let packs = [
            details.totally_used_packs,
            details.partly_used_packs,
            details.unused_packs,
            details.packs_to_keep,
            details.packs_to_repack,
            details.packs_to_delete,
            details.unreferenced_packs_to_delete,
        ];
        assert_eq!(packs, [7, 2, 4, 8, 3, 5, 1]);
        assert_eq!(report.removed_files.len(), 2);
        assert_eq!((report.old, report.dry_run), (None, false));
    }

    #[test]
    fn a_plan_needs_no_last_word_and_everything_else_does() {
        let (plan, _) = VERBOSE.split_once("repacking packs").unwrap();
        let report = run(Prune::new().dry_run(true), 0, plan, "").unwrap();
        assert!(report.dry_run);
        let error = fails(Prune::new(), 0, plan, "", ErrorKind::BadOutput);
        assert!(error.partial::<Prune>().unwrap().remaining.is_some());
        let (cut, _) = plan.split_once("remaining").unwrap();
        fails(Prune::new().dry_run(true), 0, cut, "", ErrorKind::BadOutput);
        fails(
            Prune::new(),
            0,
            VERBOSE.trim_end(),
            "",
            ErrorKind::BadOutput,
        );
        let report = quiet("").run(Prune::new()).unwrap();
        assert_eq!(report, PruneReport::default());
    }

    #[test]
    fn no_part_of_it_is_the_whole() {
        no_part_is_the_whole(Prune::new(), OLD, "", |report| report);
        no_part_is_the_whole(Prune::new(), VERBOSE, "", |report| report);
        let (plan, _) = VERBOSE.split_once("repacking packs").unwrap();
        no_part_is_the_whole(Prune::new().dry_run(true), plan, "", |report| report);
        let begin = plan.find("\nto repack").unwrap();
        let end = plan.find("\ntotally used packs").unwrap();
        let plan = &plan[begin..end];
        no_part_is_the_whole(Prune::new().dry_run(true), plan, "", |report| report);
    }

    #[test]
    fn what_lacks_data_is_damaged() {
        let old = "Fatal: [<data/8459edc2> <data/c4faa63b>] not found in the new index\n\
            Data blobs seem to be missing, aborting prune to prevent further data loss!\n";
        let later = "The index references 1 needed pack files which are missing from the repository:\n  \
            82212f5069d015057596c171d7c15b889730bf7a41f04414db33e2828b36b983\n\
            Fatal: packs from index missing in repo\n";
        let false_name = "hash does not match id: want aaaaaaaa, got 1090bf33\n\
            github.com/restic/restic/internal/repository.Repack\n";
        let no_tree = "{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"Fatal: failed finding blobs: \
            id f3f7319dc173ac0ae811903cdcae6ec48bfa10cffa36306073dbafe477d76041 not found in repository\"}\n";
        for stderr in [old, later, false_name, no_tree] {
            fails(Prune::new(), 1, "", stderr, ErrorKind::Damaged);
        }
    }

    #[test]
    fn what_restic_does_not_take_is_a_wrong_use() {
        for stderr in [
            "Fatal: must pass id '81e20cc8' to --unsafe-recover-no-free-space\n",
            "Fatal: invalid number of bytes \"abc\" for --max-unused: strconv.ParseInt: parsing \"abc\": invalid syntax\n",
        ] {
            fails(Prune::new(), 1, "", stderr, ErrorKind::Usage);
        }
    }
}

const PLAN: &str = r#"[{"tags":null,"host":"srv1","paths":["/data/src"],"keep":[{"time":"2026-11-22T11:16:22.619640531+01:00","tree":"be2ed472354eeb3d8cd2fa660ba1237c2e36f30291135d6dcbef0193e58724f3","paths":["/data/src"],"hostname":"srv1","username":"alice","uid":1000,"gid":1000,"id":"8763075ddf6854b2a1cb19034c23cbc4c3d86e63265bf010c7ed51f4ca751d7b","short_id":"8763075d"}],"remove":null,"reasons":null}]
"#;

const PRUNE_0_18: &str = "loading indexes...\n\
    [0:00] 100.00%  3 / 3 snapshots\n\
    \n\
    to repack:            10 blobs / 41.508 KiB\n\
    total prune:          14 blobs / 3.827 KiB\n\
    unused size after prune: 0 B (0.00% of remaining size)\n\
    done\n";

const FORBIDDEN_0_18: &str = "Remove(<snapshot/751e3eda17>) failed: unexpected HTTP response (403): 403 Forbidden\n\
    unable to remove snapshot/751e3eda17ef1dc2a61160c7bc1bd9c91b39178834853660590fca8c1775c5d5 from the repository\n";

const FORBIDDEN_0_19: &str = concat!(
    "Remove(<snapshot/52fb974abd>) failed: unexpected HTTP response (403): 403 Forbidden\n",
    "unable to remove snapshot/52fb974abd173df7b4941fa793764fd3f71d0aae38f298f85c584857563fcb1a from the repository\n",
    r#"{"message_type":"exit_error","code":3,"message":"failed to remove one or more snapshots\nmain.init\n\tgithub.com/restic/restic/cmd/restic/cmd_forget.go:67\nruntime.doInit1\n\truntime/proc.go:8103"}"#,
    "\n",
);

const FORBIDDEN_0_14: &str = "Remove(<snapshot/29bbcee27f>) returned error, retrying after 552.330144ms: blob not removed, server response: 403 Forbidden (403)\n\
    blob not removed, server response: 403 Forbidden (403)\n\
    github.com/restic/restic/internal/backend/rest.(*Backend).Remove\n\
    \tgithub.com/restic/restic/internal/backend/rest/rest.go:399\n\
    golang.org/x/sync/errgroup.(*Group).Go.func1\n\
    \tgolang.org/x/sync/errgroup/errgroup.go:75\n";

fn forget() -> Forget {
    Forget::new().keep_last(1)
}

#[test]
fn reads_the_plan_and_what_was_pruned() {
    let printed = format!("{PLAN}{PRUNE_0_18}");
    let mut run = restic(script(0, &printed, "")).start(forget()).unwrap();
    let counters: Vec<_> = run.by_ref().map(|counter| counter.unwrap()).collect();
    assert_eq!((counters.len(), counters[0].done), (1, 3));
    let (report, notices) = run.finish_with_notices().unwrap();
    assert_eq!(report.groups[0].keep[0].short_id.as_str(), "8763075d");
    assert!(!report.dry_run);
    assert_eq!(notices, []);
    let pruned = report.pruned.unwrap();
    assert_eq!(pruned.removed_blobs(), Some(14));
    assert_eq!(pruned.text.len(), 5);
}

#[test]
fn a_pruning_that_is_cut_short_is_an_error() {
    let end = PRUNE_0_18.find("done").unwrap();
    let printed = format!("{PLAN}{}", &PRUNE_0_18[..end]);
    let error = fails(forget(), 0, &printed, "", ErrorKind::BadOutput);
    let report = error.partial::<Forget>().unwrap();
    assert_eq!((report.len(), report.pruned.is_some()), (1, true));
    let by_id = ForgetSnapshots::new(["751e3eda"]).prune(true);
    fails(by_id, 0, &PRUNE_0_18[..end], "", ErrorKind::BadOutput);
}

#[test]
fn a_dry_run_is_marked_as_one() {
    let end = PRUNE_0_18.find("done").unwrap();
    let printed = format!("{PLAN}{}", &PRUNE_0_18[..end]);
    let report = run(forget().dry_run(true), 0, &printed, "").unwrap();
    assert!(report.dry_run && report.pruned.as_ref().unwrap().dry_run);
    let hosts: Vec<_> = (&report).into_iter().map(|group| &*group.host).collect();
    assert_eq!(hosts, ["srv1"]);
    assert_eq!(report.into_iter().count(), 1);
    assert!(run(forget().arg("-n"), 0, PLAN, "").unwrap().dry_run);
    let by_id = ForgetSnapshots::new(["751e3eda"]).dry_run(true);
    assert!(run(by_id, 0, "", "").unwrap().dry_run);
}

#[test]
fn text_that_is_no_pruning_is_a_notice() {
    let warning = "warning: running prune without a cache, this may be very slow!\n";
    let printed = format!("{PLAN}{warning}");
    let run = restic(script(0, &printed, "")).start(forget()).unwrap();
    let (report, notices) = run.finish_with_notices().unwrap();
    assert_eq!((report.pruned, notices.len()), (None, 1));
}

#[test]
fn nothing_printed_is_no_group() {
    assert!(run(forget(), 0, "", "").unwrap().is_empty());
}

/// What a restic of this version is started for.
fn refused(version: &str, command: Forget) -> bool {
    let executor = Scripted::executor([Scripted::new().stdout("[]\n")]);
    let restic = Restic::builder()
        .executor(executor.clone())
        .restic_version(version)
        .build();
    let result = restic.run(command);
    if let Err(error) = &result {
        assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
        assert!(error.message().contains("0.14.0"), "{error}");
    }
    assert_eq!(executor.calls().is_empty(), result.is_err());
    result.is_err()
}

#[test]
fn a_policy_of_nothing_but_a_tag_never_reaches_an_old_restic() {
    let tags = || Forget::new().keep_tag("a");
    assert!(refused("0.14.0", tags()));
    assert!(refused("0.14.0", tags().keep_last(0).keep_within("0d")));
    assert!(!refused("0.18.0", tags()));
    assert!(!refused("0.14.0", tags().dry_run(true)));
    assert!(!refused("0.14.0", tags().keep_last(1)));
    assert!(!refused("0.14.0", tags().keep_within("10d")));
    assert!(!refused(
        "0.14.0",
        tags().allow_removing_all_on_old_restic(true)
    ));
    assert!(!refused("0.14.0", Forget::new()));
}

#[test]
fn what_could_not_be_removed_is_an_error_with_the_plan() {
    for (exit, stderr) in [(0, FORBIDDEN_0_18), (3, FORBIDDEN_0_19)] {
        let error = fails(forget(), exit, PLAN, stderr, ErrorKind::AccessDenied);
        assert_eq!(error.partial::<Forget>().unwrap().len(), 1);
        let by_id = ForgetSnapshots::new(["751e3eda"]);
        fails(by_id, exit, "", stderr, ErrorKind::AccessDenied);
    }
    let error = fails(forget(), 3, PLAN, FORBIDDEN_0_19, ErrorKind::AccessDenied);
    assert_eq!(error.message(), "failed to remove one or more snapshots");
    let error = fails(forget(), 1, "", FORBIDDEN_0_14, ErrorKind::AccessDenied);
    let words = "blob not removed, server response: 403 Forbidden (403)";
    assert_eq!(error.message(), words);
    assert!(error.partial::<Forget>().is_none(), "it printed no plan");
}

#[test]
fn numbers_below_zero_never_reach_restic() {
    let executor = Scripted::executor([]);
    let restic = Restic::builder().executor(executor.clone()).build();
    for command in [
        Forget::new().keep_last(-1),
        Forget::new().keep_daily(7).keep_yearly(Keep::Count(-2)),
    ] {
        let error = restic.run(command).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
        assert!(error.message().contains("Keep::Unlimited"), "{error}");
    }
    assert!(executor.calls().is_empty());
}

#[test]
fn a_number_that_was_corrected_is_fine() {
    let command = Forget::new().keep_last(-1).keep_last(1).keep_tag("-x");
    assert!(run(command, 0, "", "").unwrap().is_empty());
}

#[test]
fn an_id_that_is_not_there_is_not_found() {
    for stderr in [
        "Ignoring \"deadbeef\", it is not a snapshot id\n",
        "Ignoring \"deadbeef\": no matching ID found for prefix \"deadbeef\"\n",
    ] {
        let command = ForgetSnapshots::new(["deadbeef"]);
        fails(command, 0, "", stderr, ErrorKind::NotFound);
    }
}

#[test]
fn by_id_what_was_pruned_is_the_result() {
    let command = ForgetSnapshots::new(["751e3eda"]).prune(true);
    let pruned = run(command, 0, PRUNE_0_18, "").unwrap().pruned.unwrap();
    assert_eq!(pruned.removed_blobs(), Some(14));
    let forgotten = run(ForgetSnapshots::new(["a"]), 0, "", "").unwrap();
    assert_eq!((forgotten.pruned, forgotten.dry_run), (None, false));
}

#[test]
fn without_an_id_restic_is_not_started() {
    let error = fails(
        ForgetSnapshots::new::<[&str; 0]>([]),
        0,
        "",
        "",
        ErrorKind::Usage,
    );
    assert_eq!(error.exit(), None);
}

#[test]
fn no_policy_and_locked() {
    let none = r#"{"message_type":"exit_error","code":1,"message":"Fatal: no policy was specified, no snapshots will be removed"}"#;
    fails(Forget::new(), 1, "", none, ErrorKind::Usage);
    let locked = r#"{"message_type":"exit_error","code":11,"message":"unable to create lock in backend: repository is already locked by PID 24908 on srv1 by alice (UID 1000, GID 1000)\nlock was created at 2026-11-22 11:19:54 (15.909071878s ago)\nstorage ID c10760b3\nthe `unlock` command can be used to remove stale locks"}"#;
    let error = fails(forget(), 11, "", locked, ErrorKind::Locked);
    assert!(error.message().contains("storage ID c10760b3"), "{error}");
    let old = "unable to create lock in backend: repository is already locked by PID 22784 on srv1 by alice (UID 1000, GID 1000)\n\
        lock was created at 2026-11-22 11:28:48 (3.760557311s ago)\n\
        storage ID 12ef7ca0\n\
        the `unlock` command can be used to remove stale locks\n";
    fails(forget(), 1, "", old, ErrorKind::Locked);
}
