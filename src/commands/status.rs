//! What the exit statuses of the command line mean.

/// What each exit status means.
pub const STATUSES: [(u8, &str); 7] = [
    (0, "done, verified, admitted, or the same"),
    (1, "verification failed, refused, or not the same"),
    (2, "wrong usage, or an invalid policy or configuration"),
    (
        3,
        "could not be determined: evidence, an anchor, a login or the network is missing, or it was cancelled",
    ),
    (4, "an input could not be read, or an output could not be written"),
    (5, "admitted with warnings; 0 with `gate --allow-warn`"),
    (75, "`fleet work`: nothing was committed, and another attempt may succeed"),
];

/// What a status means; none for one that no command ends with.
pub fn status(number: i32) -> Option<&'static str> {
    STATUSES.iter().find(|(known, _)| i32::from(*known) == number).map(|(_, meaning)| *meaning)
}
