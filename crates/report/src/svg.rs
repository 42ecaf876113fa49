//! A few strokes of SVG, written so that equal input gives equal bytes.
//!
//! Every shape has presentation attributes for print and a class, so that a style sheet can
//! recolour it (a class rule outweighs a presentation attribute). There is no `style` anywhere:
//! served pages forbid it.

use std::fmt::Write;

/// Text families: the embedded font of the PDF first, then what a browser is likely to have.
const FAMILY: &str = "Libertinus Serif, Georgia, Times New Roman, serif";

/// How a shape looks: its class and its colours for print.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// Class of the shape.
    pub class: &'static str,
    /// Fill colour, or `none`.
    pub fill: &'static str,
    /// Stroke colour, or `none`.
    pub stroke: &'static str,
    /// Stroke width in units of the picture.
    pub width: f64,
}

impl Look {
    pub(crate) const fn fill(class: &'static str, fill: &'static str) -> Self {
        Self {
            class,
            fill,
            stroke: "none",
            width: 0.0,
        }
    }

    pub(crate) const fn stroke(class: &'static str, stroke: &'static str, width: f64) -> Self {
        Self {
            class,
            fill: "none",
            stroke,
            width,
        }
    }
}

impl std::fmt::Display for Look {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, r#" class="{}" fill="{}""#, self.class, self.fill)?;
        if self.stroke != "none" {
            write!(f, r#" stroke="{}" stroke-width="{}""#, self.stroke, Number(self.width))?;
        }
        Ok(())
    }
}

/// Where a text stands relative to its point, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Letters {
    /// Class and colour.
    pub look: Look,
    /// Size in units of the picture.
    pub size: f64,
    /// `start`, `middle` or `end`.
    pub anchor: &'static str,
    /// Whether it is bold.
    pub bold: bool,
}

/// A coordinate: two decimals at most.
#[derive(Debug, Clone, Copy)]
struct Number(f64);

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Adding zero turns a negative zero into a plain one.
        let rounded = (self.0 * 100.0).round() / 100.0 + 0.0;
        write!(f, "{rounded}")
    }
}

/// Escapes text for an element or an attribute.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// A picture being drawn.
#[derive(Debug, Default)]
pub(crate) struct Svg {
    body: String,
}

impl Svg {
    fn put(&mut self, shape: std::fmt::Arguments<'_>) {
        self.body.write_fmt(shape).expect("writing to a string cannot fail");
        self.body.push('\n');
    }

    pub(crate) fn rect(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), look: Look) {
        self.put(format_args!(
            r#"<rect x="{}" y="{}" width="{}" height="{}"{look}/>"#,
            Number(x),
            Number(y),
            Number(width),
            Number(height)
        ));
    }

    pub(crate) fn line(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), look: Look) {
        self.put(format_args!(
            r#"<line x1="{}" y1="{}" x2="{}" y2="{}"{look}/>"#,
            Number(x1),
            Number(y1),
            Number(x2),
            Number(y2)
        ));
    }

    pub(crate) fn dashed(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), look: Look) {
        self.put(format_args!(
            r#"<line x1="{}" y1="{}" x2="{}" y2="{}" stroke-dasharray="3 2"{look}/>"#,
            Number(x1),
            Number(y1),
            Number(x2),
            Number(y2)
        ));
    }

    pub(crate) fn circle(&mut self, (x, y): (f64, f64), radius: f64, look: Look) {
        self.put(format_args!(
            r#"<circle cx="{}" cy="{}" r="{}"{look}/>"#,
            Number(x),
            Number(y),
            Number(radius)
        ));
    }

    pub(crate) fn polyline(&mut self, points: &[(f64, f64)], look: Look) {
        let points: Vec<String> = points
            .iter()
            .map(|(x, y)| format!("{},{}", Number(*x), Number(*y)))
            .collect();
        self.put(format_args!(r#"<polyline points="{}"{look}/>"#, points.join(" ")));
    }

    pub(crate) fn text(&mut self, (x, y): (f64, f64), text: &str, letters: Letters) {
        let weight = if letters.bold { r#" font-weight="bold""# } else { "" };
        self.put(format_args!(
            r#"<text x="{}" y="{}" font-size="{}" text-anchor="{}"{weight}{}>{}</text>"#,
            Number(x),
            Number(y),
            Number(letters.size),
            letters.anchor,
            letters.look,
            escape(text)
        ));
    }

    /// Text that reads upwards from its point.
    pub(crate) fn upright_text(&mut self, (x, y): (f64, f64), text: &str, letters: Letters) {
        let weight = if letters.bold { r#" font-weight="bold""# } else { "" };
        self.put(format_args!(
            r#"<text transform="translate({} {}) rotate(-90)" font-size="{}" text-anchor="{}"{weight}{}>{}</text>"#,
            Number(x),
            Number(y),
            Number(letters.size),
            letters.anchor,
            letters.look,
            escape(text)
        ));
    }

    /// The finished picture. `id` must be unique in the page that it is put into.
    pub(crate) fn finish(self, id: &str, (width, height): (f64, f64), title: &str, description: &str) -> String {
        let (w, h) = (Number(width), Number(height));
        format!(
            concat!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" "#,
                r#"aria-labelledby="{id}-title {id}-desc" class="picture" font-family="{family}">"#,
                "\n<title id=\"{id}-title\">{title}</title>\n<desc id=\"{id}-desc\">{description}</desc>\n{body}</svg>\n"
            ),
            w = w,
            h = h,
            id = escape(id),
            family = FAMILY,
            title = escape(title),
            description = escape(description),
            body = self.body
        )
    }
}

/// About how wide a text is in the report's serif, in units of the picture.
pub(crate) fn width_of(text: &str, size: f64) -> f64 {
    text.chars()
        .map(|c| match c {
            '.' | ',' | '(' | ')' | ' ' | 'i' | 'l' | 'I' | '’' => 0.3,
            'm' | 'M' | 'W' => 0.85,
            c if c.is_uppercase() => 0.66,
            _ => 0.5,
        })
        .sum::<f64>()
        * size
}

/// Breaks a text into lines no wider than `width`; a word that is wider stands alone.
pub(crate) fn wrap(text: &str, size: f64, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width_of(line, size) + width_of(word, size) + 0.3 * size <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
