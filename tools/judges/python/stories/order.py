"""An order: customer, first admin, subscription, seats, renewal, suspend, resume. Source: google-semantics.md §2, §3."""

import time

BUSINESS_STANDARD = "1010020028"
YEAR_MS = 364 * 86_400_000


def customer_body(domain, **other):
    return {
        "customerDomain": domain,
        "alternateEmail": "owner@mailbox.example",
        "phoneNumber": "+493012345678",
        "postalAddress": {
            "contactName": "Ada Byron",
            "organizationName": "Acme GmbH",
            "addressLine1": "Hauptstr. 1",
            "locality": "Berlin",
            "postalCode": "10115",
            "countryCode": "DE",
        },
        **other,
    }


def user_body(email, given="Ada", family="Byron", **other):
    return {
        "primaryEmail": email,
        "name": {"givenName": given, "familyName": family},
        "password": "first-password-7",
        **other,
    }


def customer(checks, apis, domain):
    """A new customer, read and changed."""
    checks.refused("a free domain is not found", apis.customers.get(customerId=domain).execute, 404, "notFound")
    made = apis.customers.insert(body=customer_body(domain)).execute()
    customer_id = made["customerId"]
    checks.has("the customer is made", made, {"kind": "reseller#customer", "customerDomain": domain, "customerType": "domain"})
    checks.true("with an id of Google's form", customer_id.startswith("C") and customer_id.isalnum(), customer_id)
    by_id = apis.customers.get(customerId=customer_id).execute()
    by_domain = apis.customers.get(customerId=domain).execute()
    checks.equal("id and domain name the same customer", by_id, by_domain)
    checks.has("which shows what was sent", by_id, customer_body(domain))
    checks.refused("the same domain again", apis.customers.insert(body=customer_body(domain)).execute, 409)
    own = customer_body(f"own-{domain}", alternateEmail=f"owner@own-{domain}")
    checks.refused("an alternate e-mail on the domain itself", apis.customers.insert(body=own).execute, 400, "invalid")
    nowhere = customer_body(f"nowhere-{domain}")
    del nowhere["postalAddress"]["countryCode"]
    checks.refused("an address without a country", apis.customers.insert(body=nowhere).execute, 400, "invalid")

    patched = apis.customers.patch(customerId=customer_id, body={"phoneNumber": "+493087654321"}).execute()
    checks.has("patch changes what it names, no more", patched, {**customer_body(domain), "phoneNumber": "+493087654321"})
    whole = {**customer_body(domain), "alternateEmail": "new-owner@mailbox.example"}
    updated = apis.customers.update(customerId=customer_id, body=whole).execute()
    checks.equal("update replaces the address to write to", updated["alternateEmail"], "new-owner@mailbox.example")
    profile = apis.directory.customers().patch(customerKey=customer_id, body={"language": "de"}).execute()
    checks.has("the Directory knows it under the same id", profile, {"kind": "admin#directory#customer", "id": customer_id, "language": "de"})
    return customer_id


def admin(checks, apis, customer_id, domain):
    """The first user, made super administrator."""
    email = f"admin@{domain}"
    made = apis.users.insert(body=user_body(email, isAdmin=True)).execute()
    checks.has("the user is made", made, {"primaryEmail": email, "customerId": customer_id})
    checks.true("with a decimal id", made["id"].isdigit(), made["id"])
    checks.true("the password isn't shown", "password" not in made, made)
    before = apis.users.get(userKey=email).execute()
    checks.equal("asking for isAdmin is passed over", before.get("isAdmin"), False)
    checks.equal("nobody has signed in", (before["agreedToTerms"], before["lastLoginTime"]), (False, "1970-01-01T00:00:00.000Z"))
    apis.users.makeAdmin(userKey=email, body={"status": True}).execute()
    after = apis.users.get(userKey=made["id"]).execute()
    checks.has("makeAdmin makes an admin, found by id too", after, {"primaryEmail": email, "isAdmin": True})
    checks.true("a change changes the etag", before["etag"] != after["etag"], after["etag"])
    checks.refused("a user twice", apis.users.insert(body=user_body(email)).execute, 409, "duplicate")
    checks.refused("nobody", apis.users.get(userKey=f"nobody@{domain}").execute, 404, "notFound")
    stranger = user_body("somebody@nobody-knows-this.example")
    checks.refused("a user on a domain that isn't ours", apis.users.insert(body=stranger).execute, 403, "forbidden")
    weak = {**user_body(f"weak@{domain}"), "password": "short"}
    checks.refused("a password of five letters", apis.users.insert(body=weak).execute, 400, "invalid")
    return email


def subscription(checks, world, apis, customer_id, domain):
    """An annual subscription from purchase to suspension and back."""
    ours = {"customerId": customer_id}
    body = {
        "customerId": customer_id,
        "skuId": BUSINESS_STANDARD,
        "plan": {"planName": "ANNUAL_MONTHLY_PAY"},
        "seats": {"numberOfSeats": 20},
        "renewalSettings": {"renewalType": "RENEW_CURRENT_USERS_MONTHLY_PAY"},
        "purchaseOrderId": f"order-{domain}",
    }
    made = apis.subscriptions.insert(**ours, body=body).execute()
    one = {**ours, "subscriptionId": made["subscriptionId"]}
    wanted = {
        "kind": "reseller#subscription",
        "customerId": customer_id,
        "skuId": BUSINESS_STANDARD,
        "seats": {"numberOfSeats": 20},
        "renewalSettings": {"renewalType": "RENEW_CURRENT_USERS_MONTHLY_PAY"},
        "purchaseOrderId": f"order-{domain}",
    }
    checks.has("the subscription is bought", made, wanted)
    checks.has("its plan is called ANNUAL and is a commitment", made["plan"], {"planName": "ANNUAL", "isCommitmentPlan": True})
    commitment = made["plan"]["commitmentInterval"]
    length = int(commitment["endTime"]) - int(commitment["startTime"])
    checks.true("of a year, in ms as strings", YEAR_MS < length and isinstance(commitment["endTime"], str), commitment)
    checks.true("bought just now", abs(int(made["creationTime"]) / 1000 - time.time()) < 300, made["creationTime"])
    checks.has("it waits for the customer's consent", made, {"status": "SUSPENDED", "suspensionReasons": ["PENDING_TOS_ACCEPTANCE"]})
    world.control("accept-terms", {"customer": customer_id})
    shown = apis.subscriptions.get(**one).execute()
    checks.equal("once that is given, it is active", (shown["status"], shown.get("suspensionReasons")), ("ACTIVE", None))
    checks.has("and no trial", shown["trialSettings"], {"isInTrial": False})

    grown = apis.subscriptions.changeSeats(**one, body={"numberOfSeats": 25}).execute()
    checks.equal("seats are set to a total", grown["seats"]["numberOfSeats"], 25)
    checks.refused("an annual plan doesn't shrink", apis.subscriptions.changeSeats(**one, body={"numberOfSeats": 10}).execute, 400, "invalid")
    field = {"maximumNumberOfSeats": 30}
    checks.refused("nor has it a maximum", apis.subscriptions.changeSeats(**one, body=field).execute, 400, "invalid")
    plan = {"planName": "FLEXIBLE", "seats": {"maximumNumberOfSeats": 30}}
    checks.refused("its plan stays for the term", apis.subscriptions.changePlan(**one, body=plan).execute, 412, "conditionNotMet")
    renewal = {"renewalType": "SWITCH_TO_PAY_AS_YOU_GO"}
    changed = apis.subscriptions.changeRenewalSettings(**one, body=renewal).execute()
    checks.equal("what follows the term can be chosen", changed["renewalSettings"]["renewalType"], "SWITCH_TO_PAY_AS_YOU_GO")

    suspended = apis.subscriptions.suspend(**one).execute()
    checks.has("suspend", suspended, {"status": "SUSPENDED", "suspensionReasons": ["RESELLER_INITIATED"]})
    checks.refused("no seats while suspended", apis.subscriptions.changeSeats(**one, body={"numberOfSeats": 26}).execute, 400, "badRequest")
    checks.equal("resume", apis.subscriptions.activate(**one).execute()["status"], "ACTIVE")
    listed = apis.subscriptions.list(customerId=customer_id).execute()
    checks.equal("the list knows one subscription", [it["subscriptionId"] for it in listed["subscriptions"]], [made["subscriptionId"]])
    checks.equal("in a list of Google's kind", listed["kind"], "reseller#subscriptions")
    nothing = apis.subscriptions.get(customerId=customer_id, subscriptionId="999")
    checks.refused("a subscription that isn't there", nothing.execute, 404, "notFound")
    return made["subscriptionId"]
