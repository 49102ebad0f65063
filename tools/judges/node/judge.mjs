// Google's Node.js client lives through the stories at a sandbox that is running already.
//
//     node judge.mjs FACTS OUT
//
// FACTS is what `judges-sandbox` prints; OUT is a directory for two files: `node.json`, every assertion, and
// `seen-node.json`, what the client saw of one customer in the end, for another client to agree with.

import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Checks } from './checks.mjs';
import * as activation from './stories/activation.mjs';
import * as order from './stories/order.mjs';
import * as people from './stories/people.mjs';
import * as trouble from './stories/trouble.mjs';
import { World, activate, walk } from './world.mjs';

const DOMAIN = 'order-js.example';

/** One customer as this client sees it. */
async function seen(apis, customerId) {
  const { reseller, directory, licensing } = apis;
  const of = async (list, query, member) => (await walk(list, query, member)).items;
  return {
    refresh_token: apis.auth.credentials.refresh_token,
    customer: (await reseller.customers.get({ customerId })).data,
    subscriptions: await of((query) => reseller.subscriptions.list(query), { customerId }, 'subscriptions'),
    users: await of((query) => directory.users.list(query), { customer: customerId, orderBy: 'email' }, 'users'),
    licences: await of((query) => licensing.licenseAssignments.listForProduct(query), { productId: 'Google-Apps', customerId }, 'items'),
  };
}

async function run(checks, world) {
  const [client] = world.facts.clients;
  const [account] = world.facts.accounts;
  await checks.tell('granular consent', () => activation.partly(checks, world));
  const { auth, back, codeVerifier } = await activate(world, client, account);
  auth.setCredentials((await auth.getToken({ code: back.code, codeVerifier })).tokens);
  const apis = world.apis(auth);
  await checks.tell('refresh', () => activation.refresh(checks, world, auth));
  const customerId = await checks.tell('customer', () => order.customer(checks, apis, DOMAIN));
  await checks.tell('administrator', () => order.administrator(checks, apis, customerId, DOMAIN));
  await checks.tell('subscription', () => order.subscription(checks, world, apis, customerId, DOMAIN));
  await checks.tell('users', () => people.users(checks, world, apis, customerId, DOMAIN));
  await checks.tell('structure', () => people.structure(checks, apis, customerId, DOMAIN));
  await checks.tell('licences', () => people.licences(checks, world, apis, 'licences-js.example'));
  await checks.tell('plans', () => order.plans(checks, world, apis, 'plans-js.example'));
  await checks.tell('to Google', () => order.toDirect(checks, world, apis, 'direct-js.example'));
  await checks.tell('transfer', () => order.transferIn(checks, world, apis, 'transfer-js.example'));
  await checks.tell('mail', () => trouble.mail(checks, world, apis, account));
  await checks.tell('verification', () => trouble.verification(checks, world, apis, DOMAIN));
  await checks.tell('retries', () => trouble.retries(checks, world, apis));
  await checks.tell('refusals', () => trouble.refusals(checks, world, apis));
  await checks.tell('everything', () => trouble.everything(checks, apis));
  await checks.tell('lost consent', () => activation.lost(checks, world));
  return checks.tell('in the end', () => seen(apis, customerId));
}

const [facts, out] = process.argv.slice(2);
const world = new World(JSON.parse(await readFile(facts, 'utf8')));
const checks = new Checks();
const saw = await run(checks, world);
const summary = checks.summary();
await writeFile(path.join(out, 'seen-node.json'), JSON.stringify(saw, null, 1));
await writeFile(path.join(out, 'node.json'), JSON.stringify(summary, null, 1));
const word = summary.failed ? 'FAILED' : 'ok';
const { version } = createRequire(import.meta.url)('googleapis/package.json');
console.log(`judged: sandbox: ${checks.done.length} assertions, by googleapis ${version} for Node.js`);
console.log(`test result: ${word}. ${summary.passed} passed; ${summary.failed} failed`);
process.exitCode = summary.failed ? 1 : 0;
