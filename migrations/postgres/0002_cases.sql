-- +goose Up

-- A case's own row: what it is now. How it came to be so is in events.
CREATE TABLE cases (
    id                  uuid PRIMARY KEY,
    source              text COLLATE "C" NOT NULL,
    source_id           text COLLATE "C" NOT NULL,
    receipt_number      text COLLATE "C" NOT NULL,
    seq                 bigint NOT NULL,
    version             bigint NOT NULL,
    last_recorded_at    timestamptz NOT NULL,
    content_digest      bytea NOT NULL,
    status              text COLLATE "C" NOT NULL,
    round               bigint NOT NULL,
    channel             text COLLATE "C" NOT NULL,
    nature              text COLLATE "C" NOT NULL,
    received_as         text COLLATE "C" NOT NULL,
    route               bigint NOT NULL,
    category            text COLLATE "C" NOT NULL,
    urgency             text COLLATE "C" NOT NULL,
    profile             text COLLATE "C" NOT NULL,
    petition            boolean NOT NULL,
    simple_petition     boolean NOT NULL,
    group_petition      boolean NOT NULL,
    headcount           bigint NOT NULL,
    confidential        boolean NOT NULL,
    unrouted            boolean NOT NULL,
    area_id             uuid REFERENCES units (id),
    origin_unit_id      uuid NOT NULL REFERENCES units (id),
    lead_unit_id        uuid NOT NULL REFERENCES units (id),
    handling_unit_id    uuid REFERENCES units (id),
    proposed_unit_id    uuid REFERENCES units (id),
    first_responder     uuid NOT NULL REFERENCES users (id),
    handler_id          uuid REFERENCES users (id),
    responsible_id      uuid NOT NULL REFERENCES users (id),
    responsible_unit_id uuid NOT NULL REFERENCES units (id),
    responsible_role    text COLLATE "C" NOT NULL,
    responsible_head    boolean NOT NULL,
    awaiting_unit_id    uuid REFERENCES units (id),
    awaiting_role       text COLLATE "C" NOT NULL,
    awaiting_head       boolean NOT NULL,
    awaiting_id         uuid REFERENCES users (id),
    pending_sign_off    bigint NOT NULL,
    sign_off_count      bigint NOT NULL,
    notice_count        bigint NOT NULL,
    party_count         bigint NOT NULL,
    query_reissue       bigint NOT NULL,
    petitioner_user_id  uuid REFERENCES users (id),
    filed_by            uuid REFERENCES users (id),
    received_at         timestamptz NOT NULL,
    registered_at       timestamptz NOT NULL,
    accepted_at         timestamptz,
    closed_at           timestamptz,
    outcome             text COLLATE "C" NOT NULL,
    disputed_at         timestamptz,
    rated_at            timestamptz,
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
    case_id   uuid NOT NULL REFERENCES cases (id),
    unit_path text COLLATE "C" NOT NULL,
    part      text COLLATE "C" NOT NULL,
    unit_id   uuid NOT NULL REFERENCES units (id),
    since     timestamptz NOT NULL,
    PRIMARY KEY (case_id, unit_path, part)
);
CREATE INDEX case_units_path ON case_units (unit_path, case_id);

-- Personal data, sealed column by column; phone and id number can be found by
-- their blind indexes alone.
CREATE TABLE parties (
    case_id       uuid NOT NULL REFERENCES cases (id),
    n             bigint NOT NULL,
    kind          text COLLATE "C" NOT NULL,
    name_enc      bytea,
    phone_enc     bytea,
    id_number_enc bytea,
    address_enc   bytea,
    phone_bidx    bytea,
    id_bidx       bytea,
    PRIMARY KEY (case_id, n)
);
CREATE INDEX parties_phone ON parties (phone_bidx) WHERE phone_bidx IS NOT NULL;
CREATE INDEX parties_id_number ON parties (id_bidx) WHERE id_bidx IS NOT NULL;

-- Free text, sealed. Events name a text by id and salted digest.
CREATE TABLE texts (
    id          uuid PRIMARY KEY,
    case_id     uuid NOT NULL REFERENCES cases (id),
    kind        text COLLATE "C" NOT NULL,
    body_enc    bytea NOT NULL,
    salt        bytea NOT NULL,
    public      boolean NOT NULL,
    author_id   uuid REFERENCES users (id),
    recorded_at timestamptz NOT NULL
);
CREATE INDEX texts_case ON texts (case_id, id);

CREATE TABLE clocks (
    id               uuid PRIMARY KEY,
    case_id          uuid NOT NULL REFERENCES cases (id),
    kind             text COLLATE "C" NOT NULL,
    round            bigint NOT NULL,
    unit_id          uuid NOT NULL REFERENCES units (id),
    subject          text COLLATE "C" NOT NULL,
    profile          text COLLATE "C" NOT NULL,
    profile_version  bigint NOT NULL,
    calendar_version bigint NOT NULL,
    debtor_unit_id   uuid NOT NULL REFERENCES units (id),
    debtor_role      text COLLATE "C" NOT NULL,
    debtor_head      boolean NOT NULL,
    debtor_id        uuid REFERENCES users (id),
    started_at       timestamptz NOT NULL,
    length           text COLLATE "C" NOT NULL,
    due_unrolled     date,
    due_at           timestamptz NOT NULL,
    due_on           date NOT NULL,
    due_version      bigint NOT NULL,
    provisional      boolean NOT NULL,
    state            text COLLATE "C" NOT NULL,
    met_at           timestamptz,
    breached_at      timestamptz,
    rung             bigint NOT NULL,
    next_at          timestamptz,
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
    clock_id       uuid NOT NULL REFERENCES clocks (id),
    due_version    bigint NOT NULL,
    rung           bigint NOT NULL,
    case_id        uuid NOT NULL REFERENCES cases (id),
    event_seq      bigint NOT NULL,
    act            text COLLATE "C" NOT NULL,
    debtor_unit_id uuid NOT NULL REFERENCES units (id),
    debtor_role    text COLLATE "C" NOT NULL,
    debtor_head    boolean NOT NULL,
    debtor_id      uuid REFERENCES users (id),
    leader_unit_id uuid REFERENCES units (id),
    about_at       timestamptz NOT NULL,
    recorded_at    timestamptz NOT NULL,
    PRIMARY KEY (clock_id, due_version, rung)
);
CREATE INDEX rungs_case ON rungs (case_id);

CREATE TABLE escalations (
    id              uuid PRIMARY KEY,
    case_id         uuid NOT NULL REFERENCES cases (id),
    clock_id        uuid REFERENCES clocks (id),
    due_version     bigint NOT NULL,
    rung            bigint NOT NULL,
    level           bigint NOT NULL,
    cause           text COLLATE "C" NOT NULL,
    from_unit_id    uuid NOT NULL REFERENCES units (id),
    from_path       text COLLATE "C" NOT NULL,
    target_unit_id  uuid NOT NULL REFERENCES units (id),
    target_role     text COLLATE "C" NOT NULL,
    target_head     boolean NOT NULL,
    unroutable      boolean NOT NULL,
    state           text COLLATE "C" NOT NULL,
    opened_at       timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL,
    acknowledged_at timestamptz,
    acknowledged_by uuid REFERENCES users (id),
    resolved_at     timestamptz,
    resolved_by     uuid REFERENCES users (id)
);
CREATE UNIQUE INDEX escalations_rung ON escalations (clock_id, due_version, rung) WHERE clock_id IS NOT NULL;
CREATE INDEX escalations_case ON escalations (case_id);
CREATE INDEX escalations_from ON escalations (from_path, opened_at);
CREATE INDEX escalations_target ON escalations (target_unit_id, target_role, opened_at) WHERE state <> 'resolved';

CREATE TABLE sign_offs (
    id           uuid PRIMARY KEY,
    case_id      uuid NOT NULL REFERENCES cases (id),
    n            bigint NOT NULL,
    round        bigint NOT NULL,
    kind         text COLLATE "C" NOT NULL,
    state        text COLLATE "C" NOT NULL,
    unit_id      uuid NOT NULL REFERENCES units (id),
    outcome      text COLLATE "C" NOT NULL,
    reason       text COLLATE "C" NOT NULL,
    digest       bytea NOT NULL,
    requested_by uuid REFERENCES users (id),
    requested_at timestamptz NOT NULL,
    decided_by   uuid REFERENCES users (id),
    decided_at   timestamptz,
    returned_for text COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX sign_offs_number ON sign_offs (case_id, n);
CREATE INDEX sign_offs_pending ON sign_offs (unit_id, requested_at) WHERE state = 'pending';

CREATE TABLE notices (
    id          uuid PRIMARY KEY,
    case_id     uuid NOT NULL REFERENCES cases (id),
    n           bigint NOT NULL,
    round       bigint NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    number      text COLLATE "C" NOT NULL,
    unit_id     uuid NOT NULL REFERENCES units (id),
    issued_at   timestamptz NOT NULL,
    issued_by   uuid REFERENCES users (id),
    served_at   timestamptz,
    served_how  text COLLATE "C" NOT NULL,
    recorded_at timestamptz,
    served_by   uuid REFERENCES users (id)
);
CREATE UNIQUE INDEX notices_number ON notices (case_id, n);

-- The record. Rows are never changed or deleted: the one exception is their
-- place in the ledger, given once after they were committed.
CREATE TABLE events (
    subject_kind text COLLATE "C" NOT NULL,
    subject_id   uuid NOT NULL,
    seq          bigint NOT NULL,
    kind         text COLLATE "C" NOT NULL,
    actor_id     uuid REFERENCES users (id),
    post_unit_id uuid REFERENCES units (id),
    post_role    text COLLATE "C" NOT NULL,
    post_head    boolean NOT NULL,
    about_at     timestamptz NOT NULL,
    recorded_at  timestamptz NOT NULL,
    body         bytea NOT NULL,
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
    unit_id uuid NOT NULL REFERENCES units (id),
    day     date NOT NULL,
    n       bigint NOT NULL,
    PRIMARY KEY (unit_id, day)
);

-- The first answer to each keyed request, sealed, written with its effect.
CREATE TABLE idempotency (
    actor      text COLLATE "C" NOT NULL,
    key        text COLLATE "C" NOT NULL,
    digest     bytea NOT NULL,
    answer_enc bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (actor, key)
);
CREATE INDEX idempotency_created ON idempotency (created_at);

-- +goose StatementBegin
CREATE FUNCTION events_are_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.ledger_pos IS NULL AND NEW.ledger_pos IS NOT NULL
        AND (NEW.subject_kind, NEW.subject_id, NEW.seq, NEW.kind, NEW.actor_id, NEW.post_unit_id,
             NEW.post_role, NEW.post_head, NEW.about_at, NEW.recorded_at, NEW.body)
            IS NOT DISTINCT FROM
            (OLD.subject_kind, OLD.subject_id, OLD.seq, OLD.kind, OLD.actor_id, OLD.post_unit_id,
             OLD.post_role, OLD.post_head, OLD.about_at, OLD.recorded_at, OLD.body)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'events are final';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER events_final BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION events_are_final();
CREATE TRIGGER events_kept BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION events_are_final();
