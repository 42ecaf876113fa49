//! Finds the row of headings, or says why that would be a guess.
//!
//! Official tables carry notes above their headings and sometimes headings in two rows. A table read
//! with the wrong row is worse than one that is refused, so any doubt is put to the user, with the rows
//! to choose from. Once the user has named a row it is taken as it is.

use std::collections::{BTreeSet, HashMap};

use super::{Cell, Grid, Row, Table, letters};
use crate::fault::{Fault, Kind, Note, excerpt};
use crate::{date, value};

/// Rows below a possible heading row that are looked at.
const SAMPLE: usize = 50;

pub(super) fn table(grid: Grid, header_row: Option<u32>) -> Result<Table, Fault> {
    let at = match header_row {
        Some(number) => named(&grid, number)?,
        None => plain(&grid)?,
    };
    let Grid {
        sheet,
        mut rows,
        epoch,
        mut notes,
    } = grid;
    let body = rows.split_off(at + 1);
    let heading = rows.pop().ok_or_else(nothing_there)?;
    let width = body
        .iter()
        .map(|row| row.cells.len())
        .chain([heading.cells.len()])
        .max()
        .unwrap_or(0);
    let mut filled = vec![0_usize; width];
    for row in &body {
        for (count, cell) in filled.iter_mut().zip(&row.cells) {
            *count += usize::from(!cell.is_blank());
        }
    }
    let titles: Vec<String> = (0..width)
        .map(|column| {
            heading
                .cells
                .get(column)
                .map_or_else(String::new, |cell| cell.text().trim().to_owned())
        })
        .collect();
    // Columns without heading and content are only the margin of the sheet.
    let kept: Vec<usize> = (0..width)
        .filter(|column| !titles[*column].is_empty() || filled[*column] > 0)
        .collect();
    let stray = kept
        .iter()
        .enumerate()
        .filter(|(_, column)| titles[**column].is_empty() && filled[**column] * 2 < body.len())
        .map(|(index, _)| index)
        .collect();
    let headers = distinct(&titles, &kept, &mut notes);
    let rows = body.into_iter().map(|row| narrowed(row, &kept, width)).collect();
    Ok(Table {
        sheet,
        header_row: heading.number,
        headers,
        rows,
        stray,
        epoch,
        notes,
    })
}

fn named(grid: &Grid, number: u32) -> Result<usize, Fault> {
    grid.rows.binary_search_by_key(&number, |row| row.number).map_err(|_| {
        choose(
            grid,
            &format!("Row {number} is empty or not in the file, so it holds no headings."),
        )
    })
}

/// The first row that holds something, if nothing speaks against it.
fn plain(grid: &Grid) -> Result<usize, Fault> {
    let first = grid.rows.first().ok_or_else(nothing_there)?;
    let below = &grid.rows[1..grid.rows.len().min(SAMPLE + 1)];
    if let Some(doubt) = notes_above(first, below)
        .or_else(|| data_already(first, below))
        .or_else(|| second_heading(first, below))
    {
        return Err(choose(grid, &doubt));
    }
    Ok(0)
}

/// The row leaves columns without heading that are filled below: a title or note, or the upper of two
/// heading rows.
fn notes_above(first: &Row, below: &[Row]) -> Option<String> {
    let titled = first.cells.iter().filter(|cell| !cell.is_blank()).count();
    let widest = below
        .iter()
        .map(|row| row.cells.iter().filter(|cell| !cell.is_blank()).count())
        .max()?;
    let width = below.iter().map(|row| row.cells.len()).max()?;
    let untitled: Vec<String> = (0..width)
        .filter(|column| first.cells.get(*column).is_none_or(Cell::is_blank))
        .filter(|column| {
            let filled = below
                .iter()
                .filter(|row| row.cells.get(*column).is_some_and(|cell| !cell.is_blank()));
            filled.count() * 2 >= below.len()
        })
        .map(letters)
        .take(5)
        .collect();
    if !untitled.is_empty() {
        return Some(format!(
            "Row {} has no heading for column {}, which is filled below: it may be a note, or one of several heading rows.",
            first.number,
            untitled.join(", ")
        ));
    }
    (titled * 2 <= widest && widest > 1).then(|| {
        format!(
            "Row {} fills {titled} of {widest} columns: it may be a note above the headings.",
            first.number
        )
    })
}

/// Whether a row looks like data rather than headings: some column holds numbers or dates from the
/// first row on. Years are headings of many official tables and do not count.
fn data_already(first: &Row, below: &[Row]) -> Option<String> {
    let column = first
        .cells
        .iter()
        .enumerate()
        .position(|(column, cell)| is_figure(cell) && !is_year(cell) && figures_below(column, below))?;
    Some(format!(
        "Row {} seems to be data (“{}” in column {}), so the headings are missing or in another row.",
        first.number,
        excerpt(&first.cells[column].text()),
        letters(column)
    ))
}

/// Whether the second row is one more row of headings: words only, above columns of figures.
fn second_heading(first: &Row, below: &[Row]) -> Option<String> {
    let (second, rest) = below.split_first()?;
    if second
        .cells
        .iter()
        .any(|cell| !cell.is_blank() && (is_figure(cell) || is_mark(cell)))
    {
        return None;
    }
    let above_figures =
        (0..second.cells.len()).any(|column| !second.cells[column].is_blank() && figures_below(column, rest));
    (above_figures || repeats(first, second))
        .then(|| format!("Rows {} and {} both look like headings.", first.number, second.number))
}

/// Whether most headings come twice, as a code and in words: `vic_Status` above `Status`.
fn repeats(first: &Row, second: &Row) -> bool {
    let bare = |cell: &Cell| -> String {
        cell.text()
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    let pairs: Vec<(String, String)> = first
        .cells
        .iter()
        .zip(&second.cells)
        .map(|(upper, lower)| (bare(upper), bare(lower)))
        .filter(|(upper, lower)| !upper.is_empty() && !lower.is_empty())
        .collect();
    let alike = pairs
        .iter()
        .filter(|(upper, lower)| lower.len() > 2 && (upper.ends_with(lower) || lower.ends_with(upper)))
        .count();
    pairs.len() > 1 && alike * 2 > pairs.len()
}

/// Whether every filled cell of the column below is a figure or mark, and at least one a figure.
fn figures_below(column: usize, below: &[Row]) -> bool {
    let mut figures = below
        .iter()
        .filter_map(|row| row.cells.get(column))
        .filter(|cell| !cell.is_blank())
        .peekable();
    let mut any = false;
    figures.peek().is_some()
        && figures.all(|cell| {
            let figure = is_figure(cell);
            any |= figure;
            figure || is_mark(cell)
        })
        && any
}

fn is_figure(cell: &Cell) -> bool {
    match cell {
        Cell::Number(_) | Cell::Date(_) => true,
        Cell::Text(text) => matches!(value::parse(text), Ok(value::Value::Number(_))) || date::parse(text).is_ok(),
        Cell::Empty | Cell::Error(_) => false,
    }
}

fn is_mark(cell: &Cell) -> bool {
    matches!(cell, Cell::Error(_)) || matches!(cell, Cell::Text(text) if value::is_mark(text.trim()))
}

/// Years and quarters head the columns of wide tables.
fn is_year(cell: &Cell) -> bool {
    matches!(date::of(cell, None), Ok(Some(span)) if span.precision > date::Precision::Day)
}

fn distinct(titles: &[String], kept: &[usize], notes: &mut Vec<Note>) -> Vec<String> {
    let mut taken: HashMap<String, usize> = HashMap::new();
    let mut repeated = BTreeSet::new();
    let headers = kept
        .iter()
        .map(|column| {
            let title = if titles[*column].is_empty() {
                format!("Column {}", letters(*column))
            } else {
                titles[*column].clone()
            };
            let mut name = title.clone();
            while taken.contains_key(&name) {
                let count = taken.entry(title.clone()).or_insert(1);
                *count += 1;
                name = format!("{title} ({count})");
                repeated.insert(title.clone());
            }
            taken.insert(name.clone(), 1);
            name
        })
        .collect();
    if !repeated.is_empty() {
        let list: Vec<String> = repeated.iter().map(|title| format!("“{title}”")).collect();
        notes.push(Note(format!(
            "More than one column is headed {}; the later ones are numbered.",
            list.join(", ")
        )));
    }
    headers
}

fn narrowed(mut row: Row, kept: &[usize], width: usize) -> Row {
    row.cells.resize(width, Cell::Empty);
    if kept.len() < width {
        row.cells = kept
            .iter()
            .map(|column| std::mem::replace(&mut row.cells[*column], Cell::Empty))
            .collect();
    }
    row
}

fn nothing_there() -> Fault {
    Fault::new(
        Kind::NotATable,
        "The file holds no table: there is nothing in it.",
        "Check that you chose the right file and sheet.",
    )
}

fn choose(grid: &Grid, doubt: &str) -> Fault {
    const SHOWN: usize = 8;
    let rows: Vec<(u32, String)> = grid
        .rows
        .iter()
        .take(SHOWN)
        .map(|row| {
            let cells: Vec<String> = row
                .cells
                .iter()
                .filter(|cell| !cell.is_blank())
                .take(4)
                .map(|cell| excerpt(cell.text().trim()))
                .collect();
            (row.number, cells.join(" | "))
        })
        .collect();
    let list: Vec<String> = rows
        .iter()
        .map(|(number, begin)| format!("row {number}: {begin}"))
        .collect();
    Fault::new(
        Kind::ChooseHeader { rows },
        format!("{doubt} The file begins with {}.", list.join("; ")),
        "Say which row holds the headings (its number in the spreadsheet), or delete the other rows above the data.",
    )
}
