-- What is still to be delivered, of every kind of mail. Delivered rows are deleted, so that claiming costs the same however
-- much was delivered; failed ones are parked, off the claim index. The lease columns are in no index, so that claiming and
-- releasing are HOT updates.

CREATE TABLE outbox (
    kind          text        NOT NULL,
    ref_id        bigint      NOT NULL,
    priority      smallint    NOT NULL CHECK (priority BETWEEN 0 AND 2),
    -- Microseconds since 1970: when it was due, plus what its priority and its place in its group put behind that.
    rank          bigint      NOT NULL,
    due_at        timestamptz NOT NULL DEFAULT now(),
    parked        boolean     NOT NULL DEFAULT false,
    attempts      integer     NOT NULL DEFAULT 0,
    -- A lease on it was lost: from now on it is handled alone, and started says that it is being handled. Leases lost after
    -- that are its own fault, and counted.
    suspect       boolean     NOT NULL DEFAULT false,
    started       boolean     NOT NULL DEFAULT false,
    lost_leases   integer     NOT NULL DEFAULT 0,
    lease_owner   text,
    lease_until   timestamptz,
    fencing_token bigint      NOT NULL DEFAULT 0,
    last_error    text,
    PRIMARY KEY (ref_id, kind),
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL))
) WITH (
    fillfactor = 45,
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0
);

CREATE INDEX outbox_claim ON outbox (rank) WHERE NOT parked;

-- Every attempt of every mail. Replies are stored cut, cleaned and with addresses masked.
CREATE TABLE delivery_attempts (
    attempt_id    bigint GENERATED ALWAYS AS IDENTITY,
    kind          text        NOT NULL,
    ref_id        bigint      NOT NULL,
    attempted_at  timestamptz NOT NULL,
    relay         text        NOT NULL,
    smtp_code     integer     NOT NULL,
    enhanced_code text        NOT NULL,
    reply         text        NOT NULL,
    duration_ms   integer     NOT NULL,
    outcome       text        NOT NULL CHECK (outcome IN ('accepted', 'transient', 'permanent', 'unknown')),
    PRIMARY KEY (ref_id, kind, attempt_id)
);
