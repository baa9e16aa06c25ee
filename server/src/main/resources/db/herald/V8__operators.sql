-- For the people who run Herald: what administrators did, which processes deliver, and which sessions are cancelled.

-- Written in the transaction of the act itself, by ids only: never a token, a secret or an address. Nobody changes it any more;
-- whoever owns the table can still take the trigger away.
CREATE TABLE audit_entries (
    audit_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT now(),
    actor      text        NOT NULL,
    action     text        NOT NULL,
    target     text        NOT NULL,
    before     jsonb CHECK (jsonb_typeof(before) = 'object'),
    after      jsonb CHECK (jsonb_typeof(after) = 'object'),
    request_id text
);

CREATE INDEX audit_entries_actor ON audit_entries (actor, audit_id);
CREATE INDEX audit_entries_action ON audit_entries (action, audit_id);
CREATE INDEX audit_entries_at ON audit_entries (at);

CREATE FUNCTION audit_entries_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit entries are only ever added: no %', TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER audit_entries_are_final
    BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
    FOR EACH STATEMENT
    EXECUTE FUNCTION audit_entries_refuse_change();

-- The processes that deliver, as each tells of itself every few seconds. Its row goes when it stops; one that was killed leaves
-- a row that gets old.
CREATE TABLE delivery_executors (
    owner              text PRIMARY KEY,
    version            text        NOT NULL,
    started_at         timestamptz NOT NULL DEFAULT now(),
    seen_at            timestamptz NOT NULL DEFAULT now(),
    in_hand            integer     NOT NULL,
    sent_last_minute   bigint      NOT NULL,
    failed_last_minute bigint      NOT NULL,
    relays             jsonb       NOT NULL CHECK (jsonb_typeof(relays) = 'array')
) WITH (fillfactor = 20);

-- Sessions whose mail was cancelled: what is generated for them later is cancelled from birth.
CREATE TABLE session_cancellations (
    session_id   bigint PRIMARY KEY REFERENCES sessions (session_id) ON DELETE CASCADE,
    cancelled_at timestamptz NOT NULL DEFAULT now()
);
