//! The resolved settings of a variant as lines of a report, and what a variant changes.
//!
//! Two settings differ if their values as the scenario would write them do. Left out: settings of
//! the base that a variant does not have, since every setting has a value.

use crate::results::SettingLine;
use crate::scenario::Variant;

/// The settings of a variant that differ from those of the base.
pub fn changes(base: &Variant, variant: &Variant) -> Vec<SettingLine> {
    let of_base = setting_lines(base);
    let is_other = |line: &SettingLine| {
        let same = |other: &&SettingLine| other.group == line.group && other.key == line.key;
        of_base.iter().find(same).is_none_or(|other| other.value != line.value)
    };
    setting_lines(variant).into_iter().filter(is_other).collect()
}

/// The resolved settings of a variant.
pub fn setting_lines(variant: &Variant) -> Vec<SettingLine> {
    let resolved = variant.resolved.iter();
    resolved
        .map(|setting| SettingLine {
            group: setting.group.clone(),
            key: setting.key.clone(),
            value: setting.value.clone(),
            is_default: setting.is_default,
        })
        .collect()
}
