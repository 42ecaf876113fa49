//! Whatever bytes a file holds, reading answers with a library or with faults that point into it.

use proptest::prelude::*;

use super::super::parse;
use super::small;

/// Every fault points into the file it names.
fn assert_faults_point_into(files: &[(String, Vec<u8>)]) {
    for fault in parse("", files).err().into_iter().flatten() {
        let (_, bytes) = files
            .iter()
            .find(|(name, _)| *name == fault.file)
            .expect("a file that was given");
        let lines = bytes.split(|byte| *byte == b'\n').count();
        assert!((1..=lines).contains(&fault.line), "{fault}");
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_refused_and_never_panic(place in 0_usize..6, bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut files = small();
        files[place].1 = bytes;
        assert_faults_point_into(&files);
    }

    #[test]
    fn a_file_with_a_piece_cut_out_or_put_in_never_panics(
        place in 0_usize..6,
        start in 0_usize..700,
        length in 0_usize..60,
        piece in "[\\PC\n\"\\[\\]=.:#]{0,12}",
    ) {
        let mut files = small();
        let bytes = &mut files[place].1;
        let start = start.min(bytes.len());
        let end = (start + length).min(bytes.len());
        bytes.splice(start..end, piece.into_bytes());
        assert_faults_point_into(&files);
    }

    #[test]
    fn any_reference_resolves_to_something_or_nothing(reference in "\\PC{0,12}") {
        let library = parse("", &small()).expect("no fault");
        prop_assert!(library.resolve(&reference).len() <= 2);
    }
}
