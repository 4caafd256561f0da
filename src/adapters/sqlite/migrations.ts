/**
 * The database's format, step by step: `MIGRATIONS[n]` leads from version n to n + 1 (`user_version`). A released step never
 * changes; a new format is a new step at the end. Owns SQL text only.
 *
 * The timeline has one index beside its key: each more is a page more in every durable append, and a cluster's entries are read
 * from the newest backwards anyway.
 */
const VERSION_1 = `
CREATE TABLE run (
  ordinal INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  cluster TEXT NOT NULL,
  strategy TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('drafted','awaiting-approval','approved','running','paused','succeeded','failed',
    'rolled-back','aborted','rejected','expired','superseded','stale')),
  plan TEXT NOT NULL CHECK (json_valid(plan)),
  compiled TEXT NOT NULL CHECK (json_valid(compiled)),
  digest TEXT NOT NULL,
  requested_by TEXT NOT NULL,
  requester_described_as TEXT NOT NULL,
  reason TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  explanation TEXT,
  resumes INTEGER NOT NULL,
  code_version TEXT NOT NULL,
  incident TEXT,
  abort_requested_by TEXT
) STRICT;
CREATE UNIQUE INDEX run_active ON run (cluster)
  WHERE state IN ('drafted','awaiting-approval','approved','running','paused');
CREATE INDEX run_by_cluster ON run (cluster, created_at, ordinal);
CREATE INDEX run_by_time ON run (created_at, ordinal);
CREATE INDEX run_pending ON run (expires_at) WHERE state = 'awaiting-approval';

CREATE TABLE step (
  run TEXT NOT NULL REFERENCES run (id),
  ordinal INTEGER NOT NULL,
  id TEXT NOT NULL,
  member TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending','started','done','failed','unknown')),
  attempts INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  exit_code INTEGER,
  note TEXT,
  output TEXT,
  PRIMARY KEY (run, ordinal),
  UNIQUE (run, id, member)
) STRICT, WITHOUT ROWID;

CREATE TABLE approval (
  run TEXT NOT NULL REFERENCES run (id),
  ordinal INTEGER NOT NULL,
  by TEXT NOT NULL,
  described_as TEXT NOT NULL,
  at INTEGER NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('approve','reject')),
  reason TEXT,
  PRIMARY KEY (run, ordinal),
  UNIQUE (run, by, decision)
) STRICT, WITHOUT ROWID;

CREATE TABLE action (
  token_hash TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('approve','reject','abort','resume-retry','resume-done')),
  run TEXT NOT NULL REFERENCES run (id),
  step TEXT,
  member TEXT,
  consumed_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE timeline (
  sequence INTEGER PRIMARY KEY,
  happened_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  cluster TEXT,
  run TEXT,
  incident TEXT,
  member TEXT,
  actor TEXT NOT NULL,
  text TEXT NOT NULL,
  evidence TEXT,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX timeline_by_run ON timeline (run, sequence) WHERE run IS NOT NULL;
CREATE TRIGGER timeline_no_update BEFORE UPDATE ON timeline BEGIN SELECT RAISE(ABORT, 'the timeline is append-only'); END;
CREATE TRIGGER timeline_no_delete BEFORE DELETE ON timeline BEGIN SELECT RAISE(ABORT, 'the timeline is append-only'); END;

CREATE TABLE card (
  ordinal INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  subject_run TEXT REFERENCES run (id),
  subject_sequence INTEGER REFERENCES timeline (sequence),
  platform TEXT NOT NULL,
  channel TEXT NOT NULL,
  user TEXT,
  thread TEXT,
  parent TEXT REFERENCES card (id) DEFERRABLE INITIALLY DEFERRED,
  external_id TEXT,
  revision INTEGER NOT NULL,
  delivered_revision INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  not_before INTEGER NOT NULL,
  gone_because TEXT,
  last_failure TEXT,
  CHECK ((subject_run IS NULL) <> (subject_sequence IS NULL))
) STRICT;
CREATE INDEX card_by_run ON card (subject_run) WHERE subject_run IS NOT NULL;
CREATE INDEX card_by_sequence ON card (subject_sequence) WHERE subject_sequence IS NOT NULL;
CREATE INDEX card_behind ON card (ordinal) WHERE delivered_revision < revision AND gone_because IS NULL;

CREATE TABLE delivery (id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_by_time ON delivery (at);

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

/** Incidents, what only some timeline entries have, and cards that show an incident (a CHECK can't be changed in place). */
const VERSION_2 = `
CREATE TABLE incident (
  ordinal INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  cluster TEXT NOT NULL,
  title TEXT NOT NULL,
  severity TEXT NOT NULL CHECK (severity IN ('critical','major','minor')),
  state TEXT NOT NULL CHECK (state IN ('open','acknowledged','mitigated','resolved')),
  lead TEXT,
  origin TEXT NOT NULL CHECK (origin IN ('person','recover','watch')),
  platform TEXT NOT NULL,
  channel TEXT NOT NULL,
  thread TEXT,
  opened_at INTEGER NOT NULL,
  opened_by TEXT NOT NULL,
  acknowledged_at INTEGER,
  acknowledged_by TEXT,
  mitigated_at INTEGER,
  mitigated_by TEXT,
  resolved_at INTEGER,
  resolved_by TEXT,
  reopens INTEGER NOT NULL,
  summary TEXT
) STRICT;
CREATE UNIQUE INDEX incident_open ON incident (cluster) WHERE state <> 'resolved';
CREATE INDEX incident_by_cluster ON incident (cluster, opened_at, ordinal);
CREATE INDEX run_by_incident ON run (incident) WHERE incident IS NOT NULL;

ALTER TABLE timeline ADD COLUMN since INTEGER;
ALTER TABLE timeline ADD COLUMN corrects INTEGER;
ALTER TABLE timeline ADD COLUMN state TEXT;
ALTER TABLE timeline ADD COLUMN finding TEXT;
ALTER TABLE timeline ADD COLUMN members TEXT;
ALTER TABLE timeline ADD COLUMN author TEXT;
ALTER TABLE timeline ADD COLUMN link TEXT;
CREATE INDEX timeline_by_incident ON timeline (incident, sequence) WHERE incident IS NOT NULL;

CREATE TABLE card_2 (
  ordinal INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  subject_run TEXT REFERENCES run (id),
  subject_sequence INTEGER REFERENCES timeline (sequence),
  subject_incident TEXT REFERENCES incident (id),
  platform TEXT NOT NULL,
  channel TEXT NOT NULL,
  user TEXT,
  thread TEXT,
  parent TEXT REFERENCES card_2 (id) DEFERRABLE INITIALLY DEFERRED,
  external_id TEXT,
  revision INTEGER NOT NULL,
  delivered_revision INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  not_before INTEGER NOT NULL,
  gone_because TEXT,
  last_failure TEXT,
  CHECK ((subject_run IS NOT NULL) + (subject_sequence IS NOT NULL) + (subject_incident IS NOT NULL) = 1)
) STRICT;
INSERT INTO card_2 (ordinal, id, subject_run, subject_sequence, subject_incident, platform, channel, user, thread, parent,
    external_id, revision, delivered_revision, attempts, not_before, gone_because, last_failure)
  SELECT ordinal, id, subject_run, subject_sequence, NULL, platform, channel, user, thread, parent, external_id, revision,
    delivered_revision, attempts, not_before, gone_because, last_failure FROM card;
DROP TABLE card;
ALTER TABLE card_2 RENAME TO card;
CREATE INDEX card_by_run ON card (subject_run) WHERE subject_run IS NOT NULL;
CREATE INDEX card_by_sequence ON card (subject_sequence) WHERE subject_sequence IS NOT NULL;
CREATE INDEX card_by_incident ON card (subject_incident) WHERE subject_incident IS NOT NULL;
CREATE INDEX card_by_message ON card (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX card_behind ON card (ordinal) WHERE delivered_revision < revision AND gone_because IS NULL;
`;

/** Entries that led to an incident, named by the one that opens it. */
const VERSION_3 = 'ALTER TABLE timeline ADD COLUMN includes TEXT;';

export const MIGRATIONS: readonly string[] = [VERSION_1, VERSION_2, VERSION_3];

/** `application_id` of the file, "LkSt": another program's database is never migrated. */
export const APPLICATION_ID = 0x4c6b5374;
