//! Tests of the workload as a whole.
