// The main job as a person does it: connect a Google reseller account through the pop-up, with everything that can go
// wrong on the way, then place an order and watch it become a customer.
//
// One argument, JSON: {chromium, base, sandbox, screenshots, operator: {email, password},
// google: {email, password, clientId, clientSecret}}. Never: how a page is watched or pictured (visitor.mjs).

import assert from "node:assert/strict";
import { PATIENCE_MS, Visitor } from "./visitor.mjs";

const facts = JSON.parse(process.argv[2]);
const SYSTEM_NAME = "Nord reseller";
const CALLBACK = "/Setup/SystemOptions/CloudAppsConfiguration.aspx/AuthenticateGoogleWorkspace";
const CHECKS = [
  "Code exchanged",
  "Scopes granted",
  "Reseller API",
  "Directory",
  "Licensing",
  "Gmail",
  "Account",
];
const ORDER = {
  Reference: "BSS-1001",
  Domain: "acme.example",
  Organization: "Acme Ltd",
  "Given name": "Ada",
  "Family name": "Byron",
  Phone: "+442071234567",
  "Alternate e-mail": "ada@other.example",
  "Address line 1": "1 Main St",
  City: "London",
  "Postal code": "EC1A 1BB",
  Country: "GB",
  "Admin user name": "admin",
  SKU: "1010020027",
  "Payment plan": "FLEXIBLE",
  Seats: "5",
};

const visitor = await Visitor.arrive(facts);
const { page } = visitor;
const exact = (name) => ({ name, exact: true });
const link = (name, on = page) => on.getByRole("link", exact(name)).first();
const button = (name, on = page) => on.getByRole("button", exact(name));
const field = (label, on = page) => on.getByLabel(label, { exact: true });
const text = (words, on = page) => on.getByText(words).first();

/** Fills a field, whether it is typed into or chosen from. */
async function fill(label, value) {
  const target = field(label);
  const kind = await target.evaluate((element) => element.tagName);
  await (kind === "SELECT" ? target.selectOption(value) : target.fill(value));
}

async function signIn() {
  await page.goto(facts.base);
  await field("E-mail").waitFor();
  await visitor.look("sign-in");

  await visitor.expecting(/status of 4\d\d/, async () => {
    await field("E-mail").fill(facts.operator.email);
    await field("Password").fill("not the password");
    await button("Sign in").click();
    await page.getByRole("alert").waitFor();
  });
  await visitor.look("sign-in-refused");

  await field("E-mail").fill(facts.operator.email);
  await field("Password").fill(facts.operator.password);
  await button("Sign in").click();
  await link("Setup").waitFor();
  await visitor.look("home-empty");
}

async function openSettings() {
  await link("Setup").click();
  for (const name of ["Administration", "System Options", "Applications Setup"]) {
    await link(name).click();
  }
  await page.getByRole("heading", exact("Google Workspace SM")).waitFor();
  await visitor.look("applications-setup");
  await link("Settings").click();
  await visitor.look("settings-empty");
}

async function addInstance(secret) {
  await page.getByRole("link", exact("Add instance")).or(button("Add instance")).first().click();
  await field("System Name").fill(SYSTEM_NAME);
  await field("Client Id").fill(facts.google.clientId);
  await field("Client Secret").fill(secret);
  assert.match(await page.locator("body").innerHTML(), new RegExp(facts.base + CALLBACK.replaceAll(".", "\\.")));
  await visitor.look("instance-new");
  await button("Save").click();
  await button("Authenticate Instance").waitFor();
  assert.equal(await field("Client Secret").inputValue(), "", "the secret is shown again");
  await visitor.look("instance-saved");
}

/** Presses Authenticate Instance and gives the pop-up at the consent page, signed in. */
async function popUp() {
  const opening = page.waitForEvent("popup");
  await button("Authenticate Instance").click();
  const popup = await opening;
  await popup.getByLabel(/^E-mail/).waitFor();
  assert.equal(new URL(popup.url()).origin, facts.sandbox);
  return popup;
}

async function signInAtGoogle(popup) {
  await popup.getByLabel(/^E-mail/).fill(facts.google.email);
  await field("Password", popup).fill(facts.google.password);
  await button("Next", popup).click();
  await button("Allow", popup).waitFor();
}

async function tick(popup, { butNot = () => false } = {}) {
  for (const box of await popup.getByRole("checkbox").all()) {
    await box.setChecked(!butNot(await box.getAttribute("value")));
  }
}

/** The pop-up after a refusal: says why and what next, and stays until it is closed. */
async function refusedWith(popup, sentence, name) {
  await text(sentence, popup).waitFor();
  await visitor.look(name, popup);
  await popup.close();
  await page.reload();
}

async function wrongSecret() {
  await addInstance("not-the-secret");
  const popup = await popUp();
  await visitor.look("google-sign-in", popup);
  await signInAtGoogle(popup);
  await visitor.look("google-consent", popup);
  await tick(popup);
  await button("Allow", popup).click();
  await refusedWith(popup, "Google does not accept this Client Id with this Client Secret.", "pop-up-wrong-secret");
  assert.equal(await page.getByText("Authenticated", { exact: true }).count(), 0);
  await visitor.look("instance-wrong-secret");
  await field("Client Secret").fill(facts.google.clientSecret);
  await button("Save").click();
  await button("Authenticate Instance").waitFor();
}

/** Everything that was seen in the pop-up until it closed itself. */
async function watchUntilClosed(popup) {
  const closed = popup.waitForEvent("close", { timeout: PATIENCE_MS });
  let open = true;
  const end = closed.finally(() => {
    open = false;
  });
  // It is awaited below; until then nobody would catch it.
  end.catch(() => {});
  let seen = "";
  let pictured = false;
  while (open) {
    const now = await popup.locator("body").innerText({ timeout: 500 }).catch(() => "");
    if (now) seen = now;
    if (!pictured && CHECKS.every((check) => now.includes(check))) {
      pictured = true;
      // It may close while it is being pictured, which is what it should do.
      await visitor.look("pop-up-checks", popup).catch((error) => {
        if (!popup.isClosed()) throw error;
      });
    }
  }
  await end;
  return seen;
}

async function authenticated() {
  await page.getByText("Authenticated", { exact: true }).first().waitFor();
  await text(facts.google.email).waitFor();
}

async function authenticate() {
  const popup = await popUp();
  await signInAtGoogle(popup);
  await tick(popup);
  await button("Allow", popup).click();
  const seen = await watchUntilClosed(popup);
  for (const check of CHECKS) assert.ok(seen.includes(check), `the pop-up showed no line "${check}":\n${seen}`);
  await authenticated();
  for (const scope of ["apps.order", "admin.directory.user", "apps.licensing", "gmail.send"]) {
    await text(new RegExp(scope.replaceAll(".", "\\."))).waitFor();
  }
  await visitor.look("instance-authenticated");
}

async function cancelled() {
  const popup = await popUp();
  await button("Cancel", popup).click();
  await refusedWith(popup, "Consent was cancelled at Google.", "pop-up-cancelled");
  await authenticated();
  await visitor.look("instance-after-cancel");
}

async function oneScopeUnticked() {
  const popup = await popUp();
  await signInAtGoogle(popup);
  await tick(popup, { butNot: (scope) => scope.endsWith("gmail.send") });
  await visitor.look("google-consent-one-unticked", popup);
  await button("Allow", popup).click();
  await refusedWith(popup, /Not everything was ticked at Google; missing: .*gmail\.send/, "pop-up-scope-missing");
  await authenticated();
}

async function refuseOrder() {
  await link("Orders").click();
  await visitor.look("orders-empty");
  await page.getByRole("link", exact("New order")).or(button("New order")).first().click();
  await visitor.look("order-new");
  for (const [label, value] of Object.entries({ ...ORDER, "Alternate e-mail": "ada@acme.example", Seats: "0" })) {
    await fill(label, value);
  }
  await field("Instance").selectOption({ label: SYSTEM_NAME });
  // The browser would stop some of it by itself; what the server says is what is looked at here.
  await page.locator("form").filter({ has: button("Place order") }).evaluate((form) => {
    form.noValidate = true;
  });
  await visitor.expecting(/status of 4\d\d/, async () => {
    await button("Place order").click();
    await page.getByRole("alert").first().waitFor();
  });
  assert.equal(await field("Organization").inputValue(), ORDER.Organization, "what was typed is lost");
  await visitor.look("order-refused");
}

async function placeOrder() {
  for (const [label, value] of Object.entries(ORDER)) await fill(label, value);
  await button("Place order").click();
  await text(ORDER.Domain).waitFor();
  await visitor.look("order-placed");
}

async function watchCustomer() {
  await link("Customers").click();
  await visitor.look("customers");
  await page.getByRole("link", { name: ORDER.Domain }).first().click();
  for (const call of ["customers.insert", "users.insert", "users.makeAdmin", "subscriptions.insert", "messages.send"]) {
    await text(new RegExp(call.replaceAll(".", "\\."))).waitFor();
  }
  await visitor.look("customer-done");
  await link("Orders").click();
  await text(ORDER.Reference).waitFor();
  await visitor.look("orders");
}

let failure;
try {
  await visitor.test("a person signs in, and not with a wrong password", signIn);
  await visitor.test("the way to the settings is as documented", openSettings);
  await visitor.test("a wrong secret is named and nothing is authenticated", wrongSecret);
  await visitor.test("the pop-up shows each check, closes itself, and the page says so", authenticate);
  await visitor.test("a cancelled consent leaves the credential as it was", cancelled);
  await visitor.test("a scope left unticked leaves the credential as it was", oneScopeUnticked);
  await visitor.test("a faulty order is refused field by field and kept in the form", refuseOrder);
  await visitor.test("an order is placed", placeOrder);
  await visitor.test("the customer's time-line shows every call", watchCustomer);
} catch (error) {
  failure = error;
}
process.exitCode = await visitor.leave(failure);
