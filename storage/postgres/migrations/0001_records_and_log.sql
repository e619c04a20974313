-- One table for each kind of record, as it is now; the log of how it came to be;
-- and the head, whose one row is the writers' queue. Only package postgres
-- writes here: what is changed by hand is not in the log.
--
-- Ids and names are compared byte by byte, whatever the database's collation.
-- NULL stands for what is not set: no manager, no end, nobody. Instants are UTC.
-- Permissions stand by name.

-- The newest commit, and where the log begins. Whoever writes locks the row
-- first. sum is a checksum over all records at the checkpoint; aside names the
-- last change of the notes.
CREATE TABLE clientaccess.head (
	one              boolean PRIMARY KEY DEFAULT true CHECK (one),
	store            text COLLATE "C" NOT NULL,
	rev              bigint NOT NULL CHECK (rev >= checkpoint_rev),
	at               timestamptz,
	chain            bytea NOT NULL CHECK (octet_length(chain) = 32),
	checkpoint_rev   bigint NOT NULL CHECK (checkpoint_rev >= 0),
	checkpoint_at    timestamptz,
	checkpoint_chain bytea NOT NULL CHECK (octet_length(checkpoint_chain) = 32),
	checkpoint_sum   text COLLATE "C" NOT NULL,
	aside            text COLLATE "C" NOT NULL
);

-- The log: one row for each commit, numbered without a gap. entry is random and
-- the commit's own; chain links it with the one before; body is the commit in
-- the binary form of package storage, with every record before and after.
CREATE TABLE clientaccess.log (
	rev   bigint PRIMARY KEY CHECK (rev > 0),
	entry text COLLATE "C" NOT NULL UNIQUE,
	at    timestamptz NOT NULL,
	chain bytea NOT NULL CHECK (octet_length(chain) = 32),
	body  bytea NOT NULL
);

-- Which commits of the log have data of a person: what to write anew when they
-- are erased.
CREATE TABLE clientaccess.log_users (
	user_id text COLLATE "C" NOT NULL,
	rev     bigint NOT NULL,
	PRIMARY KEY (user_id, rev)
);
CREATE INDEX log_users_by_rev ON clientaccess.log_users (rev);

-- Notes beside the log: what happens often and proves nothing.
CREATE TABLE clientaccess.notes (
	key  text COLLATE "C" PRIMARY KEY CHECK (key <> ''),
	note bytea NOT NULL
);

-- The permission catalogue that the store was last opened with, as JSON.
CREATE TABLE clientaccess.catalog (
	id          text COLLATE "C" PRIMARY KEY CHECK (id = 'catalog'),
	declaration text COLLATE "C" NOT NULL
);

-- People. Of somebody who was erased only the id and the digest are left.
CREATE TABLE clientaccess.users (
	user_id text COLLATE "C" PRIMARY KEY,
	name    text COLLATE "C",
	email   text COLLATE "C" UNIQUE,
	salt    bytea,
	person  bytea NOT NULL
);

CREATE TABLE clientaccess.partners (
	partner_id text COLLATE "C" PRIMARY KEY,
	name       text COLLATE "C" NOT NULL,
	kind       text COLLATE "C" NOT NULL,
	closed     boolean NOT NULL
);

-- A domain belongs to one partner.
CREATE TABLE clientaccess.partner_domains (
	domain     text COLLATE "C" PRIMARY KEY,
	partner_id text COLLATE "C" NOT NULL,
	CONSTRAINT partner_domains_partner FOREIGN KEY (partner_id) REFERENCES clientaccess.partners
);
CREATE INDEX partner_domains_by_partner ON clientaccess.partner_domains (partner_id);

-- A user's place in a partner account. views and edits are the two powers over
-- the partner's employees.
CREATE TABLE clientaccess.employees (
	partner_id   text COLLATE "C" NOT NULL,
	user_id      text COLLATE "C" NOT NULL,
	kind         text COLLATE "C" NOT NULL CHECK (kind IN ('staff', 'contractor')),
	status       text COLLATE "C" NOT NULL CHECK (status IN ('employed', 'suspended', 'left')),
	super_admin  boolean NOT NULL,
	views        boolean NOT NULL,
	edits        boolean NOT NULL,
	paused       boolean NOT NULL,
	paused_until timestamptz,
	confirmed    boolean NOT NULL,
	since        timestamptz,
	PRIMARY KEY (partner_id, user_id),
	CONSTRAINT employees_partner FOREIGN KEY (partner_id) REFERENCES clientaccess.partners,
	CONSTRAINT employees_user FOREIGN KEY (user_id) REFERENCES clientaccess.users
);
CREATE INDEX employees_by_user ON clientaccess.employees (user_id);

CREATE TABLE clientaccess.templates (
	partner_id  text COLLATE "C" NOT NULL,
	name        text COLLATE "C" NOT NULL,
	permissions text[] NOT NULL,
	PRIMARY KEY (partner_id, name),
	CONSTRAINT templates_partner FOREIGN KEY (partner_id) REFERENCES clientaccess.partners
);

-- Access links, without their secrets.
CREATE TABLE clientaccess.links (
	selector    text COLLATE "C" PRIMARY KEY,
	partner_id  text COLLATE "C" NOT NULL,
	employee_id text COLLATE "C" NOT NULL,
	permissions text[] NOT NULL,
	shows       bytea,
	hash        bytea NOT NULL,
	issued_by   text COLLATE "C" NOT NULL,
	issued      timestamptz,
	expires     timestamptz,
	revoked     boolean NOT NULL,
	CONSTRAINT links_employee FOREIGN KEY (partner_id, employee_id) REFERENCES clientaccess.employees
);
CREATE INDEX links_by_employee ON clientaccess.links (partner_id, employee_id);

CREATE TABLE clientaccess.clients (
	client_id    text COLLATE "C" PRIMARY KEY,
	name         text COLLATE "C" NOT NULL,
	closed       boolean NOT NULL,
	super_admins bigint NOT NULL CHECK (super_admins >= 0)
);

-- The managed relationship between a partner and a client. limited is the end
-- that the client set; members counts those whom the partner manages there.
CREATE TABLE clientaccess.relationships (
	partner_id  text COLLATE "C" NOT NULL,
	client_id   text COLLATE "C" NOT NULL,
	client_name text COLLATE "C",
	phase       text COLLATE "C" NOT NULL CHECK (phase IN ('active', 'ending', 'ended')),
	started     timestamptz,
	activity    timestamptz,
	ends        timestamptz,
	limited     timestamptz,
	ended       timestamptz,
	members     bigint NOT NULL CHECK (members >= 0),
	PRIMARY KEY (partner_id, client_id),
	CONSTRAINT relationships_partner FOREIGN KEY (partner_id) REFERENCES clientaccess.partners,
	CONSTRAINT relationships_client FOREIGN KEY (client_id) REFERENCES clientaccess.clients,
	CONSTRAINT relationships_members CHECK ((phase = 'active') = (members > 0))
);
CREATE INDEX relationships_by_client ON clientaccess.relationships (client_id);

-- A user's place in a client account: one for each user and client. manager_id
-- is the partner through which they came, NULL for the client's own.
CREATE TABLE clientaccess.members (
	client_id      text COLLATE "C" NOT NULL,
	user_id        text COLLATE "C" NOT NULL,
	role           text COLLATE "C" NOT NULL CHECK (role IN ('super admin', 'partner admin', 'standard')),
	permissions    text[] NOT NULL,
	manager_id     text COLLATE "C",
	linked         boolean NOT NULL,
	deactivated    text COLLATE "C" CHECK (deactivated IN ('partner', 'client')),
	paid_seat      boolean NOT NULL,
	template       text COLLATE "C",
	ends           timestamptz,
	ends_by_client boolean NOT NULL,
	since          timestamptz,
	term_from      timestamptz,
	by_kind        text COLLATE "C",
	by_user        text COLLATE "C",
	by_partner     text COLLATE "C",
	PRIMARY KEY (client_id, user_id),
	CONSTRAINT members_client FOREIGN KEY (client_id) REFERENCES clientaccess.clients,
	CONSTRAINT members_user FOREIGN KEY (user_id) REFERENCES clientaccess.users,
	CONSTRAINT members_relationship FOREIGN KEY (manager_id, client_id) REFERENCES clientaccess.relationships,
	CONSTRAINT members_super_admin_own CHECK (role <> 'super admin' OR manager_id IS NULL AND ends IS NULL),
	CONSTRAINT members_partner_admin_managed CHECK (role <> 'partner admin' OR manager_id IS NOT NULL),
	CONSTRAINT members_seat CHECK (NOT paid_seat OR manager_id IS NULL)
);
CREATE INDEX members_by_user ON clientaccess.members (user_id);

-- What a client has laid down for one partner. ceiling is in force where
-- has_ceiling says so.
CREATE TABLE clientaccess.terms (
	client_id       text COLLATE "C" NOT NULL,
	partner_id      text COLLATE "C" NOT NULL,
	has_ceiling     boolean NOT NULL,
	ceiling         text[] NOT NULL,
	paused          boolean NOT NULL,
	paused_until    timestamptz,
	longest_seconds bigint NOT NULL CHECK (longest_seconds >= 0),
	PRIMARY KEY (client_id, partner_id),
	CONSTRAINT terms_client FOREIGN KEY (client_id) REFERENCES clientaccess.clients,
	CONSTRAINT terms_partner FOREIGN KEY (partner_id) REFERENCES clientaccess.partners
);
CREATE INDEX terms_by_partner ON clientaccess.terms (partner_id);

-- What a client's side has said about one user, apart from any membership.
CREATE TABLE clientaccess.standings (
	client_id    text COLLATE "C" NOT NULL,
	user_id      text COLLATE "C" NOT NULL,
	barred       boolean NOT NULL,
	ends         timestamptz,
	paused       boolean NOT NULL,
	paused_until timestamptz,
	PRIMARY KEY (client_id, user_id),
	CONSTRAINT standings_client FOREIGN KEY (client_id) REFERENCES clientaccess.clients,
	CONSTRAINT standings_user FOREIGN KEY (user_id) REFERENCES clientaccess.users
);
CREATE INDEX standings_by_user ON clientaccess.standings (user_id);

-- Calls that carried a key, so that each happens once.
CREATE TABLE clientaccess.calls (
	owner         bytea PRIMARY KEY,
	content       bytea NOT NULL,
	revision      bigint NOT NULL,
	members       bigint NOT NULL,
	records       bigint NOT NULL,
	relationships bigint NOT NULL,
	notifications bigint NOT NULL,
	skipped       bigint NOT NULL,
	until         timestamptz NOT NULL
);
