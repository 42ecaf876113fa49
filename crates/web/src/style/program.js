// Three comforts; every page works without them. No dependencies, no inline code.

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
