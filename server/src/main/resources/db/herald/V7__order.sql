-- What decides the order and the pace of delivery, shared by all processes.

-- A lower class is given a share of the claims however much stands before it; without this index finding that there is nothing
-- of it would mean walking the whole queue.
CREATE INDEX outbox_low ON outbox (rank) WHERE priority = 2 AND NOT parked;

-- Token buckets: what may still be sent at once, as of the given moment.
CREATE TABLE delivery_rates (
    scope  text PRIMARY KEY,
    tokens double precision NOT NULL,
    at     timestamptz      NOT NULL
) WITH (fillfactor = 20);

-- Kinds of mail that aren't claimed before a moment. The empty scope is all of them.
CREATE TABLE delivery_pauses (
    scope     text PRIMARY KEY,
    until     timestamptz NOT NULL,
    paused_at timestamptz NOT NULL DEFAULT now()
);
