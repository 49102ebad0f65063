"""Google's Python client lives through the stories at a sandbox that is running already.

    python judge.py FACTS OUT

FACTS is what `judges-sandbox` prints; OUT is a directory for two files: `python.json`, every assertion, and
`seen-python.json`, what the client saw of one customer in the end, for another client to agree with.
"""

import importlib.metadata
import json
import sys
from pathlib import Path

from checks import Checks
from clients import Apis, credentials, walk
from stories import activation, licences, mail, order, people, plans, trouble
from world import ALL_SCOPES, Consent, World, pretty

DOMAIN = "order-py.example"


def seen(apis, customer_id, refresh_token):
    """One customer as this client sees it."""
    _, subscriptions = walk(apis.subscriptions, apis.subscriptions.list(customerId=customer_id), "subscriptions")
    _, users = walk(apis.users, apis.users.list(customer=customer_id, orderBy="email"), "users")
    listing = apis.licences.listForProduct(productId="Google-Apps", customerId=customer_id)
    _, given = walk(apis.licences, listing, "items")
    return {
        "refresh_token": refresh_token,
        "customer": apis.customers.get(customerId=customer_id).execute(),
        "subscriptions": subscriptions,
        "users": users,
        "licences": given,
    }


def run(checks, world, out):
    client, account = world.facts["clients"][0], world.facts["accounts"][0]
    checks.tell("consent", activation.consent, world)
    checks.tell("granular consent", activation.partly, world)
    tokens = Consent(world, client, ALL_SCOPES).whole(account)
    creds = credentials(world, client, tokens)
    apis = Apis(world, creds)
    checks.tell("refresh", activation.refresh, world, creds)
    checks.tell("token endpoint", activation.token_endpoint_down, world, creds)

    customer_id = checks.tell("customer", order.customer, apis, DOMAIN)
    checks.tell("administrator", order.admin, apis, customer_id, DOMAIN)
    checks.tell("subscription", order.subscription, world, apis, customer_id, DOMAIN)
    emails = checks.tell("many users", people.many, apis, customer_id, DOMAIN) or []
    checks.tell("one user", people.one, apis, customer_id, DOMAIN)
    checks.tell("addresses", people.addresses, apis, customer_id, DOMAIN)
    checks.tell("structure", people.structure, apis, customer_id, DOMAIN)
    checks.tell("automatic licences", licences.automatic, apis, customer_id, len(emails))
    checks.tell("licences by hand", licences.by_hand, world, apis, "licences-py.example")
    checks.tell("flexible plan", plans.flexible, world, apis, "flexible-py.example")
    checks.tell("trial", plans.trial, world, apis, "trial-py.example")
    checks.tell("switch", plans.switch, world, apis, "switch-py.example")
    checks.tell("to Google", plans.to_direct, world, apis, "direct-py.example")
    checks.tell("transfer", plans.transfer, world, apis, "transfer-py.example")
    checks.tell("mail", mail.send, world, apis, account)
    checks.tell("verification", mail.verify, world, apis, customer_id, DOMAIN)
    checks.tell("retries", trouble.retries, world, apis)
    checks.tell("refusals", trouble.refusals, world, apis)
    checks.tell("everything", trouble.everything, apis)
    checks.tell("watching", trouble.watching, apis)
    checks.tell("lost consent", activation.lost, world)
    saw = checks.tell("in the end", lambda _: seen(apis, customer_id, creds.refresh_token))
    (out / "seen-python.json").write_text(pretty(saw))


def main():
    world, out = World(json.loads(Path(sys.argv[1]).read_text())), Path(sys.argv[2])
    checks = Checks()
    run(checks, world, out)
    summary = checks.summary()
    (out / "python.json").write_text(pretty(summary))
    word = "FAILED" if summary["failed"] else "ok"
    client = f"google-api-python-client {importlib.metadata.version('google-api-python-client')}"
    print(f"judged: sandbox: {len(checks.done)} assertions, by {client}")
    print(f"test result: {word}. {summary['passed']} passed; {summary['failed']} failed")
    return 1 if summary["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
