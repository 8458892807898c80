//! Forgetting and pruning.

use restic_cli_wrap::commands::*;
use restic_cli_wrap::values::Keep;

use super::line;

#[test]
fn forget() {
    let command = Forget::new()
        .keep_last(1)
        .keep_hourly(2_u32)
        .keep_daily(7)
        .keep_weekly(Keep::Count(4))
        .keep_monthly(Keep::Unlimited)
        .keep_yearly(0)
        .keep_within("1y5m7d2h")
        .keep_within_hourly("1d")
        .keep_within_daily("2d")
        .keep_within_weekly("3d")
        .keep_within_monthly("4d")
        .keep_within_yearly("5d")
        .keep_tag("precious")
        .keep_tags(["a,b", "c"])
        .unsafe_allow_remove_all(true)
        .host("srv1")
        .hostname("srv2")
        .tag("nightly")
        .path("/data")
        .group_by("")
        .compact(true)
        .dry_run(true)
        .prune(true)
        .max_unused("5%")
        .max_repack_size("10G")
        .repack_cacheable_only(true)
        .repack_small(true)
        .repack_smaller_than("8M")
        .repack_uncompressed(true);
    insta::assert_snapshot!(line(command), @r"
    restic
    --json forget
    --keep-last=1
    --keep-hourly=2
    --keep-daily=7
    --keep-weekly=4
    --keep-monthly=unlimited
    --keep-yearly=0
    --keep-within=1y5m7d2h
    --keep-within-hourly=1d
    --keep-within-daily=2d
    --keep-within-weekly=3d
    --keep-within-monthly=4d
    --keep-within-yearly=5d
    --keep-tag=precious
    --keep-tag=a,b
    --keep-tag=c
    --unsafe-allow-remove-all
    --host=srv1
    --hostname=srv2
    --tag=nightly
    --path=/data
    --group-by=
    --compact
    --dry-run
    --prune
    --max-unused=5%
    --max-repack-size=10G
    --repack-cacheable-only
    --repack-small
    --repack-smaller-than=8M
    --repack-uncompressed
    ");
}

#[test]
fn forget_snapshots() {
    let command = ForgetSnapshots::new(["1cfe4abd", "latest"])
        .host("srv1")
        .tag("nightly")
        .path("/data")
        .dry_run(true)
        .prune(true)
        .max_unused("5%")
        .max_repack_size("10G")
        .repack_cacheable_only(true)
        .repack_small(true)
        .repack_smaller_than("8M")
        .repack_uncompressed(true);
    insta::assert_snapshot!(line(command), @r"
    restic
    --json forget
    --host=srv1
    --tag=nightly
    --path=/data
    --dry-run
    --prune
    --max-unused=5%
    --max-repack-size=10G
    --repack-cacheable-only
    --repack-small
    --repack-smaller-than=8M
    --repack-uncompressed
    -- 1cfe4abd latest
    ");
}

#[test]
fn prune() {
    let command = Prune::new()
        .dry_run(true)
        .max_repack_size("10G")
        .max_unused("5%")
        .repack_cacheable_only(true)
        .repack_small(true)
        .repack_smaller_than("8M")
        .repack_uncompressed(true)
        .unsafe_recover_no_free_space("81e20cc807")
        .arg("--newer-than-us");
    insta::assert_snapshot!(line(command), @r"
    restic
    --json prune
    --dry-run
    --max-repack-size=10G
    --max-unused=5%
    --repack-cacheable-only
    --repack-small
    --repack-smaller-than=8M
    --repack-uncompressed
    --unsafe-recover-no-free-space=81e20cc807
    --newer-than-us
    ");
}
