// Where the sandbox is, Google's client pointed at it, and what people around the API do there: consent by its form,
// everything else by its control API.

import { google } from 'googleapis';

const SCOPE = 'https://www.googleapis.com/auth/';
export const ALL_SCOPES = ['openid', 'email', ...[
  'apps.order',
  'apps.licensing',
  'admin.directory.user',
  'admin.directory.user.alias',
  'admin.directory.user.security',
  'admin.directory.customer',
  'admin.directory.domain',
  'admin.directory.orgunit',
  'admin.directory.group',
  'admin.directory.group.member',
  'gmail.send',
  'gmail.readonly',
  'siteverification',
].map((name) => SCOPE + name)];

export class World {
  constructor(facts) {
    this.facts = facts;
    this.base = facts.base;
  }

  /** Something that happens outside the API. An error if the sandbox refuses it. */
  async control(path, body, method = 'POST') {
    const answer = await fetch(`${this.base}/sandbox/v1/${path}`, {
      method,
      headers: body ? { 'content-type': 'application/json' } : {},
      body: body ? JSON.stringify(body) : undefined,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`control ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  /** While `ask` is under way, a method fails so often. */
  async faulty(method, fault, times, ask) {
    await this.control('faults', { method, fault, times });
    try {
      return await ask();
    } finally {
      await this.control('faults', null, 'DELETE');
    }
  }

  /** While `ask` is under way, the first client's project doesn't have this API enabled. */
  async without(api, ask) {
    const path = `clients/${this.facts.clients[0].id}/apis`;
    await this.control(path, { disable: [api] });
    try {
      return await ask();
    } finally {
      await this.control(path, { enable: [api] });
    }
  }

  /** A direct customer of Google's with `[sku, plan, seats]` each: its id, and a token for the first account. */
  async customerOfGoogle(domain, subscriptions) {
    const { id } = await this.control('customers', { domain, organization: 'Elsewhere Ltd' });
    for (const [sku_id, plan, seats] of subscriptions) {
      await this.control(`customers/${id}/subscriptions`, { sku_id, plan, seats, age_days: 90 });
    }
    const reseller = this.facts.accounts[0].customer_id;
    const { token } = await this.control(`customers/${id}/transfer-tokens`, { reseller });
    return { customerId: id, customerAuthToken: token };
  }

  async state() {
    return this.control('state?calls=0', null, 'GET');
  }

  async calls(method) {
    return (await this.state()).call_counts[method] ?? 0;
  }

  /** Google's own OAuth client, its endpoints at the sandbox. */
  oauth(client) {
    return new google.auth.OAuth2({
      clientId: client.id,
      clientSecret: client.secret,
      redirectUri: client.redirect_uri,
      forceRefreshOnFailure: true,
      endpoints: {
        oauth2AuthBaseUrl: `${this.base}/o/oauth2/v2/auth`,
        oauth2TokenUrl: `${this.base}/token`,
        oauth2RevokeUrl: `${this.base}/revoke`,
        tokenInfoUrl: `${this.base}/tokeninfo`,
      },
    });
  }

  /** All five APIs with this authorisation; nothing is changed but the address. */
  apis(auth) {
    const at = { auth, rootUrl: `${this.base}/` };
    return {
      auth,
      reseller: google.reseller({ version: 'v1', ...at }),
      directory: google.admin({ version: 'directory_v1', ...at }),
      licensing: google.licensing({ version: 'v1', ...at }),
      gmail: google.gmail({ version: 'v1', ...at }),
      sites: google.siteVerification({ version: 'v1', ...at }),
    };
  }
}

/** The form of a page, as a browser would send it. */
class Page {
  constructor(text) {
    const unescaped = (value) => value.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
      .replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
    const attribute = (tag, name) => {
      const found = tag.match(new RegExp(`\\b${name}="([^"]*)"`));
      return found ? unescaped(found[1]) : undefined;
    };
    this.action = attribute(text.match(/<form[^>]*>/)?.[0] ?? '', 'action');
    const inputs = text.match(/<input[^>]*>/g) ?? [];
    const ofType = (type) => inputs.filter((tag) => attribute(tag, 'type') === type);
    this.hidden = ofType('hidden').map((tag) => [attribute(tag, 'name'), attribute(tag, 'value') ?? '']);
    this.boxes = ofType('checkbox').map((tag) => attribute(tag, 'value'));
  }
}

async function submit(address, page, fields) {
  const url = new URL(page.action, address);
  const body = new URLSearchParams([...page.hidden, ...fields]);
  return fetch(url, { method: 'POST', body, redirect: 'manual' });
}

/** A person opens the link, signs in, ticks what `ticks` says and allows. Returns what comes back to the client. */
export async function consent(link, account, ticks = () => true) {
  const first = new Page(await (await fetch(link)).text());
  const signedIn = await submit(link, first, [['email', account.email], ['password', account.password]]);
  const page = new Page(await signedIn.text());
  const boxes = page.boxes.filter(ticks).map((scope) => ['scope', scope]);
  const answer = await submit(link, page, [...boxes, ['action', 'allow']]);
  return { offered: page.boxes, ...Object.fromEntries(new URL(answer.headers.get('location')).searchParams) };
}

/** From a link of Google's own client to its tokens. */
export async function activate(world, client, account, scopes = ALL_SCOPES, ticks = undefined) {
  const auth = world.oauth(client);
  const { codeVerifier, codeChallenge } = await auth.generateCodeVerifierAsync();
  const link = auth.generateAuthUrl({
    access_type: 'offline',
    prompt: 'consent',
    scope: scopes,
    state: 's t&te',
    code_challenge: codeChallenge,
    code_challenge_method: 'S256',
  });
  const back = await consent(link, account, ticks);
  return { auth, back, codeVerifier };
}

/** Every page of a list: the pages, and all that stands in them. */
export async function walk(list, query, member) {
  let pageToken;
  let pages = 0;
  const items = [];
  do {
    const { data } = await list({ ...query, pageToken });
    items.push(...data[member] ?? []);
    pageToken = data.nextPageToken;
    pages += 1;
    if (pages > 100) throw new Error(`the list of ${member} doesn't end`);
  } while (pageToken);
  return { pages, items };
}

/**
 * One batch, written by hand since Google's client for Node.js writes none, sent with its authorisation. Calls are
 * `{ verb, path, body }`. Returns `{ status, id, body }` by the order of the answer.
 */
export async function batch(world, auth, calls) {
  const boundary = 'batch_of_the_judges';
  const parts = calls.map(({ verb, path, body }, number) => {
    const text = body ? JSON.stringify(body) : '';
    const head = body
      ? `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n`
      : '';
    return `--${boundary}\r\nContent-Type: application/http\r\nContent-ID: <call-${number}>\r\n\r\n`
      + `${verb} ${path} HTTP/1.1\r\n${head}\r\n${text}\r\n`;
  });
  const answer = await auth.request({
    url: `${world.base}/batch`,
    method: 'POST',
    headers: { 'content-type': `multipart/mixed; boundary=${boundary}` },
    data: `${parts.join('')}--${boundary}--\r\n`,
    responseType: 'text',
  });
  const type = answer.headers.get('content-type');
  const mark = type.match(/boundary="?([^";]+)/)[1];
  return answer.data.split(`--${mark}`).slice(1, -1).map((part) => {
    const [outer, inner, ...rest] = part.replace(/^\r\n/, '').split('\r\n\r\n');
    const body = rest.join('\r\n\r\n').trim();
    return {
      status: Number(inner.split(' ')[1]),
      id: outer.match(/content-id: *<?([^>\r\n]+)/i)?.[1],
      body: body ? JSON.parse(body) : null,
    };
  });
}

export const customerBody = (domain, more = {}) => ({
  customerDomain: domain,
  alternateEmail: 'owner@mailbox.example',
  phoneNumber: '+442071234567',
  postalAddress: {
    contactName: 'Grace Hopper',
    organizationName: 'Acme Ltd',
    addressLine1: '1 Main St',
    locality: 'London',
    postalCode: 'EC1A 1BB',
    countryCode: 'GB',
  },
  ...more,
});

export const userBody = (email, more = {}) => ({
  primaryEmail: email,
  name: { givenName: 'Grace', familyName: 'Hopper' },
  password: 'first-password-7',
  ...more,
});
