//! Ids as types, so that two of them can never change places, and the source they come from.
//!
//! Ids of things are version 7 (they sort by the time they were made); ids of anything about a
//! person are random, because a time-ordered id tells when someone came.

use std::fmt;

use uuid::Uuid;

/// Where ids come from. A parameter everywhere, so that tests can foresee them.
pub trait IdSource: Send + Sync {
    /// An id that sorts by the time it was made.
    fn ordered(&self) -> Uuid;
    /// A random id.
    fn random(&self) -> Uuid;
}

/// The id source of a running program.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ids;

impl IdSource for Ids {
    #[expect(clippy::disallowed_methods, reason = "the one place where ordered ids are made")]
    fn ordered(&self) -> Uuid {
        Uuid::now_v7()
    }

    #[expect(clippy::disallowed_methods, reason = "the one place where random ids are made")]
    fn random(&self) -> Uuid {
        Uuid::new_v4()
    }
}

/// Implements an id type over a UUID.
macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> { text.parse().map(Self) }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self { Self(id) }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self { id.0 }
        }
    )+};
}

ids! {
    /// An organisation of the coalition.
    OrganisationId,
    /// Someone with a sign-in in an organisation.
    MemberId,
    /// A standard.
    StandardId,
    /// A provision of a standard.
    ProvisionId,
    /// One version of an indicator.
    IndicatorVersionId,
    /// An area.
    AreaId,
    /// A public authority.
    BodyId,
    /// An item of evidence.
    EvidenceId,
    /// A call for evidence.
    CallId,
    /// An answer to a call for evidence.
    AnswerId,
    /// A stored file.
    FileId,
    /// A series.
    SeriesId,
    /// One value of a series.
    ObservationId,
    /// One import of a file.
    ImportId,
    /// A claim of the state.
    ClaimId,
    /// A cycle.
    CycleId,
    /// A measurement.
    MeasurementId,
    /// An assessment.
    AssessmentId,
    /// A finding.
    FindingId,
    /// A recommendation.
    RecommendationId,
    /// An edition.
    EditionId,
    /// One revision of an edition.
    RevisionId,
    /// A request for an export.
    ExportId,
    /// A list study.
    StudyId,
    /// An organisation's token file in a list study.
    TokenFileId,
    /// A contribution as it was received.
    ReceivedId,
    /// A job.
    JobId,
}
