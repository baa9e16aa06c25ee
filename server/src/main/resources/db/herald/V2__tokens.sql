-- Tokens that may not be used any more. A row without a jti speaks of every token of its session, or of its student,
-- issued until then. Rows outlive what they refer to, so there are no foreign keys; they go when the token has expired.

CREATE TABLE token_states (
    token_state_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    jti                text COLLATE "C" UNIQUE,
    session_id         bigint,
    student_profile_id bigint,
    state              text        NOT NULL CHECK (state IN ('revoked', 'superseded', 'consumed')),
    request_id         text,
    at                 timestamptz NOT NULL DEFAULT now(),
    expires_at         timestamptz NOT NULL,
    CHECK (jti IS NOT NULL OR (state = 'revoked' AND num_nonnulls(session_id, student_profile_id) = 1)),
    CHECK (request_id IS NULL OR state = 'consumed')
);

CREATE UNIQUE INDEX token_states_session_id ON token_states (session_id) WHERE jti IS NULL;
CREATE UNIQUE INDEX token_states_student_profile_id ON token_states (student_profile_id) WHERE jti IS NULL;
CREATE INDEX token_states_at ON token_states (at);
CREATE INDEX token_states_expires_at ON token_states (expires_at);
