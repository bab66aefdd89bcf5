-- +goose Up

-- What an audit rule found, and what a superior decided about it.
CREATE TABLE findings (
    id          uuid PRIMARY KEY,
    case_id     uuid NOT NULL REFERENCES cases (id),
    rule        text COLLATE "C" NOT NULL,
    subject     text COLLATE "C" NOT NULL,
    unit_id     uuid NOT NULL REFERENCES units (id),
    unit_path   text COLLATE "C" NOT NULL,
    about_at    timestamptz NOT NULL,
    opened_at   timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    state       text COLLATE "C" NOT NULL,
    result      text COLLATE "C" NOT NULL,
    decided_at  timestamptz,
    decided_by  uuid REFERENCES users (id),
    appealed_at timestamptz
);

CREATE TABLE measures (
    finding_id  uuid NOT NULL REFERENCES findings (id),
    n           bigint NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    articles    text COLLATE "C" NOT NULL,
    user_id     uuid REFERENCES users (id),
    unit_id     uuid REFERENCES units (id),
    decided_at  timestamptz NOT NULL,
    decided_by  uuid REFERENCES users (id),
    reversed_at timestamptz,
    PRIMARY KEY (finding_id, n)
);

CREATE INDEX findings_about ON findings (about_at, id);
CREATE INDEX measures_decided ON measures (decided_at);
