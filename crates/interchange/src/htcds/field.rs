//! The core fields of the standard, in the order of its blank workbook.

/// How a field is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Text,
    /// A day.
    Date,
    /// A whole number.
    Number,
    /// One of some codes.
    One(&'static [&'static str]),
    /// Any of some codes, parted by semicolons.
    Many(&'static [&'static str]),
}

/// A field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name with prefix, as in the field standards.
    pub name: &'static str,
    /// Its label.
    pub label: &'static str,
    /// How it is filled in.
    pub kind: Kind,
}

const YES_NO: &[&str] = &["TRUE", "FALSE"];
const GENDER: &[&str] = &[
    "Feminine",
    "Masculine",
    "TransgenderFeminine",
    "TransgenderMasculine",
    "NonConforming",
    "NonSpecifiedUnknown",
];
const TRAFFICKING_STATUS: &[&str] = &[
    "PossibleVictimOfTrafficking",
    "ActualVictimOfTrafficking",
    "NotAVictimOfTrafficking",
];
const DECISION_MAKING_ORG: &[&str] = &[
    "Police",
    "NGO",
    "CourtOrProsecution",
    "NonPoliceGovernmentalOrganization",
    "Other",
];
const METHOD_OF_RECRUITMENT: &[&str] = &[
    "AtAPlaceOfBusiness",
    "AtAnEducationalInstitution",
    "AtWork",
    "ThroughOnlineSocialNetworks",
    "ThroughAnOnlineAdvertisement",
    "ThroughATelevisionAdvert",
    "ThroughANewspaperAdvert",
    "ThroughFamilyOrFamilyEvents",
    "ThroughFriendsOrSocialEvents",
    "Other",
];
const METHODS_OF_CONTROL: &[&str] = &[
    "PhysicalThreats",
    "ThreatsLawEnforcement",
    "ThreatensChildrenFamily",
    "DebtBondage",
    "FalsePromises",
    "PhysicalAbuse",
    "SexualAbuse",
    "TakesEarnings",
    "RestrictsFinancialAccess",
    "RestrictsMedicalCare",
    "WithholdsNecessities",
    "PsychologicalAbuse",
    "PsychoactiveSubstance",
    "ExcessiveWorkingHours",
    "WithholdsDocuments",
    "Other",
];
const TYPE_OF_EXPLOITATION: &[&str] = &[
    "ForcedLabour",
    "SexualExploitation",
    "ChildLabour",
    "ForcedMarriage",
    "Servitude",
    "ForcedMilitaryByNonStateActors",
    "OrganRemoval",
    "ForcedBegging",
    "ForcedAdoption",
    "Surrogacy",
    "Other",
];
const FORCED_LABOUR_INDUSTRY: &[&str] = &[
    "A_AgricultureForestryAndFishing",
    "B_MiningAndQuarrying",
    "C_Manufacturing",
    "D_ElectricityGasSteamAndAirConditioningSupply",
    "E_WaterSupplySewerageWasteManagement",
    "F_Construction",
    "G_WholesaleAndRetailTradeRepairOfMotorVehicles",
    "H_TransportationAndStorage",
    "I_AccommodationAndFoodServiceActivities",
    "J_InformationAndCommunication",
    "K_FinancialAndInsuranceActivities",
    "L_RealEstateActivities",
    "M_ProfessionalScientificAndTechnicalActivities",
    "N_AdministrativeAndSupportServiceActivities",
    "O_PublicAdministrationAndDefence",
    "P_Education",
    "Q_HumanHealthAndSocialWorkActivities",
    "R_ArtsEntertainmentAndRecreation",
    "S_OtherServiceActivities",
    "T_ActivitiesOfHouseholdsAsEmployers",
    "U_ActivitiesOfExtraterritorialOrganizations",
];
const TYPE_OF_SEX_EXPLOITATION: &[&str] = &[
    "Prostitution",
    "Pornography",
    "RemoteInteractiveServices",
    "PrivateSexualServices",
];
const STATUS: &[&str] = &["Active", "FollowUp", "Closed", "ClosedReferred"];

const fn text(name: &'static str, label: &'static str) -> Field {
    Field {
        name,
        label,
        kind: Kind::Text,
    }
}

const fn of(name: &'static str, label: &'static str, kind: Kind) -> Field {
    Field { name, label, kind }
}

/// The fields that are read and written: the core ones, and three more of a person that have a place in casework.
pub const FIELDS: &[Field] = &[
    text("cas_CaseOwner", "Case Owner"),
    text("prs_Salutation", "Salutation"),
    text("prs_FirstName", "First Name"),
    text("prs_MiddleName", "Middle Name"),
    text("prs_SecondName", "Second Name"),
    of("con_Consent", "Consent", Kind::One(YES_NO)),
    of("prs_Birthdate", "Birthdate", Kind::Date),
    of("prs_Gender", "Gender", Kind::One(GENDER)),
    text("prs_Citizenship", "Citizenship"),
    of("prs_NumberOfChildren", "Number of Children", Kind::Number),
    text("prs_PrimaryLanguage", "Primary Language"),
    text("prs_IdentityNumber", "Identity Number"),
    text("prs_Title", "Title"),
    text("prs_Email", "Email"),
    text("prs_HomePhone", "Home Phone"),
    text("prs_MobilePhone", "Mobile Phone"),
    text("prs_MailingCity", "Mailing City"),
    text("prs_MailingCountry", "Mailing Country"),
    text("prs_MailingState", "Mailing State/Province"),
    text("prs_MailingStreet", "Mailing Street"),
    text("prs_MailingPostalCode", "Mailing Zip/Postal Code"),
    of(
        "vic_TraffickingStatus",
        "Trafficking Status",
        Kind::One(TRAFFICKING_STATUS),
    ),
    of(
        "vic_TraffickingStatusDecisionMakingOrg",
        "Trafficking Status Decision Making Organization",
        Kind::One(DECISION_MAKING_ORG),
    ),
    of(
        "vic_MethodOfRecruitment",
        "Method of Recruitment",
        Kind::Many(METHOD_OF_RECRUITMENT),
    ),
    text("vic_LocationOfRecruitment", "Location of Recruitment"),
    of(
        "vic_MethodsOfControl",
        "Methods of Control",
        Kind::Many(METHODS_OF_CONTROL),
    ),
    of(
        "vic_TypeOfExploitation",
        "Type of Exploitation",
        Kind::Many(TYPE_OF_EXPLOITATION),
    ),
    of(
        "vic_ForcedLabourIndustry",
        "Forced Labour Industry",
        Kind::Many(FORCED_LABOUR_INDUSTRY),
    ),
    of(
        "vic_TypeOfSexExploitation",
        "Type of Sex Exploitation",
        Kind::Many(TYPE_OF_SEX_EXPLOITATION),
    ),
    text("vic_LocationOfExploitation", "Location of Exploitation"),
    of("cas_Status", "Status", Kind::One(STATUS)),
    text("cas_ReferringOrganisation", "Referring Organisation"),
    of("cas_IncomingReferralDate", "Incoming Referral Date", Kind::Date),
    text("cas_ReferringPrimaryCaseWorker", "Referring Primary Case Worker"),
    text("cas_ReasonForIncomingReferral", "Reason for Incoming Referral"),
    text("cas_IncomingReferralDetails", "Incoming Referral Details"),
    text("cas_ReferredOrganisation", "Referred Organisation"),
    text("cas_ReferredPrimaryCaseWorker", "Referred Primary Case Worker"),
    text("cas_ReasonForOutgoingReferral", "Reason for Outgoing Referral"),
    of("cas_OutgoingReferralDate", "Outgoing Referral Date", Kind::Date),
    text("cas_OutgoingReferralDetails", "Outgoing Referral Details"),
    text("cas_ReasonForCaseClosure", "Reason for Case Closure"),
];

/// Names that files of the standard use otherwise than its field standards do, as the published ones show: a slip of the blank
/// workbook, and underscores of the form.
const ALSO: &[(&str, &str)] = &[(
    "victraffickinstatusdecisionmakingorg",
    "vic_TraffickingStatusDecisionMakingOrg",
)];

/// A heading without what tools put into it: groups before it, underscores, capitals.
fn bare(heading: &str) -> String {
    let own = heading.rsplit('/').next().unwrap_or_default();
    own.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// The field that a heading names.
pub fn find(heading: &str) -> Option<&'static Field> {
    let wanted = bare(heading);
    let wanted = ALSO
        .iter()
        .find(|(also, _)| *also == wanted)
        .map_or(wanted, |(_, name)| bare(name));
    FIELDS.iter().find(|field| bare(field.name) == wanted)
}

/// The code of a list that a text stands for: the code itself, or its label, however the capitals and spaces are.
pub(super) fn code(text: &str, listed: &'static [&'static str]) -> Option<&'static str> {
    let letters = |text: &str| -> String {
        text.chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect()
    };
    let wanted = letters(text);
    let same = match wanted.as_str() {
        "yes" | "1" => "true",
        "no" | "0" => "false",
        "notspecifiedunknown" => "nonspecifiedunknown",
        "agricultureforestryandfishing" => "aagricultureforestryandfishing",
        other => other,
    };
    listed.iter().copied().find(|code| {
        let code_letters = letters(code);
        // Industries are labelled without their letter.
        let unlettered = code.split_once('_').map(|(_, rest)| letters(rest));
        code_letters == same || unlettered.is_some_and(|rest| rest == same)
    })
}
