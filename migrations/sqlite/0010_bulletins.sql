-- +goose Up

-- Bulletins (通报, 讲评, 年终): frozen documents of a unit and a period. A row is
-- never changed or deleted: what was wrong stands in the next edition.
CREATE TABLE bulletins (
    id         text PRIMARY KEY,
    unit_id    text NOT NULL REFERENCES units (id),
    unit_path  text NOT NULL,
    kind       text NOT NULL,
    period     text NOT NULL,
    from_day   text NOT NULL,
    to_day     text NOT NULL,
    edition    bigint NOT NULL,
    corrects   text REFERENCES bulletins (id),
    reason     text NOT NULL,
    words      text NOT NULL,
    body       blob NOT NULL,
    digest     blob NOT NULL,
    ledger_pos bigint NOT NULL,
    issued_at  datetime NOT NULL,
    issued_by  text REFERENCES users (id)
);
CREATE UNIQUE INDEX bulletins_edition ON bulletins (unit_id, kind, period, edition);
CREATE INDEX bulletins_path ON bulletins (unit_path, id);
CREATE INDEX bulletins_period ON bulletins (kind, period, unit_id);

-- The next round of each kind, and when it is due.
CREATE TABLE bulletin_rounds (
    kind   text PRIMARY KEY,
    period text NOT NULL,
    due_at datetime NOT NULL
);

-- What a bulletin counts, by the instant that it is about; which clocks were met
-- late, by when; and which cases ever moved from desk to desk. The list of kinds is that of the query, word for word: SQLite
-- uses the index for no other.
CREATE INDEX events_counted ON events (about_at)
    WHERE kind IN ('registered', 'closed', 'answered', 'imported', 'extended', 'suspended', 'breached', 'disputed', 'objected', 'rated', 'followed_up', 'review_decided');
CREATE INDEX clocks_met_late ON clocks (met_at) WHERE met_at IS NOT NULL AND breached_at IS NOT NULL;
CREATE INDEX case_units_sender ON case_units (case_id) WHERE part = 'sender';

-- +goose StatementBegin
CREATE TRIGGER bulletins_final BEFORE UPDATE ON bulletins
BEGIN
    SELECT RAISE(ABORT, 'bulletins are final');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER bulletins_kept BEFORE DELETE ON bulletins
BEGIN
    SELECT RAISE(ABORT, 'bulletins are final');
END;
-- +goose StatementEnd
