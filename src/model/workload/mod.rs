//! The stream as a function: arrivals, keys, sizes and marks of a shard, generated as they are read.
