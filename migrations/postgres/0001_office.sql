-- +goose Up

-- A unit's path is made of immutable ids, so a subtree is a range of it.
CREATE TABLE units (
    id           uuid PRIMARY KEY,
    parent_id    uuid REFERENCES units (id),
    path         text COLLATE "C" NOT NULL,
    code         text COLLATE "C" NOT NULL,
    name         text NOT NULL,
    level        text NOT NULL,
    kind         text NOT NULL,
    organ        boolean NOT NULL,
    successor_id uuid REFERENCES units (id),
    ended_at     timestamptz,
    created_at   timestamptz NOT NULL
);
CREATE UNIQUE INDEX units_code ON units (code);
CREATE UNIQUE INDEX units_path ON units (path);
CREATE INDEX units_parent ON units (parent_id);

-- Staff have a name. An account of the public has none: a petitioner's name is
-- personal data and stands, sealed, with the parties of a case.
CREATE TABLE users (
    id                   uuid PRIMARY KEY,
    username             text COLLATE "C" NOT NULL,
    name                 text NOT NULL,
    password_hash        text NOT NULL,
    must_change_password boolean NOT NULL,
    petitioner           boolean NOT NULL,
    disabled_at          timestamptz,
    created_at           timestamptz NOT NULL,
    CONSTRAINT users_petitioner_name CHECK (NOT petitioner OR name = '')
);
CREATE UNIQUE INDEX users_username ON users (username);

CREATE TABLE appointments (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL REFERENCES users (id),
    unit_id      uuid NOT NULL REFERENCES units (id),
    role         text NOT NULL,
    head         boolean NOT NULL,
    on_duty      boolean NOT NULL,
    from_at      timestamptz NOT NULL,
    until        timestamptz,
    handed_on_at timestamptz,
    created_at   timestamptz NOT NULL
);
CREATE INDEX appointments_unit ON appointments (unit_id);
CREATE INDEX appointments_user ON appointments (user_id);
CREATE INDEX appointments_to_hand_on ON appointments (until, id)
    WHERE handed_on_at IS NULL AND until IS NOT NULL;

CREATE TABLE categories (
    code   text COLLATE "C" PRIMARY KEY,
    name   text NOT NULL,
    parent text COLLATE "C" NOT NULL
);

-- One unit answers for a category in an area, which is a unit's code; '' is everywhere.
CREATE TABLE responsibilities (
    category text COLLATE "C" NOT NULL,
    area     text COLLATE "C" NOT NULL,
    unit_id  uuid NOT NULL REFERENCES units (id),
    note     text NOT NULL,
    PRIMARY KEY (category, area)
);

CREATE TABLE profiles (
    name       text COLLATE "C" NOT NULL,
    version    bigint NOT NULL,
    body       bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (name, version)
);

CREATE TABLE calendars (
    version    bigint PRIMARY KEY,
    body       bytea NOT NULL,
    created_at timestamptz NOT NULL
);

-- The version changes in the same transaction as any row above, so that every
-- replica notices; its row lock also puts those transactions one after another.
CREATE TABLE book (
    id      bigint PRIMARY KEY CHECK (id = 1),
    version bigint NOT NULL
);
INSERT INTO book (id, version) VALUES (1, 1);
