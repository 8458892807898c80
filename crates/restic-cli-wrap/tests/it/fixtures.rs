//! Every recording of `restic-fixtures`, played by the function that recorded it: what a program
//! hears does not depend on where a pipe cuts restic's output.

use std::fs;
use std::time::Instant;

use restic_cli_wrap::Chunking;
use restic_fixtures::{Scenario, Version};
use restic_test_support::scenarios;
use restic_test_support::stage::{Heard, Stage};
use serde_json::Value;

/// Ways to tear output that are tried.
const SEEDS: u64 = 100;

/// What a program hears of a recording that is cut like this.
fn listener(scenario: Scenario, version: Version) -> impl Fn(Chunking) -> Vec<Heard> {
    let play = scenarios::named(scenario.name).unwrap().play;
    let recording = restic_cli_wrap::core::Scenario::load(scenario.path(version)).unwrap();
    move |chunking| {
        Stage::replay(&recording, chunking, play)
            .unwrap_or_else(|error| panic!("{scenario} {version}, {chunking:?}: {error}"))
    }
}

#[test]
fn every_recording_can_be_played() {
    let played = scenarios::ALL.iter().map(|scenario| scenario.name);
    let indexed = restic_fixtures::ALL.iter().map(|scenario| scenario.name);
    assert!(played.eq(indexed), "in the same order");
    for scenario in restic_fixtures::ALL {
        let mut text = String::new();
        for version in Version::ALL {
            text += &format!("restic {version}\n\n");
            for call in listener(*scenario, version)(Chunking::Whole) {
                text += &format!("{call}\n");
            }
        }
        insta::assert_snapshot!(format!("fixtures-{scenario}"), text);
    }
}

#[test]
fn what_a_program_hears_does_not_depend_on_where_output_is_cut() {
    let begin = Instant::now();
    let mut runs = 0;
    for scenario in restic_fixtures::ALL {
        for version in Version::ALL {
            let heard = listener(*scenario, version);
            let whole = heard(Chunking::Whole);
            let torn = (0..SEEDS).map(Chunking::Torn);
            for chunking in [Chunking::Lines, Chunking::Bytes(1)]
                .into_iter()
                .chain(torn)
            {
                let other = heard(chunking);
                assert!(
                    other == whole,
                    "{scenario} {version}, {chunking:?}: {}",
                    difference(&whole, &other)
                );
                runs += 1;
            }
        }
    }
    println!("{runs} runs in {:.1} s", begin.elapsed().as_secs_f32());
}

#[test]
fn progress_can_be_shown_as_a_bar() {
    let restores = &[Version::V0_18_0, Version::V0_19_1];
    for (name, call, versions, end) in [
        ("first-backup", "02-backup", &Version::ALL[..], 1.0),
        ("first-backup", "08-restore", restores, 1.0),
        ("incremental-backup", "01-backup", &Version::ALL, 1.0),
        ("interrupted-backup", "01-backup", &Version::ALL, 0.1),
        ("restore-with-progress", "02-restore", restores, 1.0),
    ] {
        for version in versions {
            let file = restic_fixtures::path(name, version.as_str());
            let text = fs::read_to_string(file.join(format!("{call}.stdout.jsonl"))).unwrap();
            let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
            let status = lines.filter(|line: &Value| line["message_type"] == "status");
            let shares: Vec<_> = status
                .map(|line| line["percent_done"].as_f64().unwrap())
                .collect();
            assert!(shares.len() >= 4, "{name} {version}: {shares:?}");
            assert!(shares.is_sorted_by(|one, next| one < next), "{shares:?}");
            let last = shares[shares.len() - 1];
            assert!((last - end).abs() < 0.1, "{name} {version}: {shares:?}");
        }
    }
}

/// The first call that was heard in another way.
fn difference(whole: &[Heard], other: &[Heard]) -> String {
    let pairs = whole.iter().zip(other);
    let first = pairs.into_iter().find(|(one, other)| one != other);
    first.map_or_else(|| "more calls".to_owned(), |pair| format!("{pair:#?}"))
}
