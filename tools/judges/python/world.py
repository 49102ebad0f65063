"""Where the sandbox is, and what people around the API do there: consent by its form, everything else by its control API."""

import base64
import contextlib
import hashlib
import html.parser
import json
import secrets
import urllib.parse

import requests

SCOPE = "https://www.googleapis.com/auth/"
ALL_SCOPES = ["openid", "email"] + [
    SCOPE + name
    for name in (
        "apps.order",
        "apps.licensing",
        "admin.directory.user",
        "admin.directory.user.alias",
        "admin.directory.user.security",
        "admin.directory.customer",
        "admin.directory.domain",
        "admin.directory.orgunit",
        "admin.directory.group",
        "admin.directory.group.member",
        "gmail.send",
        "gmail.readonly",
        "siteverification",
    )
]


class World:
    """One sandbox process, as `judges-sandbox` announces it."""

    def __init__(self, facts):
        self.facts = facts
        self.base = facts["base"]
        self.http = requests.Session()
        self.http.trust_env = False

    def url(self, path):
        return self.base + path

    def control(self, path, body, method="POST"):
        """Something that happens outside the API. An error if the sandbox refuses it."""
        answer = self.http.request(method, self.url(f"/sandbox/v1/{path}"), json=body)
        if not answer.ok:
            raise RuntimeError(f"control {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.text else None

    @contextlib.contextmanager
    def faulty(self, method, fault, times=1):
        """Within, a method fails so often."""
        self.control("faults", {"method": method, "fault": fault, "times": times})
        try:
            yield
        finally:
            self.control("faults", None, "DELETE")

    @contextlib.contextmanager
    def without(self, api):
        """Within, the first client's project doesn't have this API enabled."""
        path = f"clients/{self.facts['clients'][0]['id']}/apis"
        self.control(path, {"disable": [api]})
        try:
            yield
        finally:
            self.control(path, {"enable": [api]})

    def customer_of_google(self, domain, subscriptions):
        """A direct customer of Google's with (SKU, plan, seats) each: its id, and a token for the first account."""
        customer_id = self.control("customers", {"domain": domain, "organization": "Elsewhere Ltd"})["id"]
        for sku, plan, seats in subscriptions:
            body = {"sku_id": sku, "plan": plan, "seats": seats, "age_days": 90}
            self.control(f"customers/{customer_id}/subscriptions", body)
        reseller = {"reseller": self.facts["accounts"][0]["customer_id"]}
        return customer_id, self.control(f"customers/{customer_id}/transfer-tokens", reseller)["token"]

    def calls(self, method):
        """How often a method has been called so far."""
        state = self.http.get(self.url("/sandbox/v1/state?calls=0")).json()
        return state["call_counts"].get(method, 0)

    def token(self, **form):
        return self.http.post(self.url("/token"), data=form)


class Page(html.parser.HTMLParser):
    """The form of a page, as a browser would send it."""

    def __init__(self, text):
        super().__init__()
        self.action, self.hidden, self.boxes, self.names = None, {}, [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self.action = given.get("action")
        if tag != "input":
            return
        self.names.add(given.get("name"))
        if given.get("type") == "hidden":
            self.hidden[given["name"]] = given.get("value", "")
        if given.get("type") == "checkbox":
            self.boxes.append(given.get("value", ""))


class Consent:
    """One walk through the consent pages, as a person in a browser takes it."""

    def __init__(self, world, client, scopes, **more):
        self.world, self.client = world, client
        self.verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(self.verifier.encode()).digest()
        self.state = secrets.token_urlsafe(16)
        self.query = {
            "client_id": client["id"],
            "redirect_uri": client["redirect_uri"],
            "response_type": "code",
            "scope": " ".join(scopes),
            "access_type": "offline",
            "prompt": "consent",
            "state": self.state,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
            **more,
        }
        self.address = world.url("/o/oauth2/v2/auth")

    def open(self):
        return self.world.http.get(self.address, params=self.query, allow_redirects=False)

    def submit(self, page, fields):
        action = urllib.parse.urljoin(self.address, page.action)
        pairs = list(page.hidden.items()) + list(fields)
        return self.world.http.post(action, data=pairs, allow_redirects=False)

    def sign_in(self, email, password):
        """The page after signing in."""
        return self.submit(Page(self.open().text), [("email", email), ("password", password)])

    def decide(self, answer, ticked=None):
        """Ticks all boxes, or those for which `ticked` is true, and allows. Returns what comes back to the client."""
        page = Page(answer.text)
        boxes = [box for box in page.boxes if ticked is None or ticked(box)]
        return self.back(self.submit(page, [("scope", box) for box in boxes] + [("action", "allow")]))

    @staticmethod
    def back(answer):
        query = urllib.parse.urlparse(answer.headers.get("location", "")).query
        return dict(urllib.parse.parse_qsl(query))

    def exchange(self, code, **other):
        form = {
            "grant_type": "authorization_code",
            "client_id": self.client["id"],
            "client_secret": self.client["secret"],
            "redirect_uri": self.client["redirect_uri"],
            "code": code,
            "code_verifier": self.verifier,
            **other,
        }
        return self.world.token(**form)

    def whole(self, account):
        """From the first page to the tokens, everything allowed."""
        back = self.decide(self.sign_in(account["email"], account["password"]))
        answer = self.exchange(back["code"])
        answer.raise_for_status()
        return answer.json()


def pretty(value):
    return json.dumps(value, indent=1, sort_keys=True)
