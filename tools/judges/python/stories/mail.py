"""A mail is sent, a domain is verified. Source: google-semantics.md §5, §6."""

import base64
import io
from email.message import EmailMessage

from googleapiclient.http import MediaIoBaseUpload

TEXT = "Welcome.\nÄpfel & Öl, 日本.\n"


def message(sender, to):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, "Grüße"
    mail["Message-ID"] = "<judge-1@reseller.example>"
    # Encoded, since the client can't put other bytes into a multipart upload.
    mail.set_content(TEXT, cte="base64")
    return mail


def send(checks, world, apis, account):
    profile = apis.gmail.users().getProfile(userId="me").execute()
    checks.equal("the mailbox is the account's", profile["emailAddress"], account["email"])
    mail = message(account["email"], "ada@customer.example")
    raw = base64.urlsafe_b64encode(mail.as_bytes()).decode()
    messages = apis.gmail.users().messages()
    sent = messages.send(userId="me", body={"raw": raw}).execute()
    checks.true("a mail gets an id and a thread", sent["id"] and sent["threadId"], sent)
    checks.equal("and lies among the sent", sent["labelIds"], ["SENT"])
    other = messages.send(userId=account["email"], body={"raw": raw}).execute()
    checks.true("sending twice is two mails", other["id"] != sent["id"], other)
    arrived = world.http.get(world.url("/sandbox/v1/state?calls=0")).json()["mails"]
    ours = [it for it in arrived if it["id"] == sent["id"]]
    checks.true("the text arrives as it was written", ours and ours[0]["text"].replace("\r\n", "\n").strip() == TEXT.strip(), ours)
    checks.equal("to whom it was sent", ours and ours[0]["recipients"], ["ada@customer.example"])
    media = MediaIoBaseUpload(io.BytesIO(mail.as_bytes()), mimetype="message/rfc822")
    uploaded = messages.send(userId="me", media_body=media).execute()
    checks.equal("the same as an upload", uploaded["labelIds"], ["SENT"])
    checks.refused("what is no mail", messages.send(userId="me", body={"raw": "!"}).execute, 400)
    checks.refused("somebody else's mailbox", messages.send(userId="ada@customer.example", body={"raw": raw}).execute, None)


def verify(checks, world, apis, customer_id, domain):
    """A DNS record proves that the domain is the customer's."""
    resource = apis.sites.webResource()
    site = {"type": "INET_DOMAIN", "identifier": domain}
    asked = resource.getToken(body={"site": site, "verificationMethod": "DNS_TXT"}).execute()
    checks.equal("the token is for the method asked", asked["method"], "DNS_TXT")
    checks.true("and says what it is", asked["token"].startswith("google-site-verification="), asked)
    again = resource.getToken(body={"site": site, "verificationMethod": "DNS_TXT"}).execute()
    checks.equal("asking again gives the same", again["token"], asked["token"])
    insert = resource.insert(verificationMethod="DNS_TXT", body={"site": site, "owners": [f"admin@{domain}"]})
    checks.refused("without the record it fails", insert.execute, 400, "badRequest")
    world.control("dns", {"host": domain, "record": f"TXT {asked['token']}"})
    made = insert.execute()
    checks.equal("with it, it succeeds", made["site"], site)
    checks.true("the owners are those named, and the caller", f"admin@{domain}" in made["owners"], made)
    key = made["id"]
    listed = resource.list().execute()
    checks.true("it is in the list", key in [it["id"] for it in listed["items"]], listed)
    checks.equal("and found by its id", resource.get(id=key).execute()["site"], site)
    checks.has("the Directory finds the domain verified", apis.directory.domains().get(customer=customer_id, domainName=domain).execute(), {"verified": True})
    checks.equal("and so does the Reseller API", apis.customers.get(customerId=customer_id).execute().get("customerDomainVerified"), True)
    checks.true("doing it twice does no harm", insert.execute()["id"] == key)
