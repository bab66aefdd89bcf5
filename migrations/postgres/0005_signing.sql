-- +goose Up

-- How much is at stake for the petitioner, in yuan; the highest level that an
-- escalation of the case has reached; and a digest over its events, those that it
-- has already left out.
ALTER TABLE cases ADD COLUMN amount bigint NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN escalated_level bigint NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN events_digest bytea NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN digest_from bigint NOT NULL DEFAULT 0;
UPDATE cases SET digest_from = seq;

-- A request that several leaders sign, one after another: the steps of one have
-- the number of the first. What a leader saw in deciding: the events up to a
-- number, by their digest.
ALTER TABLE sign_offs ADD COLUMN request bigint NOT NULL DEFAULT 0;
ALTER TABLE sign_offs ADD COLUMN step bigint NOT NULL DEFAULT 1;
ALTER TABLE sign_offs ADD COLUMN chain text COLLATE "C" NOT NULL DEFAULT 'leader';
ALTER TABLE sign_offs ADD COLUMN head boolean NOT NULL DEFAULT false;
ALTER TABLE sign_offs ADD COLUMN seen_seq bigint NOT NULL DEFAULT 0;
ALTER TABLE sign_offs ADD COLUMN seen_digest bytea;
UPDATE sign_offs SET request = n, head = (kind = 'extension');
UPDATE sign_offs SET chain = 'head' WHERE kind = 'extension';
