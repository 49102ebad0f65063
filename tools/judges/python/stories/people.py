"""Users: many of them, in pages, changed, gone and back; aliases, groups, org units, domains. Source: google-semantics.md §3."""

from clients import together, walk
from stories.order import user_body


def many(checks, apis, customer_id, domain):
    """Thirteen users by batch and by page."""
    names = [f"user{number:02}" for number in range(12)]
    bodies = [user_body(f"{name}@{domain}", given=name, family="Lovelace") for name in names]
    answers = together(apis.directory, [apis.users.insert(body=body) for body in bodies])
    checks.equal("a batch makes twelve users", [error for _, error in answers], [None] * 12)
    made = [answer and answer["primaryEmail"] for answer, _ in answers]
    checks.equal("each answer belongs to its call", made, [body["primaryEmail"] for body in bodies])
    mixed = together(
        apis.directory,
        [apis.users.get(userKey=made[0]), apis.users.get(userKey=f"nobody@{domain}"), apis.users.get(userKey=made[1])],
    )
    seen = [error.status_code if error else answer["primaryEmail"] for answer, error in mixed]
    checks.equal("in a batch one call's failure is its own", seen, [made[0], 404, made[1]])

    listing = apis.users.list(customer=customer_id, maxResults=5, orderBy="email")
    pages, users = walk(apis.users, listing, "users")
    emails = [user["primaryEmail"] for user in users]
    checks.equal("three pages of five hold thirteen", (pages, len(emails)), (3, 13))
    checks.equal("each once, in order", emails, sorted(set(emails)))
    _, users = walk(apis.users, apis.users.list(domain=domain, orderBy="email"), "users")
    checks.equal("the domain names the same ones", [user["primaryEmail"] for user in users], emails)
    down = apis.users.list(customer=customer_id, orderBy="email", sortOrder="DESCENDING").execute()
    checks.equal("the other way round", [user["primaryEmail"] for user in down["users"]], emails[::-1])
    checks.refused("a list of nobody's", apis.users.list(maxResults=5).execute, 400, "badRequest")
    checks.refused("a domain for a customer", apis.users.list(customer=domain).execute, 400, "badRequest")
    too_many = apis.users.list(customer=customer_id, maxResults=501)
    checks.refused("a page of 501", too_many.execute, 400)
    strange = apis.users.list(customer=customer_id, pageToken="this-is-no-token")
    checks.refused("a page token from nowhere", strange.execute, 400)
    found = apis.users.list(customer=customer_id, query="email:user0*").execute()
    checks.equal("a query by prefix", len(found.get("users", [])), 10)
    return emails


def one(checks, apis, customer_id, domain):
    """A single user's life."""
    old, new = f"user00@{domain}", f"grace@{domain}"
    changed = apis.users.update(userKey=old, body={"name": {"familyName": "Hopper"}}).execute()
    checks.equal("update changes what it names, no more", (changed["name"]["givenName"], changed["name"]["familyName"]), ("user00", "Hopper"))
    ids = [{"type": "custom", "customType": "seatwright", "value": "u-1"}]
    apis.users.patch(userKey=old, body={"externalIds": ids}).execute()
    checks.equal("what is ours in the record stays", apis.users.get(userKey=old).execute().get("externalIds"), ids)
    apis.users.patch(userKey=old, body={"suspended": True}).execute()
    shown = apis.users.list(customer=customer_id, query="isSuspended=true").execute()
    checks.equal("a suspended user can be found by that", [it["primaryEmail"] for it in shown.get("users", [])], [old])
    apis.users.patch(userKey=old, body={"suspended": False}).execute()

    renamed = apis.users.update(userKey=old, body={"primaryEmail": new}).execute()
    checks.equal("a user is renamed", renamed["primaryEmail"], new)
    checks.equal("the old address stays its alias", apis.users.get(userKey=old).execute()["primaryEmail"], new)
    again = apis.users.insert(body=user_body(old))
    checks.refused("and blocks that address", again.execute, 409, "duplicate")

    user_id = renamed["id"]
    apis.users.delete(userKey=new).execute()
    checks.refused("a deleted user is gone", apis.users.get(userKey=new).execute, 404, "notFound")
    gone = apis.users.list(customer=customer_id, showDeleted="true").execute().get("users", [])
    checks.equal("but among the deleted", [it["primaryEmail"] for it in gone], [new])
    checks.true("with the time of it", all(it.get("deletionTime") for it in gone), gone)
    apis.users.undelete(userKey=user_id, body={"orgUnitPath": "/"}).execute()
    checks.equal("and comes back by its id", apis.users.get(userKey=new).execute()["id"], user_id)
    by_name = apis.users.undelete(userKey=f"user01@{domain}", body={"orgUnitPath": "/"})
    checks.refused("who isn't deleted can't come back", by_name.execute, None)


def addresses(checks, apis, customer_id, domain):
    """Aliases and domains."""
    user, alias = f"user02@{domain}", f"second@{domain}"
    made = apis.users.aliases().insert(userKey=user, body={"alias": alias}).execute()
    checks.has("an alias", made, {"alias": alias, "primaryEmail": user})
    listed = apis.users.aliases().list(userKey=user).execute()
    checks.equal("is listed", [it["alias"] for it in listed["aliases"]], [alias])
    shown = apis.users.get(userKey=alias).execute()
    checks.has("names its user", shown, {"primaryEmail": user, "aliases": [alias]})
    taken = apis.users.aliases().insert(userKey=f"user03@{domain}", body={"alias": alias})
    checks.refused("and belongs to one alone", taken.execute, 409, "duplicate")
    apis.users.aliases().delete(userKey=user, alias=alias).execute()
    checks.refused("until it is deleted", apis.users.get(userKey=alias).execute, 404, "notFound")

    domains = apis.directory.domains()
    first = domains.list(customer=customer_id).execute()["domains"]
    checks.equal("the primary domain", [(it["domainName"], it["isPrimary"]) for it in first], [(domain, True)])
    second = f"second-{domain}"
    made = domains.insert(customer=customer_id, body={"domainName": second}).execute()
    checks.has("a second domain is unverified at first", made, {"domainName": second, "isPrimary": False, "verified": False})
    checks.true("its age is a number in a string", domains.get(customer=customer_id, domainName=second).execute()["creationTime"].isdigit())
    swap = apis.directory.customers().patch(customerKey=customer_id, body={"customerDomain": second})
    checks.refused("so it can't be the primary", swap.execute, None)
    domains.delete(customer=customer_id, domainName=second).execute()
    checks.refused("it goes again", domains.get(customer=customer_id, domainName=second).execute, 404, "notFound")
    aliases = apis.directory.domainAliases()
    body = {"domainAliasName": f"alias-{domain}", "parentDomainName": domain}
    checks.has("an alias of a domain", aliases.insert(customer=customer_id, body=body).execute(), body)
    listed = aliases.list(customer=customer_id).execute()["domainAliases"]
    checks.equal("in its list", [it["domainAliasName"] for it in listed], [f"alias-{domain}"])
    aliases.delete(customer=customer_id, domainAliasName=f"alias-{domain}").execute()


def structure(checks, apis, customer_id, domain):
    """Org units, groups and who is in them."""
    units = apis.directory.orgunits()
    body = {"name": "Sales", "parentOrgUnitPath": "/", "description": "sells"}
    made = units.insert(customerId=customer_id, body=body).execute()
    checks.has("an org unit", made, {"name": "Sales", "orgUnitPath": "/Sales", "parentOrgUnitPath": "/"})
    units.insert(customerId=customer_id, body={"name": "North", "parentOrgUnitPath": "/Sales"}).execute()
    direct = units.list(customerId=customer_id).execute()["organizationUnits"]
    whole = units.list(customerId=customer_id, type="all").execute()["organizationUnits"]
    checks.equal("the list shows children, or all", ([it["orgUnitPath"] for it in direct], sorted(it["orgUnitPath"] for it in whole)), (["/Sales"], ["/Sales", "/Sales/North"]))
    moved = apis.users.update(userKey=f"user04@{domain}", body={"orgUnitPath": "/Sales/North"}).execute()
    checks.equal("a user moves", moved["orgUnitPath"], "/Sales/North")
    found = apis.users.list(customer=customer_id, query="orgUnitPath=/Sales").execute()
    checks.equal("and is found in the subtree", [it["primaryEmail"] for it in found.get("users", [])], [f"user04@{domain}"])
    checks.refused("a full org unit stays", units.delete(customerId=customer_id, orgUnitPath="Sales/North").execute, None)
    apis.users.update(userKey=f"user04@{domain}", body={"orgUnitPath": "/"}).execute()
    units.delete(customerId=customer_id, orgUnitPath="Sales/North").execute()
    checks.refused("an empty one goes", units.get(customerId=customer_id, orgUnitPath="Sales/North").execute, 404, "notFound")

    groups, members = apis.directory.groups(), apis.directory.members()
    group = f"team@{domain}"
    made = groups.insert(body={"email": group, "name": "Team"}).execute()
    checks.has("a group", made, {"kind": "admin#directory#group", "email": group, "name": "Team"})
    for name, role in (("user05", "MEMBER"), ("user06", "OWNER"), ("user07", "MEMBER")):
        members.insert(groupKey=group, body={"email": f"{name}@{domain}", "role": role}).execute()
    pages, inside = walk(members, members.list(groupKey=group, maxResults=2), "members")
    checks.equal("three members on two pages", (pages, len(inside)), (2, 3))
    owners = members.list(groupKey=group, roles="OWNER").execute()["members"]
    checks.equal("by their role", [it["email"] for it in owners], [f"user06@{domain}"])
    counted = groups.get(groupKey=group).execute()["directMembersCount"]
    checks.equal("the group counts them, in a string", counted, "3")
    twice = members.insert(groupKey=group, body={"email": f"user05@{domain}"})
    checks.refused("nobody is in it twice", twice.execute, 409, "duplicate")
    asked = members.hasMember(groupKey=group, memberKey=f"user05@{domain}").execute()
    checks.equal("one can ask", asked["isMember"], True)
    members.delete(groupKey=group, memberKey=f"user05@{domain}").execute()
    checks.refused("who leaves is out", members.get(groupKey=group, memberKey=f"user05@{domain}").execute, 404, "notFound")
    mine = groups.list(userKey=f"user06@{domain}").execute()["groups"]
    checks.equal("a user's groups", [it["email"] for it in mine], [group])
    groups.delete(groupKey=group).execute()
    checks.refused("the group goes", groups.get(groupKey=group).execute, 404, "notFound")
