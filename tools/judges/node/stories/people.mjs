// Users, groups, org units, domains and licences. Source: google-semantics.md §3, §4.

import { batch, userBody, walk } from '../world.mjs';
import { buy, newCustomer } from './order.mjs';

const PRODUCT = 'Google-Apps';
const STARTER = '1010020027';
const STANDARD = '1010020028';

export async function users(checks, world, apis, customerId, domain) {
  const { users: resource } = apis.directory;
  const names = Array.from({ length: 7 }, (_, number) => `user${number}`);
  const calls = names.map((name) => ({ verb: 'POST', path: '/admin/directory/v1/users', body: userBody(`${name}@${domain}`) }));
  const answers = await batch(world, apis.auth, calls);
  checks.equal('a batch makes seven users, in its order', answers.map(({ body }) => body?.primaryEmail), calls.map(({ body }) => body.primaryEmail));
  checks.equal('each answer has its call\'s id', answers.map(({ id }) => id), calls.map((_, number) => `response-call-${number}`));
  const { pages, items } = await walk((query) => resource.list(query), { customer: customerId, maxResults: 3, orderBy: 'email' }, 'users');
  const emails = items.map((it) => it.primaryEmail);
  checks.equal('eight users on three pages', [pages, emails.length], [3, 8]);
  checks.equal('each once, in order', emails, [...new Set(emails)].sort());
  await checks.refused('a list of nobody\'s', resource.list({ maxResults: 3 }), 400, 'badRequest');

  const [first, second] = emails.filter((email) => email.startsWith('user'));
  const { data: changed } = await resource.update({ userKey: first, requestBody: { name: { givenName: 'Ada' } } });
  checks.has('update changes what it names, no more', changed, { name: { givenName: 'Ada', familyName: 'Hopper' } });
  await resource.patch({ userKey: first, requestBody: { suspended: true } });
  checks.equal('suspend', (await resource.get({ userKey: first })).data.suspended, true);
  await resource.patch({ userKey: first, requestBody: { suspended: false } });
  await resource.delete({ userKey: first });
  await checks.refused('a deleted user is gone', resource.get({ userKey: first }), 404, 'notFound');
  const { data: deleted } = await resource.list({ customer: customerId, showDeleted: 'true' });
  checks.equal('but among the deleted', deleted.users?.map((it) => it.primaryEmail), [first]);
  const { status } = await resource.undelete({ userKey: changed.id, requestBody: { orgUnitPath: '/' } });
  checks.equal('and comes back', [status, (await resource.get({ userKey: first })).data.id], [204, changed.id]);

  const alias = `alias@${domain}`;
  await resource.aliases.insert({ userKey: second, requestBody: { alias } });
  checks.has('an alias names its user', (await resource.get({ userKey: alias })).data, { primaryEmail: second, aliases: [alias] });
  await resource.aliases.delete({ userKey: second, alias });
  checks.equal('until it goes', (await resource.aliases.list({ userKey: second })).data.aliases ?? [], []);
  return emails;
}

export async function structure(checks, apis, customerId, domain) {
  const { domains, groups, members, orgunits, users: resource } = apis.directory;
  const { data: unit } = await orgunits.insert({ customerId, requestBody: { name: 'Lab', parentOrgUnitPath: '/' } });
  checks.has('an org unit', unit, { name: 'Lab', orgUnitPath: '/Lab' });
  await resource.update({ userKey: `user2@${domain}`, requestBody: { orgUnitPath: '/Lab' } });
  checks.equal('a user moves', (await resource.get({ userKey: `user2@${domain}` })).data.orgUnitPath, '/Lab');
  await resource.update({ userKey: `user2@${domain}`, requestBody: { orgUnitPath: '/' } });
  await orgunits.delete({ customerId, orgUnitPath: 'Lab' });
  await checks.refused('an empty org unit goes', orgunits.get({ customerId, orgUnitPath: 'Lab' }), 404);

  const email = `group@${domain}`;
  const { data: group } = await groups.insert({ requestBody: { email, name: 'Group' } });
  checks.has('a group', group, { kind: 'admin#directory#group', email });
  for (const name of ['user1', 'user2', 'user3']) {
    await members.insert({ groupKey: email, requestBody: { email: `${name}@${domain}`, role: 'MEMBER' } });
  }
  const { pages, items } = await walk((query) => members.list(query), { groupKey: group.id, maxResults: 2 }, 'members');
  checks.equal('three members on two pages', [pages, items.length], [2, 3]);
  checks.equal('counted in a string', (await groups.get({ groupKey: email })).data.directMembersCount, '3');
  await members.delete({ groupKey: email, memberKey: `user1@${domain}` });
  await checks.refused('who leaves is out', members.get({ groupKey: email, memberKey: `user1@${domain}` }), 404, 'notFound');
  await groups.delete({ groupKey: email });

  const domainName = `second-${domain}`;
  checks.has('a second domain', (await domains.insert({ customer: customerId, requestBody: { domainName } })).data, { domainName, verified: false, isPrimary: false });
  const { data: all } = await domains.list({ customer: customerId });
  checks.equal('beside the primary', all.domains.map((it) => [it.domainName, it.isPrimary]).sort(), [[domain, true], [domainName, false]].sort());
  await domains.delete({ customer: customerId, domainName });
}

export async function licences(checks, world, apis, domain) {
  const { licenseAssignments } = apis.licensing;
  const customerId = await newCustomer(world, apis, domain);
  await buy(apis, customerId, STARTER, 'FLEXIBLE', 2);
  const given = await licenseAssignments.listForProduct({ productId: PRODUCT, customerId });
  checks.equal('with one Workspace subscription everybody has a licence', given.data.items.map((it) => it.userId), [`admin@${domain}`]);
  const taken = { productId: PRODUCT, skuId: STARTER, userId: `admin@${domain}` };
  await checks.refused('that can\'t be taken', licenseAssignments.delete(taken), 412, 'conditionNotMet');
  await buy(apis, customerId, STANDARD, 'FLEXIBLE', 5, { action: 'buy' });
  await apis.directory.users.insert({ requestBody: userBody(`ada@${domain}`) });
  const userId = `ada@${domain}`;
  const { data: made } = await licenseAssignments.insert({ productId: PRODUCT, skuId: STARTER, requestBody: { userId } });
  checks.has('one is given', made, { kind: 'licensing#licenseAssignment', userId, skuId: STARTER });
  await checks.refused('one SKU of a product', licenseAssignments.insert({ productId: PRODUCT, skuId: STANDARD, requestBody: { userId } }), 412, 'conditionNotMet');
  const requestBody = { productId: PRODUCT, skuId: STANDARD, userId };
  const { data: moved } = await licenseAssignments.patch({ productId: PRODUCT, skuId: STARTER, userId, requestBody });
  checks.equal('changed to the other', moved.skuId, STANDARD);
  const { data: bySku } = await licenseAssignments.listForProductAndSku({ productId: PRODUCT, skuId: STANDARD, customerId });
  checks.equal('the SKU lists it', bySku.items.map((it) => it.userId), [userId]);
  const { data: nothing } = await licenseAssignments.delete({ productId: PRODUCT, skuId: STANDARD, userId });
  checks.equal('delete answers with nothing', nothing, {});
  await checks.refused('and takes it', licenseAssignments.get({ productId: PRODUCT, skuId: STANDARD, userId }), 404);
}
