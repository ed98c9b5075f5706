"use strict";
// The chat page: what a model writes is put in as text, never as HTML.

const at = (id) => document.getElementById(id);
const log = at("log");
let turns = [];
let models = [];
let writing = null; // aborts the answer that is being written

function headers() {
  const all = { "Content-Type": "application/json" };
  const key = at("key").value.trim();
  if (key) all.Authorization = "Bearer " + key;
  return all;
}

function notice(text) {
  at("notice").textContent = text || "";
  at("notice").hidden = !text;
}

/** What a response says is wrong. */
async function problem(response) {
  if (response.status === 401) {
    openSettings(true);
    return at("key").value
      ? "this API key is not known to the server"
      : "this server needs an API key: enter yours in the settings";
  }
  try {
    return (await response.json()).error.message;
  } catch {
    return "the server answered with status " + response.status;
  }
}

async function loadModels() {
  try {
    const response = await fetch("/v1/models", { headers: headers() });
    if (!response.ok) return notice(await problem(response));
    models = (await response.json()).data;
  } catch {
    return notice("the server cannot be reached");
  }
  notice(models.length ? "" : "no model is served yet: publish a pipeline first");
  const chosen = at("model").value;
  at("model").replaceChildren(...models.map((model) => new Option(model.id, model.id)));
  if (models.some((model) => model.id === chosen)) at("model").value = chosen;
}

function openSettings(open) {
  at("settings").hidden = !open;
  at("more").setAttribute("aria-expanded", String(open));
  if (open && !at("key").value) at("key").focus();
}

function show(article) {
  at("empty").hidden = true;
  log.append(article);
  log.scrollTop = log.scrollHeight;
}

function userTurn(text) {
  const article = document.createElement("article");
  article.className = "user";
  const body = document.createElement("div");
  body.className = "text";
  body.textContent = text;
  article.append(body);
  show(article);
  return article;
}

/** An empty answer, and how to fill it. */
function answerTurn() {
  const article = at("answer").content.firstElementChild.cloneNode(true);
  article.classList.add("writing");
  show(article);
  const body = article.querySelector(".text");
  return {
    article,
    text: "",
    add(piece) {
      const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
      this.text += piece;
      body.append(piece);
      if (atEnd) log.scrollTop = log.scrollHeight;
    },
  };
}

/** The events of a stream, as JSON, until [DONE]. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n\n");
    rest = parts.pop();
    for (const part of parts) {
      const data = part.replace(/^data: /, "");
      if (data === "[DONE]") return;
      yield JSON.parse(data);
    }
  }
}

function request(messages) {
  const body = {
    model: at("model").value,
    messages,
    temperature: Number(at("temperature").value),
    stream: true,
    stream_options: { include_usage: true },
  };
  if (at("tokens").value) body.max_tokens = Number(at("tokens").value);
  return body;
}

async function ask(text) {
  const mine = turns; // a new chat has turns of its own
  const system = at("system").value.trim();
  const question = { role: "user", content: text };
  const before = system ? [{ role: "system", content: system }] : [];
  const asked = userTurn(text);
  const answer = answerTurn();
  const began = performance.now();
  let id = null, version = "", reason = "", tokens = 0;
  busy(new AbortController());
  try {
    const response = await fetch("/v1/chat/completions", {
      method: "POST",
      headers: headers(),
      body: JSON.stringify(request([...before, ...mine, question])),
      signal: writing.signal,
    });
    if (!response.ok) throw new Error(await problem(response));
    for await (const event of events(response.body)) {
      if (event.error) throw new Error(event.error.message);
      id = event.id;
      version = event.system_fingerprint;
      if (event.usage) tokens = event.usage.completion_tokens;
      for (const choice of event.choices) {
        answer.add(choice.delta.content || "");
        reason = choice.finish_reason || reason;
      }
    }
  } catch (failure) {
    if (failure.name === "AbortError") {
      reason = "stopped";
    } else {
      notice(failure instanceof TypeError ? "the server cannot be reached" : failure.message);
      if (!answer.text) {
        asked.remove();
        answer.article.remove();
        at("empty").hidden = mine.length > 0;
        at("text").value = text;
        return;
      }
      reason = "failed";
    }
  } finally {
    answer.article.classList.remove("writing");
    busy(null);
  }
  mine.push(question, { role: "assistant", content: answer.text });
  const seconds = (performance.now() - began) / 1000;
  facts(answer.article, version, reason, tokens, seconds);
  const model = models.find((one) => one.id === at("model").value);
  if (id && model && model.feedback) judge(answer.article, id, answer.text);
}

function facts(article, version, reason, tokens, seconds) {
  const words = [at("model").value + (version ? " (" + version + ")" : "")];
  if (tokens) words.push(tokens + " tokens, " + (tokens / seconds).toFixed(0) + " a second");
  if (reason === "length") words.push("cut: no more tokens");
  if (reason === "stopped") words.push("stopped");
  if (reason === "failed") words.push("broken off");
  article.querySelector(".facts").textContent = words.join(" · ");
}

async function feedback(body) {
  try {
    const response = await fetch("/v1/feedback", {
      method: "POST",
      headers: headers(),
      body: JSON.stringify(body),
    });
    notice(response.ok ? "" : await problem(response));
    return response.ok;
  } catch {
    notice("the server cannot be reached");
    return false;
  }
}

/** Thumbs and a correction for one answer. */
function judge(article, id, text) {
  const up = article.querySelector(".up");
  const down = article.querySelector(".down");
  const form = article.querySelector(".correction");
  const field = form.querySelector("textarea");
  article.querySelector(".judge").hidden = false;
  const rate = async (rating) => {
    if (await feedback({ id, rating })) {
      up.setAttribute("aria-pressed", String(rating === "up"));
      down.setAttribute("aria-pressed", String(rating === "down"));
    }
  };
  up.addEventListener("click", () => rate("up"));
  down.addEventListener("click", () => rate("down"));
  article.querySelector(".correct").addEventListener("click", () => {
    form.hidden = !form.hidden;
    if (!form.hidden) {
      field.value = field.value || text;
      field.focus();
    }
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (field.value.trim() && (await feedback({ id, rating: "down", correction: field.value }))) {
      form.hidden = true;
      up.setAttribute("aria-pressed", "false");
      down.setAttribute("aria-pressed", "true");
      article.querySelector(".correct").textContent = "Corrected";
    }
  });
}

function busy(controller) {
  writing = controller;
  at("send").hidden = Boolean(controller);
  at("stop").hidden = !controller;
  at("model").disabled = Boolean(controller);
}

function grow() {
  const field = at("text");
  field.style.height = "auto";
  field.style.height = field.scrollHeight + 2 + "px";
}

at("ask").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = at("text").value.trim();
  if (!text || writing || !at("model").value) return;
  notice("");
  at("text").value = "";
  grow();
  await ask(text);
  at("text").focus();
});
at("text").addEventListener("input", grow);
at("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    at("ask").requestSubmit();
  }
});
at("stop").addEventListener("click", () => writing && writing.abort());
at("fresh").addEventListener("click", () => {
  if (writing) writing.abort();
  turns = [];
  log.querySelectorAll("article").forEach((article) => article.remove());
  at("empty").hidden = false;
  notice("");
  at("text").focus();
});
at("more").addEventListener("click", () => openSettings(at("settings").hidden));
at("key").addEventListener("change", loadModels);
loadModels();
