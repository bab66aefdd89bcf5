-- +goose Up

-- A unit's path is made of immutable ids, so a subtree is a range of it.
CREATE TABLE units (
    id           text PRIMARY KEY,
    parent_id    text REFERENCES units (id),
    path         text NOT NULL,
    code         text NOT NULL,
    name         text NOT NULL,
    level        text NOT NULL,
    kind         text NOT NULL,
    organ        boolean NOT NULL,
    successor_id text REFERENCES units (id),
    ended_at     datetime,
    created_at   datetime NOT NULL
);
CREATE UNIQUE INDEX units_code ON units (code);
CREATE UNIQUE INDEX units_path ON units (path);
CREATE INDEX units_parent ON units (parent_id);

-- Staff have a name. An account of the public has none: a petitioner's name is
-- personal data and stands, sealed, with the parties of a case.
CREATE TABLE users (
    id                   text PRIMARY KEY,
    username             text NOT NULL,
    name                 text NOT NULL,
    password_hash        text NOT NULL,
    must_change_password boolean NOT NULL,
    petitioner           boolean NOT NULL,
    disabled_at          datetime,
    created_at           datetime NOT NULL,
    CONSTRAINT users_petitioner_name CHECK (NOT petitioner OR name = '')
);
CREATE UNIQUE INDEX users_username ON users (username);

CREATE TABLE appointments (
    id           text PRIMARY KEY,
    user_id      text NOT NULL REFERENCES users (id),
    unit_id      text NOT NULL REFERENCES units (id),
    role         text NOT NULL,
    head         boolean NOT NULL,
    on_duty      boolean NOT NULL,
    from_at      datetime NOT NULL,
    until        datetime,
    handed_on_at datetime,
    created_at   datetime NOT NULL
);
CREATE INDEX appointments_unit ON appointments (unit_id);
CREATE INDEX appointments_user ON appointments (user_id);
CREATE INDEX appointments_to_hand_on ON appointments (until, id)
    WHERE handed_on_at IS NULL AND until IS NOT NULL;

CREATE TABLE categories (
    code   text PRIMARY KEY,
    name   text NOT NULL,
    parent text NOT NULL
);

-- One unit answers for a category in an area, which is a unit's code; '' is everywhere.
CREATE TABLE responsibilities (
    category text NOT NULL,
    area     text NOT NULL,
    unit_id  text NOT NULL REFERENCES units (id),
    note     text NOT NULL,
    PRIMARY KEY (category, area)
);

CREATE TABLE profiles (
    name       text NOT NULL,
    version    integer NOT NULL,
    body       blob NOT NULL,
    created_at datetime NOT NULL,
    PRIMARY KEY (name, version)
);

CREATE TABLE calendars (
    version    integer PRIMARY KEY,
    body       blob NOT NULL,
    created_at datetime NOT NULL
);

-- The version changes in the same transaction as any row above, so that every
-- replica notices; its row lock also puts those transactions one after another.
CREATE TABLE book (
    id      integer PRIMARY KEY CHECK (id = 1),
    version integer NOT NULL
);
INSERT INTO book (id, version) VALUES (1, 1);
