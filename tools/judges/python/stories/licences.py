"""Licences: given by themselves, by hand, changed, taken. Source: google-semantics.md §4."""

from clients import together, walk
from stories.order import user_body
from stories.plans import STANDARD, STARTER, buy, new_customer

PRODUCT = "Google-Apps"


def automatic(checks, apis, customer_id, users):
    """With one Workspace subscription everybody gets a licence."""
    listing = apis.licences.listForProductAndSku(productId=PRODUCT, skuId=STANDARD, customerId=customer_id, maxResults=5)
    pages, given = walk(apis.licences, listing, "items")
    checks.equal("each user has one, in pages of five", (pages, len(given)), (3, users))
    checks.has("of Google's kind", given[0], {"kind": "licensing#licenseAssignment", "productId": PRODUCT, "skuId": STANDARD})
    counted = apis.subscriptions.list(customerId=customer_id).execute()["subscriptions"][0]["seats"]
    checks.equal("the subscription counts as many", counted["licensedNumberOfSeats"], users)
    one = {"productId": PRODUCT, "skuId": STANDARD, "userId": given[0]["userId"]}
    checks.refused("automatic ones can't be taken", apis.licences.delete(**one).execute, 412, "conditionNotMet")
    return sorted(it["userId"] for it in given)


def by_hand(checks, world, apis, domain):
    """Two subscriptions of one product: somebody chooses."""
    customer_id = new_customer(world, apis, domain)
    # The administrator has one of them, given while there was one subscription.
    buy(apis, customer_id, STARTER, "FLEXIBLE", 4)
    buy(apis, customer_id, STANDARD, "FLEXIBLE", 3, action="buy")
    names = ["ada", "bob", "cyd", "dan"]
    for name in names:
        apis.users.insert(body=user_body(f"{name}@{domain}", given=name)).execute()
    starter = {"productId": PRODUCT, "skuId": STARTER}
    calls = [apis.licences.insert(**starter, body={"userId": f"{name}@{domain}"}) for name in names[:3]]
    answers = together(apis.licensing, calls)
    checks.equal("a batch gives three", [error for _, error in answers], [None] * 3)
    checks.has("each to its user", answers[1][0], {"userId": f"bob@{domain}", "skuId": STARTER})
    more = apis.licences.insert(**starter, body={"userId": f"dan@{domain}"})
    error = checks.refused("a fifth is one too many", more.execute, 412, "conditionNotMet")
    checks.true("and the answer says why", error and "licen" in error.reason.lower(), error and error.reason)
    other = apis.licences.insert(productId=PRODUCT, skuId=STANDARD, body={"userId": f"ada@{domain}"})
    checks.refused("a user has one SKU of a product", other.execute, 412, "conditionNotMet")

    ada = {**starter, "userId": f"ada@{domain}"}
    changed = apis.licences.update(**ada, body={"productId": PRODUCT, "skuId": STANDARD, "userId": f"ada@{domain}"}).execute()
    checks.equal("update moves to the other", changed["skuId"], STANDARD)
    checks.refused("so the first is gone", apis.licences.get(**ada).execute, 404)
    moved = {**ada, "skuId": STANDARD}
    shown = apis.licences.get(**moved).execute()
    checks.true("the record names both", shown["skuName"] and shown["productName"] and shown["selfLink"], shown)
    whole = apis.licences.listForProduct(productId=PRODUCT, customerId=customer_id).execute()
    listed = sorted((it["userId"], it["skuId"]) for it in whole["items"])
    wanted = [("ada", STANDARD), ("admin", STARTER), ("bob", STARTER), ("cyd", STARTER)]
    checks.equal("the product lists all of them", listed, [(f"{name}@{domain}", sku) for name, sku in wanted])
    by_domain = apis.licences.listForProduct(productId=PRODUCT, customerId=domain).execute()
    checks.equal("by the domain too", len(by_domain["items"]), 4)
    checks.equal("delete answers with nothing", apis.licences.delete(**moved).execute(), {})
    checks.refused("and takes it", apis.licences.get(**moved).execute, 404)
    nobody = apis.licences.insert(**starter, body={"userId": f"nobody@{domain}"})
    checks.refused("nobody gets none", nobody.execute, None)
    unknown = apis.licences.insert(productId=PRODUCT, skuId="no-such-sku", body={"userId": f"ada@{domain}"})
    checks.refused("an unknown SKU", unknown.execute, 400)
    suspended = apis.licences.listForProduct(productId=PRODUCT, customerId="C0nobody00")
    checks.refused("a customer that isn't", suspended.execute, None)
    return customer_id
