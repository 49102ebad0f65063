"""Flexible plans, trials, another SKU, an add-on cancelled, and leaving for Google. Source: google-semantics.md §2.7-§2.12."""

from clients import by_position, walk
from stories.order import customer_body, user_body

STARTER, STANDARD, IDENTITY = "1010020027", "1010020028", "1010050001"
DRIVE = "Google-Drive-storage-20GB"


def new_customer(world, apis, domain):
    """A customer with an administrator who has accepted the terms."""
    customer_id = apis.customers.insert(body=customer_body(domain)).execute()["customerId"]
    apis.users.insert(body=user_body(f"admin@{domain}")).execute()
    apis.users.makeAdmin(userKey=f"admin@{domain}", body={"status": True}).execute()
    world.control("accept-terms", {"customer": customer_id})
    return customer_id


def buy(apis, customer_id, sku, plan, seats, **query):
    field = "numberOfSeats" if plan.startswith("ANNUAL") else "maximumNumberOfSeats"
    body = {"customerId": customer_id, "skuId": sku, "plan": {"planName": plan}, "seats": {field: seats}}
    if plan.startswith("ANNUAL"):
        body["renewalSettings"] = {"renewalType": "AUTO_RENEW_MONTHLY_PAY"}
    return apis.subscriptions.insert(customerId=customer_id, body=body, **query).execute()


def flexible(checks, world, apis, domain):
    """Without commitment, then with one."""
    customer_id = new_customer(world, apis, domain)
    made = buy(apis, customer_id, STARTER, "FLEXIBLE", 12)
    one = {"customerId": customer_id, "subscriptionId": made["subscriptionId"]}
    checks.has("a flexible plan is no commitment", made["plan"], {"planName": "FLEXIBLE", "isCommitmentPlan": False})
    checks.true("so it has no interval", "commitmentInterval" not in made["plan"], made["plan"])
    checks.equal("its seats are a maximum", made["seats"].get("maximumNumberOfSeats"), 12)
    checks.equal("active at once where the terms are accepted", made["status"], "ACTIVE")
    fewer = apis.subscriptions.changeSeats(**one, body={"maximumNumberOfSeats": 9}).execute()
    checks.equal("which may go down", fewer["seats"]["maximumNumberOfSeats"], 9)
    renewal = apis.subscriptions.changeRenewalSettings(**one, body={"renewalType": "CANCEL"})
    checks.refused("nothing to renew", renewal.execute, 412, "conditionNotMet")
    plan = {"planName": "ANNUAL_MONTHLY_PAY", "seats": {"numberOfSeats": 9}, "purchaseOrderId": "po-annual"}
    annual = apis.subscriptions.changePlan(**one, body=plan).execute()
    checks.has("a flexible plan may become annual", annual, {"plan": {"planName": "ANNUAL", "isCommitmentPlan": True}, "seats": {"numberOfSeats": 9}})
    checks.equal("with its own order number", annual["purchaseOrderId"], "po-annual")
    paid = apis.subscriptions.startPaidService(**one)
    checks.refused("there is no trial to end", paid.execute, 412)
    return customer_id


def trial(checks, world, apis, domain):
    """A trial gets a plan and is ended early."""
    customer_id = new_customer(world, apis, domain)
    made = buy(apis, customer_id, STARTER, "TRIAL", 10)
    one = {"customerId": customer_id, "subscriptionId": made["subscriptionId"]}
    checks.has("a trial says so", made, {"plan": {"planName": "TRIAL"}, "trialSettings": {"isInTrial": True}})
    checks.true("and when it ends", int(made["trialSettings"]["trialEndTime"]) > int(made["creationTime"]), made)
    checks.refused("eleven seats in a trial", apis.subscriptions.changeSeats(**one, body={"maximumNumberOfSeats": 11}).execute, 400, "invalid")
    checks.refused("a trial can't be suspended", apis.subscriptions.suspend(**one).execute, 412)
    checks.refused("nor paid before it has a plan", apis.subscriptions.startPaidService(**one).execute, 412)
    plan = {"planName": "FLEXIBLE", "seats": {"maximumNumberOfSeats": 10}}
    planned = apis.subscriptions.changePlan(**one, body=plan).execute()
    checks.has("it gets a plan and goes on", planned, {"plan": {"planName": "FLEXIBLE"}, "trialSettings": {"isInTrial": True}})
    paid = apis.subscriptions.startPaidService(**one).execute()
    checks.has("until it is paid", paid, {"status": "ACTIVE", "trialSettings": {"isInTrial": False}})
    more = apis.subscriptions.changeSeats(**one, body={"maximumNumberOfSeats": 40}).execute()
    checks.equal("then the ten seats are no limit", more["seats"]["maximumNumberOfSeats"], 40)


def switch(checks, world, apis, domain):
    """Upgrade by buying the other SKU; an add-on cancelled."""
    customer_id = new_customer(world, apis, domain)
    old = buy(apis, customer_id, STARTER, "FLEXIBLE", 5)
    new = buy(apis, customer_id, STANDARD, "FLEXIBLE", 5, action="switch", sourceSkuId=STARTER)
    checks.true("a switch makes a new subscription", new["subscriptionId"] != old["subscriptionId"], new)
    checks.equal("of the other SKU", new["skuId"], STANDARD)
    listed = apis.subscriptions.list(customerId=customer_id).execute()["subscriptions"]
    alive = [it["skuId"] for it in listed if it["status"] != "CANCELLED"]
    checks.equal("the old one is over", alive, [STANDARD])
    addon = buy(apis, customer_id, DRIVE, "FLEXIBLE", 5)
    one = {"customerId": customer_id, "subscriptionId": addon["subscriptionId"]}
    main = {"customerId": customer_id, "subscriptionId": new["subscriptionId"]}
    refused = apis.subscriptions.delete(**main, deletionType="cancel")
    checks.refused("Workspace itself can't be cancelled", refused.execute, 412)
    apis.subscriptions.delete(**one, deletionType="cancel").execute()
    listed = apis.subscriptions.list(customerId=customer_id).execute()["subscriptions"]
    alive = [it["skuId"] for it in listed if it["status"] != "CANCELLED"]
    checks.equal("an add-on can", alive, [STANDARD])


def to_direct(checks, world, apis, domain):
    """The customer leaves for Google."""
    customer_id = apis.customers.insert(body=customer_body(domain)).execute()["customerId"]
    made = buy(apis, customer_id, STARTER, "FLEXIBLE", 5)
    one = {"customerId": customer_id, "subscriptionId": made["subscriptionId"], "deletionType": "transfer_to_direct"}
    leave = apis.subscriptions.delete(**one)
    checks.refused("nobody leaves without an administrator", leave.execute, 412, "conditionNotMet")
    apis.users.insert(body=user_body(f"admin@{domain}")).execute()
    apis.users.makeAdmin(userKey=f"admin@{domain}", body={"status": True}).execute()
    apis.subscriptions.delete(**one).execute()
    left = apis.customers.get(customerId=domain).execute()
    checks.equal("then the record shows no more than anybody may see", set(left) - {"kind"}, {"customerId", "customerDomain", "customerType"})
    get = apis.subscriptions.get(customerId=customer_id, subscriptionId=made["subscriptionId"])
    checks.refused("and its subscriptions are not ours", get.execute, 403, "forbidden")
    users = apis.users.list(customer=customer_id)
    checks.refused("nor its users", users.execute, 403, "forbidden")


def transfer(checks, world, apis, domain):
    """A customer of Google's comes to us with a token."""
    skus = sorted([STANDARD, DRIVE])
    customer_id, token = world.customer_of_google(domain, [(STANDARD, "ANNUAL_MONTHLY_PAY", 12), (DRIVE, "FLEXIBLE", 5)])
    before = apis.customers.get(customerId=domain).execute()
    checks.true("a foreign customer shows little", "alternateEmail" not in before and before["customerId"] == customer_id, before)
    checks.refused("its subscriptions need a token", apis.subscriptions.list(customerId=customer_id).execute, 403, "forbidden")
    wrong = apis.subscriptions.list(customerId=customer_id, customerAuthToken="not-the-token")
    checks.refused("the right one", wrong.execute, 403, "forbidden")
    query = apis.subscriptions.list(customerId=customer_id, customerAuthToken=token)
    _, offered = walk(apis.subscriptions, query, "subscriptions")
    checks.equal("what it has can be seen with it", sorted(it["skuId"] for it in offered), skus)
    checks.true("with the terms of the transfer", all(int(it["transferInfo"]["transferabilityExpirationTime"]) > 0 for it in offered), offered)

    body = customer_body(domain)
    made = apis.customers.insert(customerAuthToken=token, body=body).execute()
    checks.equal("the customer keeps its id", made["customerId"], customer_id)
    requests = []
    for it in offered:
        annual = it["plan"]["isCommitmentPlan"]
        seats = int(it["transferInfo"].get("minimumTransferableSeats", 5))
        field = "numberOfSeats" if annual else "maximumNumberOfSeats"
        body = {
            "skuId": it["skuId"],
            "plan": {"planName": "ANNUAL_MONTHLY_PAY" if annual else "FLEXIBLE"},
            "seats": {field: max(seats, 5)},
            "purchaseOrderId": f"transfer-{it['skuId']}",
        }
        requests.append(apis.subscriptions.insert(customerId=customer_id, customerAuthToken=token, body=body))
    answers = by_position(apis, requests)
    came = [(status // 100, body.get("skuId")) for status, body in answers]
    checks.equal("all of them come in one batch, in its order", came, [(2, it["skuId"]) for it in offered])
    after = apis.subscriptions.list(customerId=customer_id).execute()["subscriptions"]
    checks.equal("and are ours without a token", sorted(it["skuId"] for it in after), skus)
    checks.true("as new subscriptions", not {it["subscriptionId"] for it in after} & {it["subscriptionId"] for it in offered}, after)
    ours = apis.customers.get(customerId=customer_id).execute()
    checks.true("the record is shown in full", "alternateEmail" in ours, ours)
