//! Colours of charts, chosen to be told apart with every common kind of colour vision.
//!
//! Reference: Okabe and Ito, "Color universal design" (2008), for variants and causes; Tol,
//! "Colour schemes" (2021), muted, for the parts of an age. Every colour has a counterpart on dark
//! paper, which a viewer that prefers dark colours is shown (Media Queries Level 5,
//! `prefers-color-scheme`); PNGs and print are light. Left out: other themes.

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

    /// As SVG and CSS write it, without opacity.
    pub fn hex(self) -> String {
        let (red, green, blue) = self.rgb;
        format!("#{red:02x}{green:02x}{blue:02x}")
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

/// The colours of what is not data, by the names that scripts of a page use.
pub fn named_colours() -> [(&'static str, Colour); 6] {
    [
        ("ink", INK),
        ("quiet", QUIET),
        ("grid", GRID),
        ("axis", AXIS),
        ("shade", SHADE),
        ("limit", LIMIT),
    ]
}

/// What each colour is on dark paper.
const ON_DARK: [(Colour, Colour); 26] = [
    (PAPER, Colour::solid(0x1a, 0x1e, 0x23)),
    (INK, Colour::solid(0xe6, 0xe8, 0xeb)),
    (QUIET, Colour::solid(0xa8, 0xaf, 0xb7)),
    (GRID, Colour::solid(0x30, 0x36, 0x3d)),
    (AXIS, Colour::solid(0x78, 0x80, 0x88)),
    (SHADE, Colour::solid(0x4a, 0x41, 0x29)),
    (MEETS, Colour::solid(0x1f, 0x3a, 0x2c)),
    (LIMIT, Colour::solid(0xff, 0x8f, 0x98)),
    (VARIANTS[0], Colour::solid(0x4d, 0xa9, 0xe3)),
    (VARIANTS[1], Colour::solid(0xf0, 0x7f, 0x3c)),
    (VARIANTS[2], Colour::solid(0x2f, 0xc2, 0x96)),
    (VARIANTS[3], Colour::solid(0xe3, 0x9f, 0xc6)),
    (VARIANTS[4], Colour::solid(0xf0, 0xb8, 0x3c)),
    (VARIANTS[5], Colour::solid(0x9a, 0xd8, 0xf8)),
    (VARIANTS[6], Colour::solid(0xcd, 0xd1, 0xd5)),
    (VARIANTS[7], Colour::solid(0xc4, 0x6c, 0xb0)),
    (AGE_PARTS[0], Colour::solid(0x8b, 0x92, 0x99)),
    (AGE_PARTS[4], Colour::solid(0xab, 0xab, 0x45)),
    (AGE_PARTS[5], Colour::solid(0x86, 0x76, 0xdc)),
    (AGE_PARTS[7], Colour::solid(0xc2, 0x67, 0xb2)),
    (AGE_PARTS[8], Colour::solid(0xbb, 0x5d, 0x45)),
    (AGE_PARTS[9], Colour::solid(0x3f, 0xa7, 0x65)),
    // These are seen as well on dark paper as on white.
    (AGE_PARTS[1], AGE_PARTS[1]),
    (AGE_PARTS[2], AGE_PARTS[2]),
    (AGE_PARTS[3], AGE_PARTS[3]),
    (AGE_PARTS[6], AGE_PARTS[6]),
];

/// Rules of a style sheet that give shapes below `scope` their colours on dark paper; only those
/// of colours that `is_used`.
pub fn dark_rules(scope: &str, is_used: impl Fn(&str) -> bool) -> String {
    let mut rules = String::new();
    for (light, dark) in ON_DARK.iter().filter(|(light, dark)| light != dark) {
        let (light, dark) = (light.hex(), dark.hex());
        if is_used(&light) {
            rules.push_str(&format!("{scope}[fill=\"{light}\"]{{fill:{dark}}}"));
            rules.push_str(&format!("{scope}[stroke=\"{light}\"]{{stroke:{dark}}}"));
        }
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast by WCAG 2.2: (lighter + 0.05) / (darker + 0.05) of the relative luminances.
    fn contrast(one: Colour, other: Colour) -> f64 {
        let channel = |value: u8| {
            let share = f64::from(value) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { libm::pow((share + 0.055) / 1.055, 2.4) }
        };
        let luminance = |colour: Colour| {
            let (red, green, blue) = colour.rgb;
            0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue)
        };
        let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
        (one / other).max(other / one)
    }

    fn on_dark(colour: Colour) -> Colour {
        let found = ON_DARK.iter().find(|(light, _)| *light == colour);
        found.expect("every colour has a counterpart").1
    }

    #[test]
    fn texts_stand_out_on_light_and_on_dark_paper() {
        for colour in [INK, QUIET, LIMIT] {
            for paper in [PAPER, SHADE, MEETS] {
                assert!(contrast(colour, paper) >= 4.5, "{colour:?} on {paper:?}");
                let (colour, paper) = (on_dark(colour), on_dark(paper));
                assert!(contrast(colour, paper) >= 4.5, "{colour:?} on {paper:?}");
            }
        }
    }

    #[test]
    fn lines_and_bars_are_seen_on_dark_paper() {
        for colour in VARIANTS.into_iter().chain(AGE_PARTS) {
            let found = contrast(on_dark(colour), on_dark(PAPER));
            assert!(found >= 3.0, "{colour:?}: {found}");
        }
    }

    #[test]
    fn only_used_colours_have_rules() {
        let rules = dark_rules("svg ", |hex| hex == "#ffffff");
        assert_eq!(
            rules,
            "svg [fill=\"#ffffff\"]{fill:#1a1e23}svg [stroke=\"#ffffff\"]{stroke:#1a1e23}"
        );
    }
}
