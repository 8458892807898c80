//! Variables of backends that not every restic reads.

use restic_types::ResticVersion;

/// The release that a variable of a backend came with. Absent when every supported restic
/// has it, and for variables that are not ours.
pub(crate) fn since(variable: &str) -> Option<ResticVersion> {
    let (minor, patch) = match variable {
        "OS_PROJECT_DOMAIN_ID" | "OS_TRUST_ID" | "OS_USER_DOMAIN_ID" | "OS_USER_ID" => (12, 0),
        "AZURE_ACCOUNT_SAS" => (14, 0),
        "AZURE_ENDPOINT_SUFFIX" => (16, 0),
        "AZURE_FORCE_CLI_CREDENTIAL" => (16, 5),
        "RESTIC_AWS_ASSUME_ROLE_ARN"
        | "RESTIC_AWS_ASSUME_ROLE_EXTERNAL_ID"
        | "RESTIC_AWS_ASSUME_ROLE_POLICY"
        | "RESTIC_AWS_ASSUME_ROLE_REGION"
        | "RESTIC_AWS_ASSUME_ROLE_SESSION_NAME"
        | "RESTIC_AWS_ASSUME_ROLE_STS_ENDPOINT" => (17, 0),
        _ => return None,
    };
    Some(ResticVersion::new(0, minor, patch))
}
