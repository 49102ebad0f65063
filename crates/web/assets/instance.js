// The settings page while a pop-up is at Google: opens it, waits for its result, shows it. The server knows how it
// went; this only asks. Without this script the same form works in the same tab.

import { localise } from "./console.js";

const WINDOW = "seatwright-consent";
const FEATURES = "popup,width=560,height=760";
const ASK_EVERY_MS = 1000;

let watching = 0;

function say(...parts) {
  document.getElementById("waiting").replaceChildren(...parts);
}

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function message(tone, strong, rest, ...more) {
  const text = element("div", "", element("p", "", element("strong", "", strong)), element("p", "", rest), ...more);
  return element("div", `message ${tone}`, text);
}

function blocked(form) {
  const here = element("button", "", "Go on in this tab");
  here.type = "button";
  here.addEventListener("click", () => {
    form.dataset.here = "yes";
    form.removeAttribute("target");
    form.requestSubmit();
  });
  const actions = element("div", "actions", here);
  say(message("warn", "Your browser blocked the pop-up.", "Allow pop-ups for this site, or go on without one.", actions));
}

/** Fetches this page and takes over what may have changed; what was typed into the form stays. */
async function refresh() {
  const answer = await fetch(location.pathname);
  if (answer.redirected) {
    location.reload();
    return;
  }
  document.querySelector("[data-done]")?.remove();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ["status", "history"]) {
    const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
    if (!fresh) continue;
    const adopted = document.adoptNode(fresh);
    localise(adopted);
    if (old) old.replaceWith(adopted);
    else document.getElementById("status").after(adopted);
  }
}

async function latest(form) {
  const answer = await fetch(form.dataset.watch, { headers: { accept: "application/json" } });
  if (answer.redirected) location.reload();
  return answer.ok ? answer.json() : null;
}

/** Asks until the dialogue that was just started has ended. A newer one takes this one's place. */
async function watch(form, popup) {
  const mine = ++watching;
  const { activation: before, goneSentence, goneAction, goneMs } = form.dataset;
  const until = Date.now() + Number(goneMs) + 5 * ASK_EVERY_MS;
  let gone = false;
  say(element("p", "soft", "Waiting for the pop-up. Finish there; this page follows."));
  while (mine === watching && Date.now() < until) {
    await new Promise((done) => {
      setTimeout(done, ASK_EVERY_MS);
      channel.onmessage = done;
    });
    const view = await latest(form).catch(() => null);
    if (mine !== watching) return;
    if (view && view.id !== before && view.final) {
      await refresh();
      return;
    }
    // A pop-up can look closed while Google shuts us off from it, so this goes on asking.
    if (popup.closed && !gone && view?.status !== "checking") {
      gone = true;
      say(message("warn", goneSentence, goneAction));
    }
  }
  if (mine === watching) await refresh();
}

const channel = new BroadcastChannel("seatwright-activation");

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-popup]") || form.dataset.here) return;
  // At once, in the click itself: later, browsers block it.
  const popup = open("", WINDOW, FEATURES);
  if (!popup) {
    event.preventDefault();
    blocked(form);
    return;
  }
  popup.focus();
  form.target = WINDOW;
  watch(form, popup);
});
