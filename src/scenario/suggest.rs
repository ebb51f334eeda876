//! "Did you mean": the known name nearest to what was written.
//!
//! Distance: optimal string alignment (insert, delete, replace, swap of neighbours), after
//! lower-casing and dropping `_` and `-`, so that `batch_size` finds `BatchSize`.
//! Reference: Damerau, "A technique for computer detection and correction of spelling errors",
//! Communications of the ACM 7(3), 1964.

/// The known name nearest to `written`, if it is near enough to be meant.
pub(crate) fn nearest<'n>(written: &str, known: &[&'n str]) -> Option<&'n str> {
    let written = plain(written);
    let candidates = known.iter().map(|name| (distance(&written, &plain(name)), *name));
    let (found, name) = candidates.min_by_key(|(found, _)| *found)?;
    let allowed = written.len().min(plain(name).len()).div_ceil(3);
    (found <= allowed).then_some(name)
}

/// `did you mean ...?`, or the list of what is known.
pub fn advice(written: &str, known: &[&str]) -> String {
    match nearest(written, known) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("known here: {}", listed(known)),
    }
}

/// `a, b and c`, each in back quotes.
pub(super) fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

fn plain(name: &str) -> Vec<char> {
    let dropped = |c: &char| *c != '_' && *c != '-';
    name.chars().filter(dropped).flat_map(char::to_lowercase).take(100).collect()
}

fn distance(left: &[char], right: &[char]) -> usize {
    let width = right.len() + 1;
    let mut cells = vec![0; (left.len() + 1) * width];
    for row in 0..=left.len() {
        for column in 0..width {
            cells[row * width + column] = if row == 0 || column == 0 {
                row + column
            } else {
                let replaced = usize::from(left[row - 1] != right[column - 1]);
                let mut best = (cells[(row - 1) * width + column] + 1)
                    .min(cells[row * width + column - 1] + 1)
                    .min(cells[(row - 1) * width + column - 1] + replaced);
                let is_swap = row > 1
                    && column > 1
                    && left[row - 1] == right[column - 2]
                    && left[row - 2] == right[column - 1];
                if is_swap {
                    best = best.min(cells[(row - 2) * width + column - 2] + 1);
                }
                best
            };
        }
    }
    cells[left.len() * width + right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_finds_its_neighbour_and_a_strange_one_finds_none() {
        let known = ["duration", "timeout", "memory", "BatchSize"];
        let cases = [
            ("duraton", Some("duration")),
            ("tiemout", Some("timeout")),
            ("batch_size", Some("BatchSize")),
            ("Memory", Some("memory")),
            ("colour", None),
        ];
        for (written, expected) in cases {
            assert_eq!(nearest(written, &known), expected, "{written}");
        }
        assert_eq!(nearest("x", &[]), None);
    }
}
