-- +goose Up

-- What an audit rule found, and what a superior decided about it.
CREATE TABLE findings (
    id          text PRIMARY KEY,
    case_id     text NOT NULL REFERENCES cases (id),
    rule        text NOT NULL,
    subject     text NOT NULL,
    unit_id     text NOT NULL REFERENCES units (id),
    unit_path   text NOT NULL,
    about_at    datetime NOT NULL,
    opened_at   datetime NOT NULL,
    recorded_at datetime NOT NULL,
    state       text NOT NULL,
    result      text NOT NULL,
    decided_at  datetime,
    decided_by  text REFERENCES users (id),
    appealed_at datetime
);

CREATE TABLE measures (
    finding_id  text NOT NULL REFERENCES findings (id),
    n           bigint NOT NULL,
    kind        text NOT NULL,
    articles    text NOT NULL,
    user_id     text REFERENCES users (id),
    unit_id     text REFERENCES units (id),
    decided_at  datetime NOT NULL,
    decided_by  text REFERENCES users (id),
    reversed_at datetime,
    PRIMARY KEY (finding_id, n)
);

CREATE INDEX findings_about ON findings (about_at, id);
CREATE INDEX measures_decided ON measures (decided_at);
