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
      else at("sign-in").elements.key.value = token;
    });
  }
} else if (at("sign-in")) {
  // A link from another site arrives without the cookie; this site's own request has it.
  fetch("/session").then((answer) => {
    if (answer.status === 204) location.replace(location.href);
  });
}

const live = at("live");

let written = live && live.innerHTML; // as the server wrote it

/** Whether a person is in the middle of something that a refresh would destroy. */
function busy() {
  const focus = document.activeElement;
  const selection = document.getSelection();
  const typed = Array.from(live.querySelectorAll("input:not([type=hidden])")).some((input) => input.value !== input.defaultValue);
  return typed || (focus && live.contains(focus) && focus.tagName === "INPUT") || (selection && !selection.isCollapsed);
}

/** The element that stands for the focused one after a refresh. */
function path(element) {
  if (!element || !live.contains(element)) return null;
  const all = Array.from(live.querySelectorAll("a, button, pre, input, summary"));
  return { text: element.textContent, href: element.getAttribute("href"), index: all.indexOf(element) };
}

function focusAgain(was) {
  if (!was) return;
  const all = Array.from(live.querySelectorAll("a, button, pre, input, summary"));
  const same = all.find((one) => was.href && one.getAttribute("href") === was.href && one.textContent === was.text) || all[was.index];
  if (same) same.focus({ preventScroll: true });
}

async function refresh() {
  if (!live || document.hidden || busy()) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.status === 401) {
      location.reload();
      return;
    }
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    at("away").hidden = true;
    const content = next.getElementById("live");
    if (!content || busy()) return;
    const notice = live.querySelector(".banner.good[role=status]");
    if (content.innerHTML !== written) {
      written = content.innerHTML;
      const was = path(document.activeElement);
      const open = Array.from(live.querySelectorAll("details"), (one) => one.open);
      const entry = entries().indexOf(live.querySelector(".at .entry"));
      live.replaceChildren(...content.childNodes);
      if (notice && !live.querySelector(".banner[role=status]")) live.prepend(notice);
      live.querySelectorAll("details").forEach((one, index) => (one.open = Boolean(open[index])));
      focusAgain(was);
      if (entry >= 0) mark(entry, false);
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

document.addEventListener("keydown", (event) => {
  if (!live || event.ctrlKey || event.altKey || event.metaKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
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
  at("keys").addEventListener("click", () => at("help").showModal());
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
