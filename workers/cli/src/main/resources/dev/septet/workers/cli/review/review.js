"use strict";
// The page of a blind review. Prompts and answers are put in as text, never as HTML. Nothing here knows which model wrote
// which answer.

const at = (id) => document.getElementById(id);
const KEYS = { ArrowLeft: "left", ArrowRight: "right", t: "tie", s: "skip" };

// The token is behind the #, which no browser sends. It stays in this tab only.
if (location.hash.length > 1) {
  sessionStorage.setItem("token", location.hash.slice(1));
  history.replaceState(null, "", "/");
}

let name = localStorage.getItem("reviewer") || "";
let pair = ""; // the pair on the page; empty while a vote is on its way

function notice(text) {
  at("notice").textContent = text || "";
  at("notice").hidden = !text;
}

async function ask(path, fields) {
  let response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Authorization: "Bearer " + (sessionStorage.getItem("token") || ""),
      },
      body: JSON.stringify({ name, ...fields }),
    });
  } catch {
    throw new Error("the server cannot be reached; was `septet review` ended?");
  }
  const body = await response.json();
  if (!response.ok) {
    const problem = new Error(body.problem);
    problem.again = response.status === 409;
    throw problem;
  }
  return body;
}

function show(next) {
  pair = next.pair || "";
  at("progress").textContent = next.done + " of " + next.all;
  at("bar").max = Math.max(1, next.all);
  at("bar").value = next.all ? next.done : 1;
  for (const id of ["prompt", "left", "right"]) {
    at(id).textContent = next[id] || "";
    at(id).scrollTop = 0;
  }
  at("start").hidden = true;
  at("pair").hidden = !pair;
  at("end").hidden = Boolean(pair);
  at("votes").hidden = next.all === 0;
  for (const button of document.querySelectorAll("[data-vote]")) button.hidden = !pair;
  at("undo").disabled = next.done === 0;
  window.scrollTo(0, 0);
}

async function go(path, fields) {
  const before = pair;
  pair = "";
  try {
    show(await ask(path, fields));
    notice("");
  } catch (problem) {
    pair = before;
    notice(problem.message);
    if (problem.again) {
      try {
        show(await ask("/next", {}));
      } catch (other) {
        notice(other.message);
      }
    }
  }
}

function vote(verdict) {
  if (pair) go("/vote", { pair, verdict });
}

at("start").addEventListener("submit", (event) => {
  event.preventDefault();
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  name = at("name").value.trim() || "guest " + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  localStorage.setItem("reviewer", name);
  go("/next", {});
});

for (const button of document.querySelectorAll("[data-vote]")) {
  button.addEventListener("click", () => vote(button.dataset.vote));
}
at("undo").addEventListener("click", () => go("/undo", {}));

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.target.tagName === "INPUT") return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (KEYS[key]) {
    event.preventDefault();
    vote(KEYS[key]);
  } else if (key === "u" && !at("votes").hidden && !at("undo").disabled) {
    go("/undo", {});
  }
});

if (name) go("/next", {});
else at("start").hidden = false;
