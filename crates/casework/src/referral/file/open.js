"use strict";
// Opens the letter in this page: PBKDF2-HMAC-SHA256 makes a key of the passphrase, AES-256-GCM opens what it sealed. Nothing
// is asked of a network, and nothing is kept.
const form = document.querySelector("form");
const said = document.getElementById("said");
const box = document.getElementById("passphrase");
const letter = document.getElementById("letter");

function bytes(text) {
  return Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
}

// However it was copied or heard: small letters, words divided by one hyphen.
function plain(typed) {
  return typed.toLowerCase().split(/[^a-z0-9]+/).filter(Boolean).join("-");
}

async function opened(passphrase) {
  const at = form.dataset;
  const typed = new TextEncoder().encode(plain(passphrase));
  const slow = await crypto.subtle.importKey("raw", typed, "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(at.salt), iterations: Number(at.rounds) };
  const key = await crypto.subtle.deriveKey(how, slow, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
  const clear = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(at.nonce) }, key, bytes(at.sealed));
  return JSON.parse(new TextDecoder().decode(clear));
}

function add(parent, name, words) {
  const element = document.createElement(name);
  element.textContent = words;
  parent.append(element);
  return element;
}

function show(content) {
  const title = add(letter, "h2", "Referral from " + content.sender);
  title.tabIndex = -1;
  for (const words of content.notes) add(letter, "p", words);
  for (const section of content.sections) {
    add(letter, "h3", section.heading);
    const list = add(letter, "dl", "");
    for (const [caption, words] of section.rows) {
      add(list, "dt", caption);
      add(list, "dd", words);
    }
  }
  letter.hidden = false;
  form.hidden = true;
  title.focus();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!globalThis.crypto || !crypto.subtle) {
    said.textContent = "This browser cannot open it. Use a current Firefox, Chrome, Edge or Safari.";
    return;
  }
  said.textContent = "Opening. This takes a few seconds.";
  try {
    show(await opened(box.value));
    said.textContent = "";
  } catch {
    said.textContent = "It does not open with this passphrase. Compare every word, or ask the sender to read it to you.";
    box.focus();
  }
});
