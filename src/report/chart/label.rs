//! Where the label of a point stands, so that it lies on nothing.
//!
//! Eight places around the point are tried, those beside it first; taken is the one with the least
//!
//! ```text
//! cost = 100 [outside of the plot] + 10 (labels and lines that it crosses) + points that it hides
//! ```
//!
//! Reference: the four- and eight-position models of point labels (Christensen, Marks and Shieber,
//! ACM Transactions on Graphics 14, 1995). Left out: moving labels that already stand.

use super::canvas::{Anchor, text_width};

/// Height of a line of text over its size, with its descenders.
const HEIGHT_PER_SIZE: f64 = 1.2;

/// What a label should not lie on. Lengths are in units of the canvas, y downward.
#[derive(Debug, Clone, Default)]
pub struct Occupied {
    /// Left, top, right and bottom end of the plot.
    pub plot: [f64; 4],
    /// Centres of points.
    pub points: Vec<(f64, f64)>,
    /// Radius of a point.
    pub radius: f64,
    /// Vertical lines.
    pub lines: Vec<f64>,
    /// Labels that stand: left, top, right, bottom.
    pub labels: Vec<[f64; 4]>,
}

impl Occupied {
    /// Finds the place for a label whose point has this centre and this radius, and remembers it.
    pub fn place(
        &mut self,
        (centre, radius): ((f64, f64), f64),
        text: &str,
        size: f64,
    ) -> ((f64, f64), Anchor) {
        let (width, height) = (text_width(text, size), size * HEIGHT_PER_SIZE);
        let (aside, above) = (radius + 5.0, radius + 2.0 + height / 2.0);
        let places = [
            (aside, 0.0, Anchor::Start),
            (-aside, 0.0, Anchor::End),
            (0.0, -above, Anchor::Middle),
            (0.0, above, Anchor::Middle),
            (aside, -above, Anchor::Start),
            (-aside, -above, Anchor::End),
            (aside, above, Anchor::Start),
            (-aside, above, Anchor::End),
        ];
        let boxes = places.map(|(right, down, anchor)| {
            let (x, y) = (centre.0 + right, centre.1 + down);
            let left = match anchor {
                Anchor::Start => x,
                Anchor::Middle => x - width / 2.0,
                Anchor::End => x - width,
            };
            let room = [left, y - height / 2.0, left + width, y + height / 2.0];
            ((x, y), anchor, room)
        });
        let costs = boxes.map(|(_, _, room)| self.cost(room));
        let least = costs.iter().min().expect("there are eight places");
        let first = costs.iter().position(|cost| cost == least).expect("the least is one of them");
        let (at, anchor, room) = boxes[first];
        self.labels.push(room);
        (at, anchor)
    }

    fn cost(&self, room: [f64; 4]) -> usize {
        let [left, top, right, bottom] = room;
        let plot = self.plot;
        let is_outside = left < plot[0] || top < plot[1] || right > plot[2] || bottom > plot[3];
        let hides = |(x, y): &&(f64, f64)| {
            let (from, to) = (x.clamp(left, right) - x, y.clamp(top, bottom) - y);
            from * from + to * to < self.radius * self.radius
        };
        let meets = |other: &&[f64; 4]| {
            left < other[2] && other[0] < right && top < other[3] && other[1] < bottom
        };
        let lines = self.lines.iter().filter(|line| left < **line && **line < right).count();
        let labels = self.labels.iter().filter(meets).count();
        100 * usize::from(is_outside)
            + 10 * (lines + labels)
            + self.points.iter().filter(hides).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn occupied(points: &[(f64, f64)]) -> Occupied {
        Occupied {
            plot: [0.0, 0.0, 400.0, 300.0],
            points: points.to_vec(),
            radius: 5.0,
            ..Occupied::default()
        }
    }

    #[test]
    fn a_label_stands_to_the_right_where_nothing_is_in_the_way() {
        let (at, anchor) = occupied(&[(200.0, 150.0)]).place(((200.0, 150.0), 5.0), "now", 13.0);
        assert_eq!((at, anchor), ((210.0, 150.0), Anchor::Start));
    }

    #[test]
    fn a_label_gives_way_to_points_lines_labels_and_the_edge() {
        let point = (200.0, 150.0);
        let beside = |occupied: &mut Occupied| occupied.place((point, 5.0), "now", 13.0).1;
        let above = |occupied: &mut Occupied| occupied.place((point, 5.0), "now", 13.0).0.1;
        assert_eq!(beside(&mut occupied(&[point, (220.0, 152.0)])), Anchor::End);
        assert!(above(&mut occupied(&[point, (220.0, 152.0), (180.0, 148.0)])) < 150.0);
        let mut with_line = Occupied { lines: vec![215.0], ..occupied(&[point]) };
        assert_eq!(beside(&mut with_line), Anchor::End);
        let mut at_the_edge = Occupied { plot: [0.0, 0.0, 205.0, 300.0], ..occupied(&[point]) };
        assert_eq!(beside(&mut at_the_edge), Anchor::End);
        let mut twice = occupied(&[point]);
        assert_eq!(beside(&mut twice), Anchor::Start);
        assert_eq!(beside(&mut twice), Anchor::End);
    }
}
