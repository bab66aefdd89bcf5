-- +goose Up

-- Bulletins (通报, 讲评, 年终): frozen documents of a unit and a period. A row is
-- never changed or deleted: what was wrong stands in the next edition.
CREATE TABLE bulletins (
    id         uuid PRIMARY KEY,
    unit_id    uuid NOT NULL REFERENCES units (id),
    unit_path  text COLLATE "C" NOT NULL,
    kind       text COLLATE "C" NOT NULL,
    period     text COLLATE "C" NOT NULL,
    from_day   date NOT NULL,
    to_day     date NOT NULL,
    edition    bigint NOT NULL,
    corrects   uuid REFERENCES bulletins (id),
    reason     text COLLATE "C" NOT NULL,
    words      text NOT NULL,
    body       bytea NOT NULL,
    digest     bytea NOT NULL,
    ledger_pos bigint NOT NULL,
    issued_at  timestamptz NOT NULL,
    issued_by  uuid REFERENCES users (id)
);
CREATE UNIQUE INDEX bulletins_edition ON bulletins (unit_id, kind, period, edition);
CREATE INDEX bulletins_path ON bulletins (unit_path, id);
CREATE INDEX bulletins_period ON bulletins (kind, period, unit_id);

-- The next round of each kind, and when it is due.
CREATE TABLE bulletin_rounds (
    kind   text COLLATE "C" PRIMARY KEY,
    period text COLLATE "C" NOT NULL,
    due_at timestamptz NOT NULL
);

-- What a bulletin counts, by the instant that it is about; which clocks were met
-- late, by when; and which cases ever moved from desk to desk. The list of kinds is that of the query, word for word: SQLite
-- uses the index for no other.
CREATE INDEX events_counted ON events (about_at)
    WHERE kind IN ('registered', 'closed', 'answered', 'imported', 'extended', 'suspended', 'breached', 'disputed', 'objected', 'rated', 'followed_up', 'review_decided');
CREATE INDEX clocks_met_late ON clocks (met_at) WHERE met_at IS NOT NULL AND breached_at IS NOT NULL;
CREATE INDEX case_units_sender ON case_units (case_id) WHERE part = 'sender';

-- +goose StatementBegin
CREATE FUNCTION bulletins_are_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'bulletins are final';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER bulletins_final BEFORE UPDATE OR DELETE ON bulletins
    FOR EACH ROW EXECUTE FUNCTION bulletins_are_final();
CREATE TRIGGER bulletins_kept BEFORE TRUNCATE ON bulletins
    FOR EACH STATEMENT EXECUTE FUNCTION bulletins_are_final();
