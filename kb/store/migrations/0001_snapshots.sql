-- Snapshots. A language's passages stand in tables of their own (kb.passage_7, kb.posting_7), attached to the parents below: the
-- parents hold the definition and the indexes, readers name the part, and a snapshot is removed by dropping its parts.

CREATE TABLE kb.blob (
    digest  text PRIMARY KEY,       -- SHA-256 of the content
    content bytea STORAGE EXTERNAL NOT NULL
);

CREATE TABLE kb.generation (
    name     text PRIMARY KEY,
    manifest text NOT NULL,         -- the snapshot's manifest.json, word for word
    pushed   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE kb.file (
    generation text NOT NULL REFERENCES kb.generation ON DELETE CASCADE,
    path       text NOT NULL,
    digest     text NOT NULL REFERENCES kb.blob,
    PRIMARY KEY (generation, path)
);

CREATE TABLE kb.part (
    number     integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    generation text NOT NULL REFERENCES kb.generation,
    lang       text NOT NULL,
    UNIQUE (generation, lang)
);

CREATE TABLE kb.stem (
    part     integer NOT NULL REFERENCES kb.part ON DELETE CASCADE,
    stem     text NOT NULL,
    passages integer NOT NULL,      -- in how many it stands
    PRIMARY KEY (part, stem)
);

-- One row: the generation that is served.
CREATE TABLE kb.published (
    only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    generation text NOT NULL REFERENCES kb.generation
);

CREATE TABLE kb.passage (
    part    integer NOT NULL,
    row     integer NOT NULL,
    terms   text[] NOT NULL,        -- country:SV, theme:health
    context text NOT NULL,
    text    text NOT NULL,
    vector  vector(384) NOT NULL,
    tokens  bytea STORAGE EXTERNAL NOT NULL,   -- int8[t, 384]
    scales  bytea STORAGE EXTERNAL NOT NULL,   -- float16[t]
    offsets bytea STORAGE EXTERNAL NOT NULL,   -- uint16[t, 2]
    PRIMARY KEY (part, row)
) PARTITION BY LIST (part);
CREATE INDEX ON kb.passage USING hnsw (vector vector_ip_ops);
CREATE INDEX ON kb.passage USING gin (terms);

-- What a stem adds to a passage's BM25, worked out when the snapshot is pushed: a snapshot never changes.
CREATE TABLE kb.posting (
    part   integer NOT NULL,
    stem   text NOT NULL,
    row    integer NOT NULL,
    impact real NOT NULL,
    PRIMARY KEY (part, stem, row) INCLUDE (impact)
) PARTITION BY LIST (part);
