"""Activate by consent, refresh, lose the consent, revoke. Source: google-semantics.md §1."""

import datetime

from clients import Apis, credentials
from google.auth import jwt
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from world import ALL_SCOPES, SCOPE, Consent, Page

READ_MAIL = SCOPE + "gmail.readonly"


def consent(checks, world):
    """The pages, as a person sees them, and what comes back."""
    client, account = world.facts["clients"][0], world.facts["accounts"][0]
    walk = Consent(world, client, ALL_SCOPES)
    first = walk.open()
    checks.equal("the consent address answers with a page", first.status_code, 200)
    page = Page(first.text)
    checks.true("that asks who signs in", {"email", "password"} <= page.names, page.names)
    again = walk.submit(page, [("email", account["email"]), ("password", "not this one")])
    checks.true("a wrong password leads to no code", "location" not in again.headers)

    answer = walk.sign_in(account["email"], account["password"])
    offered = set(Page(answer.text).boxes)
    wanted = {scope for scope in ALL_SCOPES if scope.startswith(SCOPE)}
    checks.equal("each scope but the sign-in ones has its own box", offered, wanted)
    back = walk.decide(answer, lambda box: box != READ_MAIL)
    checks.equal("state comes back as it was", back.get("state"), walk.state)
    checks.true("and a code", back.get("code"), back)
    checks.equal("the issuer, where it is named, is Google", back.get("iss", "https://accounts.google.com"), "https://accounts.google.com")

    answer = walk.exchange(back["code"], code_verifier="x" * 43)
    checks.equal("another verifier is refused", (answer.status_code, answer.json()["error"]), (400, "invalid_grant"))
    cancelled = Consent(world, client, ALL_SCOPES)
    page = Page(cancelled.sign_in(account["email"], account["password"]).text)
    back = cancelled.back(cancelled.submit(page, [("action", "cancel")]))
    checks.equal("who cancels is sent back with access_denied", (back.get("error"), back.get("state")), ("access_denied", cancelled.state))
    wrong = Consent(world, client, ALL_SCOPES, redirect_uri="https://elsewhere.example/back").open()
    checks.equal("another redirect URI never leads back", (wrong.status_code, "location" in wrong.headers), (400, False))


def partly(checks, world):
    """Somebody unticks a box: the answer says so, and the API too."""
    client, account = world.facts["clients"][0], world.facts["accounts"][0]
    walk = Consent(world, client, ALL_SCOPES)
    answer = walk.sign_in(account["email"], account["password"])
    back = walk.decide(answer, lambda box: box != READ_MAIL)
    answer = walk.exchange(back["code"])
    checks.equal("the code is exchanged", answer.status_code, 200)
    tokens = answer.json()
    checks.equal("for a bearer token", tokens["token_type"], "Bearer")
    checks.true("of about an hour", 3000 < tokens["expires_in"] <= 3600, tokens["expires_in"])
    granted = set(tokens["scope"].split())
    checks.true("the scopes are those that were ticked", SCOPE + "apps.order" in granted and READ_MAIL not in granted, granted)
    claims = jwt.decode(tokens["id_token"], verify=False)
    checks.equal("the id_token names the account", (claims["email"], claims["aud"]), (account["email"], client["id"]))
    again = walk.exchange(back["code"])
    checks.equal("a code works once", (again.status_code, again.json()["error"]), (400, "invalid_grant"))
    apis = Apis(world, credentials(world, client, tokens))
    error = checks.refused(
        "what wasn't ticked is refused",
        apis.gmail.users().getProfile(userId="me").execute,
        403,
        "insufficientPermissions",
    )
    if error is not None:
        challenge = error.resp.get("www-authenticate", "")
        checks.true("and the answer says which scope is missing", "insufficient_scope" in challenge, challenge)
    return tokens


def refresh(checks, world, creds):
    """The client refreshes by itself, ahead of a call and after a 401."""
    apis = Apis(world, creds)
    old = creds.token
    creds.refresh(Request(session=world.http))
    checks.true("a refresh gives another access token", creds.token and creds.token != old)
    left = creds.expiry - datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    checks.true("that is good for about an hour", 3000 < left.total_seconds() <= 3600, left)
    checks.true("the refresh token stays", creds.refresh_token)
    checks.true("the client finds all scopes granted", SCOPE + "apps.order" in (creds.granted_scopes or []), creds.granted_scopes)

    old = creds.token
    creds.expiry = datetime.datetime(2020, 1, 1)
    apis.subscriptions.list(maxResults=1).execute()
    checks.true("an old token is renewed before the call", creds.token != old and creds.valid)
    before = world.calls("oauth.token")
    creds.token = "ya29.this-was-never-issued"
    listed = apis.subscriptions.list(maxResults=1).execute()
    checks.true("after a 401 the client refreshes once and repeats", listed["kind"].startswith("reseller#subscription"), listed)
    checks.equal("with one call of the token endpoint", world.calls("oauth.token") - before, 1)
    info = world.http.get(world.url("/tokeninfo"), params={"access_token": creds.token}).json()
    checks.true("tokeninfo knows the scopes", SCOPE + "apps.order" in info["scope"], info)
    checks.true("and how long it lasts", 0 < int(info["expires_in"]) <= 3600, info)


def lost(checks, world):
    """Consent taken back at Google, revoked by the application, changed secret: the client says invalid_grant."""
    client, account = world.facts["clients"][1], world.facts["accounts"][1]

    def fresh():
        return credentials(world, client, Consent(world, client, ALL_SCOPES).whole(account))

    def dead(what, creds):
        error = checks.raises(what, RefreshError, lambda: creds.refresh(Request(session=world.http)))
        if error is not None:
            checks.equal("and the client names the code", error.args[1].get("error"), "invalid_grant")
            checks.equal("which isn't to be retried", error.retryable, False)

    creds = fresh()
    world.control("grants/revoke", {"email": account["email"], "client_id": client["id"]})
    dead("consent that the user took back can't be refreshed", creds)
    creds = fresh()
    answer = world.http.post(world.url("/revoke"), data={"token": creds.token})
    checks.equal("an access token is revoked", answer.status_code, 200)
    dead("and its refresh token with it", creds)
    error = checks.raises("the API refuses it at last", RefreshError, Apis(world, creds).subscriptions.list().execute)
    checks.true("by the refresh that follows the 401", "invalid_grant" in str(error), error)
    answer = world.http.post(world.url("/revoke"), data={"token": creds.token})
    checks.equal("revoking twice is refused", (answer.status_code, answer.json()["error"]), (400, "invalid_token"))
    creds = fresh()
    world.control("users/password", {"email": account["email"], "password": account["password"]})
    dead("a new password ends a grant that opens the mailbox", creds)
    creds = fresh()
    creds._client_secret = "not the secret"
    error = checks.raises("a wrong secret is no grant's fault", RefreshError, lambda: creds.refresh(Request(session=world.http)))
    checks.equal("and is called invalid_client", error and error.args[1].get("error"), "invalid_client")


def token_endpoint_down(checks, world, creds):
    """A token endpoint that fails is no dead consent."""
    with world.faulty("oauth.token", "error_before"):
        creds.refresh(Request(session=world.http))
    checks.true("a 503 of the token endpoint is got over", creds.valid)
