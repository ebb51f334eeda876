//! Colours of charts, chosen to be told apart with every common kind of colour vision.
//!
//! Reference: Okabe and Ito, "Color universal design" (2008), for variants and causes; Tol,
//! "Colour schemes" (2021), muted, for the parts of an age. Left out: dark charts; a page shows
//! charts on a light card.

use crate::results::BlockCause;

/// A colour with its opacity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Colour {
    /// Red, green, blue.
    pub rgb: (u8, u8, u8),
    /// 0 to 1.
    pub opacity: f64,
}

impl Colour {
    const fn solid(red: u8, green: u8, blue: u8) -> Colour {
        Colour { rgb: (red, green, blue), opacity: 1.0 }
    }

    /// The same colour, see-through.
    pub const fn faded(self, opacity: f64) -> Colour {
        Colour { rgb: self.rgb, opacity }
    }
}

/// Behind everything.
pub const PAPER: Colour = Colour::solid(255, 255, 255);
/// Titles.
pub const INK: Colour = Colour::solid(0x1f, 0x24, 0x29);
/// Labels.
pub const QUIET: Colour = Colour::solid(0x55, 0x5c, 0x64);
/// Grid lines.
pub const GRID: Colour = Colour::solid(0xe3, 0xe6, 0xe9);
/// Axis lines.
pub const AXIS: Colour = Colour::solid(0x8a, 0x91, 0x99);
/// Outages.
pub const SHADE: Colour = Colour::solid(0xe9, 0xdf, 0xc4);
/// What was measured.
pub const MEASURED: Colour = INK;
/// The side of a limit that is allowed.
pub const MEETS: Colour = Colour::solid(0xdd, 0xf0, 0xe4);
/// Asserted limits.
pub const LIMIT: Colour = Colour::solid(0xa0, 0x1c, 0x2c);

const VARIANTS: [Colour; 8] = [
    Colour::solid(0x00, 0x72, 0xb2),
    Colour::solid(0xd5, 0x5e, 0x00),
    Colour::solid(0x00, 0x9e, 0x73),
    Colour::solid(0xcc, 0x79, 0xa7),
    Colour::solid(0xe6, 0x9f, 0x00),
    Colour::solid(0x56, 0xb4, 0xe9),
    Colour::solid(0x33, 0x33, 0x33),
    Colour::solid(0x88, 0x22, 0x55),
];

/// The colour of the `index`-th variant; they repeat after eight.
pub fn variant(index: usize) -> Colour {
    VARIANTS[index % VARIANTS.len()]
}

/// The colour of a cause of blocking.
pub fn cause(cause: BlockCause) -> Colour {
    match cause {
        BlockCause::FunctionError => VARIANTS[1],
        BlockCause::Throttle => VARIANTS[0],
        BlockCause::Oversize => VARIANTS[3],
        BlockCause::Destination => VARIANTS[6],
    }
}

/// The parts of an age, in the order in which a record goes through them.
pub const AGE_PARTS: [Colour; 10] = [
    Colour::solid(0xbb, 0xbb, 0xbb),
    Colour::solid(0x88, 0xcc, 0xee),
    Colour::solid(0x44, 0xaa, 0x99),
    Colour::solid(0xdd, 0xcc, 0x77),
    Colour::solid(0x99, 0x99, 0x33),
    Colour::solid(0x33, 0x22, 0x88),
    Colour::solid(0xcc, 0x66, 0x77),
    Colour::solid(0xaa, 0x44, 0x99),
    Colour::solid(0x66, 0x11, 0x00),
    Colour::solid(0x11, 0x77, 0x33),
];
