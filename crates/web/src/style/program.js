// Comforts; every page works without them, but for adding and showing passkeys, which browsers give to scripts
// alone. No dependencies, no inline code.

// Quick exit. The link leaves by itself; this replaces the page in the history of this tab, whites
// the screen at once, and listens for Shift pressed three times within five seconds.
(() => {
  const box = document.querySelector("[data-exit]");
  const link = box?.querySelector("a");
  if (!link) return;
  const count = box.querySelector("[role=status]");
  const leave = () => {
    document.documentElement.classList.add("leaving");
    document.title = " ";
    location.replace(link.href);
  };
  const reset = () => { presses = 0; if (count) count.textContent = ""; };
  let presses = 0;
  let timer;
  for (const exit of document.querySelectorAll("[data-exit] a, a[data-exit-skip]")) {
    exit.addEventListener("click", (event) => { event.preventDefault(); leave(); });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Shift") { if (presses) reset(); return; } // Shift used for a capital letter
    if (event.repeat) return;
    presses += 1;
    clearTimeout(timer);
    timer = setTimeout(reset, 5000);
    if (presses >= 3) return leave();
    if (presses === 2 && count) count.textContent = box.dataset.exit; // said only when it is likely meant
  });
  // Coming back with the browser's button must not show a blank page.
  addEventListener("pageshow", () => document.documentElement.classList.remove("leaving"));
})();

// Drafts. form[data-draft="URL"] is posted there a few seconds after a change, and at once when
// the page is hidden. Files and passwords are never part of a draft.
for (const form of document.querySelectorAll("form[data-draft]")) {
  const status = form.querySelector("[data-draft-status]");
  const say = (key) => { if (status) status.textContent = status.dataset[key] ?? ""; };
  let changed = false;
  let timer;
  const save = async () => {
    clearTimeout(timer);
    timer = undefined;
    if (!changed) return;
    changed = false;
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      const field = form.elements[name];
      if (typeof value === "string" && field?.type !== "password") body.append(name, value);
    }
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body, keepalive: true, redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      say("saved");
    } catch {
      changed = true; // tried again after the next change, or on leaving
      say("failed");
    }
  };
  form.addEventListener("input", () => { changed = true; timer ??= setTimeout(save, 4000); });
  form.addEventListener("submit", () => { clearTimeout(timer); changed = false; });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
}

// A second click on a form that is already on its way does nothing. The server makes one record
// of a repeated post in any case; this spares the wait. Released after a while, because a form
// that answers with a download leaves the page standing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-busy", "true");
  const release = () => { delete form.dataset.sent; event.submitter?.removeAttribute("aria-busy"); };
  setTimeout(release, 8000);
  addEventListener("pageshow", release, { once: true });
});

// Time-out. [data-session-ends="SECONDS"] is shown five minutes before the session ends, and says so; its
// button asks the program for anything at all, which keeps the session.
(() => {
  const box = document.querySelector("[data-session-ends]");
  if (!box) return;
  const status = box.querySelector("[role=status]");
  const button = box.querySelector("button");
  let opened = Date.now();
  const say = (key) => {
    const words = key ? status.dataset[key] : "";
    if (status.textContent !== words) status.textContent = words; // read aloud once, not at each look
    box.hidden = !key;
    button.hidden = key !== "soon";
  };
  const look = () => {
    const left = Number(box.dataset.sessionEnds) - (Date.now() - opened) / 1000;
    say(left <= 0 ? "over" : left <= 300 ? "soon" : "");
  };
  button.addEventListener("click", async () => {
    try {
      const answer = await fetch("/account/stay", { redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      box.dataset.sessionEnds = await answer.text();
      opened = Date.now();
    } catch {
      box.dataset.sessionEnds = "0";
    }
    look();
  });
  setInterval(look, 10000);
  document.addEventListener("visibilitychange", look);
  look();
})();

// Passkeys. form[data-passkey="get" or "create"] asks data-begin for a challenge, shows it to the browser, and
// is then posted with the answer. PRF: the same input for every passkey; its output, where the authenticator
// gives one, goes to the program, which unwraps the member's key with it and never stores it.
(() => {
  if (!window.PublicKeyCredential) return;
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const hex = (buffer) => Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, "0")).join("");
  const prf = { eval: { first: new TextEncoder().encode("rapporteur member key 1") } };
  const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
  const output = (credential) => credential?.getClientExtensionResults().prf?.results?.first;

  const create = async (options) => {
    const credential = await navigator.credentials.create({ publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: known(options.excludeCredentials),
      authenticatorSelection: { ...options.authenticatorSelection, residentKey: "preferred", requireResidentKey: false },
      extensions: { ...options.extensions, prf },
    } });
    // Many authenticators say at first only that they have PRF: they are asked once more, for its output alone.
    let first = output(credential);
    if (!first && credential.getClientExtensionResults().prf?.enabled) {
      const again = await navigator.credentials.get({ publicKey: {
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        rpId: options.rp.id,
        allowCredentials: [{ type: "public-key", id: credential.rawId }],
        userVerification: "required",
        extensions: { prf },
      } });
      first = output(again);
    }
    const { attestationObject, clientDataJSON } = credential.response;
    return { credential, first, response: {
      attestationObject: text(attestationObject),
      clientDataJSON: text(clientDataJSON),
      transports: credential.response.getTransports?.() ?? [],
    } };
  };

  const get = async (options) => {
    const credential = await navigator.credentials.get({ publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      allowCredentials: known(options.allowCredentials),
      extensions: { ...options.extensions, prf },
    } });
    const { authenticatorData, clientDataJSON, signature, userHandle } = credential.response;
    return { credential, first: output(credential), response: {
      authenticatorData: text(authenticatorData),
      clientDataJSON: text(clientDataJSON),
      signature: text(signature),
      userHandle: userHandle ? text(userHandle) : null,
    } };
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    const status = form.querySelector("[data-passkey-status]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      status.textContent = "";
      try {
        const body = new URLSearchParams({ csrf: form.elements.csrf.value });
        const answer = await fetch(form.dataset.begin, { method: "POST", body, redirect: "error" });
        if (!answer.ok) throw new Error(String(answer.status));
        const { ceremony, options } = await answer.json();
        const way = form.dataset.passkey === "create" ? create : get;
        const { credential, first, response } = await way(options.publicKey);
        form.elements.ceremony.value = ceremony;
        form.elements.prf.value = first ? hex(first) : "";
        form.elements.credential.value = JSON.stringify({
          id: credential.id,
          rawId: text(credential.rawId),
          type: credential.type,
          response,
          extensions: {},
        });
        form.submit();
      } catch {
        status.textContent = status.dataset.failed;
      }
    });
  }
})();

// Live look. form[data-look] is sent to its own address after each change, as its first button sends it, and the parts of
// the page that stand in the answer under the same id take the place of those that are here.
for (const form of document.querySelectorAll("form[data-look]")) {
  let asked = 0;
  form.addEventListener("change", async () => {
    const mine = ++asked;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "error" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== asked) return; // something changed since: its answer is on its way
      const focus = document.activeElement?.id;
      for (const part of document.querySelectorAll("[data-part]")) {
        const next = page.getElementById(part.id);
        if (!next) continue;
        // A fault that appears while somebody types takes no focus; it is read aloud.
        for (const one of next.querySelectorAll("[autofocus]")) one.removeAttribute("autofocus");
        part.replaceChildren(...next.childNodes);
      }
      if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
    } catch {
      // The button does the same.
    }
  });
}
