//! The AWS command line: its JSON, and its commands in scripts.
//!
//! | file | reads |
//! |---|---|
//! | `output` | JSON (or YAML) of get-, list-, create- and update-event-source-mapping |
//! | `command_line` | `aws lambda create-event-source-mapping --batch-size ...` |
//! | `shell` | words, quotes, variables and continuation lines of a script |
//! | `shorthand` | `OnFailure={Destination=arn}`, the CLI's short form of structures |

pub mod command_line;
pub mod output;
mod shell;
mod shorthand;
