//! Regions, languages and nationalities that were typed, as groups of the pack. Only a whole name, in English, is looked up: a
//! word more, and the group is not known.
//!
//! Nationalities stand in the groups of the United Nations' geoscheme (standard M49) where it agrees with the pack's. Left out are
//! those of whose group sources differ (Sudan, Afghanistan, Turkey, Mauritania, the Caucasus, Central Asia) and names that
//! several states share (Congolese, Korean, Guinean): there somebody chooses the group.

use domain::fold::fold_plain;
use domain::pack::codes::{LanguageGroup as L, NationalityGroup as N, Region as R};

use crate::sheet::Line;

const REGIONS: &[(R, &str)] = &[
    (R::NorthEast, "north east england"),
    (R::NorthWest, "north west england"),
    (
        R::Yorkshire,
        "yorkshire|yorkshire and humber|yorkshire & the humber|yorkshire & humber|the humber",
    ),
    (R::EastMidlands, "the east midlands"),
    (R::WestMidlands, "the west midlands"),
    (R::East, "east|east england|east anglia|the east of england"),
    (R::London, "greater london"),
    (R::SouthEast, "south east england"),
    (R::SouthWest, "south west england"),
];

const LANGUAGES: &[(L, &str)] = &[
    (L::English, "english"),
    (L::Albanian, "albanian|shqip"),
    (L::Arabic, "arabic"),
    (L::Romanian, "romanian|moldovan"),
    (L::Tigrinya, "tigrinya|amharic"),
    (L::Vietnamese, "vietnamese"),
    (
        L::European,
        "bosnian|bulgarian|catalan|croatian|czech|danish|dutch|estonian|finnish|french|german|greek|hungarian|italian|latvian|\
         lithuanian|macedonian|maltese|norwegian|polish|portuguese|romani|russian|serbian|slovak|slovene|slovenian|spanish|swedish|\
         ukrainian|welsh",
    ),
    (
        L::African,
        "afrikaans|akan|bambara|bini|edo|ewe|fula|fulani|ga|hausa|igbo|kikuyu|kinyarwanda|krio|lingala|luganda|mandinka|ndebele|\
         oromo|rundi|saho|shona|somali|swahili|tigre|twi|urhobo|wolof|xhosa|yoruba|zulu",
    ),
    (
        L::Asian,
        "armenian|azerbaijani|bangla|bengali|burmese|cantonese|chinese|dari|farsi|filipino|georgian|gujarati|hakka|hebrew|hindi|\
         indonesian|japanese|kazakh|khmer|korean|kurdish|kurmanji|lao|malay|malayalam|mandarin|mandarin chinese|mongolian|nepali|\
         pashto|persian|punjabi|sinhala|sorani|kurdish sorani|kurdish kurmanji|sylheti|tagalog|tamil|telugu|thai|tibetan|turkish|\
         turkmen|urdu|uzbek",
    ),
];

const NATIONALITIES: &[(N, &str)] = &[
    (
        N::Uk,
        "british|uk|united kingdom|english|scottish|welsh|northern irish|england|scotland|wales|great britain|british citizen",
    ),
    (
        N::Eu,
        "austrian|austria|belgian|belgium|bulgarian|bulgaria|croatian|croatia|czech|czech republic|czechia|danish|denmark|dutch|\
         netherlands|estonian|estonia|finnish|finland|french|france|german|germany|greek|greece|hungarian|hungary|icelandic|iceland|\
         irish|ireland|italian|italy|latvian|latvia|lithuanian|lithuania|maltese|malta|norwegian|norway|polish|poland|portuguese|\
         portugal|romanian|romania|slovak|slovakia|slovenian|slovenia|spanish|spain|swedish|sweden|swiss|switzerland",
    ),
    (
        N::Europe,
        "albanian|albania|belarusian|belarus|bosnian|bosnia and herzegovina|kosovan|kosovo|macedonian|north macedonia|moldovan|\
         moldova|montenegrin|montenegro|russian|russia|serbian|serbia|ukrainian|ukraine",
    ),
    (
        N::MiddleEast,
        "algerian|algeria|bahraini|bahrain|egyptian|egypt|iranian|iran|iraqi|iraq|israeli|israel|jordanian|jordan|kuwaiti|kuwait|\
         lebanese|lebanon|libyan|libya|moroccan|morocco|omani|oman|palestinian|palestine|qatari|qatar|saudi|saudi arabia|saudi \
         arabian|syrian|syria|tunisian|tunisia|emirati|united arab emirates|yemeni|yemen",
    ),
    (
        N::Africa,
        "angolan|angola|beninese|benin|botswanan|botswana|burkina faso|burundian|burundi|cameroonian|cameroon|chadian|chad|eritrean|\
         eritrea|ethiopian|ethiopia|gabonese|gabon|gambian|gambia|the gambia|ghanaian|ghana|ivorian|ivory coast|cote d'ivoire|kenyan|\
         kenya|liberian|liberia|malagasy|madagascar|malawian|malawi|malian|mali|mauritian|mauritius|mozambican|mozambique|namibian|\
         namibia|nigerian|nigeria|rwandan|rwanda|senegalese|senegal|sierra leonean|sierra leone|somali|somalia|south african|south \
         africa|south sudanese|south sudan|tanzanian|tanzania|togolese|togo|ugandan|uganda|zambian|zambia|zimbabwean|zimbabwe",
    ),
    (
        N::SouthAsia,
        "bangladeshi|bangladesh|bhutanese|bhutan|indian|india|maldivian|maldives|nepali|nepalese|nepal|pakistani|pakistan|sri \
         lankan|sri lanka",
    ),
    (
        N::EastAsia,
        "burmese|myanmar|cambodian|cambodia|chinese|china|hong kong|filipino|filipina|philippines|indonesian|indonesia|japanese|japan|\
         laotian|laos|malaysian|malaysia|mongolian|mongolia|singaporean|singapore|south korean|south korea|taiwanese|taiwan|thai|\
         thailand|vietnamese|vietnam|viet nam",
    ),
    (
        N::Elsewhere,
        "american|united states|usa|argentine|argentinian|argentina|australian|australia|barbadian|barbados|bolivian|bolivia|\
         brazilian|brazil|canadian|canada|chilean|chile|colombian|colombia|cuban|cuba|ecuadorian|ecuador|fijian|fiji|guatemalan|\
         guatemala|guyanese|guyana|haitian|haiti|honduran|honduras|jamaican|jamaica|mexican|mexico|new zealander|new \
         zealand|nicaraguan|nicaragua|panamanian|panama|paraguayan|paraguay|peruvian|peru|salvadoran|el salvador|trinidadian|trinidad \
         and tobago|uruguayan|uruguay|venezuelan|venezuela",
    ),
    (N::Stateless, "stateless"),
];

/// The group in whose list a name stands.
fn find<G: Copy>(table: &[(G, &str)], name: &str) -> Option<G> {
    let typed = fold_plain(name);
    let mut rows = table.iter();
    rows.find(|(_, names)| names.split('|').any(|name| name == typed))
        .map(|(group, _)| *group)
}

/// The region of England that a line names.
pub(super) fn region(line: &Line) -> Option<R> {
    let typed = fold_plain(&line.0).replace('-', " ");
    let is_english = |region: &&R| !matches!(region, R::Wales | R::Scotland | R::NorthernIreland);
    let mut english = R::ALL.iter().filter(is_english);
    english
        .find(|region| fold_plain(region.words()) == typed)
        .copied()
        .or_else(|| find(REGIONS, &typed))
}

/// The group of a language.
pub(super) fn language(line: &Line) -> Option<L> {
    find(LANGUAGES, &line.0)
}

/// The group of a nationality; of several, only where all are of one group.
pub(super) fn nationality(line: &Line) -> Option<N> {
    if let Some(whole) = find(NATIONALITIES, &line.0) {
        return Some(whole);
    }
    let mut parts = line.0.split([',', '/', ';']).map(|part| find(NATIONALITIES, part));
    let first = parts.next()??;
    parts.all(|group| group == Some(first)).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_stands_once_and_is_written_as_it_is_looked_up() {
        fn check<G: Copy>(table: &[(G, &str)]) {
            let mut seen = std::collections::HashSet::new();
            for name in table.iter().flat_map(|(_, names)| names.split('|')) {
                assert_eq!(fold_plain(name), name);
                assert!(seen.insert(name.to_owned()), "{name}");
            }
        }
        check(REGIONS);
        check(LANGUAGES);
        check(NATIONALITIES);
    }

    #[test]
    fn of_several_nationalities_the_group_is_known_where_all_are_of_one() {
        let group = |text: &str| nationality(&Line(text.to_owned()));
        assert_eq!(group("Albanian"), Some(N::Europe));
        assert_eq!(group("Polish, Romanian"), Some(N::Eu));
        assert_eq!(group("Albanian/Italian"), None);
        assert_eq!(group("Sudanese"), None, "sources differ");
        assert_eq!(group("born in Albania"), None);
    }

    #[test]
    fn a_region_is_known_by_its_usual_names() {
        let region = |text: &str| region(&Line(text.to_owned()));
        assert_eq!(region("North-East"), Some(R::NorthEast));
        assert_eq!(region("Greater London"), Some(R::London));
        assert_eq!(region("Yorkshire & Humber"), Some(R::Yorkshire));
        assert_eq!(region("Wales"), None);
        assert_eq!(region("Leeds"), None);
    }
}
