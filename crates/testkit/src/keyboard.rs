//! Someone who has only a keyboard: every press is counted, and wherever the focus comes to rest it must be seen.
//!
//! Nothing here clicks, jumps to an element or sets a value. What is on the screen is read, as eyes would.

use std::cell::Cell;

use fantoccini::Locator;
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};

use crate::browser::Browser;

/// Keys without a letter, as WebDriver calls them.
const TAB: char = '\u{e004}';
const ENTER: char = '\u{e007}';
const SHIFT: char = '\u{e008}';
/// More presses of Tab than these to reach one thing are a fault of the page.
const MOST_TABS: usize = 80;

/// What is read of the element that has the focus.
const LOOK: &str = "
    const e = document.activeElement;
    if (!e || e === document.body || e === document.documentElement)
        return { words: '', is_lost: true, has_ring: false, is_on_screen: false, is_covered: false, html: '' };
    const tidy = (text) => (text ?? '').replace(/\\s+/g, ' ').trim();
    const label = e.labels?.length ? [...e.labels].map((l) => l.textContent).join(' ') : e.getAttribute('aria-label') ?? e.textContent;
    const legend = e.closest('fieldset')?.querySelector('legend')?.textContent;
    const style = getComputedStyle(e);
    const box = e.getClientRects()[0] ?? e.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + Math.min(box.height / 2, 20)];
    const top = document.elementFromPoint(x, y);
    return {
        words: tidy((legend ? legend + ': ' : '') + label),
        is_lost: false,
        has_ring: (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none',
        is_on_screen: box.width > 0 && box.height > 0 && box.top >= 0 && y < innerHeight && x >= 0 && x < innerWidth,
        is_covered: !(top && (e.contains(top) || [...(e.labels ?? [])].some((l) => l.contains(top)))),
        html: e.outerHTML.slice(0, 200),
    };";

/// How much someone did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// Keys pressed; a capital letter is two.
    pub keys: usize,
    /// Times that something had to be looked for or thought about: a field, a button, a link.
    pub decisions: usize,
    /// Pages that were waited for.
    pub pages: usize,
}

impl Effort {
    /// How long it takes by the keystroke-level model (Card, S. K., Moran, T. P. and Newell, A. (1980), Communications of the
    /// ACM 23:396-410): 0.28 s for a key by an average typist, 1.35 s to make up one's mind; and a second for each page.
    pub fn seconds(self) -> f64 {
        0.28 * self.keys as f64 + 1.35 * self.decisions as f64 + self.pages as f64
    }
}

/// A keyboard at a browser.
pub struct Keyboard<'b> {
    browser: &'b Browser,
    keys: Cell<usize>,
    decisions: Cell<usize>,
    pages: Cell<usize>,
}

impl<'b> Keyboard<'b> {
    /// Sits down at a browser that shows a page.
    pub fn at(browser: &'b Browser) -> Self {
        Self {
            browser,
            keys: Cell::new(0),
            decisions: Cell::new(0),
            pages: Cell::new(0),
        }
    }

    /// What was done so far.
    pub fn effort(&self) -> Effort {
        Effort {
            keys: self.keys.get(),
            decisions: self.decisions.get(),
            pages: self.pages.get(),
        }
    }

    /// Presses keys one after the other.
    async fn press(&self, keys: impl IntoIterator<Item = char>) {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for key in keys {
            let is_capital = key.is_uppercase();
            if is_capital {
                actions = actions.then(KeyAction::Down { value: SHIFT });
            }
            actions = actions
                .then(KeyAction::Down { value: key })
                .then(KeyAction::Up { value: key });
            if is_capital {
                actions = actions.then(KeyAction::Up { value: SHIFT });
            }
            self.keys.set(self.keys.get() + 1 + usize::from(is_capital));
        }
        let pressed = self.browser.client.perform_actions(actions).await;
        pressed.expect("the keys are pressed");
    }

    fn decides(&self) {
        self.decisions.set(self.decisions.get() + 1);
    }

    /// What has the focus: its label, under the legend of its group, or its text. Panics where nothing has, or it cannot be seen.
    async fn stop(&self) -> String {
        let read = self
            .browser
            .client
            .execute(LOOK, Vec::new())
            .await
            .expect("the page is read");
        let is = |key: &str| read[key].as_bool().unwrap_or_default();
        let url = self.browser.client.current_url().await.expect("an address");
        assert!(!is("is_lost"), "the focus is lost on {url}");
        let is_seen = is("has_ring") && is("is_on_screen") && !is("is_covered");
        assert!(is_seen, "the focus is not seen on {url}: {read}");
        read["words"].as_str().unwrap_or_default().to_owned()
    }

    /// Presses Tab until the focus is on what is called so, or begins so. Looking for it is a decision.
    ///
    /// # Panics
    /// When the focus is lost or not seen on the way, or too far.
    pub async fn tab_to(&self, words: &str) {
        self.decides();
        let mut passed = Vec::new();
        for _ in 0..MOST_TABS {
            self.press([TAB]).await;
            let stop = self.stop().await;
            if stop.starts_with(words) {
                return;
            }
            passed.push(stop);
        }
        panic!("Tab does not come to “{words}”, but to {passed:?}");
    }

    /// Goes past what is the same on each page, by the link that is there for it.
    ///
    /// # Panics
    /// When there is none.
    pub async fn skip(&self) {
        self.press([TAB]).await;
        assert_eq!(self.stop().await, "Skip to the content");
        self.press([ENTER]).await;
    }

    /// Types words where the focus is.
    pub async fn types(&self, words: &str) {
        self.press(words.chars()).await;
    }

    /// Follows a link within the page.
    pub async fn enters(&self) {
        self.press([ENTER]).await;
    }

    /// Follows the link, presses the button or sends the form that has the focus, and waits for the page that answers.
    ///
    /// # Panics
    /// When none comes.
    pub async fn opens(&self) {
        let client = &self.browser.client;
        let mark = "document.documentElement.dataset.before = ''";
        client.execute(mark, Vec::new()).await.expect("the page is marked");
        self.press([ENTER]).await;
        self.pages.set(self.pages.get() + 1);
        let next = client
            .wait()
            .for_element(Locator::Css("html:not([data-before]) footer"))
            .await;
        next.expect("another page");
    }
}
