//! A fleet of a thousand workers over ten petabytes, simulated: `cargo run --example fleet-simulation` prints the table of
//! `docs/fleet.md`, and a test holds the page to it. It knows what the program asks of a store and how it tries again; what a
//! store, an engine and a price are like is assumed, and stands in [`Case`] and the constants. The same seed gives the same
//! table: no clock, no threads.
#![allow(clippy::print_stdout)]

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// What lies there: a million models of four objects, one of which has nearly all bytes.
const MODELS: u64 = 1_000_000;
const OBJECTS: u64 = 4;
const BYTES: f64 = 10e15;
/// What the program does: bytes of a piece, pieces at once, attempts at a piece, seconds before the second one, objects of a
/// page of a listing, bytes of a part of the records, bytes of a record.
const PIECE: f64 = 8.0 * 1024.0 * 1024.0;
const AT_ONCE: f64 = 4.0;
const ATTEMPTS: i32 = 5;
const PAUSE: f64 = 0.2;
const PAGE: u64 = 1000;
const PART: u64 = 32 * 1024 * 1024;
const RECORD: u64 = 1500;
/// Requests of an attempt beside the pieces, and of a commit; of sealing a shard.
const GETS_OF_ATTEMPT: u64 = 10;
const PUTS_OF_COMMIT: u64 = 2;
const GETS_OF_SEAL: u64 = 6;
/// Bytes a second of a worker that the store does not slow down, and seconds until it begins.
const WORKER: f64 = 250e6;
const BEGIN: f64 = 10.0;
/// An engine waits before it tries again: so long after the first failure, doubled each time, at most so long.
const BACK_OFF: f64 = 10.0;
const MOST_BACK_OFF: f64 = 360.0;
/// Seconds until a lost machine is replaced.
const REPLACED: f64 = 120.0;
/// Dollars: a thousand gets, a thousand puts or listings, an hour of a worker.
const GETS_COST: f64 = 0.0004;
const PUTS_COST: f64 = 0.005;
const HOUR_COST: f64 = 0.10;
/// A run that needs more attempts a shard never ends.
const PATIENCE: u64 = 10;

/// What a store does when it is asked for more than it gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Store {
    /// All readers get less.
    Slows,
    /// It refuses what is too much, with 503.
    Refuses,
}

/// One line of the table.
struct Case {
    name: &'static str,
    workers: u64,
    /// GiB of a shard.
    shard: f64,
    /// Of a hundred attempts so many die of something of their own.
    dies: f64,
    /// Hours until a machine is taken away, on average.
    taken: f64,
    /// Bytes a second that the store gives to all.
    gives: f64,
    store: Store,
}

const fn case(name: &'static str) -> Case {
    Case {
        name,
        workers: 1000,
        shard: 256.0,
        dies: 0.0,
        taken: f64::INFINITY,
        gives: f64::INFINITY,
        store: Store::Slows,
    }
}

const fn rough(name: &'static str) -> Case {
    Case { dies: 2.0, taken: 24.0, ..case(name) }
}

const CASES: [Case; 8] = [
    case("nothing fails"),
    rough("attempts die, machines are taken away"),
    Case { taken: 2.0, ..rough("machines are taken away every 2 h") },
    Case { taken: 2.0, shard: 32.0, ..rough("the same, shards of 32 GiB") },
    Case { gives: 125e9, ..rough("the store gives half, slows down") },
    Case { gives: 240e9, store: Store::Refuses, ..rough("the store gives 96 %, refuses the rest") },
    Case { gives: 125e9, store: Store::Refuses, ..rough("the store gives half, refuses the rest") },
    Case { gives: 125e9, store: Store::Refuses, workers: 480, ..rough("the same with 480 workers") },
];

/// What came of a case.
#[derive(Default)]
struct Outcome {
    seconds: f64,
    /// Of worker machines, all together.
    worked: f64,
    shards: u64,
    done: u64,
    attempts: u64,
    read: f64,
    refused: f64,
}

/// Chances: the same each time (splitmix64).
struct Chances(u64);

impl Chances {
    /// Between 0 and 1, neither of them.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        (f64::from(u32::try_from(mixed >> 32).unwrap_or(0)) + 0.5) / 4_294_967_296.0
    }

    fn after(&mut self, mean: f64) -> f64 {
        if mean.is_finite() { -mean * self.next().ln() } else { f64::INFINITY }
    }
}

/// Bytes a second that each of so many readers gets, and the share of requests that is refused.
fn rate(case: &Case, readers: u64) -> (f64, f64) {
    let all = readers as f64 * WORKER;
    if all <= case.gives {
        return (WORKER, 0.0);
    }
    let each = case.gives / readers as f64;
    if case.store == Store::Slows {
        return (each, 0.0);
    }
    // Who is refused pauses, and so asks for less: where the two meet.
    let transfer = AT_ONCE * PIECE / WORKER;
    let takes = |refused: f64| {
        let pauses = (1..ATTEMPTS).map(|again| refused.powi(again) * PAUSE * 2_f64.powi(again - 1));
        transfer + pauses.sum::<f64>()
    };
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        let is_too_much = AT_ONCE * PIECE / takes(middle) > each;
        if is_too_much { low = middle } else { high = middle }
    }
    (each, high)
}

/// An attempt that is under way.
struct Attempt {
    shard: usize,
    /// Where the count of bytes that every reader has read stands when it ends, and whether it is done then.
    ends: f64,
    began: f64,
    finishes: bool,
    is_over: bool,
}

/// A moment, in order: thousandths of a second or of a megabyte.
fn order(moment: f64) -> u64 {
    (moment * 1000.0).min(1e18) as u64
}

fn simulate(case: &Case) -> Outcome {
    let bytes_of_shard = case.shard * 1024.0 * 1024.0 * 1024.0;
    let shards = (BYTES / bytes_of_shard).ceil() as usize;
    let mut outcome = Outcome { shards: shards as u64, ..Outcome::default() };
    let mut chances = Chances(20);
    let mut queue: VecDeque<usize> = (0..shards).collect();
    let mut failures = vec![0_i32; shards];
    let mut attempts: Vec<Attempt> = Vec::new();
    // What ends by bytes, what ends by the clock, shards that wait to be tried again, machines that begin.
    let mut by_bytes: BinaryHeap<Reverse<(u64, usize)>> = BinaryHeap::new();
    let mut by_clock: BinaryHeap<Reverse<(u64, usize)>> = BinaryHeap::new();
    let mut waiting: BinaryHeap<Reverse<(u64, usize)>> = BinaryHeap::new();
    let mut machines: BinaryHeap<Reverse<u64>> = (0..case.workers).map(|_| Reverse(order(BEGIN))).collect();
    let (mut now, mut read, mut readers) = (0.0_f64, 0.0_f64, 0_u64);
    let rates: Vec<(f64, f64)> = (0..=case.workers).map(|readers| rate(case, readers.max(1))).collect();
    while outcome.done < shards as u64 && outcome.attempts < PATIENCE * shards as u64 {
        let (rate, refused) = rates.get(readers as usize).copied().unwrap_or((WORKER, 0.0));
        while by_bytes.peek().is_some_and(|Reverse((_, at))| attempts.get(*at).is_none_or(|one| one.is_over))
        {
            by_bytes.pop();
        }
        while by_clock.peek().is_some_and(|Reverse((_, at))| attempts.get(*at).is_none_or(|one| one.is_over))
        {
            by_clock.pop();
        }
        let end = by_bytes.peek().and_then(|Reverse((_, at))| attempts.get(*at)).map(|one| one.ends);
        let end = end.map_or(f64::INFINITY, |ends| now + (ends - read).max(0.0) / rate);
        let taken = by_clock.peek().map_or(f64::INFINITY, |Reverse((at, _))| *at as f64 / 1000.0);
        let again = waiting.peek().map_or(f64::INFINITY, |Reverse((at, _))| *at as f64 / 1000.0);
        let machine = machines.peek().filter(|_| !queue.is_empty());
        let machine = machine.map_or(f64::INFINITY, |Reverse(at)| *at as f64 / 1000.0);
        // Moments are rounded: none lies in the past.
        let [taken, again, machine] = [taken, again, machine].map(|moment| moment.max(now));
        let next = end.min(taken).min(again).min(machine);
        if !next.is_finite() {
            break;
        }
        read += (next - now) * rate;
        outcome.read += (next - now) * rate * readers as f64;
        outcome.refused += (next - now) * rate * readers as f64 / PIECE * refused / (1.0 - refused);
        now = next;
        if next == again {
            queue.extend(waiting.pop().map(|Reverse((_, shard))| shard));
        } else if next == machine {
            machines.pop();
            let Some(shard) = queue.pop_front() else { continue };
            // A piece that is refused each time ends the attempt.
            let each = refused.powi(ATTEMPTS);
            let until_refused = if each > 0.0 { chances.after(PIECE / each) } else { f64::INFINITY };
            let until_dead = if chances.next() * 100.0 < case.dies {
                chances.next() * bytes_of_shard
            } else {
                f64::INFINITY
            };
            let bytes = until_refused.min(until_dead).min(bytes_of_shard);
            let finishes = bytes >= bytes_of_shard;
            let at = attempts.len();
            attempts.push(Attempt { shard, ends: read + bytes, began: now, finishes, is_over: false });
            by_bytes.push(Reverse((order((read + bytes) / 1e6), at)));
            by_clock.push(Reverse((order(now + chances.after(case.taken * 3600.0)), at)));
            (outcome.attempts, readers) = (outcome.attempts + 1, readers + 1);
        } else {
            let is_taken = taken < end;
            let ended = if is_taken { by_clock.pop() } else { by_bytes.pop() };
            let Some(attempt) = ended.and_then(|Reverse((_, at))| attempts.get_mut(at)) else { continue };
            (attempt.is_over, readers) = (true, readers - 1);
            outcome.worked += now - attempt.began;
            machines.push(Reverse(order(now + if is_taken { REPLACED } else { BEGIN })));
            if attempt.finishes && !is_taken {
                outcome.done += 1;
            } else if let Some(failed) = failures.get_mut(attempt.shard) {
                let pause = (BACK_OFF * 2_f64.powi((*failed).min(10))).min(MOST_BACK_OFF);
                *failed += 1;
                waiting.push(Reverse((order(now + pause), attempt.shard)));
            }
        }
    }
    outcome.seconds = now;
    outcome
}

/// The table, as the page shows it.
pub fn table() -> String {
    let mut text = format!(
        "{:<40}{:>7}{:>9}{:>10}{:>9}{:>8}{:>8}{:>9}\n",
        "", "hours", "shards", "attempts", "read PB", "gets M", "503s M", "dollars"
    );
    for case in &CASES {
        let outcome = simulate(case);
        let lists = 2 * MODELS * OBJECTS / PAGE;
        let puts =
            lists + outcome.shards + 8 + outcome.done * PUTS_OF_COMMIT + 2 * (MODELS * RECORD).div_ceil(PART);
        // Small objects are one piece each.
        let gets = outcome.read / PIECE
            + outcome.read / BYTES * (MODELS * (OBJECTS - 1)) as f64
            + (outcome.attempts * GETS_OF_ATTEMPT + outcome.shards * GETS_OF_SEAL) as f64;
        let cost = (gets + outcome.refused) / 1000.0 * GETS_COST
            + puts as f64 / 1000.0 * PUTS_COST
            + outcome.worked / 3600.0 * HOUR_COST;
        let is_done = outcome.done == outcome.shards;
        let hours = if is_done { format!("{:.1}", outcome.seconds / 3600.0) } else { "never".to_owned() };
        let shards = if is_done { outcome.shards.to_string() } else { format!("{}", outcome.done) };
        let (read, attempts) = (format!("{:.2}", outcome.read / 1e15), outcome.attempts.to_string());
        let (gets, refused) = (format!("{:.0}", gets / 1e6), format!("{:.1}", outcome.refused / 1e6));
        let cost = if is_done { format!("{cost:.0}") } else { "–".to_owned() };
        text.push_str(&format!(
            "{:<40}{hours:>7}{shards:>9}{attempts:>10}{read:>9}{gets:>8}{refused:>8}{cost:>9}\n",
            case.name
        ));
    }
    text
}

#[allow(dead_code)]
fn main() {
    print!("{}", table());
}
