//! The colours of an image, each of which has a number, and the palette of those that are seen.
//!
//! Colours that differ only in the lower bits of their channels share a number, which an eye
//! cannot see. A palette has 256 colours at most, so that a pixel is a byte, and an image is
//! compressed in a fifth of the time; where more are seen, the rarest become the nearest of the
//! others. Left out: what is drawn.

use std::cmp::Reverse;

use super::canvas::{Canvas, Shape};
use super::palette::PAPER;

/// Red, green, blue.
pub type Rgb = [u8; 3];
/// The number of a colour.
pub type Number = u16;

/// The number of [`PAPER`].
pub const PAPER_NUMBER: Number = 0;
/// The share of a colour that hides all below it.
pub const WHOLE: u32 = 256;

/// Upper bits of a channel that tell colours apart.
const CHANNEL_BITS: u32 = 5;
/// Most colours of a palette.
const PALETTE_MAX: usize = 256;

/// Colours by number.
pub struct NumberedColours {
    /// The paper first, then those of the canvas.
    colours: Vec<Rgb>,
    /// The number of a colour by its upper bits.
    numbers: Vec<Option<Number>>,
}

impl NumberedColours {
    /// The colours of shapes, as they are and on paper.
    pub fn of(canvas: &Canvas) -> NumberedColours {
        let numbers = vec![None; 1 << (3 * CHANNEL_BITS)];
        let mut numbered = NumberedColours { colours: Vec::new(), numbers };
        numbered.number(PAPER.rgb.into());
        for colour in canvas.shapes.iter().filter_map(Shape::colour) {
            numbered.number(colour.rgb.into());
            numbered.mixed(PAPER_NUMBER, colour.rgb.into(), share(colour.opacity));
        }
        numbered
    }

    /// The number of a colour of which `share` of [`WHOLE`] lies over one that has a number.
    pub fn mixed(&mut self, below: Number, colour: Rgb, share: u32) -> Number {
        let below = self.colours[usize::from(below)];
        let channel = |index: usize| {
            let (below, above) = (u32::from(below[index]), u32::from(colour[index]));
            ((below * (WHOLE - share) + above * share + WHOLE / 2) / WHOLE) as u8
        };
        self.number([0, 1, 2].map(channel))
    }

    /// The number of a colour, which gets one if it has none.
    pub fn number(&mut self, colour: Rgb) -> Number {
        let upper = |bits, channel: &u8| {
            bits << CHANNEL_BITS | usize::from(channel >> (u8::BITS - CHANNEL_BITS))
        };
        let known = &mut self.numbers[colour.iter().fold(0, upper)];
        *known.get_or_insert_with(|| {
            self.colours.push(colour);
            (self.colours.len() - 1) as Number
        })
    }

    /// All colours by number, if they make a palette.
    pub fn palette(&self) -> Option<Vec<Rgb>> {
        (self.colours.len() <= PALETTE_MAX).then(|| self.colours.clone())
    }

    /// Rows of numbers as places in a palette of the colours that most pixels have, and this
    /// palette.
    pub fn indexed(&self, pixels: &[Number], width: usize) -> (Vec<u8>, Vec<Rgb>) {
        let mut seen = vec![0_u32; self.colours.len()];
        for (row, _) in rows(pixels, width).filter(|(_, is_new)| *is_new) {
            for number in row {
                seen[usize::from(*number)] += 1;
            }
        }
        let mut order: Vec<usize> = (0..seen.len()).filter(|number| seen[*number] > 0).collect();
        order.sort_by_key(|number| Reverse(seen[*number]));
        let (kept, rare) = order.split_at(order.len().min(PALETTE_MAX));
        let palette: Vec<Rgb> = kept.iter().map(|number| self.colours[*number]).collect();
        let mut places = vec![0; seen.len()];
        for (place, number) in (0..=u8::MAX).zip(kept) {
            places[*number] = place;
        }
        for number in rare {
            places[*number] = nearest(&palette, self.colours[*number]);
        }
        let mut indices = Vec::with_capacity(pixels.len());
        for (row, is_new) in rows(pixels, width) {
            if is_new {
                indices.extend(row.iter().map(|number| places[usize::from(*number)]));
            } else {
                indices.extend_from_within(indices.len() - width..);
            }
        }
        (indices, palette)
    }
}

/// Rows of pixels, and whether each differs from the one above.
fn rows(pixels: &[Number], width: usize) -> impl Iterator<Item = (&[Number], bool)> {
    let above = [&[][..]].into_iter().chain(pixels.chunks_exact(width));
    pixels.chunks_exact(width).zip(above).map(|(row, above)| (row, row != above))
}

/// An opacity from 0 to 1 as a share of [`WHOLE`].
pub fn share(opacity: f64) -> u32 {
    libm::round(opacity.clamp(0.0, 1.0) * f64::from(WHOLE)) as u32
}

/// The place of the colour that is nearest to another one.
fn nearest(colours: &[Rgb], wanted: Rgb) -> u8 {
    let distance = |colour: &Rgb| -> u32 {
        colour.iter().zip(wanted).map(|(one, other)| u32::from(one.abs_diff(other)).pow(2)).sum()
    };
    let places = (0..=u8::MAX).zip(colours);
    let (place, _) = places.min_by_key(|(_, colour)| distance(colour)).expect("a pixel is there");
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_a_colour_lies_over_another() {
        let mut numbered = NumberedColours::of(&Canvas::new());
        let half = numbered.mixed(PAPER_NUMBER, [0, 100, 255], share(0.5));
        assert_eq!(numbered.mixed(half, [9, 9, 9], 0), half);
        assert_eq!(numbered.mixed(half, PAPER.rgb.into(), WHOLE), PAPER_NUMBER);
        assert_eq!(numbered.palette(), Some(vec![[255; 3], [128, 178, 255]]));
    }

    #[test]
    fn of_too_many_colours_the_rarest_become_the_nearest_others() {
        let mut numbered = NumberedColours::of(&Canvas::new());
        let steps = || (0..=u8::MAX).step_by(8);
        let all = steps().flat_map(|green| steps().map(move |red| [red, green, 0]));
        let numbers: Vec<Number> = all.map(|colour| numbered.number(colour)).collect();
        assert_eq!(numbered.palette(), None);
        // The first 256 colours, of which the last is the lightest, are seen twice.
        let pixels = [&numbers[..], &numbers[..256]].concat();
        let (pixels, palette) = numbered.indexed(&pixels, pixels.len());
        assert_eq!(palette.len(), 256);
        assert_eq!(palette[usize::from(pixels[255])], [248, 56, 0]);
        assert_eq!(palette[usize::from(pixels[1023])], [248, 56, 0]);
        // What is not seen takes no place; rows that are alike count once.
        let [one, other] = [numbers[900], numbers[7]];
        let (pixels, palette) = numbered.indexed(&[one, other, one, other, other, other], 2);
        assert_eq!((pixels, palette), (vec![1, 0, 1, 0, 0, 0], vec![[56, 0, 0], [32, 224, 0]]));
    }
}
