-- +goose Up

-- A case's own row: what it is now. How it came to be so is in events.
CREATE TABLE cases (
    id                  text PRIMARY KEY,
    source              text NOT NULL,
    source_id           text NOT NULL,
    receipt_number      text NOT NULL,
    seq                 bigint NOT NULL,
    version             bigint NOT NULL,
    last_recorded_at    datetime NOT NULL,
    content_digest      blob NOT NULL,
    status              text NOT NULL,
    round               bigint NOT NULL,
    channel             text NOT NULL,
    nature              text NOT NULL,
    received_as         text NOT NULL,
    route               bigint NOT NULL,
    category            text NOT NULL,
    urgency             text NOT NULL,
    profile             text NOT NULL,
    petition            boolean NOT NULL,
    simple_petition     boolean NOT NULL,
    group_petition      boolean NOT NULL,
    headcount           bigint NOT NULL,
    confidential        boolean NOT NULL,
    unrouted            boolean NOT NULL,
    area_id             text REFERENCES units (id),
    origin_unit_id      text NOT NULL REFERENCES units (id),
    lead_unit_id        text NOT NULL REFERENCES units (id),
    handling_unit_id    text REFERENCES units (id),
    proposed_unit_id    text REFERENCES units (id),
    first_responder     text NOT NULL REFERENCES users (id),
    handler_id          text REFERENCES users (id),
    responsible_id      text NOT NULL REFERENCES users (id),
    responsible_unit_id text NOT NULL REFERENCES units (id),
    responsible_role    text NOT NULL,
    responsible_head    boolean NOT NULL,
    awaiting_unit_id    text REFERENCES units (id),
    awaiting_role       text NOT NULL,
    awaiting_head       boolean NOT NULL,
    awaiting_id         text REFERENCES users (id),
    pending_sign_off    bigint NOT NULL,
    sign_off_count      bigint NOT NULL,
    notice_count        bigint NOT NULL,
    party_count         bigint NOT NULL,
    query_reissue       bigint NOT NULL,
    petitioner_user_id  text REFERENCES users (id),
    filed_by            text REFERENCES users (id),
    received_at         datetime NOT NULL,
    registered_at       datetime NOT NULL,
    accepted_at         datetime,
    closed_at           datetime,
    outcome             text NOT NULL,
    disputed_at         datetime,
    rated_at            datetime,
    contacted           boolean,
    resolved            boolean,
    satisfied           boolean
);
CREATE UNIQUE INDEX cases_receipt ON cases (receipt_number);
CREATE UNIQUE INDEX cases_source ON cases (source, source_id) WHERE source <> '';
CREATE INDEX cases_received ON cases (received_at, id);
CREATE INDEX cases_responsible ON cases (responsible_id, id);
CREATE INDEX cases_awaiting ON cases (awaiting_unit_id, awaiting_role, id) WHERE awaiting_unit_id IS NOT NULL;
CREATE INDEX cases_lead ON cases (lead_unit_id);
CREATE INDEX cases_handling ON cases (handling_unit_id) WHERE handling_unit_id IS NOT NULL;
CREATE INDEX cases_handler ON cases (handler_id, id) WHERE handler_id IS NOT NULL;
CREATE INDEX cases_petitioner ON cases (petitioner_user_id, id) WHERE petitioner_user_id IS NOT NULL;
CREATE INDEX cases_filed_by ON cases (filed_by, id) WHERE filed_by IS NOT NULL;

-- Which units take part in a case, and so may see it.
CREATE TABLE case_units (
    case_id   text NOT NULL REFERENCES cases (id),
    unit_path text NOT NULL,
    part      text NOT NULL,
    unit_id   text NOT NULL REFERENCES units (id),
    since     datetime NOT NULL,
    PRIMARY KEY (case_id, unit_path, part)
);
CREATE INDEX case_units_path ON case_units (unit_path, case_id);

-- Personal data, sealed column by column; phone and id number can be found by
-- their blind indexes alone.
CREATE TABLE parties (
    case_id       text NOT NULL REFERENCES cases (id),
    n             bigint NOT NULL,
    kind          text NOT NULL,
    name_enc      blob,
    phone_enc     blob,
    id_number_enc blob,
    address_enc   blob,
    phone_bidx    blob,
    id_bidx       blob,
    PRIMARY KEY (case_id, n)
);
CREATE INDEX parties_phone ON parties (phone_bidx) WHERE phone_bidx IS NOT NULL;
CREATE INDEX parties_id_number ON parties (id_bidx) WHERE id_bidx IS NOT NULL;

-- Free text, sealed. Events name a text by id and salted digest.
CREATE TABLE texts (
    id          text PRIMARY KEY,
    case_id     text NOT NULL REFERENCES cases (id),
    kind        text NOT NULL,
    body_enc    blob NOT NULL,
    salt        blob NOT NULL,
    public      boolean NOT NULL,
    author_id   text REFERENCES users (id),
    recorded_at datetime NOT NULL
);
CREATE INDEX texts_case ON texts (case_id, id);

CREATE TABLE clocks (
    id               text PRIMARY KEY,
    case_id          text NOT NULL REFERENCES cases (id),
    kind             text NOT NULL,
    round            bigint NOT NULL,
    unit_id          text NOT NULL REFERENCES units (id),
    subject          text NOT NULL,
    profile          text NOT NULL,
    profile_version  bigint NOT NULL,
    calendar_version bigint NOT NULL,
    debtor_unit_id   text NOT NULL REFERENCES units (id),
    debtor_role      text NOT NULL,
    debtor_head      boolean NOT NULL,
    debtor_id        text REFERENCES users (id),
    started_at       datetime NOT NULL,
    length           text NOT NULL,
    due_unrolled     text,
    due_at           datetime NOT NULL,
    due_on           text NOT NULL,
    due_version      bigint NOT NULL,
    provisional      boolean NOT NULL,
    state            text NOT NULL,
    met_at           datetime,
    breached_at      datetime,
    rung             bigint NOT NULL,
    next_at          datetime,
    attempts         bigint NOT NULL,
    error            text NOT NULL
);
CREATE UNIQUE INDEX clocks_identity ON clocks (case_id, kind, round, unit_id, subject);
CREATE INDEX clocks_next ON clocks (next_at, id) WHERE next_at IS NOT NULL;
CREATE INDEX clocks_debtor_person ON clocks (debtor_id) WHERE state = 'running' AND debtor_id IS NOT NULL;
CREATE INDEX clocks_debtor ON clocks (debtor_unit_id, debtor_role, due_at) WHERE state = 'running';
CREATE INDEX clocks_due ON clocks (due_at, case_id) WHERE state = 'running';
CREATE INDEX clocks_started ON clocks (started_at);

-- What was recorded at each rung of a ladder, once.
CREATE TABLE rungs (
    clock_id       text NOT NULL REFERENCES clocks (id),
    due_version    bigint NOT NULL,
    rung           bigint NOT NULL,
    case_id        text NOT NULL REFERENCES cases (id),
    event_seq      bigint NOT NULL,
    act            text NOT NULL,
    debtor_unit_id text NOT NULL REFERENCES units (id),
    debtor_role    text NOT NULL,
    debtor_head    boolean NOT NULL,
    debtor_id      text REFERENCES users (id),
    leader_unit_id text REFERENCES units (id),
    about_at       datetime NOT NULL,
    recorded_at    datetime NOT NULL,
    PRIMARY KEY (clock_id, due_version, rung)
);
CREATE INDEX rungs_case ON rungs (case_id);

CREATE TABLE escalations (
    id              text PRIMARY KEY,
    case_id         text NOT NULL REFERENCES cases (id),
    clock_id        text REFERENCES clocks (id),
    due_version     bigint NOT NULL,
    rung            bigint NOT NULL,
    level           bigint NOT NULL,
    cause           text NOT NULL,
    from_unit_id    text NOT NULL REFERENCES units (id),
    from_path       text NOT NULL,
    target_unit_id  text NOT NULL REFERENCES units (id),
    target_role     text NOT NULL,
    target_head     boolean NOT NULL,
    unroutable      boolean NOT NULL,
    state           text NOT NULL,
    opened_at       datetime NOT NULL,
    recorded_at     datetime NOT NULL,
    acknowledged_at datetime,
    acknowledged_by text REFERENCES users (id),
    resolved_at     datetime,
    resolved_by     text REFERENCES users (id)
);
CREATE UNIQUE INDEX escalations_rung ON escalations (clock_id, due_version, rung) WHERE clock_id IS NOT NULL;
CREATE INDEX escalations_case ON escalations (case_id);
CREATE INDEX escalations_from ON escalations (from_path, opened_at);
CREATE INDEX escalations_target ON escalations (target_unit_id, target_role, opened_at) WHERE state <> 'resolved';

CREATE TABLE sign_offs (
    id           text PRIMARY KEY,
    case_id      text NOT NULL REFERENCES cases (id),
    n            bigint NOT NULL,
    round        bigint NOT NULL,
    kind         text NOT NULL,
    state        text NOT NULL,
    unit_id      text NOT NULL REFERENCES units (id),
    outcome      text NOT NULL,
    reason       text NOT NULL,
    digest       blob NOT NULL,
    requested_by text REFERENCES users (id),
    requested_at datetime NOT NULL,
    decided_by   text REFERENCES users (id),
    decided_at   datetime,
    returned_for text NOT NULL
);
CREATE UNIQUE INDEX sign_offs_number ON sign_offs (case_id, n);
CREATE INDEX sign_offs_pending ON sign_offs (unit_id, requested_at) WHERE state = 'pending';

CREATE TABLE notices (
    id          text PRIMARY KEY,
    case_id     text NOT NULL REFERENCES cases (id),
    n           bigint NOT NULL,
    round       bigint NOT NULL,
    kind        text NOT NULL,
    number      text NOT NULL,
    unit_id     text NOT NULL REFERENCES units (id),
    issued_at   datetime NOT NULL,
    issued_by   text REFERENCES users (id),
    served_at   datetime,
    served_how  text NOT NULL,
    recorded_at datetime,
    served_by   text REFERENCES users (id)
);
CREATE UNIQUE INDEX notices_number ON notices (case_id, n);

-- The record. Rows are never changed or deleted: the one exception is their
-- place in the ledger, given once after they were committed.
CREATE TABLE events (
    subject_kind text NOT NULL,
    subject_id   text NOT NULL,
    seq          bigint NOT NULL,
    kind         text NOT NULL,
    actor_id     text REFERENCES users (id),
    post_unit_id text REFERENCES units (id),
    post_role    text NOT NULL,
    post_head    boolean NOT NULL,
    about_at     datetime NOT NULL,
    recorded_at  datetime NOT NULL,
    body         blob NOT NULL,
    ledger_pos   bigint,
    PRIMARY KEY (subject_kind, subject_id, seq)
);
CREATE UNIQUE INDEX events_ledger ON events (ledger_pos);
CREATE INDEX events_unsequenced ON events (recorded_at, subject_id, seq) WHERE ledger_pos IS NULL;

CREATE TABLE ledger (
    id   bigint PRIMARY KEY CHECK (id = 1),
    last bigint NOT NULL
);
INSERT INTO ledger (id, last) VALUES (1, 0);

-- Receipt numbers: consecutive for a unit and a day but for rollbacks.
CREATE TABLE counters (
    unit_id text NOT NULL REFERENCES units (id),
    day     text NOT NULL,
    n       bigint NOT NULL,
    PRIMARY KEY (unit_id, day)
);

-- The first answer to each keyed request, sealed, written with its effect.
CREATE TABLE idempotency (
    actor      text NOT NULL,
    key        text NOT NULL,
    digest     blob NOT NULL,
    answer_enc blob NOT NULL,
    created_at datetime NOT NULL,
    PRIMARY KEY (actor, key)
);
CREATE INDEX idempotency_created ON idempotency (created_at);

-- +goose StatementBegin
CREATE TRIGGER events_final BEFORE UPDATE ON events
WHEN NOT (OLD.ledger_pos IS NULL AND NEW.ledger_pos IS NOT NULL
    AND NEW.subject_kind = OLD.subject_kind AND NEW.subject_id = OLD.subject_id AND NEW.seq = OLD.seq
    AND NEW.kind = OLD.kind AND NEW.actor_id IS OLD.actor_id AND NEW.post_unit_id IS OLD.post_unit_id
    AND NEW.post_role = OLD.post_role AND NEW.post_head = OLD.post_head AND NEW.about_at = OLD.about_at
    AND NEW.recorded_at = OLD.recorded_at AND NEW.body = OLD.body)
BEGIN
    SELECT RAISE(ABORT, 'events are final');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER events_kept BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are final');
END;
-- +goose StatementEnd
