// Activate by consent, refresh, lose the consent, revoke. Source: google-semantics.md §1.

import { ALL_SCOPES, activate } from '../world.mjs';

const ORDER = 'https://www.googleapis.com/auth/apps.order';
const READ_MAIL = 'https://www.googleapis.com/auth/gmail.readonly';

/** A consent with one box unticked, and what the API makes of it. */
export async function partly(checks, world) {
  const [client] = world.facts.clients;
  const [account] = world.facts.accounts;
  const ticks = (scope) => scope !== READ_MAIL;
  const { auth, back, codeVerifier } = await activate(world, client, account, ALL_SCOPES, ticks);
  checks.equal('each scope but the sign-in ones has a box', [...back.offered].sort(), ALL_SCOPES.slice(2).sort());
  checks.equal('state comes back as it was', back.state, 's t&te');
  await checks.refused('another verifier is refused', auth.getToken({ code: back.code, codeVerifier: 'x'.repeat(43) }), 400, 'invalid_grant');
  const again = await activate(world, client, account, ALL_SCOPES, ticks);
  const { tokens } = await again.auth.getToken({ code: again.back.code, codeVerifier: again.codeVerifier });
  checks.has('the code is exchanged', tokens, { token_type: 'Bearer' });
  checks.true('for a refresh token too', tokens.refresh_token, tokens);
  const left = (tokens.expiry_date - Date.now()) / 1000;
  checks.true('good for about an hour', left > 3000 && left <= 3601, left);
  const granted = tokens.scope.split(' ');
  checks.true('the scopes are those ticked', granted.includes(ORDER) && !granted.includes(READ_MAIL), granted);
  const claims = JSON.parse(Buffer.from(tokens.id_token.split('.')[1], 'base64url'));
  checks.has('the id_token names the account', claims, { email: account.email, aud: client.id });
  await checks.refused('a code works once', again.auth.getToken({ code: again.back.code, codeVerifier }), 400, 'invalid_grant');
  again.auth.setCredentials(tokens);
  const { gmail } = world.apis(again.auth);
  await checks.refused('what wasn\'t ticked is refused', gmail.users.getProfile({ userId: 'me' }), 403, 'insufficientPermissions');
}

/** The client refreshes by itself. */
export async function refresh(checks, world, auth) {
  const { reseller } = world.apis(auth);
  const heard = [];
  const listen = (tokens) => heard.push(tokens);
  auth.on('tokens', listen);
  const { access_token: old, refresh_token: refreshToken } = auth.credentials;
  auth.credentials.expiry_date = Date.now() - 1000;
  await reseller.subscriptions.list({ maxResults: 1 });
  checks.true('an old token is renewed before the call', auth.credentials.access_token !== old);
  checks.true('and announced', heard.length === 1 && heard[0].access_token === auth.credentials.access_token, heard);
  checks.true('while the refresh token stays', auth.credentials.refresh_token === refreshToken);
  const before = await world.calls('oauth.token');
  auth.credentials.access_token = 'ya29.this-was-never-issued';
  const { data } = await reseller.subscriptions.list({ maxResults: 1 });
  checks.equal('after a 401 the client refreshes once and repeats', [data.kind, await world.calls('oauth.token') - before], ['reseller#subscriptions', 1]);
  const info = await auth.getTokenInfo(auth.credentials.access_token);
  checks.true('tokeninfo knows the scopes', info.scopes.includes(ORDER), info);
  checks.has('and whose it is', info, { aud: world.facts.clients[0].id });
  auth.off('tokens', listen);
}

/** Consent taken back by the user, revoked by the application, a wrong secret. */
export async function lost(checks, world) {
  const client = world.facts.clients[1];
  const account = world.facts.accounts[1];
  const fresh = async () => {
    const { auth, back, codeVerifier } = await activate(world, client, account);
    auth.setCredentials((await auth.getToken({ code: back.code, codeVerifier })).tokens);
    return auth;
  };
  let auth = await fresh();
  await world.control('grants/revoke', { email: account.email, client_id: client.id });
  await checks.refused('consent that was taken back can\'t be refreshed', auth.refreshAccessToken(), 400, 'invalid_grant');
  auth = await fresh();
  const answer = await auth.revokeToken(auth.credentials.access_token);
  checks.equal('an access token is revoked', answer.status, 200);
  await checks.refused('and its refresh token with it', auth.refreshAccessToken(), 400, 'invalid_grant');
  await checks.refused('the API refuses it', world.apis(auth).reseller.subscriptions.list(), 400, 'invalid_grant');
  await checks.refused('revoking twice is refused', auth.revokeToken(auth.credentials.access_token), 400, 'invalid_token');
  auth = await fresh();
  auth._clientSecret = 'not the secret';
  await checks.refused('a wrong secret is invalid_client', auth.refreshAccessToken(), 401, 'invalid_client');
}
