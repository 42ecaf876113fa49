//! A real browser: Chromium through ChromeDriver, with axe-core to judge every page it visits.

use axum::{Router, http};
use fantoccini::elements::Element;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{ClientBuilder, Locator};
use serde_json::json;

/// The narrowest window that Chromium makes; what is narrower is drawn on a screen of that width.
const NARROWEST: u32 = 500;

/// Chromium's own command by which a page is drawn as on a screen of another size.
#[derive(Debug)]
struct Screen(u32);

impl WebDriverCompatibleCommand for Screen {
    fn endpoint(&self, base_url: &url::Url, session_id: Option<&str>) -> Result<url::Url, url::ParseError> {
        base_url.join(&format!("session/{}/goog/cdp/execute", session_id.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        let parameters = json!({ "width": self.0, "height": 1000, "deviceScaleFactor": 1, "mobile": false });
        let command = json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": parameters });
        (http::Method::POST, Some(command.to_string()))
    }
}

/// The driver's command that adds a virtual authenticator.
#[derive(Debug)]
struct AddAuthenticator(serde_json::Value);

impl WebDriverCompatibleCommand for AddAuthenticator {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!(
            "session/{}/webauthn/authenticator",
            session.unwrap_or_default()
        ))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.0.to_string()))
    }
}

/// A browser on a running program.
pub struct Browser {
    /// The driver's own client, for what is not wrapped here.
    pub client: fantoccini::Client,
    /// The program's address.
    pub origin: String,
    axe: String,
    server: tokio::task::JoinHandle<()>,
}

impl Browser {
    /// Serves the program on a free port of the loopback and opens a browser on it.
    ///
    /// # Panics
    /// When Chromium or ChromeDriver does not start.
    pub async fn open(router: Router, width: u32) -> Self {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("the program serves");
        });
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
        ];
        let mut capabilities = Capabilities::new();
        let size = format!("--window-size={width},1000");
        let arguments: Vec<&str> = arguments.into_iter().chain([size.as_str()]).collect();
        capabilities.insert(
            "goog:chromeOptions".into(),
            json!({ "args": arguments, "binary": crate::part("RAPPORTEUR_TEST_CHROMIUM") }),
        );
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities)
            .connect(&crate::part("RAPPORTEUR_TEST_WEBDRIVER"))
            .await
            .expect("ChromeDriver opens a browser");
        if width < NARROWEST {
            client.issue_cmd(Screen(width)).await.expect("the screen is narrow");
        }
        let axe = std::fs::read_to_string(crate::part("RAPPORTEUR_TEST_AXE")).expect("axe-core is readable");
        Self {
            client,
            origin,
            axe,
            server,
        }
    }

    /// Goes to a path.
    ///
    /// # Panics
    /// When the browser cannot.
    pub async fn go(&self, path: &str) {
        self.client
            .goto(&format!("{}{path}", self.origin))
            .await
            .expect("the page opens");
    }

    /// Carries a session's cookie, as if the member had signed in here.
    ///
    /// # Panics
    /// When the browser refuses the cookie.
    pub async fn carry(&self, secret: &access::secret::Secret) {
        self.go("/accessibility").await;
        // Set by the page: the client's own way sends what it leaves out as null, which ChromeDriver refuses.
        let cookie = format!("rapporteur_session={}; path=/", secret.expose());
        self.client
            .execute("document.cookie = arguments[0]", vec![json!(cookie)])
            .await
            .expect("the cookie is taken");
    }

    /// Goes on at `localhost`, which is a host name and may have passkeys.
    pub fn at_localhost(mut self) -> Self {
        self.origin = self.origin.replace("127.0.0.1", "localhost");
        self
    }

    /// Gives the browser an authenticator that agrees to everything (W3C Web Authentication, section 11).
    ///
    /// # Panics
    /// When the driver refuses.
    pub async fn authenticator(&self, has_prf: bool) {
        let parameters = json!({
            "protocol": "ctap2_1",
            "transport": "internal",
            "hasResidentKey": true,
            "hasUserVerification": true,
            "isUserVerified": true,
            "isUserConsenting": true,
            "extensions": if has_prf { vec!["prf"] } else { vec![] },
        });
        self.client
            .issue_cmd(AddAuthenticator(parameters))
            .await
            .expect("the driver adds an authenticator");
    }

    /// Signs out with the button at the top.
    ///
    /// # Panics
    /// When there is none.
    pub async fn sign_out(&self) {
        self.press_anywhere("Sign out").await;
        let signed_out = Locator::Css(".session a[href=\"/sign-in\"]");
        self.client.wait().for_element(signed_out).await.expect("signed out");
    }

    /// Presses a button with these words, wherever on the page it stands.
    ///
    /// # Panics
    /// When there is none.
    pub async fn press_anywhere(&self, words: &str) {
        let path = format!("//button[normalize-space()=\"{words}\"]");
        let element = self.client.wait().for_element(Locator::XPath(&path)).await;
        element
            .unwrap_or_else(|error| panic!("no button “{words}”: {error}"))
            .click()
            .await
            .expect("it is pressed");
    }

    /// Asserts that an element is shown with these words.
    ///
    /// # Panics
    /// When it is not.
    pub async fn shows(&self, css: &str, words: &str) {
        let element = self
            .client
            .wait()
            .for_element(Locator::Css(css))
            .await
            .expect("an element");
        let text = element.text().await.expect("its text");
        assert!(text.contains(words), "{css} says “{text}”");
    }

    /// Waits until an element is hidden.
    ///
    /// # Panics
    /// When it stays.
    pub async fn hides(&self, css: &str) {
        let hidden = format!("{css}[hidden]");
        self.client
            .wait()
            .for_element(Locator::Css(&hidden))
            .await
            .expect("it is hidden");
    }

    /// Types into a field, replacing what it held.
    ///
    /// # Panics
    /// When there is no such field.
    pub async fn fill(&self, field: &str, text: &str) {
        let element = self
            .client
            .find(Locator::Css(&format!("[name=\"{field}\"]")))
            .await
            .unwrap_or_else(|error| panic!("no field {field}: {error}"));
        element.clear().await.expect("the field clears");
        element.send_keys(text).await.expect("the field takes text");
    }

    /// Chooses an option of a list, a radio button or a box by its value.
    ///
    /// # Panics
    /// When there is no such choice.
    pub async fn choose(&self, field: &str, value: &str) {
        let option =
            format!("select[name=\"{field}\"] option[value=\"{value}\"], input[name=\"{field}\"][value=\"{value}\"]");
        let found = self.client.find(Locator::Css(&option)).await;
        let element = found.unwrap_or_else(|error| panic!("no choice {field}={value}: {error}"));
        self.click(element).await;
    }

    /// Presses the button or follows the link with these words.
    ///
    /// # Panics
    /// When there is none.
    pub async fn press(&self, words: &str) {
        let path = format!("//main//button[normalize-space()=\"{words}\"] | //main//a[normalize-space()=\"{words}\"]");
        // The page before may still be leaving: what is pressed may take a moment to come.
        let found = self.client.wait().for_element(Locator::XPath(&path)).await;
        let element = match found {
            Ok(element) => element,
            Err(error) => panic!("nothing says “{words}”: {error}\n{}", self.text().await),
        };
        self.click(element).await;
    }

    /// Clicks an element where nothing lies over it: on a narrow screen the quick exit stands at the foot of the window.
    ///
    /// # Panics
    /// When it cannot be clicked.
    pub async fn click(&self, element: Element) {
        let shown = serde_json::to_value(&element).expect("an element has a name");
        let middle = "arguments[0].scrollIntoView({block: 'center'})";
        self.client
            .execute(middle, vec![shown])
            .await
            .expect("it is scrolled to");
        element.click().await.expect("it is pressed");
    }

    /// Presses the button or follows the link with these words by its keyboard: focus, then Enter.
    ///
    /// # Panics
    /// When there is none.
    pub async fn enter(&self, words: &str) {
        let path = format!("//main//button[normalize-space()=\"{words}\"] | //main//a[normalize-space()=\"{words}\"]");
        let found = self.client.wait().for_element(Locator::XPath(&path)).await;
        let element = found.unwrap_or_else(|error| panic!("nothing says “{words}”: {error}"));
        element.send_keys("\u{e007}").await.expect("it is pressed");
    }

    /// The text of the page's main part.
    ///
    /// # Panics
    /// When there is no page.
    pub async fn text(&self) -> String {
        self.client
            .wait()
            .for_element(Locator::Css("main"))
            .await
            .expect("a main part")
            .text()
            .await
            .expect("its text")
    }

    /// Asserts that the page says this.
    ///
    /// # Panics
    /// When it does not.
    pub async fn sees(&self, words: &str) {
        // A form's answer may still be on its way when the press returns.
        let path = format!("//main[contains(normalize-space(.), \"{words}\")]");
        let found = self.client.wait().for_element(Locator::XPath(&path)).await;
        assert!(
            found.is_ok(),
            "the page does not say “{words}”:
{}",
            self.text().await
        );
    }

    /// Asserts that axe finds no violation on this page (WCAG 2.0 to 2.2, A and AA, and best practice).
    ///
    /// # Panics
    /// When it finds one: names the rule and the elements.
    pub async fn is_accessible(&self) {
        self.client.execute(&self.axe, Vec::new()).await.expect("axe loads");
        let script = "const done = arguments[0]; axe.run({ resultTypes: ['violations'] }).then(r => done(r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' | '))))";
        let found = self.client.execute_async(script, Vec::new()).await.expect("axe runs");
        let url = self.client.current_url().await.expect("an address");
        assert_eq!(found, json!([]), "axe on {url}");
    }

    /// Asserts that the page does not scroll sideways.
    ///
    /// # Panics
    /// When it does.
    pub async fn fits(&self) {
        let script = "const edge = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= edge) return [];
            const over = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > edge);
            return ['by ' + (document.documentElement.scrollWidth - edge) + ' px'].concat(
                over.filter(e => !e.closest('.scroll')).slice(0, 3).map(e => e.outerHTML.slice(0, 200)));";
        let wide = self.client.execute(script, Vec::new()).await.expect("a width");
        let url = self.client.current_url().await.expect("an address");
        assert_eq!(wide, json!([]), "{url} scrolls sideways");
    }

    /// Closes the browser and stops serving.
    ///
    /// # Panics
    /// When the browser does not close.
    pub async fn close(self) {
        self.client.close().await.expect("the browser closes");
        self.server.abort();
    }
}
