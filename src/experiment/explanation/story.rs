//! The steps of a record's story, bounded: of a long one the beginning and the end are kept.

use std::collections::VecDeque;

use crate::results::{StoryEvent, StoryStep};
use crate::units::Instant;

/// Steps kept from the beginning.
const FIRST: usize = 14;
/// Steps kept from the end.
const LAST: usize = 6;

/// The steps so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Story {
    first: Vec<StoryStep>,
    last: VecDeque<StoryStep>,
    left_out: u64,
}

impl Story {
    /// Adds a step.
    pub fn push(&mut self, at: Instant, event: StoryEvent) {
        let step = StoryStep { at: at.as_secs_f64(), event };
        if self.first.len() < FIRST {
            self.first.push(step);
            return;
        }
        self.last.push_back(step);
        if self.last.len() > LAST {
            self.last.pop_front();
            self.left_out += 1;
        }
    }

    /// Adds a refusal; those in a row are one step.
    pub fn throttled(&mut self, now: Instant) {
        let last = self.last.back_mut().or(self.first.last_mut());
        if let Some(StoryStep { event: StoryEvent::Throttled { times, until }, .. }) = last {
            *times += 1;
            *until = now.as_secs_f64();
            return;
        }
        self.push(now, StoryEvent::Throttled { times: 1, until: now.as_secs_f64() });
    }

    /// All steps that were kept, and how many were left out behind the first ones.
    pub fn into_steps(mut self) -> (Vec<StoryStep>, u64) {
        self.first.extend(self.last);
        (self.first, self.left_out)
    }

    /// Steps kept before those that are left out.
    pub fn first_steps() -> usize {
        FIRST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_story_keeps_its_beginning_and_its_end() {
        let mut story = Story::default();
        for second in 0..100 {
            story.push(Instant::from_secs(second), StoryEvent::ReadAgain);
        }
        let (steps, left_out) = story.into_steps();
        assert_eq!((steps.len() as u64, left_out), (20, 80));
        let times: Vec<f64> = steps.iter().map(|step| step.at).collect();
        assert_eq!((times[13], times[14], times[19]), (13.0, 94.0, 99.0));
    }

    #[test]
    fn refusals_in_a_row_are_one_step() {
        let mut story = Story::default();
        for second in 1..=5 {
            story.throttled(Instant::from_secs(second));
        }
        let (steps, _) = story.into_steps();
        let expected = StoryEvent::Throttled { times: 5, until: 5.0 };
        assert_eq!(steps, [StoryStep { at: 1.0, event: expected }]);
    }
}
