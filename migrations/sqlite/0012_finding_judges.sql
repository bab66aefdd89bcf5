-- +goose Up

-- Who decides nothing of a finding, so that it waits for others: whoever stands in
-- its traces up to what it is about, the petitioner, and who has decided it before
-- it is appealed against.
CREATE TABLE finding_barred (
    finding_id text NOT NULL REFERENCES findings (id),
    user_id    text NOT NULL REFERENCES users (id),
    PRIMARY KEY (finding_id, user_id)
);

-- What waits for somebody's word.
CREATE INDEX findings_opened ON findings (unit_id, explain_due_at) WHERE state = 'opened';
CREATE INDEX findings_explained ON findings (unit_id, explain_due_at) WHERE state = 'explained';
CREATE INDEX findings_appealed ON findings (decided_unit_id, appealed_at) WHERE state = 'appealed';
