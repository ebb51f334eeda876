//! A random stream with one word per item, read by item number.
//!
//! Reading items in order costs no jump; any other order costs one (S1.2: draws have an address).

use crate::engine::RandomStream;

/// One word per item of a stream.
#[derive(Debug, Clone)]
pub(super) struct Addressed {
    stream: RandomStream,
    next: u64,
}

impl Addressed {
    /// The items of a stream that is at its beginning.
    pub(super) fn new(stream: RandomStream) -> Addressed {
        Addressed { stream, next: 0 }
    }

    /// The stream before the word of item `index`; the caller draws exactly this word.
    #[inline]
    pub(super) fn at(&mut self, index: u64) -> &mut RandomStream {
        if self.next != index {
            self.stream.seek(index, 1);
        }
        self.next = index + 1;
        &mut self.stream
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Purpose, RandomSource};

    #[test]
    fn an_item_has_its_word_in_any_order() {
        let source = RandomSource::new(5, 6);
        let mut items = Addressed::new(source.stream(Purpose(7), 8));
        for index in [0, 1, 2, 9, 10, 3, 100_000, 100_001, 0] {
            assert_eq!(items.at(index).next_u64(), source.word(Purpose(7), 8, index));
        }
    }
}
