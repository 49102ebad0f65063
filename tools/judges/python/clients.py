"""Google's own client, built from the documents in its package, with nothing changed but the address."""

import json
import urllib.parse
from email import message_from_string
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from pathlib import Path

import googleapiclient
import httplib2
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build_from_document
from googleapiclient.errors import HttpError
from googleapiclient.http import BatchHttpRequest

DOCUMENTS = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
APIS = {
    "reseller": "reseller.v1",
    "directory": "admin.directory_v1",
    "licensing": "licensing.v1",
    "gmail": "gmail.v1",
    "sites": "siteVerification.v1",
}


def credentials(world, client, tokens):
    """As an application keeps them: the client refreshes by itself."""
    return Credentials(
        token=tokens["access_token"],
        refresh_token=tokens.get("refresh_token"),
        token_uri=world.url("/token"),
        client_id=client["id"],
        client_secret=client["secret"],
        scopes=tokens["scope"].split(),
    )


def build(world, api, creds):
    """One API's client, pointed at the sandbox."""
    document = json.loads((DOCUMENTS / f"{APIS[api]}.json").read_text())
    document["rootUrl"] = world.base + "/"
    document["baseUrl"] = urllib.parse.urljoin(document["rootUrl"], document["servicePath"])
    http = AuthorizedHttp(creds, http=httplib2.Http(proxy_info=None, timeout=30))
    return build_from_document(document, http=http)


class Apis:
    """All five, on behalf of one account."""

    def __init__(self, world, creds):
        self.creds = creds
        for api in APIS:
            setattr(self, api, build(world, api, creds))

    @property
    def customers(self):
        return self.reseller.customers()

    @property
    def subscriptions(self):
        return self.reseller.subscriptions()

    @property
    def users(self):
        return self.directory.users()

    @property
    def licences(self):
        return self.licensing.licenseAssignments()


def walk(resource, request, items):
    """Every page of a list by the client's own `list_next`: the pages, and all that stands in them."""
    pages, all_items = 0, []
    verb = request.methodId.rsplit(".", 1)[1]
    following = getattr(resource, f"{verb}_next")
    while request is not None:
        answer = request.execute()
        pages += 1
        all_items += answer.get(items, [])
        request = following(request, answer)
        if pages > 100:
            raise RuntimeError(f"{verb} doesn't end")
    return pages, all_items


def together(service, requests):
    """One batch by the client's own BatchHttpRequest: (answer, error) by the order of the requests."""
    answers = {}
    batch = service.new_batch_http_request(
        callback=lambda key, answer, error: answers.__setitem__(key, (answer, error))
    )
    for number, request in enumerate(requests):
        batch.add(request, request_id=f"call {number}")
    batch.execute()
    return [answers[f"call {number}"] for number in range(len(requests))]


def by_position(apis, requests):
    """One batch whose answers are matched by their order: (status, body) each.

    For the Reseller API, of whose answers Google says that they carry no Content-ID, so that BatchHttpRequest can't
    read them. Source: google-semantics.md §7.1 {BATCH-RES}.
    """
    writer = BatchHttpRequest()
    body = MIMEMultipart("mixed")
    body._write_headers = lambda _: None
    for request in requests:
        part = MIMENonMultipart("application", "http")
        part.set_payload(writer._serialize_request(request))
        body.attach(part)
    text = body.as_string(unixfrom=False)
    headers = {"content-type": f'multipart/mixed; boundary="{body.get_boundary()}"'}
    http = apis.reseller._http
    response, content = http.request(apis.reseller._baseUrl + "batch", method="POST", body=text, headers=headers)
    if response.status != 200:
        raise HttpError(response, content)
    answer = message_from_string(f"content-type: {response['content-type']}\r\n\r\n{content.decode()}")
    pairs = [writer._deserialize_response(part.get_payload()) for part in answer.get_payload()]
    return [(each.status, json.loads(text) if text.strip() else None) for each, text in pairs]
