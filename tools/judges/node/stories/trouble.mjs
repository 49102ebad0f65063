// Mail, verification, and what goes wrong. Source: google-semantics.md §5, §6, §7.

import { customerBody, walk } from '../world.mjs';

export async function mail(checks, world, apis, account) {
  const { users } = apis.gmail;
  const { messages } = users;
  checks.equal('the mailbox is the account\'s', (await users.getProfile({ userId: 'me' })).data.emailAddress, account.email);
  const text = [`From: ${account.email}`, 'To: ada@customer.example', 'Subject: Hello', 'Content-Type: text/plain; charset=utf-8', '', 'Grüße, 日本.', ''].join('\r\n');
  const raw = Buffer.from(text).toString('base64url');
  const { data: sent } = await messages.send({ userId: 'me', requestBody: { raw } });
  checks.equal('a mail lies among the sent', sent.labelIds, ['SENT']);
  const arrived = (await world.state()).mails.find((it) => it.id === sent.id);
  checks.equal('its text arrives', arrived?.text.trim(), 'Grüße, 日本.');
  // The client takes the address for uploads from the call alone.
  const at = { rootUrl: `${world.base}/` };
  const { data: uploaded } = await messages.send({ userId: 'me', media: { mimeType: 'message/rfc822', body: text } }, at);
  checks.true('the same as an upload', uploaded.id && uploaded.id !== sent.id, uploaded);
  await checks.refused('what is no mail', messages.send({ userId: 'me', requestBody: { raw: '!' } }), 400);
}

export async function verification(checks, world, apis, domain) {
  const { webResource } = apis.sites;
  const site = { type: 'INET_DOMAIN', identifier: domain };
  const { data: asked } = await webResource.getToken({ requestBody: { site, verificationMethod: 'DNS_TXT' } });
  checks.true('a token for a TXT record', asked.token.startsWith('google-site-verification='), asked);
  const insert = () => webResource.insert({ verificationMethod: 'DNS_TXT', requestBody: { site } });
  await checks.refused('without the record it fails', insert(), 400, 'badRequest');
  await world.control('dns', { host: domain, record: `TXT ${asked.token}` });
  const { data: made } = await insert();
  checks.equal('with it, it succeeds', made.site, site);
  checks.equal('and is found by its id', (await webResource.get({ id: made.id })).data.site, site);
}

/** Gaxios's own retries, which are on for GET; nobody waits, but how long it would have been is kept. */
export async function retries(checks, world, apis) {
  const { subscriptions } = apis.reseller;
  for (const [what, fault] of [
    ['429 with Retry-After', { too_many_requests: { retry_after_s: 1 } }],
    ['429 without', { too_many_requests: { retry_after_s: null } }],
    ['503', 'error_before'],
    ['502 in HTML', 'html_error'],
  ]) {
    const waits = [];
    const retryConfig = { retry: 3, retryBackoff: async (_, ms) => { waits.push(ms); } };
    const ask = () => subscriptions.list({ maxResults: 1 }, { retryConfig });
    const { data } = await world.faulty('reseller.subscriptions.list', fault, 2, ask);
    checks.equal(`${what}: the client waits twice and succeeds`, [waits.length, data.kind], [2, 'reseller#subscriptions']);
  }
  const busy = { too_many_requests: { retry_after_s: null } };
  const once = () => subscriptions.list({}, { retry: false });
  await checks.refused('who doesn\'t retry is told 429', world.faulty('reseller.subscriptions.list', busy, 9, once), 429);
  const insert = () => apis.reseller.customers.insert({ requestBody: customerBody('once-js.example') });
  await checks.refused('a POST is never repeated by itself', world.faulty('reseller.customers.insert', 'error_before', 1, insert), 503);
}

export async function refusals(checks, world, apis) {
  const { customers, subscriptions } = apis.reseller;
  // The client refreshes its token and tries once more after any 403.
  const ask = () => subscriptions.list({}, { retry: false });
  const quota = await checks.refused('a quota may be a 403', world.faulty('reseller.subscriptions.list', 'quota_forbidden', 2, ask), 403);
  checks.equal('of the usageLimits domain', quota?.response?.data.error.errors[0].domain, 'usageLimits');
  const profile = () => apis.gmail.users.getProfile({ userId: 'me' });
  await checks.refused('an API that isn\'t enabled', world.without('gmail', profile), 403, 'accessNotConfigured');
  const strange = { ...customerBody('strange-js.example'), noSuchField: 1 };
  const error = await checks.refused('a member Google doesn\'t know', customers.insert({ requestBody: strange }), 400);
  checks.true('is named in the client\'s error', error?.message.includes('noSuchField'), error?.message);
}

export async function everything(checks, apis) {
  const { subscriptions } = apis.reseller;
  const list = (query) => subscriptions.list(query);
  const { pages, items } = await walk(list, { maxResults: 2 }, 'subscriptions');
  const keys = new Set(items.map((it) => `${it.customerId}/${it.subscriptionId}`));
  checks.true('all subscriptions in more than one page', pages > 1, pages);
  checks.equal('each once', keys.size, items.length);
  const { data } = await subscriptions.list({ customerNamePrefix: 'order-js', maxResults: 100 });
  checks.equal('by the beginning of the domain', [...new Set(data.subscriptions?.map((it) => it.customerDomain))], ['order-js.example']);
}
