// The customer page while something goes on: asks for what changed and changes only that, so that nothing jumps and
// screen readers hear news once.

import { localise } from "./console.js";

const live = document.getElementById("live");
const news = document.getElementById("news");
let known = null;

function template(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  return page.querySelector("[data-every]");
}

/** Times are compared as the server sent them, not as they are shown. */
function asSent(node) {
  const copy = node.cloneNode(true);
  for (const time of copy.querySelectorAll("time")) {
    time.removeAttribute("title");
    time.textContent = "";
  }
  copy.classList.remove("arrived");
  if (copy.className === "") copy.removeAttribute("class");
  return copy.outerHTML;
}

function replace(old, fresh) {
  if (asSent(old) === asSent(fresh)) return;
  localise(fresh);
  old.replaceWith(fresh);
}

/** Lines keep their place: what is there stays, what changed is exchanged, what is new comes in where it belongs. */
function patchLine(old, fresh) {
  const there = new Map([...old.children].map((line) => [line.dataset.key, line]));
  let before = old.firstElementChild;
  for (const line of [...fresh.children]) {
    const own = there.get(line.dataset.key);
    if (own) {
      before = own.nextElementSibling;
      replace(own, line);
    } else {
      localise(line);
      line.classList.add("arrived");
      old.insertBefore(line, before);
    }
  }
}

function patch(fresh) {
  const old = live.querySelector("[data-every]");
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const own = old.querySelector(`[data-part="${part.dataset.part}"]`);
    if (part.dataset.part === "line") patchLine(own, part);
    else replace(own, part);
  }
  if (fresh.dataset.news !== old.dataset.news) news.textContent = fresh.dataset.news;
  old.dataset.news = fresh.dataset.news;
  old.dataset.every = fresh.dataset.every;
}

async function ask() {
  const answer = await fetch(live.dataset.live);
  if (answer.redirected) {
    location.reload();
    return;
  }
  if (!answer.ok) return;
  const text = await answer.text();
  if (text === known) return;
  known = text;
  patch(template(text));
}

async function follow() {
  for (;;) {
    const every = Number(live.querySelector("[data-every]").dataset.every);
    await new Promise((done) => setTimeout(done, every));
    if (!document.hidden) await ask().catch(() => {});
  }
}

follow();
