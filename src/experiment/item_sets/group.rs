//! Groups of items: what they are called, and choosing some of them.
//!
//! | items | group | also chosen by |
//! |---|---|---|
//! | delivery cases | `delivery` | |
//! | known answers for runs | as each says, one letter | `theory` |
//! | known answers for procedures | as each says | `statistics` |
//! | measured runs | `measured` | |

use super::ItemSet;
use crate::experiment::validation::Item;
use crate::experiment::validation::item::Question;
use crate::results::ItemKind;

/// What the groups of known answers are about, by the letters of schema `theory/1`.
const TITLES: [(&str, &str); 10] = [
    ("a", "deterministic traces"),
    ("b", "one record at a time"),
    ("c", "batches under the poll models"),
    ("d", "batching windows"),
    ("e", "lanes and hot keys"),
    ("f", "concurrency limits"),
    ("g", "poison records"),
    ("h", "transient failures"),
    ("x", "write patterns measured or documented"),
    ("o", "statistics code"),
];

/// A group by its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupName {
    /// Its own name.
    pub name: String,
    /// The name of all groups like it.
    pub family: &'static str,
    /// What it is about; may be empty.
    pub title: &'static str,
    /// Of what kind its items are.
    pub kind: ItemKind,
}

impl GroupName {
    /// The group of delivery cases.
    pub(super) fn delivery() -> GroupName {
        GroupName {
            name: "delivery".to_owned(),
            family: "delivery",
            title: "deliveries recorded or documented",
            kind: ItemKind::Delivery,
        }
    }

    /// The group of measured runs.
    pub(super) fn measured() -> GroupName {
        GroupName {
            name: "measured".to_owned(),
            family: "measured",
            title: "runs measured on AWS",
            kind: ItemKind::Measured,
        }
    }

    /// The group of a known answer.
    pub(super) fn of_known(item: &Item) -> GroupName {
        let family = match item.question {
            Question::Run { .. } => "theory",
            Question::Procedure { .. } => "statistics",
        };
        let title = TITLES.iter().find(|(name, _)| *name == item.group);
        GroupName {
            name: item.group.clone(),
            family,
            title: title.map_or("", |(_, title)| *title),
            kind: ItemKind::Theory,
        }
    }

    fn is_called(&self, names: &[String]) -> bool {
        names.iter().any(|name| *name == self.name || name == self.family)
    }
}

/// The groups of some sets, each once, in the order of their first items.
pub fn group_names(sets: &[ItemSet]) -> Vec<GroupName> {
    let mut found: Vec<GroupName> = Vec::new();
    let mut add = |group: GroupName| {
        if !found.contains(&group) {
            found.push(group);
        }
    };
    for set in sets {
        match set {
            ItemSet::Delivery(_) => add(GroupName::delivery()),
            ItemSet::Measured(_) => add(GroupName::measured()),
            ItemSet::Known(items) => items.iter().map(GroupName::of_known).for_each(&mut add),
        }
    }
    found
}

/// The items of the groups that are called by one of `names`.
pub fn only_groups(sets: Vec<ItemSet>, names: &[String]) -> Vec<ItemSet> {
    let chosen = |set| match set {
        ItemSet::Delivery(cases) => {
            GroupName::delivery().is_called(names).then_some(ItemSet::Delivery(cases))
        }
        ItemSet::Measured(items) => {
            GroupName::measured().is_called(names).then_some(ItemSet::Measured(items))
        }
        ItemSet::Known(items) => {
            let is_called = |item: &Item| GroupName::of_known(item).is_called(names);
            let items: Vec<Item> = items.into_iter().filter(is_called).collect();
            (!items.is_empty()).then_some(ItemSet::Known(items))
        }
    };
    sets.into_iter().filter_map(chosen).collect()
}

#[cfg(test)]
mod tests {
    use super::super::embedded;
    use super::*;

    #[test]
    fn a_group_is_chosen_by_its_name_and_by_the_name_of_all_like_it() {
        let counts = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            only_groups(embedded(), &names).iter().map(ItemSet::count).collect::<Vec<usize>>()
        };
        assert_eq!(counts(&["delivery"]), [121]);
        assert_eq!(counts(&["theory"]), [218]);
        assert_eq!(counts(&["a", "statistics"]), [20, 7]);
        assert_eq!(counts(&["nothing"]), [] as [usize; 0]);
    }

    #[test]
    fn groups_come_in_the_order_of_their_items_and_have_titles() {
        let groups = group_names(&embedded());
        let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
        assert_eq!(names.join(" "), "delivery a b c d e f g h x o measured");
        assert!(groups.iter().all(|group| !group.title.is_empty()));
    }
}
