//! The event calendar.

/// Placeholder.
pub struct EventCalendar;
