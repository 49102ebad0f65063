-- One distributor of Google Workspace: the owner of every other row.
create table distributor (
  id text not null primary key,
  name text not null,
  -- When the engine last took up work of this distributor (ms); the longest waiting goes first.
  served_at bigint not null default 0,
  created_at bigint not null
);

-- Facts about this installation, such as the canary that proves the master key.
create table setting (
  name text not null primary key,
  value text not null
);

-- Browser sessions, by the SHA-256 of their id. Not of a distributor until somebody signs in.
create table session (
  id text not null primary key,
  body text not null,
  expires_at bigint not null
);

create table operator (
  distributor text not null references distributor (id),
  id text not null,
  -- Lower case. Unique over all distributors: it is what a person signs in with.
  email text not null unique,
  -- Argon2id in PHC form.
  password_hash text not null,
  created_at bigint not null,
  primary key (distributor, id)
);

create table api_key (
  distributor text not null references distributor (id),
  id text not null,
  name text not null,
  -- Hex SHA-256 of a key of 256 random bits.
  hash text not null unique,
  -- The first characters of the key, so that a person can tell keys apart.
  hint text not null,
  created_at bigint not null,
  revoked_at bigint,
  primary key (distributor, id)
);

create table instance (
  distributor text not null references distributor (id),
  id text not null,
  system_name text not null,
  client_id text not null,
  -- Sealed.
  client_secret text not null,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (distributor, id),
  unique (distributor, system_name)
);

create table credential (
  distributor text not null references distributor (id),
  id text not null,
  instance text not null,
  -- candidate: its checks are not through. current: in force. leaving: to be revoked at Google.
  -- lost: Google withdrew it; kept so that disconnecting can still revoke it.
  -- replaced, revoked: history, without the token.
  state text not null,
  -- Sealed; empty once the credential is history.
  refresh_token text not null,
  account_email text not null,
  -- Google's stable id of the account.
  account_subject text not null,
  -- Space-separated, as granted.
  scopes text not null,
  granted_at bigint not null,
  ended_at bigint,
  end_reason text,
  primary key (distributor, id)
);
create index credential_of_instance on credential (distributor, instance, state);

create table activation (
  distributor text not null references distributor (id),
  id text not null,
  instance text not null,
  -- console or link.
  origin text not null,
  status text not null,
  -- Hashes of what the browser brings: the one-time link, the state parameter, its cookie.
  link_hash text unique,
  state_hash text unique,
  browser_hash text,
  -- Sealed PKCE verifier and authorization code; emptied once used.
  verifier text,
  code text,
  redirect_uri text not null,
  started_at bigint not null,
  -- Until when the browser may come back (ms).
  expires_at bigint not null,
  -- When the code was sent to Google; set without an end means the answer was lost.
  exchange_at bigint,
  -- The credential that the code brought, once exchanged.
  credential text,
  checks text not null,
  fault text,
  ended_at bigint,
  primary key (distributor, id)
);
create index activation_of_instance on activation (distributor, instance, started_at);

create table customer (
  distributor text not null references distributor (id),
  id text not null,
  instance text not null,
  domain text not null,
  organization text not null,
  created_at bigint not null,
  primary key (distributor, id),
  unique (distributor, domain)
);

create table subscription (
  distributor text not null references distributor (id),
  id text not null,
  customer text not null,
  primary key (distributor, id)
);

-- The wish. Written by DistributorStore::place_order only.
create table desired (
  distributor text not null references distributor (id),
  customer text not null,
  generation bigint not null,
  body text not null,
  primary key (distributor, customer)
);

-- What Google showed. Written by the engine only.
create table observed (
  distributor text not null references distributor (id),
  customer text not null,
  body text not null,
  primary key (distributor, customer)
);

-- One row per customer or instance that has something to do: ten wishes are one piece of work.
create table work (
  distributor text not null references distributor (id),
  -- customer or instance.
  kind text not null,
  key text not null,
  due_at bigint not null,
  -- Until when somebody holds it; 0: nobody. Past and not 0: the holder died.
  lease_until bigint not null default 0,
  -- Grows with every claim; every write of the engine is fenced by it.
  epoch bigint not null default 0,
  -- The generation that was last fully reached.
  converged bigint not null default 0,
  -- A look at Google is owed unless the last one is younger than this (ms).
  look_from bigint not null default 0,
  -- Turns in a row that did not get on.
  tries bigint not null default 0,
  -- Why the last turn did not get on.
  error text,
  primary key (distributor, kind, key)
);
create index work_due on work (lease_until, due_at);

create table orders (
  distributor text not null references distributor (id),
  id text not null,
  -- The caller's own id.
  reference text not null,
  customer text not null,
  subscription text not null,
  instance text not null,
  -- api or console.
  source text not null,
  body_hash text not null,
  created_at bigint not null,
  primary key (distributor, id),
  unique (distributor, reference)
);
create index orders_of_customer on orders (distributor, customer);

create table idempotency (
  distributor text not null references distributor (id),
  key text not null,
  body_hash text not null,
  order_id text not null,
  created_at bigint not null,
  primary key (distributor, key)
);

-- A first password and the one-time link to it.
create table secret (
  distributor text not null references distributor (id),
  id text not null,
  customer text not null,
  -- Sealed; emptied when the link was opened.
  password text not null,
  -- Sealed token of the link, for a mail that has to be sent again.
  link text not null,
  link_hash text not null unique,
  created_at bigint not null,
  expires_at bigint not null,
  opened_at bigint,
  primary key (distributor, id)
);

-- The journal: an intent is committed before its call; no outcome means nobody knows.
create table attempt (
  distributor text not null references distributor (id),
  customer text not null,
  seq bigint not null,
  epoch bigint not null,
  started_at bigint not null,
  -- Null: a look, which changes nothing.
  step text,
  outcome text,
  ended_at bigint,
  -- The exchanges with Google, without bodies.
  calls text not null,
  primary key (distributor, customer, seq)
);
create index attempt_open on attempt (distributor, customer) where outcome is null;

create table event (
  distributor text not null references distributor (id),
  -- A customer's or an instance's id.
  subject text not null,
  seq bigint not null,
  at bigint not null,
  body text not null,
  primary key (distributor, subject, seq)
);
