// What every page gets on top of what the server sent: times in the viewer's own zone, copy buttons, names of
// countries, forms that are sent once. Nothing works only because of this.

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** Shows times below `root` in the viewer's zone; UTC stays as the title. */
export function localise(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.title = time.dateTime.replace("T", " ").replace("Z", " UTC");
    time.textContent = moment.format(at);
  }
}

/** Puts a text on the clipboard; on plain http there is no clipboard, but there is a selection. */
async function copy(button) {
  const text = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const shown = button.parentElement.querySelector("code");
    getSelection().selectAllChildren(shown);
    if (!document.execCommand("copy")) {
      button.textContent = "Press Ctrl+C";
      return;
    }
  }
  button.textContent = "Copied";
  setTimeout(() => {
    button.textContent = "Copy";
  }, 2000);
}

function nameCountries() {
  const select = document.getElementById("f-customer-address-country-code");
  if (!select) return;
  const names = new Intl.DisplayNames(undefined, { type: "region" });
  const options = [...select.options].filter((option) => option.value.length === 2);
  for (const option of options) {
    option.textContent = `${names.of(option.value)} (${option.value})`;
  }
  const parent = options[0]?.parentElement;
  const byName = new Intl.Collator(undefined).compare;
  const chosen = select.value;
  parent?.append(...options.sort((one, other) => byName(one.textContent, other.textContent)));
  // Moving the chosen one would choose another.
  select.value = chosen;
}

localise(document);
nameCountries();

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}

document.querySelector("[data-focus]")?.focus();

// What has just been done is said once, not again on every reload.
if (document.querySelector("[data-done]")) {
  const here = new URL(location.href);
  here.searchParams.delete("done");
  history.replaceState(history.state, "", here);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
});

// A page that comes back from the browser's memory may send its form again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
