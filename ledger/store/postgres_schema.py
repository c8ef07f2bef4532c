"""The tables of the books on PostgreSQL, and the two functions an append consists of."""

APPEND_ONLY = ("event", "tag", "event_tag", "command_receipt")

# `@` stands for the schema of the tables: triggers and functions must not depend on anybody's search path.
TABLES = """
CREATE TABLE @.head (
    one boolean PRIMARY KEY DEFAULT true CHECK (one), position bigint NOT NULL, recorded_at text NOT NULL
) WITH (fillfactor = 10);
INSERT INTO @.head VALUES (true, 0, '');
CREATE TABLE @.event (
    position bigint PRIMARY KEY,
    ledger text COLLATE "C" NOT NULL,
    number bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    entry bytea NOT NULL,
    leaf_hash bytea NOT NULL,
    receipt bigint NOT NULL,
    UNIQUE (ledger, number)
);
CREATE TABLE @.tag (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text COLLATE "C" NOT NULL UNIQUE
);
CREATE TABLE @.event_tag (tag bigint NOT NULL, position bigint NOT NULL, PRIMARY KEY (tag, position));
CREATE TABLE @.command_receipt (
    key text COLLATE "C" PRIMARY KEY,
    fingerprint bytea NOT NULL,
    first_position bigint NOT NULL,
    last_position bigint NOT NULL
);
CREATE TABLE @.limit_guard (name text COLLATE "C" PRIMARY KEY, fen bigint NOT NULL CHECK (fen >= 0));
"""

TRIGGERS = """
CREATE FUNCTION @.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'append-only: % of % is refused', TG_OP, TG_TABLE_NAME; END $$;
CREATE FUNCTION @.take_the_next_place() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.position = (SELECT coalesce(max(position), 0) + 1 FROM @.event)
            AND NEW.number = (SELECT coalesce(max(number), -1) + 1 FROM @.event WHERE ledger = NEW.ledger)
        THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'append-only: place % of ledger % is not the next one', NEW.number, NEW.ledger;
    END $$;
CREATE TRIGGER event_takes_the_next_place BEFORE INSERT ON @.event
    FOR EACH ROW EXECUTE FUNCTION @.take_the_next_place();
""" + "".join(
    f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON @.{table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION @.refuse_change();\n"
    for table in APPEND_ONLY
)  # fmt: skip

# One locked row is the writers' queue. Once it is locked, each statement takes a snapshot of its own (READ
# COMMITTED), so it sees all that was committed before.
FUNCTIONS = """
CREATE FUNCTION @.take_turn(
    ledgers text[], asked_key text,
    OUT head bigint, OUT recorded_at text, OUT lengths bigint[],
    OUT fingerprint bytea, OUT first_position bigint, OUT last_position bigint
) LANGUAGE plpgsql AS $$
    BEGIN
        SELECT h.position, h.recorded_at INTO head, recorded_at FROM @.head AS h FOR UPDATE;
        SELECT array_agg(
                (SELECT coalesce(max(number), -1) + 1 FROM @.event WHERE ledger = name) ORDER BY place)
            INTO lengths FROM unnest(ledgers) WITH ORDINALITY AS given (name, place);
        SELECT r.fingerprint, r.first_position, r.last_position
            INTO fingerprint, first_position, last_position
            FROM @.command_receipt AS r WHERE r.key = asked_key;
    END $$;
CREATE FUNCTION @.append_events(
    positions bigint[], ledgers text[], numbers bigint[], kinds text[], entries bytea[], leaf_hashes bytea[],
    stamped text, tags text[], tagged bigint[], limits text[], changes bigint[],
    key text, fingerprint bytea, receipt bigint
) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE last_position bigint := positions[cardinality(positions)];
    BEGIN
        INSERT INTO @.event
            SELECT given.*, CASE WHEN given.position = last_position THEN receipt ELSE 0 END
            FROM unnest(positions, ledgers, numbers, kinds, entries, leaf_hashes)
                AS given (position, ledger, number, kind, entry, leaf_hash);
        INSERT INTO @.tag (name) SELECT DISTINCT name FROM unnest(tags) AS name ON CONFLICT DO NOTHING;
        INSERT INTO @.event_tag SELECT (SELECT id FROM @.tag WHERE tag.name = given.name), given.position
            FROM unnest(tags, tagged) AS given (name, position);
        IF cardinality(limits) > 0 THEN
            MERGE INTO @.limit_guard AS kept
                USING unnest(limits, changes) AS given (name, fen) ON kept.name = given.name
                WHEN MATCHED THEN UPDATE SET fen = kept.fen + given.fen
                WHEN NOT MATCHED THEN INSERT VALUES (given.name, given.fen);
        END IF;
        IF key IS NOT NULL THEN
            INSERT INTO @.command_receipt VALUES (key, fingerprint, positions[1], last_position);
        END IF;
        UPDATE @.head SET position = last_position, recorded_at = stamped;
        PERFORM pg_notify('ledger_appended', '');
    END $$;
"""

SCHEMA = TABLES + TRIGGERS + FUNCTIONS
