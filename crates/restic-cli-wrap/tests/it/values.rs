//! How values of flags are spelled.

use std::ffi::OsString;

use restic_cli_wrap::types::{LocalTime, SnapshotId};
use restic_cli_wrap::values::*;

#[track_caller]
fn check(value: impl restic_cli_wrap::FlagValue, expected: &str) {
    assert_eq!(value.render(), expected);
}

#[test]
fn values_are_spelled_as_restic_reads_them() {
    let none = CalendarDuration::new;
    check(none(), "");
    check(none().years(2).months(5).days(7).hours(3), "2y5m7d3h");
    check(none().hours(36).days(0), "36h0d");

    check(GroupBy::nothing(), "");
    check(GroupBy::nothing().host(), "host");
    check(GroupBy::nothing().tags().paths().host(), "tags,paths,host");

    check(Size::bytes(0), "0B");
    check(Size::kib(1024), "1024K");
    check(Size::mib(10), "10M");
    check(Size::gib(5), "5G");
    check(Size::tib(1), "1T");

    check(MaxUnused::percent(5), "5%");
    check(MaxUnused::percent(0.5), "0.5%");
    check(MaxUnused::percent(1e-9), "0.000000001%");
    check(MaxUnused::unlimited(), "unlimited");
    check(MaxUnused::from(Size::mib(10)), "10M");

    check(Subset::part(1, 5), "1/5");
    check(Subset::percent(2.5), "2.5%");
    check(Subset::from(Size::gib(50)), "50G");

    check(TagList::new("a"), "a");
    check(TagList::new("a").and("b c").and("d"), "a,b c,d");
    check(TagList::untagged(), "");

    let id = SnapshotId::from("1cfe4abd");
    check(SnapshotRef::latest(), "latest");
    check(SnapshotRef::from(&id), "1cfe4abd");
    check(SnapshotRef::from(id).directory("/data"), "1cfe4abd:/data");
    check(SnapshotRef::latest().directory("/a b"), "latest:/a b");

    check(Compression::Auto, "auto");
    check(Compression::Off, "off");
    check(Compression::Max, "max");
    check(Compression::Fastest, "fastest");
    check(Compression::Better, "better");
    check(Compression::Other("best".into()), "best");

    let time: LocalTime = "2012-11-01 22:08:41".parse().unwrap();
    check(OsString::from(time), "2012-11-01 22:08:41");
}

/// What people write themselves is restic's to judge.
#[test]
fn a_spelling_is_passed_on_as_it_is() {
    for text in ["", "5x", "-x", "--json", "a,b", "a\nb", " 10 M ", "auto"] {
        check(CalendarDuration::from(text), text);
        check(Compression::from(text.to_owned()), text);
        check(GroupBy::from(OsString::from(text)), text);
        check(MaxUnused::from(&text.to_owned()), text);
        check(Size::from(&text), text);
        check(SnapshotRef::from(text.to_owned()), text);
        check(Subset::from(text), text);
        check(TagList::from(text), text);
    }
    assert_eq!(Compression::from("auto"), Compression::Auto);
    assert_eq!(CalendarDuration::default(), "".into());
    assert_eq!(Size::mib(10), "10M".into());
}
