//! How two texts differ, line by line.

/// More pairs of lines are not compared: what differs is then shown as a whole.
const MAX_PAIRS: usize = 250_000;
/// Lines shown around what differs.
const AROUND: usize = 2;

/// A line of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Differs<'t> {
    /// In both.
    Both(&'t str),
    /// Only in the first.
    Gone(&'t str),
    /// Only in the second.
    New(&'t str),
    /// So many lines of both are left out.
    Skipped(usize),
}

/// How two texts differ, with the lines around what does.
pub fn difference<'t>(before: &'t str, after: &'t str) -> Vec<Differs<'t>> {
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let head = before.iter().zip(&after).take_while(|(one, other)| one == other).count();
    let rest = |lines: &[&'t str]| lines.get(head..).unwrap_or_default().to_vec();
    let (gone, new) = (rest(&before), rest(&after));
    let tail = gone.iter().rev().zip(new.iter().rev()).take_while(|(one, other)| one == other).count();
    let middle = |lines: &[&'t str]| lines.get(..lines.len() - tail).unwrap_or_default().to_vec();
    let mut all: Vec<Differs<'t>> = before.iter().take(head).map(|line| Differs::Both(line)).collect();
    all.extend(between(&middle(&gone), &middle(&new)));
    all.extend(gone.iter().skip(gone.len() - tail).map(|line| Differs::Both(line)));
    shortened(&all)
}

/// By the longest lines that both have in order.
fn between<'t>(gone: &[&'t str], new: &[&'t str]) -> Vec<Differs<'t>> {
    let width = new.len() + 1;
    if gone.len().saturating_mul(new.len()) > MAX_PAIRS {
        let gone = gone.iter().map(|line| Differs::Gone(line));
        return gone.chain(new.iter().map(|line| Differs::New(line))).collect();
    }
    // How many lines the rests from each pair of places on have in common.
    let mut common = vec![0_u32; (gone.len() + 1) * width];
    let of = |common: &[u32], one: usize, other: usize| common.get(one * width + other).copied().unwrap_or(0);
    for (one, left) in gone.iter().enumerate().rev() {
        for (other, right) in new.iter().enumerate().rev() {
            let most = match left == right {
                true => of(&common, one + 1, other + 1) + 1,
                false => of(&common, one + 1, other).max(of(&common, one, other + 1)),
            };
            if let Some(slot) = common.get_mut(one * width + other) {
                *slot = most;
            }
        }
    }
    let (mut one, mut other, mut out) = (0, 0, Vec::new());
    loop {
        match (gone.get(one), new.get(other)) {
            (None, None) => return out,
            (Some(left), Some(right)) if left == right => {
                out.push(Differs::Both(left));
                (one, other) = (one + 1, other + 1);
            }
            (Some(left), right)
                if right.is_none() || of(&common, one + 1, other) >= of(&common, one, other + 1) =>
            {
                out.push(Differs::Gone(left));
                one += 1;
            }
            (_, Some(right)) => {
                out.push(Differs::New(right));
                other += 1;
            }
            (Some(left), None) => {
                out.push(Differs::Gone(left));
                one += 1;
            }
        }
    }
}

fn shortened<'t>(all: &[Differs<'t>]) -> Vec<Differs<'t>> {
    let is_both = |line: &Differs<'_>| matches!(line, Differs::Both(_));
    let near = |at: usize| {
        let from = at.saturating_sub(AROUND);
        all.iter().skip(from).take(at - from + AROUND + 1).any(|line| !is_both(line))
    };
    let mut out = Vec::new();
    for (at, line) in all.iter().enumerate() {
        if near(at) {
            out.push(*line);
        } else if let Some(Differs::Skipped(many)) = out.last_mut() {
            *many += 1;
        } else {
            out.push(Differs::Skipped(1));
        }
    }
    out
}
