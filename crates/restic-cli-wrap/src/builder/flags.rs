//! Setters for restic's global flags.

use std::ffi::OsString;
use std::time::Duration;

use super::ResticBuilder;
use crate::arguments::setters;
use crate::values::Compression;

setters! { ResticBuilder:
    /// Trusts the certificate authorities in this PEM file instead of the system's.
    each cacert cacerts: "--cacert" = OsString;
    /// Keeps the cache in this directory.
    value cache_dir: "--cache-dir" = OsString;
    /// Removes old cache directories at the start.
    switch cleanup_cache: "--cleanup-cache";
    /// Compresses what is written: `auto`, `off`, `max`; since restic 0.19.0 also `fastest`
    /// and `better`. Since restic 0.14.0.
    value compression: "--compression" = Compression;
    /// Sets the HTTP `User-Agent`. Since restic 0.17.0.
    value http_user_agent: "--http-user-agent" = OsString;
    /// Does not verify the certificates of servers. Since restic 0.13.0.
    switch insecure_tls: "--insecure-tls";
    /// Downloads up to this many KiB per second.
    number limit_download: "--limit-download";
    /// Uploads up to this many KiB per second.
    number limit_upload: "--limit-upload";
    /// Uses no cache.
    switch no_cache: "--no-cache";
    /// Skips the extra verification of data before it is uploaded. Since restic 0.16.4.
    switch no_extra_verify: "--no-extra-verify";
    /// Creates no lock, to read a repository that cannot be written to. `forget` and `prune`
    /// refuse this since restic 0.17; `backup` ignores it.
    switch no_lock: "--no-lock";
    /// Sets an extended option of a backend, as `key=value`. A comma splits it in two unless
    /// the whole is in double quotes. Anybody on the machine can see it while restic runs:
    /// do not put a secret in it.
    each option options: "--option" = OsString;
    /// Sets the target size of packs, in MiB, from 4 to 128. Since restic 0.14.0.
    number pack_size: "--pack-size";
    /// Prints less: no `status` messages since restic 0.13.
    switch quiet: "--quiet";
    /// Gives up on a request to a server once it has been stuck for this long. Since restic 0.17.1.
    value stuck_request_timeout: "--stuck-request-timeout" = Duration;
    /// Presents the client certificate and key in this PEM file to servers.
    value tls_client_cert: "--tls-client-cert" = OsString;
    /// Prints more: with 1 a backup reports every file (with restic 0.11 and 0.12 it needs 2),
    /// with 2 a restore does, too (since restic 0.17.0).
    number verbose: "--verbose";
}
