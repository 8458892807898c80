//! Lines are those of the simplest way to cut, wherever chunks are cut, and take little memory.

use super::{BYTE_ORDER_MARK, KEPT, Line, Lines};

/// Reads bytes in chunks of these sizes, over and over. Behind a chunk of an odd size, only
/// one line is taken before the next.
pub(crate) fn check(bytes: &[u8], sizes: &[usize], limit: usize) {
    let mut lines = Lines::with_limit(limit);
    let mut found = Vec::new();
    let mut sizes = sizes.iter().copied().filter(|size| *size > 0).cycle();
    let mut rest = bytes;
    while !rest.is_empty() {
        let size = sizes.next().unwrap_or(usize::MAX).min(rest.len());
        let (chunk, tail) = rest.split_at(size);
        rest = tail;
        lines.push(chunk.to_vec());
        if size % 2 == 1 {
            found.extend(lines.next().map(|line| format!("{line:?}")));
            continue;
        }
        take(&mut lines, &mut found);
        // A list that grows doubles its memory.
        let begun = lines.begun.capacity();
        assert!(begun <= 2 * limit.max(KEPT), "{begun} bytes are kept");
        assert!(lines.chunks.rest().is_empty(), "a chunk is kept");
    }
    lines.end();
    take(&mut lines, &mut found);
    assert_eq!(found, expected(bytes, limit), "{bytes:?}");
    assert_eq!(lines.number(), found.len() as u64);
    assert_eq!(lines.next(), None, "nothing comes after the end");
}

fn take(lines: &mut Lines, found: &mut Vec<String>) {
    while let Some(line) = lines.next() {
        found.push(format!("{line:?}"));
    }
}

fn expected(bytes: &[u8], limit: usize) -> Vec<String> {
    let mut pieces: Vec<_> = bytes.split(|byte| *byte == b'\n').collect();
    // What is behind the last line end is a line only when there is something.
    let last = pieces.pop().filter(|last| !last.is_empty());
    let text = |number: usize, piece: &[u8]| {
        let piece = piece.strip_suffix(b"\r").unwrap_or(piece);
        let is_first = number == 0 && piece.starts_with(BYTE_ORDER_MARK);
        let piece = if is_first { &piece[3..] } else { piece };
        String::from_utf8_lossy(piece).into_owned()
    };
    let whole = pieces.iter().enumerate().map(|(number, piece)| {
        let text = text(number, piece);
        if piece.len() > limit {
            Line::TooLong
        } else {
            Line::Text(text.into())
        }
    });
    let last = last.map(|last| {
        if last.len() > limit {
            Line::TooLong
        } else {
            Line::Last(text(pieces.len(), last).into())
        }
    });
    whole.chain(last).map(|line| format!("{line:?}")).collect()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;
    use restic_properties::config;

    use super::*;

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn lines_are_the_same_wherever_chunks_are_cut(
            parts in vec(part(), 0..12),
            sizes in vec(0..20_usize, 0..5),
            limit in 0..40_usize,
        ) {
            check(&parts.concat(), &sizes, limit);
        }
    }

    fn part() -> impl Strategy<Value = Vec<u8>> {
        let known: &[&[u8]] = &[
            b"\n",
            b"\r\n",
            b"\r",
            BYTE_ORDER_MARK,
            b"\xff",
            b"line",
            b"",
            b"\xe2\x82",
        ];
        prop_oneof![
            3 => select(known).prop_map(<[u8]>::to_vec),
            1 => vec(any::<u8>(), 0..50),
        ]
    }
}
