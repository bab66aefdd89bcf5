-- +goose Up

-- Notices as documents: the version of the template that each is made with, and
-- what it names as it was when it was issued: the profile of the case, the unit
-- that issues it, where the case went or to whom the petitioner may turn, and
-- within how many days. Notices from before that was kept name nobody here; they
-- say what they would say today.
ALTER TABLE notices ADD COLUMN template_version bigint NOT NULL DEFAULT 1;
ALTER TABLE notices ADD COLUMN profile text NOT NULL DEFAULT '';
ALTER TABLE notices ADD COLUMN unit_name text NOT NULL DEFAULT '';
ALTER TABLE notices ADD COLUMN other_unit_id text REFERENCES units (id);
ALTER TABLE notices ADD COLUMN other_name text NOT NULL DEFAULT '';
ALTER TABLE notices ADD COLUMN remedy_days bigint NOT NULL DEFAULT 0;
