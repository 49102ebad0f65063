"""What goes wrong, as Google's client sees it: refusals, quotas, failures, retries. Source: google-semantics.md §7."""

from clients import together, walk
from stories.order import customer_body


def counted(request):
    """The request, and how long it would have waited before each retry, instead of waiting."""
    waits = []
    request._sleep = waits.append
    return request, waits


def retries(checks, world, apis):
    """The client's own num_retries."""

    def ask():
        return counted(apis.subscriptions.list(maxResults=1))

    for what, fault in (
        ("429 with Retry-After", {"too_many_requests": {"retry_after_s": 1}}),
        ("429 without", {"too_many_requests": {"retry_after_s": None}}),
        ("503", "error_before"),
        ("500", "error_after_apply"),
        ("502 in HTML", "html_error"),
    ):
        with world.faulty("reseller.subscriptions.list", fault, times=2):
            request, waits = ask()
            before = world.calls("reseller.subscriptions.list")
            answer = request.execute(num_retries=3)
            calls = world.calls("reseller.subscriptions.list") - before
        checks.equal(f"{what}: the client waits twice and succeeds", (len(waits), calls, answer["kind"][:8]), (2, 3, "reseller"))
    with world.faulty("reseller.subscriptions.list", {"too_many_requests": {"retry_after_s": None}}, times=9):
        request, waits = ask()
        error = checks.refused("who doesn't retry is told 429", apis.subscriptions.list().execute, 429)
        checks.refused("nor does it go on for ever", lambda: request.execute(num_retries=2), 429)
    checks.equal("but as often as it was told", len(waits), 2)
    checks.true("the envelope can be read", error and error.reason and error.error_details, error and error.content)
    body = customer_body("refused-before-py.example")
    with world.faulty("reseller.customers.insert", "refused_before"):
        made = apis.customers.insert(body=body).execute(num_retries=1)
    checks.true("a connection closed before anything is got over", made["customerId"])


def refusals(checks, world, apis):
    """Errors as the client shows them."""
    with world.faulty("reseller.subscriptions.list", "quota_forbidden"):
        error = checks.refused("a quota may be a 403", apis.subscriptions.list().execute, 403)
    checks.equal("of the usageLimits domain", error and error.error_details[0].get("domain"), "usageLimits")
    with world.without("licensing"):
        disabled = apis.licences.listForProduct(productId="Google-Apps", customerId="C0")
        error = checks.refused("an API that isn't enabled", disabled.execute, 403)
    checks.true("says that and where to enable it", error and "https://console." in str(error), error and error.content)
    strange = {**customer_body("strange-py.example"), "noSuchField": 1}
    error = checks.refused("a member Google doesn't know", apis.customers.insert(body=strange).execute, 400)
    checks.true("is named", error and "noSuchField" in error.reason, error and error.reason)
    missing = apis.customers.get(customerId="C0nobody00")
    error = checks.refused("an id that isn't", missing.execute, None)
    checks.true("the client finds a reason in it", error and error.reason and error.error_details, error and error.content)
    mixed = together(apis.directory, [apis.users.get(userKey="a@no.example"), apis.users.list(customer="my_customer", maxResults=1)])
    checks.equal("a batch tells a refusal from a success", [bool(error) for _, error in mixed], [True, False])


def everything(checks, apis):
    """All subscriptions of the reseller by page, as Google advises for a full reading."""
    pages, listed = walk(apis.subscriptions, apis.subscriptions.list(maxResults=3), "subscriptions")
    keys = {(it["customerId"], it["subscriptionId"]) for it in listed}
    checks.true("in more than one page", pages > 1, pages)
    checks.equal("each once", len(keys), len(listed))
    _, again = walk(apis.subscriptions, apis.subscriptions.list(maxResults=100), "subscriptions")
    checks.equal("the same in one page", {(it["customerId"], it["subscriptionId"]) for it in again}, keys)
    prefix = apis.subscriptions.list(customerNamePrefix="order-py", maxResults=100).execute()
    found = {it["customerDomain"] for it in prefix.get("subscriptions", [])}
    checks.equal("by the beginning of the domain", found, {"order-py.example"})
    fields = apis.subscriptions.list(maxResults=1, fields="subscriptions(skuId)").execute()
    checks.equal("and only the fields asked for", {key for it in fields["subscriptions"] for key in it}, {"skuId"})


def watching(checks, apis):
    """Who may listen to changes."""
    notify = apis.reseller.resellernotify()
    address = "listener@project.iam.gserviceaccount.com"
    made = notify.register(serviceAccountEmailAddress=address).execute()
    checks.true("registering names the topic", "/topics/" in made["topicName"], made)
    details = notify.getwatchdetails().execute()
    checks.has("which knows who listens", details, {"topicName": made["topicName"], "serviceAccountEmailAddresses": [address]})
    notify.unregister(serviceAccountEmailAddress=address).execute()
    left = notify.getwatchdetails().execute()
    checks.equal("until they don't", left.get("serviceAccountEmailAddresses", []), [])
