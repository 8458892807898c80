//! The flags that `prune` and `forget --prune` have in common.

/// Writes the setters of a command that can prune: by this macro its own, and
/// those that say how.
macro_rules! pruning_setters {
    ($command:ident by $setters:ident: $($own:tt)*) => {
        $setters! { $command:
            $($own)*
            /// Leaves so much unused data when it prunes: bytes such as `10M`, a part such as
            /// `5%`, or `unlimited`. Since restic 0.12.0.
            value max_unused: "--max-unused" = $crate::values::MaxUnused;
            /// Stops packing anew after so many bytes, such as `10G`, when it prunes. Since
            /// restic 0.12.0.
            value max_repack_size: "--max-repack-size" = $crate::values::Size;
            /// Packs only anew what is in the cache when it prunes. Since restic 0.12.0.
            switch repack_cacheable_only: "--repack-cacheable-only";
            /// Packs small packs anew when it prunes, which restic since 0.19.0 does anyway.
            /// Since restic 0.14.0.
            switch repack_small: "--repack-small";
            /// Packs packs smaller than this anew when it prunes, such as `8M`. Since restic
            /// 0.18.0.
            value repack_smaller_than: "--repack-smaller-than" = $crate::values::Size;
            /// Packs uncompressed data anew when it prunes. Since restic 0.14.0.
            switch repack_uncompressed: "--repack-uncompressed";
        }
    };
}
pub(crate) use pruning_setters;
