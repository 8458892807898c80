//! The flags that `prune` and `forget --prune` have in common.

/// Writes the setters of a command that can prune: by this macro its own, and
/// those that say how.
macro_rules! pruning_setters {
    ($command:ident by $setters:ident: $($own:tt)*) => {
        $setters! { $command:
            $($own)*
            /// Leaves up to this much unused data when it prunes: bytes such as `10M`, a part such as
            /// `5%`, or `unlimited`. Since restic 0.12.0.
            value max_unused: "--max-unused" = $crate::values::MaxUnused;
            /// Repacks up to this many bytes, such as `10G`, when it prunes. Since
            /// restic 0.12.0.
            value max_repack_size: "--max-repack-size" = $crate::values::Size;
            /// Repacks only cacheable packs when it prunes. Since restic 0.12.0.
            switch repack_cacheable_only: "--repack-cacheable-only";
            /// Repacks small packs when it prunes, which restic since 0.19.0 does anyway.
            /// Since restic 0.14.0.
            switch repack_small: "--repack-small";
            /// Repacks packs smaller than this when it prunes, such as `8M`. Since restic
            /// 0.18.0.
            value repack_smaller_than: "--repack-smaller-than" = $crate::values::Size;
            /// Repacks uncompressed data when it prunes. Since restic 0.14.0.
            switch repack_uncompressed: "--repack-uncompressed";
        }
    };
}
pub(crate) use pruning_setters;
