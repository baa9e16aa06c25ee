-- First answers of calls that carried a request_id, kept for 24 hours.

CREATE TABLE request_results (
    method       text        NOT NULL,
    request_id   text        NOT NULL,
    payload_hash bytea       NOT NULL,
    response     bytea,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (method, request_id)
);

CREATE INDEX request_results_created_at ON request_results (created_at);
