-- +goose Up

-- Who is kept from a case (回避), and why: whom it is about (Art. 28), who declared
-- an interest, whom a leader excluded because the petitioner demanded it. The
-- version before knew the first alone, under other names: it cannot run beside this.
ALTER TABLE named RENAME TO recusals;
ALTER TABLE recusals ADD COLUMN cause text COLLATE "C" NOT NULL DEFAULT 'named';
ALTER TABLE cases RENAME COLUMN named_count TO recusal_count;
ALTER TABLE cases ADD COLUMN pending_recusal bigint NOT NULL DEFAULT 0;
ALTER TABLE sign_offs ADD COLUMN recuse_id uuid REFERENCES users (id);

-- The shield of an accusation (Art. 30): the units that a grievance is about. The
-- posts of the persons named are found by their appointments. It stands while
-- shielded is true.
ALTER TABLE cases ADD COLUMN shield_count bigint NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN shielded boolean NOT NULL DEFAULT false;
UPDATE cases SET shielded = true WHERE nature = 'accusation' AND recusal_count > 0;
CREATE TABLE shields (
    case_id uuid NOT NULL REFERENCES cases (id),
    unit_id uuid NOT NULL REFERENCES units (id),
    cause   text COLLATE "C" NOT NULL,
    since   timestamptz NOT NULL,
    PRIMARY KEY (case_id, unit_id)
);
CREATE INDEX cases_shielded ON cases (id) WHERE shielded;

-- From which cases somebody is barred, is asked by who they are and where they work.
CREATE INDEX shields_unit ON shields (unit_id, case_id);
CREATE INDEX recusals_named ON recusals (user_id, case_id) WHERE cause = 'named';
