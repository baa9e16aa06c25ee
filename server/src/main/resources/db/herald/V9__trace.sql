-- The trace a mail was queued in, as a W3C traceparent; null unless that trace is recorded.
ALTER TABLE outbox ADD COLUMN trace text;
