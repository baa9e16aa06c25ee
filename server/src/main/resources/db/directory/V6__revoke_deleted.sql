-- Tokens of a deleted session or student are revoked with it, those made without a notification too.

CREATE FUNCTION revoke_tokens_of_deleted_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO token_states (session_id, state, expires_at)
    VALUES (OLD.session_id, 'revoked', 'infinity')
    ON CONFLICT (session_id) WHERE jti IS NULL DO UPDATE SET at = EXCLUDED.at;
    RETURN NULL;
END $$;

CREATE TRIGGER sessions_deleted
    AFTER DELETE ON sessions
    FOR EACH ROW
    EXECUTE FUNCTION revoke_tokens_of_deleted_session();

CREATE FUNCTION revoke_tokens_of_deleted_student() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO token_states (student_profile_id, state, expires_at)
    VALUES (OLD.student_profile_id, 'revoked', 'infinity')
    ON CONFLICT (student_profile_id) WHERE jti IS NULL DO UPDATE SET at = EXCLUDED.at;
    RETURN NULL;
END $$;

CREATE TRIGGER student_profiles_deleted
    AFTER DELETE ON student_profiles
    FOR EACH ROW
    EXECUTE FUNCTION revoke_tokens_of_deleted_student();
