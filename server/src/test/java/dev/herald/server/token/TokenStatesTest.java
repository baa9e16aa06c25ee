package dev.herald.server.token;

import static dev.herald.v1.TokenReason.TOKEN_REASON_CONSUMED;
import static dev.herald.v1.TokenReason.TOKEN_REASON_REVOKED;
import static dev.herald.v1.TokenReason.TOKEN_REASON_SUPERSEDED;
import static dev.herald.v1.TokenReason.TOKEN_REASON_UNSPECIFIED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.server.error.HeraldException;
import dev.herald.v1.ErrorReason;
import dev.herald.v1.TokenReason;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** B34 and what else the database says of genuine tokens. */
class TokenStatesTest {
    private final TokenCampus campus = new TokenCampus();

    @AfterEach
    void close() {
        campus.close();
    }

    @Test
    void strict_nothingAgainstIt_isValid() {
        assertThat(campus.strictly(campus.token(1, 1))).isEqualTo(TOKEN_REASON_UNSPECIFIED);
        assertThat(campus.strictly(campus.mailedToken(1, 1))).isEqualTo(TOKEN_REASON_UNSPECIFIED);
    }

    @Test
    void strict_manyAtOnce_saysOfEachWhatItSaysOfItAlone() {
        List<String> tokens = new ArrayList<>();
        for (int session = 1; session <= 8; session++) {
            for (int student = 1; student <= 6; student++) {
                tokens.add(campus.token(student, session));
            }
        }
        for (int i = 0; i < tokens.size(); i += 5) {
            campus.consumer.consume(campus.claims(tokens.get(i)), "");
        }
        for (int i = 1; i < tokens.size(); i += 7) {
            supersede(tokens.get(i));
        }
        campus.revoker.revokeSession(2);
        campus.update("DELETE FROM sessions WHERE session_id = 3");
        campus.update("DELETE FROM student_profiles WHERE student_profile_id = 4");
        Collections.shuffle(tokens, new Random(7));
        List<TokenVerdict> together = campus.validator.strict(tokens.stream()
                .map(token -> (TokenVerdict.Valid) campus.verifier.verify(token))
                .toList());
        assertThat(together.stream().map(TokenCampus::reason).toList())
                .isEqualTo(tokens.stream().map(campus::strictly).toList())
                .contains(
                        TOKEN_REASON_REVOKED, TOKEN_REASON_SUPERSEDED, TOKEN_REASON_CONSUMED, TOKEN_REASON_UNSPECIFIED);
    }

    @Test
    void strict_sessionDeleted_isRevoked() {
        String mailed = campus.mailedToken(1, 1);
        String single = campus.token(2, 1);
        campus.update("DELETE FROM sessions WHERE session_id = 1");
        assertAllRevoked(mailed, single);
        campus.update("INSERT INTO sessions VALUES (1, 1, 1, NULL, now(), now())");
        assertAllRevoked(mailed, single);
    }

    @Test
    void strict_studentDeleted_isRevoked() {
        String mailed = campus.mailedToken(1, 1);
        String single = campus.token(1, 2);
        String others = campus.token(2, 1);
        campus.update("DELETE FROM users WHERE user_id = 1");
        assertAllRevoked(mailed, single);
        assertThat(campus.strictly(others)).isEqualTo(TOKEN_REASON_UNSPECIFIED);
        campus.update("INSERT INTO users VALUES (1, 'u@example.org', 'F', 'L', 'student')");
        campus.update("INSERT INTO student_profiles VALUES (1, 1, 1)");
        assertAllRevoked(mailed, single);
    }

    @Test
    void strict_sessionOrStudentNeverThere_isRevoked() {
        assertAllRevoked(campus.token(1, 777), campus.token(777, 1));
    }

    @Test
    void strict_supersededByANewerOne_isSuperseded() {
        String older = campus.mailedToken(1, 1);
        assertThat(supersede(older)).isEqualTo(1);
        assertThat(supersede(older)).isZero();
        assertThat(campus.strictly(older)).isEqualTo(TOKEN_REASON_SUPERSEDED);
        assertThat(campus.revoker.revokeTokens(List.of(older))).isZero();
        assertThat(campus.strictly(older)).isEqualTo(TOKEN_REASON_SUPERSEDED);
    }

    @Test
    void strict_consumed_isConsumedWhateverComesLater() {
        String token = campus.mailedToken(1, 1);
        campus.consumer.consume(campus.claims(token), "door");
        assertThat(supersede(token)).isZero();
        assertThat(campus.revoker.revokeSession(1)).isZero();
        assertThat(campus.strictly(token)).isEqualTo(TOKEN_REASON_CONSUMED);
    }

    @Test
    void revokeSession_mailedAndSingleTokens_areAllRevokedAndTheMailedCounted() {
        String mailed = campus.mailedToken(1, 1);
        String other = campus.mailedToken(2, 1);
        String single = campus.token(3, 1);
        String elsewhere = campus.mailedToken(1, 2);
        assertThat(campus.revoker.revokeSession(1)).isEqualTo(2);
        assertAllRevoked(mailed, other, single);
        assertThat(campus.strictly(elsewhere)).isEqualTo(TOKEN_REASON_UNSPECIFIED);
        assertThat(campus.revoker.revokeSession(1)).isZero();
    }

    @Test
    void revokeSession_tokenIssuedLater_isValid() {
        campus.revoker.revokeSession(1);
        Instant later = Instant.now().plusSeconds(2);
        IssuedToken issued = campus.issuer.issue(1, 1, later, later.plusSeconds(60));
        String token = campus.issuer.sign(issued.signingInput()).orElseThrow();
        assertThat(campus.strictly(token)).isEqualTo(TOKEN_REASON_UNSPECIFIED);
    }

    @Test
    void revokeSession_expiredToken_isNotCounted() {
        campus.mailedToken(1, 1);
        campus.update("UPDATE email_notifications SET created_at = now() - interval '2 hours',"
                + " token_expires_at = now() - interval '1 hour'");
        assertThat(campus.revoker.revokeSession(1)).isZero();
    }

    @Test
    void revokeSession_unknown_isNotFound() {
        assertThatThrownBy(() -> campus.revoker.revokeSession(777)).isInstanceOfSatisfying(HeraldException.class, e -> {
            assertThat(e.reason()).isEqualTo(ErrorReason.ERROR_REASON_SESSION_NOT_FOUND);
            assertThat(e.metadata()).containsEntry("session_id", "777");
        });
        assertThat(campus.transactions.<Integer>readSql(connection ->
                        campus.repository.changedWithin(connection, 1e9).size()))
                .isZero();
    }

    @Test
    void revokeNotifications_someUnknown_revokesTheOthersOnce() {
        String first = campus.mailedToken(1, 1);
        String second = campus.mailedToken(2, 1);
        assertThat(campus.revoker.revokeNotifications(List.of(101L, 101L, 999L)))
                .isEqualTo(1);
        assertThat(campus.strictly(first)).isEqualTo(TOKEN_REASON_REVOKED);
        assertThat(campus.strictly(second)).isEqualTo(TOKEN_REASON_UNSPECIFIED);
        assertThat(campus.revoker.revokeNotifications(List.of(101L, 102L))).isEqualTo(1);
    }

    @Test
    void revokeTokens_forgedAndRepeated_countsEachGenuineOneOnce() {
        String token = campus.token(1, 1);
        String future = future();
        String withdrawn = campus.token(2, 2);
        campus.revoker.revokeSession(2);
        assertThat(campus.revoker.revokeTokens(List.of(token, token, token + "A", "junk", future, withdrawn)))
                .isEqualTo(2);
        assertThat(campus.strictly(token)).isEqualTo(TOKEN_REASON_REVOKED);
        assertThat(campus.revoker.revokeTokens(List.of(token, future))).isZero();
    }

    @Test
    void purgeExpired_expiredAndLiveStates_removesTheExpiredOnly() {
        String live = campus.token(1, 1);
        campus.revoker.revokeTokens(List.of(live));
        campus.update(
                "INSERT INTO token_states (jti, state, expires_at)"
                        + " VALUES ('old', 'revoked', now() - interval '2 minutes'), ('new', 'revoked', now() - interval '1 second')");
        campus.revoker.revokeSession(3);
        assertThat(campus.transactions.<Integer>writeSql(campus.repository::purgeExpired))
                .isEqualTo(1);
        assertThat(campus.update("DELETE FROM token_states")).isEqualTo(3);
        assertThat(campus.strictly(live)).isEqualTo(TOKEN_REASON_UNSPECIFIED);
    }

    @Test
    void entity_persisted_isReadBack() {
        Instant at = Instant.now().truncatedTo(ChronoUnit.MICROS);
        TokenClaims claims = campus.claims(campus.token(4, 5));
        campus.transactions.write(
                session -> session.insert(new TokenState(claims, TokenState.State.CONSUMED, "door-1", at)));
        TokenState read = campus.transactions.write(
                session -> campus.repository.find(session, claims.jti()).orElseThrow());
        assertThat(read.jti()).isEqualTo(claims.jti());
        assertThat(read.sessionId()).isEqualTo(5);
        assertThat(read.studentProfileId()).isEqualTo(4);
        assertThat(read.state()).isEqualTo(TokenState.State.CONSUMED);
        assertThat(read.requestId()).contains("door-1");
        assertThat(read.at()).isEqualTo(at);
        assertThat(read.expiresAt()).isEqualTo(Instant.ofEpochSecond(claims.expiresAt()));
    }

    @Test
    void cached_everyKindOfState_isTheSameAsStrict() {
        String valid = campus.token(1, 1);
        String consumed = campus.token(2, 1);
        String superseded = campus.mailedToken(3, 1);
        String ofRevokedSession = campus.token(1, 2);
        String ofDeletedStudent = campus.token(5, 1);
        assertThat(campus.fromMemory(valid)).isEmpty();
        campus.consumer.consume(campus.claims(consumed), "");
        supersede(superseded);
        campus.cache.refreshIfWanted();
        assertThat(campus.fromMemory(ofRevokedSession)).contains(TOKEN_REASON_UNSPECIFIED);
        campus.revoker.revokeSession(2);
        campus.update("DELETE FROM student_profiles WHERE student_profile_id = 5");
        campus.cache.refreshIfWanted();
        for (String token : List.of(valid, consumed, superseded, ofRevokedSession, ofDeletedStudent)) {
            assertThat(campus.fromMemory(token)).isEqualTo(Optional.of(campus.strictly(token)));
        }
    }

    @Test
    void generate_bothExist_makesAValidTokenEachTime() {
        Instant expiry = Instant.now().plusSeconds(90);
        TokenGenerator.GeneratedToken first = campus.generator.generate(1, 2, expiry);
        TokenGenerator.GeneratedToken second = campus.generator.generate(1, 2, expiry);
        assertThat(first.token()).isNotEqualTo(second.token());
        assertThat(first.expiresAt()).isEqualTo(expiry.truncatedTo(ChronoUnit.SECONDS));
        TokenClaims claims = campus.claims(first.token());
        assertThat(claims.studentProfileId()).isEqualTo(1);
        assertThat(claims.sessionId()).isEqualTo(2);
        assertThat(claims.expiresAt()).isEqualTo(expiry.getEpochSecond());
        assertThat(campus.strictly(first.token())).isEqualTo(TokenReason.TOKEN_REASON_UNSPECIFIED);
    }

    @Test
    void generate_unknownSubjectsOrPastExpiry_isRefused() {
        Instant later = Instant.now().plusSeconds(90);
        assertRefused(() -> campus.generator.generate(777, 1, later), ErrorReason.ERROR_REASON_STUDENT_NOT_FOUND);
        assertRefused(() -> campus.generator.generate(1, 777, later), ErrorReason.ERROR_REASON_SESSION_NOT_FOUND);
        assertRefused(
                () -> campus.generator.generate(777, 777, Instant.now()),
                ErrorReason.ERROR_REASON_INVALID_TOKEN_EXPIRY);
        assertRefused(
                () -> campus.generator.generate(1, 1, Instant.EPOCH), ErrorReason.ERROR_REASON_INVALID_TOKEN_EXPIRY);
    }

    @Test
    void decode_spentToken_stillTellsItsClaims() {
        TokenDecoder decoder = new TokenDecoder(campus.verifier);
        String token = campus.token(1, 1);
        campus.revoker.revokeTokens(List.of(token));
        assertThat(decoder.decode(token).sessionId()).isEqualTo(1);
        assertRefused(() -> decoder.decode(token + "A"), ErrorReason.ERROR_REASON_INVALID_TOKEN);
        assertRefused(() -> decoder.decode(future()), ErrorReason.ERROR_REASON_INVALID_TOKEN);
        String expired = ForgedToken.of(ForgedToken.GOOD_HEADER, ForgedToken.payload("1", "1", "1", "2"));
        assertRefused(() -> decoder.decode(expired), ErrorReason.ERROR_REASON_EXPIRED_TOKEN);
    }

    private void assertAllRevoked(String... tokens) {
        assertThat(tokens)
                .allSatisfy(token -> assertThat(campus.strictly(token)).isEqualTo(TOKEN_REASON_REVOKED));
    }

    private static void assertRefused(Runnable call, ErrorReason reason) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        HeraldException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    private int supersede(String token) {
        TokenClaims claims = campus.claims(token);
        SpentToken spent = new SpentToken(
                claims.jti(), claims.sessionId(), claims.studentProfileId(), Instant.ofEpochSecond(claims.expiresAt()));
        return campus.transactions.<Integer>writeSql(
                connection -> campus.repository.supersede(connection, List.of(spent)));
    }

    private String future() {
        Instant later = Instant.now().plusSeconds(600);
        return campus.issuer
                .sign(campus.issuer.issue(1, 1, later, later.plusSeconds(60)).signingInput())
                .orElseThrow();
    }
}
