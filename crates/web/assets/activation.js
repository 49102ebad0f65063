// The pop-up after consent: follows the checks, tells the page that opened it, closes itself when all is well. Where
// it may not close (opened by a link), it says what to do.

const ASK_EVERY_MS = 400;
const CLOSE_AFTER_MS = 1200;
const ICONS = {
  pending: "M12 7.5V12l3 2",
  passed: "M5 12.5 10 17.5 19.5 7",
  failed: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  skipped: "M6 12h12",
};
const TONES = { pending: "", passed: "ok", failed: "bad", skipped: "" };

const root = document.getElementById("activation");

/** Where a window may not close itself, the page asks for it instead of offering it. */
function close() {
  window.close();
  setTimeout(() => {
    const asked = document.getElementById("afterwards") !== null;
    const button = document.querySelector("[data-close]");
    if (asked) button?.remove();
    else button?.replaceWith("You can close this window.");
  }, 600);
}

for (const button of document.querySelectorAll("[data-close]")) {
  button.hidden = false;
  button.addEventListener("click", close);
}

// In a pop-up the settings are the page behind it.
if (window.opener) document.querySelector("[data-settings]")?.remove();

function icon(result) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ICONS[result]);
  svg.append(path);
  return svg;
}

function showChecks(checks) {
  for (const check of checks) {
    const line = root.querySelector(`[data-check="${check.title}"]`);
    if (!line || line.dataset.result === check.result) continue;
    line.dataset.result = check.result;
    const dot = line.querySelector(".dot");
    dot.className = `dot ${TONES[check.result]}`;
    dot.replaceChildren(icon(check.result));
    line.querySelector(".unseen").textContent = `: ${check.result}`;
    line.querySelector("[data-detail]").textContent = check.detail;
  }
}

function showEnd(view) {
  document.getElementById("afterwards").hidden = false;
  document.getElementById("close").hidden = false;
  if (view.fault) {
    const fault = document.getElementById("fault");
    fault.querySelector("[data-sentence]").textContent = view.fault.sentence;
    fault.querySelector("[data-action]").textContent = view.fault.action;
    fault.hidden = false;
  }
}

function ended(view) {
  new BroadcastChannel("seatwright-activation").postMessage({ id: view.id, status: view.status });
  if (view.status === "passed") setTimeout(close, CLOSE_AFTER_MS);
}

async function follow() {
  for (;;) {
    await new Promise((done) => setTimeout(done, ASK_EVERY_MS));
    const answer = await fetch(root.dataset.state).catch(() => null);
    if (!answer?.ok) continue;
    const view = await answer.json();
    showChecks(view.checks);
    document.getElementById("headline").textContent = view.headline;
    if (!view.final) continue;
    showEnd(view);
    ended(view);
    return;
  }
}

if (root?.dataset.final === "true") ended({ id: root.dataset.id, status: root.dataset.status });
else if (root) follow();
