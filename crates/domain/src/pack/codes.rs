//! Code lists of the coded schema that casework does not have already: bands, groups, and how far something has come.
//!
//! What has not happened has a code of its own (`pending`, `none`), so that an empty cell means one thing only: not known.

use crate::{part_list, word_list};

word_list! {
    /// Age when the person was referred, or first met where they were not.
    pub enum AgeBand {
        Under16 = "under_16", "Under 16";
        From16 = "16_17", "16 or 17";
        From18 = "18_24", "18 to 24";
        From25 = "25_34", "25 to 34";
        From35 = "35_44", "35 to 44";
        From45 = "45_over", "45 or over";
    }
}

word_list! {
    /// Nationality, in groups large enough to be counted.
    pub enum NationalityGroup {
        Uk = "uk", "United Kingdom";
        Eu = "eu", "European Union, EEA or Switzerland";
        Europe = "europe", "Elsewhere in Europe";
        MiddleEast = "middle_east", "North Africa or the Middle East";
        Africa = "africa", "Africa south of the Sahara";
        SouthAsia = "south_asia", "South Asia";
        EastAsia = "east_asia", "East or South-East Asia";
        Elsewhere = "elsewhere", "The Americas or Oceania";
        Stateless = "stateless", "Stateless";
    }
}

word_list! {
    /// Right to be in the country when the person was referred, or first met where they were not.
    pub enum ImmigrationStatus {
        Citizen = "citizen", "British or Irish citizen";
        Settled = "settled", "Settled";
        Refugee = "refugee", "Refugee or humanitarian protection";
        Limited = "limited", "Other limited leave";
        Visa = "visa", "Visa to work, study, visit or join family";
        Asylum = "asylum", "Seeking asylum";
        Without = "without", "Without leave";
    }
}

word_list! {
    /// Where the person is supported: never a smaller place.
    pub enum Region {
        NorthEast = "north_east", "North East";
        NorthWest = "north_west", "North West";
        Yorkshire = "yorkshire", "Yorkshire and the Humber";
        EastMidlands = "east_midlands", "East Midlands";
        WestMidlands = "west_midlands", "West Midlands";
        East = "east", "East of England";
        London = "london", "London";
        SouthEast = "south_east", "South East";
        SouthWest = "south_west", "South West";
        Wales = "wales", "Wales";
        Scotland = "scotland", "Scotland";
        NorthernIreland = "northern_ireland", "Northern Ireland";
    }
}

part_list! {
    /// The regions of England, to choose from where support is given there.
    pub enum EnglishRegion of Region::region {
        NorthEast, NorthWest, Yorkshire, EastMidlands, WestMidlands, East, London, SouthEast, SouthWest
    }
}

word_list! {
    /// The language a person understands best, in groups large enough to be counted.
    pub enum LanguageGroup {
        English = "english", "English";
        Albanian = "albanian", "Albanian";
        Arabic = "arabic", "Arabic";
        Romanian = "romanian", "Romanian";
        Tigrinya = "tigrinya_amharic", "Tigrinya or Amharic";
        Vietnamese = "vietnamese", "Vietnamese";
        European = "other_european", "Another language of Europe";
        African = "other_african", "Another language of Africa";
        Asian = "other_asian", "Another language of Asia";
        Other = "other", "Another language";
    }
}

word_list! {
    /// How a decision of the referral mechanism stands at the end of the period.
    pub enum Decision {
        Positive = "positive", "Positive";
        Negative = "negative", "Negative";
        Pending = "pending", "Not decided yet";
        None = "none", "No decision will come";
    }
}

word_list! {
    /// What the reasons of a negative decision lean on, all of them read together. A case has one code in a column, so every
    /// mixture of the three that tell most has one of its own.
    pub enum ReasonLeaning {
        Disbelief = "disbelief", "Disbelief";
        Undeserving = "undeserving", "Undeserving";
        Criminality = "criminality", "Criminality";
        DisbeliefUndeserving = "disbelief_undeserving", "Disbelief and undeserving";
        DisbeliefCriminality = "disbelief_criminality", "Disbelief and criminality";
        UndeservingCriminality = "undeserving_criminality", "Undeserving and criminality";
        AllThree = "all_three", "Disbelief, undeserving and criminality";
        Definition = "definition", "None of these: the definition";
        Procedure = "procedure", "None of these: procedure alone";
    }
}

word_list! {
    /// What became of a challenge to a negative decision, by reconsideration or by judicial review.
    pub enum ChallengeResult {
        None = "none", "Not challenged";
        Pending = "pending", "Not decided yet";
        Upheld = "upheld", "The decision stays";
        Overturned = "overturned", "The decision was overturned";
        Dropped = "dropped", "Dropped";
    }
}

word_list! {
    /// An official body that might have referred the person.
    pub enum OfficialBody {
        Police = "police", "Police";
        LocalAuthority = "local_authority", "Local authority";
        Health = "health", "Health service";
        School = "school", "School or college";
        Immigration = "immigration", "Immigration and borders";
        Nca = "nca", "National Crime Agency";
        LabourInspectorate = "labour_inspectorate", "Labour inspectorate";
        Prison = "prison", "Prison, probation or youth justice";
        Court = "court", "Court or prosecutor";
        Several = "several", "Several of them";
        None = "none", "None of them";
    }
}

word_list! {
    /// How an outcome of support stands twelve months on, beside what it was at the start.
    pub enum Improvement {
        Improved = "improved", "Improved";
        Same = "same", "As before";
        Worse = "worse", "Worse";
    }
}

word_list! {
    /// How the question of a residence permit stands at the end of the period.
    pub enum PermitStanding {
        Granted = "granted", "Granted";
        Refused = "refused", "Refused";
        Pending = "pending", "Not decided yet";
        None = "none", "Not considered";
    }
}

word_list! {
    /// On what ground a residence permit was considered.
    pub enum PermitGround {
        Personal = "personal", "Personal situation";
        Cooperation = "cooperation", "Co-operation with the authorities";
        Compensation = "compensation", "Claiming compensation";
        Asylum = "asylum", "Asylum";
        EuSettlement = "eu_settlement", "EU settlement scheme";
        Other = "other", "Another ground";
    }
}

word_list! {
    /// What became of a permit when it ran out.
    pub enum Renewal {
        NotDue = "not_due", "Not due yet";
        Renewed = "renewed", "Renewed";
        Refused = "refused", "Refused";
        Lapsed = "lapsed", "Ran out";
        Pending = "pending", "Not decided yet";
    }
}

word_list! {
    /// What legal advice was sought about.
    pub enum Matter {
        Immigration = "immigration", "Immigration or asylum";
        Mechanism = "mechanism", "The referral mechanism or another public-law matter";
        Crime = "crime", "Crime";
        Housing = "housing", "Housing";
        Employment = "employment", "Employment";
        Compensation = "compensation", "Compensation";
        Welfare = "welfare", "Welfare";
    }
}

word_list! {
    /// The kind of an expert's report.
    pub enum ExpertKind {
        MedicoLegal = "medico_legal", "Medico-legal";
        Psychiatric = "psychiatric", "Psychiatric or psychological";
        Country = "country", "Country";
        Trafficking = "trafficking", "Trafficking";
        Age = "age", "Age";
    }
}

word_list! {
    /// How compensation was sought; the one that came furthest where there were several.
    pub enum CompensationRoute {
        CriminalOrder = "criminal_order", "Compensation order of a criminal court";
        ReparationOrder = "reparation_order", "Slavery and trafficking reparation order";
        Cica = "cica", "Criminal Injuries Compensation Authority";
        Tribunal = "tribunal", "Employment tribunal";
        Civil = "civil", "Civil claim";
        Settlement = "settlement", "Settlement";
    }
}

word_list! {
    /// How an application to the Criminal Injuries Compensation Authority stands at the end of the period.
    pub enum AwardStanding {
        Awarded = "awarded", "Award made";
        Refused = "refused", "Refused";
        Pending = "pending", "Not decided yet";
        None = "none", "Not applied";
    }
}

word_list! {
    /// Why that Authority refused.
    pub enum AwardRefusal {
        Residence = "residence", "Residence";
        Conviction = "conviction", "Conviction";
        LateReport = "late_report", "Reported late";
        NoViolence = "no_violence", "Not called a crime of violence";
        Cooperation = "cooperation", "Did not co-operate";
        NoInjury = "no_injury", "No injury that the tariff knows";
        Other = "other", "Another ground";
    }
}

word_list! {
    /// Whether someone who returned could be reached some time later, and was safe.
    pub enum FollowUp {
        Safe = "safe", "Reached and safe";
        Unsafe = "unsafe", "Reached and not safe";
        NotReached = "not_reached", "Not reached";
        NotYet = "not_yet", "Not due yet";
    }
}

word_list! {
    /// What someone was suspected or accused of.
    pub enum Offence {
        Drugs = "drugs", "Drugs";
        Theft = "theft", "Theft";
        Immigration = "immigration", "Immigration or papers";
        Fraud = "fraud", "Fraud";
        Violence = "violence", "Violence or weapons";
        Trafficking = "trafficking", "Trafficking or sexual exploitation of others";
        Other = "other", "Another offence";
    }
}

word_list! {
    /// An answer that is known. What is not known is left out.
    pub enum YesNo {
        Yes = "yes", "Yes";
        No = "no", "No";
    }
}
