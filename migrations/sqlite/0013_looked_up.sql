-- +goose Up

-- What a leader has signed is asked for by unit, where the leader has few, and by
-- instant, where many; whose answers to orders wait, by who issued those; and the
-- bulletins ask how cases moved, which few did.
CREATE INDEX sign_offs_unit_decided ON sign_offs (unit_id, decided_at) WHERE decided_at IS NOT NULL;
CREATE INDEX sign_offs_when_decided ON sign_offs (decided_at, id) WHERE decided_at IS NOT NULL;
CREATE INDEX orders_to_judge ON orders (issuer_unit_id, issuer_role) WHERE state = 'answered';
CREATE INDEX events_moving ON events (subject_id, about_at) WHERE kind IN ('forwarded', 'objection_consented', 'unit_designated');
