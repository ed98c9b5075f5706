"use strict";
// Keeps a page current, and adds keys. The server writes every page; without this script, pages and buttons work as well.

const at = (id) => document.getElementById(id);
const PACE = 5000;

// The token of a link is behind the #, which no browser sends. It is exchanged for a cookie once.
const token = location.hash.slice(1);
if (/^[0-9a-f]{64}$/.test(token)) {
  history.replaceState(null, "", location.pathname + location.search);
  if (at("sign-in")) {
    fetch("/sign-in", {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ key: token }),
    }).then((answer) => {
      if (answer.ok) location.replace(location.href);
      else if (at("sign-in").elements) at("sign-in").elements.key.value = token;
    });
  }
} else if (at("sign-in")) {
  // A link from another site arrives without the cookie; this site's own request has it.
  fetch("/session").then((answer) => {
    if (answer.status === 204) location.replace(location.href);
  });
}

const live = at("live");

const POINTING = 10000;
let pointed = 0; // when the pointer last moved over the buttons of an answer

let written = live && live.innerHTML; // as the server wrote it

/** Whether a person is in the middle of something that a refresh would destroy. */
function busy() {
  const focus = document.activeElement;
  // Another model's button must not come under the pointer of a person who is about to press one.
  if (Date.now() - pointed < POINTING) return true;
  const selection = document.getSelection();
  const typed = Array.from(live.querySelectorAll("input:not([type=hidden]), textarea")).some((input) => input.value !== input.defaultValue);
  return typed || (focus && live.contains(focus) && /^(INPUT|TEXTAREA)$/.test(focus.tagName)) || (selection && !selection.isCollapsed);
}

const CONTROLS = "a, button, pre, input, textarea, summary";

/** What an element is and does: two elements with the same identity are interchangeable. */
function identity(element) {
  const fields = element.form ? Array.from(element.form.querySelectorAll("input[type=hidden]"), (one) => one.name + "=" + one.value) : [];
  return [element.tagName, element.getAttribute("href"), element.name, element.value, element.textContent, ...fields].join("\n");
}

/** The element that stands for the focused one after a refresh. */
function path(element) {
  if (!element || !live.contains(element)) return null;
  const own = identity(element);
  const same = Array.from(live.querySelectorAll(CONTROLS)).filter((one) => identity(one) === own);
  return { own, nth: same.indexOf(element) };
}

/** A control that is gone has no substitute: Enter would do something else. */
function focusAgain(was) {
  if (!was) return;
  const same = Array.from(live.querySelectorAll(CONTROLS)).filter((one) => identity(one) === was.own);
  (same[was.nth] || same[0] || at("content")).focus({ preventScroll: true });
}

async function refresh() {
  if (!live || document.hidden || busy()) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html", "X-Septet-Refresh": "1" } });
    if (answer.status === 401) {
      location.reload();
      return;
    }
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    at("away").hidden = true;
    const content = next.getElementById("live");
    if (!content || busy()) return;
    if (content.innerHTML !== written) {
      written = content.innerHTML;
      const was = path(document.activeElement);
      const open = Array.from(live.querySelectorAll("details"), (one) => one.open);
      const entry = entries().indexOf(live.querySelector(".at .entry"));
      live.replaceChildren(...content.childNodes);
      live.querySelectorAll("details").forEach((one, index) => (one.open = Boolean(open[index])));
      focusAgain(was);
      if (entry >= 0) mark(entry, false);
    }
    const asked = Number(next.getElementById("waiting").textContent);
    if (asked > Number(at("waiting").textContent)) {
      at("news").textContent = asked === 1 ? "1 model waits for an approval" : asked + " models wait for an approval";
    }
    for (const id of ["waiting", "read"]) {
      const fresh = next.getElementById(id);
      at(id).textContent = fresh.textContent;
      at(id).hidden = fresh.hidden;
    }
  } catch {
    at("away").hidden = false;
  }
}

const entries = () => (live ? Array.from(live.querySelectorAll(".entry")) : []);

function mark(index, focus) {
  const all = entries();
  if (!all.length) return;
  const one = all[Math.max(0, Math.min(index, all.length - 1))];
  for (const row of live.querySelectorAll(".at")) row.classList.remove("at");
  const row = one.closest("tr");
  if (row) row.classList.add("at");
  if (focus) one.focus();
}

// People whose voice or hands type by accident can turn the keys off.
const KEYS = "septet-keys";

function keysAreOff() {
  try {
    return localStorage.getItem(KEYS) === "off";
  } catch {
    return false; // the browser keeps nothing
  }
}

document.addEventListener("keydown", (event) => {
  if (!live || keysAreOff() || event.ctrlKey || event.altKey || event.metaKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
  if (at("help").open) return;
  const link = document.querySelector('.bar [data-key="' + CSS.escape(event.key) + '"]');
  if (event.key === "/") {
    event.preventDefault();
    if (at("search")) at("search").focus();
    else location.href = "/?focus=search";
  } else if (event.key === "?") {
    at("help").showModal();
  } else if (event.key === "j" || event.key === "k") {
    const now = entries().indexOf(document.activeElement);
    mark(event.key === "j" ? now + 1 : now - 1, true);
  } else if (link) {
    location.href = link.href;
  }
});

if (live) {
  live.addEventListener("pointermove", (event) => {
    if (event.target.closest("form.answer")) pointed = Date.now();
  });
  at("keys").addEventListener("click", () => at("help").showModal());
  at("single").checked = !keysAreOff();
  at("single").addEventListener("change", (event) => {
    try {
      localStorage.setItem(KEYS, event.target.checked ? "on" : "off");
    } catch {
      event.target.checked = true;
    }
  });
  if (at("notice")) at("notice").focus();
  // A button that was pressed once must not send twice.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    setTimeout(() => event.target.querySelectorAll("button").forEach((button) => (button.disabled = true)), 0);
  });
  if (new URLSearchParams(location.search).get("focus") === "search" && at("search")) at("search").focus();
  setInterval(refresh, PACE);
  if (at("unread") || at("live").querySelector(".banner.bad")) setTimeout(refresh, 1000);
  document.addEventListener("visibilitychange", refresh);
}
