use interchange::table::{Choice, Limits, read};
#[test]
fn scratch() {
    for n in [25_000, 50_000, 100_000, 200_000] {
        let mut text = "series,period_start,period_end,breakdown,category,value,unit,as_published_on,vintage_note,source_title,source_url,licence\n".to_owned();
        for i in 0..n {
            text.push_str(&format!("s{},2023-10-01,2023-12-31,total,c{i},\"4,142\",persons,2024-03-07,first publication,Bulletin Q4 2023,https://example.org/b,OGL-UK-3.0\n", i % 50));
        }
        let t = std::time::Instant::now();
        let table = read(text.as_bytes(), "f.csv", &Choice::default(), &Limits::default()).unwrap();
        let a = t.elapsed();
        let m = interchange::series::Mapping::guess(&table.headers);
        let r = interchange::series::read(&table, &m).unwrap();
        println!(
            "SCRATCH {n} rows: table {a:?}, table+series {:?}, good {}",
            t.elapsed(),
            r.good.len()
        );
        let rows: Vec<_> = table.rows.iter().map(|r| r.cells.clone()).collect();
        let x = interchange::xlsx_out::write(
            &[interchange::xlsx_out::Sheet {
                name: "a".into(),
                headers: table.headers.clone(),
                rows,
            }],
            jiff::civil::date(2026, 1, 1),
        )
        .unwrap();
        let t = std::time::Instant::now();
        let back = read(&x, "f.xlsx", &Choice::default(), &Limits::default()).unwrap();
        println!("SCRATCH {n} rows: xlsx {:?} {}", t.elapsed(), back.rows.len());
    }
}
