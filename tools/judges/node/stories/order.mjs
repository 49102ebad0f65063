// Customer, first administrator and subscriptions of every plan. Source: google-semantics.md §2, §3.

import { customerBody, userBody, batch } from '../world.mjs';

const STARTER = '1010020027';
const STANDARD = '1010020028';
const DRIVE = 'Google-Drive-storage-20GB';

export async function customer(checks, apis, domain) {
  const { customers } = apis.reseller;
  await checks.refused('a free domain is not found', customers.get({ customerId: domain }), 404, 'notFound');
  const { data: made } = await customers.insert({ requestBody: customerBody(domain) });
  const { customerId } = made;
  checks.has('the customer is made', made, { kind: 'reseller#customer', ...customerBody(domain) });
  checks.true('with an id of Google\'s form', /^C[0-9A-Za-z]+$/.test(customerId), customerId);
  const byDomain = await customers.get({ customerId: domain });
  checks.equal('the domain names it too', byDomain.data, (await customers.get({ customerId })).data);
  await checks.refused('the same domain again', customers.insert({ requestBody: customerBody(domain) }), 409);
  const own = customerBody(`own-${domain}`, { alternateEmail: `owner@own-${domain}` });
  await checks.refused('an alternate e-mail on the domain itself', customers.insert({ requestBody: own }), 400, 'invalid');
  const { data: patched } = await customers.patch({ customerId, requestBody: { phoneNumber: '+442087654321' } });
  checks.has('patch changes what it names, no more', patched, customerBody(domain, { phoneNumber: '+442087654321' }));
  const { data: profile } = await apis.directory.customers.patch({ customerKey: customerId, requestBody: { language: 'fr' } });
  checks.has('the Directory knows it under the same id', profile, { id: customerId, language: 'fr' });
  return customerId;
}

export async function administrator(checks, apis, customerId, domain) {
  const { users } = apis.directory;
  const email = `admin@${domain}`;
  const { data: made } = await users.insert({ requestBody: userBody(email, { isAdmin: true }) });
  checks.has('the user is made', made, { primaryEmail: email, customerId });
  checks.true('the password isn\'t shown', !('password' in made), made);
  checks.equal('asking for isAdmin is passed over', (await users.get({ userKey: email })).data.isAdmin, false);
  await users.makeAdmin({ userKey: email, requestBody: { status: true } });
  checks.has('makeAdmin makes an admin, found by id too', (await users.get({ userKey: made.id })).data, { primaryEmail: email, isAdmin: true });
  await checks.refused('a user twice', users.insert({ requestBody: userBody(email) }), 409, 'duplicate');
  await checks.refused('nobody', users.get({ userKey: `nobody@${domain}` }), 404, 'notFound');
  const stranger = userBody('somebody@nobody-knows-this.example');
  await checks.refused('a user on a domain that isn\'t ours', users.insert({ requestBody: stranger }), 403, 'forbidden');
}

export async function subscription(checks, world, apis, customerId, domain) {
  const { subscriptions } = apis.reseller;
  const { data: made } = await subscriptions.insert({
    customerId,
    requestBody: {
      customerId,
      skuId: STANDARD,
      plan: { planName: 'ANNUAL_YEARLY_PAY' },
      seats: { numberOfSeats: 8 },
      renewalSettings: { renewalType: 'AUTO_RENEW_YEARLY_PAY' },
      purchaseOrderId: `order-${domain}`,
    },
  });
  const one = { customerId, subscriptionId: made.subscriptionId };
  checks.has('the subscription is bought', made, { skuId: STANDARD, seats: { numberOfSeats: 8 }, purchaseOrderId: `order-${domain}` });
  checks.has('the yearly plan keeps its name', made.plan, { planName: 'ANNUAL_YEARLY_PAY', isCommitmentPlan: true });
  checks.equal('times are ms in strings', typeof made.creationTime + typeof made.plan.commitmentInterval.endTime, 'stringstring');
  checks.has('it waits for the customer\'s consent', made, { status: 'SUSPENDED', suspensionReasons: ['PENDING_TOS_ACCEPTANCE'] });
  await world.control('accept-terms', { customer: customerId });
  checks.equal('once that is given, it is active', (await subscriptions.get(one)).data.status, 'ACTIVE');
  const { data: grown } = await subscriptions.changeSeats({ ...one, requestBody: { numberOfSeats: 15 } });
  checks.equal('seats are set to a total', grown.seats.numberOfSeats, 15);
  await checks.refused('an annual plan doesn\'t shrink', subscriptions.changeSeats({ ...one, requestBody: { numberOfSeats: 3 } }), 400, 'invalid');
  const { data: renewed } = await subscriptions.changeRenewalSettings({ ...one, requestBody: { renewalType: 'CANCEL' } });
  checks.equal('the renewal can be cancelled', renewed.renewalSettings.renewalType, 'CANCEL');
  const flexible = { planName: 'FLEXIBLE', seats: { maximumNumberOfSeats: 20 } };
  await checks.refused('the plan stays for the term', subscriptions.changePlan({ ...one, requestBody: flexible }), 412, 'conditionNotMet');
  checks.has('suspend', (await subscriptions.suspend(one)).data, { status: 'SUSPENDED', suspensionReasons: ['RESELLER_INITIATED'] });
  await checks.refused('no seats while suspended', subscriptions.changeSeats({ ...one, requestBody: { numberOfSeats: 16 } }), 400, 'badRequest');
  checks.equal('resume', (await subscriptions.activate(one)).data.status, 'ACTIVE');
  const { data: listed } = await subscriptions.list({ customerId });
  checks.equal('the list knows one', listed.subscriptions.map((it) => it.subscriptionId), [made.subscriptionId]);
}

/** A customer with an administrator who has accepted the terms. */
export async function newCustomer(world, apis, domain) {
  const { data } = await apis.reseller.customers.insert({ requestBody: customerBody(domain) });
  await apis.directory.users.insert({ requestBody: userBody(`admin@${domain}`) });
  await apis.directory.users.makeAdmin({ userKey: `admin@${domain}`, requestBody: { status: true } });
  await world.control('accept-terms', { customer: data.customerId });
  return data.customerId;
}

export async function buy(apis, customerId, skuId, planName, seats, query = {}) {
  const field = planName.startsWith('ANNUAL') ? 'numberOfSeats' : 'maximumNumberOfSeats';
  const requestBody = { customerId, skuId, plan: { planName }, seats: { [field]: seats } };
  return (await apis.reseller.subscriptions.insert({ customerId, requestBody, ...query })).data;
}

export async function plans(checks, world, apis, domain) {
  const { subscriptions } = apis.reseller;
  const customerId = await newCustomer(world, apis, domain);
  const trial = await buy(apis, customerId, STARTER, 'TRIAL', 10);
  let one = { customerId, subscriptionId: trial.subscriptionId };
  checks.has('a trial says so', trial, { plan: { planName: 'TRIAL' }, trialSettings: { isInTrial: true } });
  await checks.refused('nothing to pay without a plan', subscriptions.startPaidService(one), 412);
  const plan = { planName: 'FLEXIBLE', seats: { maximumNumberOfSeats: 10 } };
  checks.equal('it gets a plan', (await subscriptions.changePlan({ ...one, requestBody: plan })).data.plan.planName, 'FLEXIBLE');
  checks.has('and is paid', (await subscriptions.startPaidService(one)).data, { trialSettings: { isInTrial: false } });
  const switched = await buy(apis, customerId, STANDARD, 'FLEXIBLE', 10, { action: 'switch', sourceSkuId: STARTER });
  checks.true('a switch makes a new subscription', switched.subscriptionId !== trial.subscriptionId, switched);
  await checks.refused('nothing to renew', subscriptions.changeRenewalSettings({ customerId, subscriptionId: switched.subscriptionId, requestBody: { renewalType: 'CANCEL' } }), 412, 'conditionNotMet');
  const addOn = await buy(apis, customerId, DRIVE, 'FLEXIBLE', 5);
  one = { customerId, subscriptionId: addOn.subscriptionId };
  await subscriptions.delete({ ...one, deletionType: 'cancel' });
  const { data: left } = await subscriptions.list({ customerId });
  const alive = left.subscriptions.filter((it) => it.status !== 'CANCELLED').map((it) => it.skuId);
  checks.equal('an add-on is cancelled', alive, [STANDARD]);
}

export async function toDirect(checks, world, apis, domain) {
  const { customers, subscriptions } = apis.reseller;
  const customerId = await newCustomer(world, apis, domain);
  const bought = [
    await buy(apis, customerId, STARTER, 'FLEXIBLE', 5),
    await buy(apis, customerId, DRIVE, 'FLEXIBLE', 5),
  ];
  const calls = bought.map(({ subscriptionId }) => ({
    verb: 'DELETE',
    path: `/apps/reseller/v1/customers/${customerId}/subscriptions/${subscriptionId}?deletionType=transfer_to_direct`,
  }));
  const answers = await batch(world, apis.auth, calls);
  checks.equal('all leave in one batch', answers.map(({ status }) => Math.trunc(status / 100)), [2, 2]);
  const { data: left } = await customers.get({ customerId });
  checks.true('the record shows what anybody may see', !('alternateEmail' in left) && !('postalAddress' in left), left);
  await checks.refused('the subscriptions are not ours', subscriptions.list({ customerId }), 403, 'forbidden');
}

export async function transferIn(checks, world, apis, domain) {
  const { customers, subscriptions } = apis.reseller;
  const has = [[STARTER, 'ANNUAL_YEARLY_PAY', 7], [DRIVE, 'FLEXIBLE', 5]];
  const { customerId, customerAuthToken } = await world.customerOfGoogle(domain, has);
  const skus = has.map(([sku]) => sku).sort();
  await checks.refused('nothing is seen without a token', subscriptions.list({ customerId }), 403, 'forbidden');
  const { data: offered } = await subscriptions.list({ customerId, customerAuthToken });
  checks.equal('with it, what can be transferred', offered.subscriptions.map((it) => it.skuId).sort(), skus);
  checks.true('until when', offered.subscriptions.every((it) => Number(it.transferInfo.transferabilityExpirationTime) > Date.now()), offered);
  const { data: ours } = await customers.insert({ customerAuthToken, requestBody: customerBody(domain) });
  checks.equal('the customer keeps its id', ours.customerId, customerId);
  const calls = offered.subscriptions.map((it) => ({
    verb: 'POST',
    path: `/apps/reseller/v1/customers/${customerId}/subscriptions?customerAuthToken=${encodeURIComponent(customerAuthToken)}`,
    body: it.plan.isCommitmentPlan
      ? { skuId: it.skuId, plan: { planName: 'ANNUAL_MONTHLY_PAY' }, seats: { numberOfSeats: Number(it.transferInfo.minimumTransferableSeats ?? 5) } }
      : { skuId: it.skuId, plan: { planName: 'FLEXIBLE' }, seats: { maximumNumberOfSeats: 20 } },
  }));
  const answers = await batch(world, apis.auth, calls);
  checks.equal('all come in one batch', answers.map(({ status, body }) => [Math.trunc(status / 100), body?.skuId]), offered.subscriptions.map((it) => [2, it.skuId]));
  const { data: after } = await subscriptions.list({ customerId });
  checks.equal('and are ours', after.subscriptions.map((it) => it.skuId).sort(), skus);
}
