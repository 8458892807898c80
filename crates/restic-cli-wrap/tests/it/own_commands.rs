//! Commands of one's own, as the guide shows them, are short.

use std::fs;
use std::path::Path;

/// What a user writes for one: all lines before the ones that try it.
#[test]
fn the_guide_writes_each_kind_in_less_than_thirty_lines() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/guide/own_commands.rs");
    let guide = fs::read_to_string(guide).unwrap();
    let lines = guide.lines().map(|line| line.trim_start_matches("//!"));
    let lines: Vec<&str> = lines.map(str::trim).collect();
    let blocks: Vec<&[&str]> = lines.split(|line| *line == "```").collect();
    let examples: Vec<usize> = blocks.into_iter().skip(1).step_by(2).map(length).collect();
    assert_eq!(examples.len(), 4);
    assert!(
        examples.iter().all(|lines| (10..30).contains(lines)),
        "{examples:?}"
    );
}

fn length(example: &[&str]) -> usize {
    let trial = ["let lines = ", "let executor = "];
    let is_code = |line: &&&str| !trial.iter().any(|begin| line.starts_with(begin));
    let code = example.iter().take_while(is_code);
    code.filter(|line| !line.is_empty()).count()
}
