//! Tells a run from outside that it is to end early.
//!
//! Replications that have begun are finished, so that long ones are not left out more often than
//! short ones; the run then consists of those that are done in every variant. Left out: sweeps and
//! searches, whose finished points are files or whose answer needs all of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A switch that is shared by its clones and goes one way.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks for the end.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the end was asked for.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl PartialEq for Stop {
    /// Whether setting one sets the other.
    fn eq(&self, other: &Stop) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
