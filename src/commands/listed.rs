//! Writes an enum and the list of all that is in it, so that neither can forget one.

/// The enum, and `ALL`.
macro_rules! listed {
    ($(#[$outer:meta])* pub enum $name:ident { $($(#[$inner:meta])* $variant:ident,)* }) => {
        $(#[$outer])*
        pub enum $name { $($(#[$inner])* $variant,)* }

        impl $name {
            /// All.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];
        }
    };
}

pub(super) use listed;
