//! A stretch of a Poisson process whose records are told apart only where somebody asks.
//!
//! Given how many there are, the arrivals in a stretch are independent and uniform on it
//! (Kingman 1993, Poisson Processes, 2.4). Record `i` lies at a 64-bit fraction of the stretch: the
//! upper bits are spread over words, of which level `l` holds the `l`-th bit of every record; the
//! lower bits are a hash of `i`. So the number of arrivals up to a time, or the time of the `k`-th,
//! takes one pass over a few words, whatever the number of records, and every answer agrees with
//! all others, because the arrivals are fixed by the words before anyone asks.

use crate::units::Instant;

/// Upper bits that are spread over words.
pub const LEVELS: usize = 8;
/// Records of a cell at most: the bits of a word.
pub const RECORDS_MAX: u32 = u64::BITS;
/// Bits that are hashed.
const LOWER_BITS: u32 = u64::BITS - LEVELS as u32;

/// The random bits of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellWords {
    /// Level `l` holds bit `l` of all records, the highest level first.
    pub levels: [u64; LEVELS],
    /// What the lower bits are a hash of, beside the record's number.
    pub salt: u64,
}

/// The arrivals in a stretch of time, at most 64. Sets of them are words with a bit
/// for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    start: u64,
    length: u64,
    /// The records that count.
    all: u64,
    words: CellWords,
}

/// A record of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    /// Where it lies, as a fraction of the cell in units of 2^-64.
    place: u64,
    record: u32,
}

impl Cell {
    /// `records` records between `start` and `start + length`, in nanoseconds; `length` is below
    /// 2^56.
    pub fn new(start: u64, length: u64, records: u32, words: CellWords) -> Cell {
        assert!(records <= RECORDS_MAX, "{records} records in a cell");
        let all = if records == 0 { 0 } else { u64::MAX >> (u64::BITS - records) };
        Cell { start, length, all, words }
    }

    /// Forgets the records at and after `end`.
    pub fn cut(&mut self, end: Instant) {
        if end.as_nanos() < self.end() {
            let before = end.as_nanos().checked_sub(1).map(Instant::from_nanos);
            self.all = before.map_or(0, |before| self.through(before));
        }
    }

    /// All its records.
    #[inline]
    pub fn all(&self) -> u64 {
        self.all
    }

    /// Number of records.
    #[inline]
    pub fn records(&self) -> u32 {
        self.all.count_ones()
    }

    /// The cell's end in nanoseconds: all its records are before.
    #[inline]
    pub fn end(&self) -> u64 {
        self.start + self.length
    }

    /// The records at or before `until`.
    #[inline]
    pub fn through(&self, until: Instant) -> u64 {
        let Some(passed) = until.as_nanos().checked_sub(self.start) else { return 0 };
        if passed + 1 >= self.length {
            return self.all;
        }
        // Records below this value of the upper bits are before, those above it are behind.
        let upper = ((passed + 1) << LEVELS) / self.length;
        let (mut before, mut equal) = self.compared(upper);
        while equal != 0 {
            let record = equal.trailing_zeros();
            let member = Member { place: (upper << LOWER_BITS) | self.lower(record), record };
            before |= u64::from(self.arrival(member) <= until) << record;
            equal &= equal - 1;
        }
        before
    }

    /// The record of this rank from 0 among some: level by level, the half it is in.
    #[inline]
    pub fn select(&self, among: u64, rank: u32) -> Member {
        let (mut left, mut among, mut upper) = (u64::from(rank), among, 0u64);
        for word in &self.words.levels {
            let zeros = u64::from((among & !word).count_ones());
            let is_one = u64::from(left >= zeros);
            // Without a branch, which would be mispredicted every other time.
            let ones = 0u64.wrapping_sub(is_one);
            among &= word ^ !ones;
            left -= zeros & ones;
            upper = (upper << 1) | is_one;
        }
        if among & among.wrapping_sub(1) == 0 {
            let record = among.trailing_zeros();
            return Member { place: (upper << LOWER_BITS) | self.lower(record), record };
        }
        self.select_by_lower(among, upper, left as usize)
    }

    /// The first of some records, at least one.
    #[inline]
    pub fn first(&self, among: u64) -> Member {
        self.outermost(among, 0)
    }

    /// The last of some records, at least one.
    #[inline]
    pub fn last(&self, among: u64) -> Member {
        self.outermost(among, u64::MAX)
    }

    /// The first of some records, or the last where `flip` turns the bits around.
    #[inline]
    fn outermost(&self, mut among: u64, flip: u64) -> Member {
        let mut upper = 0u64;
        for word in &self.words.levels {
            let outer = among & !(word ^ flip);
            among = if outer == 0 { among } else { outer };
            upper = (upper << 1) | u64::from(outer == 0);
        }
        let upper = (upper ^ flip) & (u64::MAX >> LOWER_BITS);
        if among & among.wrapping_sub(1) == 0 {
            let record = among.trailing_zeros();
            return Member { place: (upper << LOWER_BITS) | self.lower(record), record };
        }
        let rank = if flip == 0 { 0 } else { among.count_ones() as usize - 1 };
        self.select_by_lower(among, upper, rank)
    }

    /// The records of `among` from the first one up to and with a member.
    #[inline]
    pub fn up_to(&self, among: u64, member: Member) -> u64 {
        let upper = member.place >> LOWER_BITS;
        let (mut before, mut equal) = self.compared(upper);
        equal &= among;
        while equal != 0 {
            let record = equal.trailing_zeros();
            let other = Member { place: (upper << LOWER_BITS) | self.lower(record), record };
            before |= u64::from(other <= member) << record;
            equal &= equal - 1;
        }
        before & among
    }

    /// When a record is written.
    #[inline]
    pub fn arrival(&self, member: Member) -> Instant {
        let into = (u128::from(member.place) * u128::from(self.length)) >> 64;
        Instant::from_nanos(self.start + into as u64)
    }

    /// Calls `see` with the arrivals of some records, in no certain order.
    #[inline]
    pub fn for_each(&self, among: u64, mut see: impl FnMut(Instant)) {
        // Word `row` holds the upper bits of the records `row`, `row + 8`, ..., a byte for each.
        for (row, upper) in (0u32..).zip(transposed(self.words.levels)) {
            let mut members = (among >> row) & 0x0101_0101_0101_0101;
            while members != 0 {
                let at = members.trailing_zeros();
                members &= members - 1;
                let record = at + row;
                let place = ((upper >> at) << LOWER_BITS) | self.lower(record);
                see(self.arrival(Member { place, record }));
            }
        }
    }

    /// The arrivals in order; how many there are.
    pub fn sorted(&self, arrivals: &mut [Instant; RECORDS_MAX as usize]) -> usize {
        let mut count = 0;
        self.for_each(self.all, |arrival| {
            arrivals[count] = arrival;
            count += 1;
        });
        arrivals[..count].sort_unstable();
        count
    }

    /// The records whose upper bits are below a value, and those where they are equal to it.
    #[inline]
    fn compared(&self, upper: u64) -> (u64, u64) {
        let (mut below, mut equal) = (0, self.all);
        for (level, word) in self.words.levels.iter().enumerate() {
            let ones = 0u64.wrapping_sub((upper >> (LEVELS - 1 - level)) & 1);
            below |= equal & !word & ones;
            equal &= word ^ !ones;
        }
        (below, equal)
    }

    /// The lower bits of a record: a hash of its number, salted.
    #[inline]
    fn lower(&self, record: u32) -> u64 {
        let spread = u64::from(record + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (self.words.salt ^ spread).wrapping_mul(0xd6e8_feb8_6659_fd93) >> LEVELS
    }

    /// The record of a rank among some that share their upper bits.
    #[cold]
    fn select_by_lower(&self, mut among: u64, upper: u64, rank: usize) -> Member {
        let mut members = [Member { place: 0, record: 0 }; RECORDS_MAX as usize];
        let mut count = 0;
        while among != 0 {
            let record = among.trailing_zeros();
            members[count] = Member { place: (upper << LOWER_BITS) | self.lower(record), record };
            among &= among - 1;
            count += 1;
        }
        members[..count].sort_unstable();
        members[rank]
    }
}

/// Eight matrices of 8 x 8 bits, each a byte of every word, with their rows as columns (Warren
/// 2012, Hacker's Delight, 7-3): level `l`, bit `8 j + r` becomes word `r`, bit `8 j + 7 - l`.
#[inline]
fn transposed(levels: [u64; LEVELS]) -> [u64; LEVELS] {
    let mut words = levels;
    words.reverse();
    for (distance, mask) in
        [(4, 0x0f0f_0f0f_0f0f_0f0f), (2, 0x3333_3333_3333_3333), (1, 0x5555_5555_5555_5555)]
    {
        for low in (0..LEVELS).filter(|word| word & distance == 0) {
            let differing = ((words[low] >> distance) ^ words[low + distance]) & mask;
            words[low + distance] ^= differing;
            words[low] ^= differing << distance;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Purpose, RandomSource};

    fn cells() -> impl Iterator<Item = Cell> {
        let mut random = RandomSource::new(1, 0).stream(Purpose(0), 0);
        (0..2_000).map(move |number| {
            let mut levels = [(); LEVELS].map(|()| random.next_u64());
            if number % 5 == 0 {
                // Many records share their upper bits.
                levels[2..].fill(0);
            }
            let words = CellWords { levels, salt: random.next_u64() };
            let (start, length) = (random.below(1 << 40), 1 + random.below(1 << 30));
            Cell::new(start, length, random.below(65) as u32, words)
        })
    }

    fn sorted(cell: &Cell) -> Vec<Instant> {
        let mut arrivals = [Instant::START; RECORDS_MAX as usize];
        let count = cell.sorted(&mut arrivals);
        arrivals[..count].to_vec()
    }

    #[test]
    fn every_question_is_answered_as_by_the_sorted_list() {
        for cell in cells() {
            let list = sorted(&cell);
            assert_eq!(list.len(), cell.records() as usize);
            if let (Some(&first), Some(&last)) = (list.first(), list.last()) {
                assert_eq!(cell.arrival(cell.first(cell.all())), first);
                assert_eq!(cell.arrival(cell.last(cell.all())), last);
            }
            for (rank, &arrival) in list.iter().enumerate() {
                let member = cell.select(cell.all(), rank as u32);
                assert_eq!(cell.arrival(member), arrival);
                let before = cell.up_to(cell.all(), member);
                assert_eq!(before.count_ones() as usize, rank + 1);
                let mut seen = Vec::new();
                cell.for_each(before, |arrival| seen.push(arrival));
                seen.sort_unstable();
                assert_eq!(seen, list[..=rank]);
                for until in [arrival.as_nanos(), arrival.as_nanos().saturating_sub(1)] {
                    let until = Instant::from_nanos(until);
                    let through = list.iter().filter(|&&other| other <= until).count();
                    assert_eq!(cell.through(until).count_ones() as usize, through);
                }
            }
        }
    }

    #[test]
    fn what_is_cut_off_is_gone_and_nothing_else() {
        for mut cell in cells().filter(|cell| cell.records() > 2) {
            let list = sorted(&cell);
            let end = list[list.len() / 2];
            cell.cut(end);
            let before: Vec<Instant> = list.into_iter().filter(|&arrival| arrival < end).collect();
            assert_eq!(sorted(&cell), before);
            let mut seen = 0;
            cell.for_each(cell.all(), |arrival| {
                assert!(arrival < end);
                seen += 1;
            });
            assert_eq!(seen, cell.records());
        }
    }

    #[test]
    fn matrices_of_bits_are_turned() {
        for (level, bit) in (0..LEVELS).flat_map(|level| (0..64).map(move |bit| (level, bit))) {
            let mut levels = [0; LEVELS];
            levels[level] = 1 << bit;
            let mut turned = [0; LEVELS];
            turned[bit % 8] = 1 << (bit / 8 * 8 + 7 - level);
            assert_eq!(transposed(levels), turned);
        }
    }
}
